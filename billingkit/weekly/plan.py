"""Which practices a weekly run takes, checked before any kernel starts."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from billingkit.practice import PracticeFolder, open_practice
from billingkit.problems import BillingkitError, CannotRun, NothingToRead


@dataclass(frozen=True, slots=True)
class Stop:
    """One practice of a weekly run: its folder, its code, and why it cannot run, if so."""

    path: Path
    code: str
    fault: str = ""
    done: bool = False


def practices_in(
    root: Path,
    *,
    as_of: date,
    only: Sequence[str] = (),
    shard: str | None = None,
    resume: bool = False,
) -> list[Stop]:
    """Every practice folder below `root`, in the order of their names, with what stops it.

    Raises:
        NothingToRead: there is none.
        CannotRun: a code in `only` is nobody's, two practices share a code, or the shard is not i/n.
    """
    if not root.is_dir():
        raise NothingToRead(str(root), "There is no such folder.", "Name the folder that holds the practices' folders.")
    folders = sorted(path.parent for path in root.glob("*/policy.xlsx"))
    folders += sorted(path.parent for path in root.glob("*/inbox") if path.parent not in folders)
    if not folders:
        raise NothingToRead(root.name, "No practice's folder is in here.", "Each needs a policy.xlsx and an inbox.")
    stops = [_stop(path, as_of, resume=resume) for path in sorted(folders)]
    _refuse_shared_codes(stops)
    unknown = set(only) - {stop.code for stop in stops}
    if unknown:
        raise CannotRun(f"No practice here has the code {', '.join(sorted(unknown))}.")
    chosen = [stop for stop in stops if not only or stop.code in only]
    return _share(chosen, shard)


def _stop(path: Path, as_of: date, *, resume: bool) -> Stop:
    from billingkit.run import week_sources

    try:
        folder = open_practice(path)
    except BillingkitError as fault:
        return Stop(path, path.name, str(fault))
    code = path.name  # until its policy can be read
    try:
        policy = folder.policy()
        code = policy.practice.code or code
        sources = week_sources(folder, as_of)
        done = resume and _is_done(folder, as_of, policy.hash, sources)
    except BillingkitError as fault:
        return Stop(path, code, str(fault))
    except OSError as fault:
        return Stop(path, code, f"{path.name}: the folder cannot be read ({fault.strerror}).")
    finally:
        folder.close()
    return Stop(path, code, done=done)


def _is_done(folder: PracticeFolder, as_of: date, policy: str, sources: list[Path]) -> bool:
    """Whether this week's run is finished and made from what lies in the folder now."""
    from billingkit.practice import sha256

    try:
        about = json.loads((folder.outbox(as_of) / "run.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    finished = about.get("status") == "done" and "notebook" in about
    same = finished and about["policy"] == policy and about["inputs"] == sorted(map(sha256, sources))
    return same and not _came_since(folder, as_of, sources)


def _came_since(folder: PracticeFolder, as_of: date, sources: list[Path]) -> bool:
    """Whether a returned pack lies in the inbox that no run has taken in."""
    from billingkit.inbox import is_ours
    from billingkit.practice import sha256

    seen = {event.body["sha256"] for _, event in folder.ledger.of_kind("imported")}
    others = [file for file in folder.received(as_of) if file not in sources]
    return any(sha256(file) not in seen and is_ours(file) for file in others)


def _refuse_shared_codes(stops: list[Stop]) -> None:
    seen: dict[str, str] = {}
    for stop in stops:
        if stop.code in seen:
            raise CannotRun(
                f'"{seen[stop.code]}" and "{stop.path.name}" both have the practice code {stop.code}: '
                "give each its own in policy.xlsx.",
            )
        seen[stop.code] = stop.path.name


def _share(stops: list[Stop], shard: str | None) -> list[Stop]:
    if shard is None:
        return stops
    try:
        mine, among = (int(part) for part in shard.split("/"))
    except ValueError:
        raise CannotRun(f'"{shard}" is not a share: write 2/5 for the second of five.') from None
    if not 1 <= mine <= among:
        raise CannotRun(f'"{shard}" is not a share: the first number goes from 1 to the second.')
    return stops[mine - 1 :: among]
