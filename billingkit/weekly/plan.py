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
    folder = open_practice(path)
    try:
        policy = folder.policy()
        from billingkit.run import week_sources

        week_sources(folder, as_of)
    except BillingkitError as fault:
        return Stop(path, path.name, str(fault))
    finally:
        folder.close()
    return Stop(path, policy.practice.code or path.name, done=resume and _is_done(folder, as_of))


def _is_done(folder: PracticeFolder, as_of: date) -> bool:
    """Whether this week's run is finished and made from what lies in the folder now."""
    from billingkit.practice import sha256
    from billingkit.run import week_sources

    out = folder.outbox(as_of)
    try:
        about = json.loads((out / "run.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    inputs = sorted(sha256(source) for source in week_sources(folder, as_of))
    finished = about.get("status") == "done" and "notebook" in about
    return finished and about["inputs"] == inputs and about["policy"] == folder.policy().hash


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
