"""Which practices a weekly run takes, checked before any kernel starts."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

from billingkit.practice import PracticeFolder, open_practice
from billingkit.problems import BillingkitError, CannotRun, FolderInUse, NothingToRead
from billingkit.weekly.ending import IN_USE, REFUSED


@dataclass(frozen=True, slots=True)
class Stop:
    """One practice of a weekly run: its folder, its code, and why it cannot run, if so."""

    path: Path
    code: str
    fault: str = ""
    cause: str = ""  # of which kind the fault is: `ending` has the words
    done: bool = False
    summary: dict[str, Any] = field(default_factory=dict)  # of the run that is done
    named: bool = True  # the code is the policy's own; else the folder's name stands for it


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
        CannotRun: a code in `only` is nobody's, or the shard is not i/n.
    """
    if not root.is_dir():
        raise NothingToRead(str(root), "There is no such folder.", "Name the folder that holds the practices' folders.")
    folders = sorted(path.parent for path in root.glob("*/policy.xlsx"))
    folders += sorted(path.parent for path in root.glob("*/inbox") if path.parent not in folders)
    if not folders:
        raise NothingToRead(root.name, "No practice's folder is in here.", "Each needs a policy.xlsx and an inbox.")
    stops = _without_shared_codes([_stop(path, as_of, resume=resume) for path in sorted(folders)])
    unknown = set(only) - {stop.code for stop in stops}
    if unknown:
        raise CannotRun(f"No practice here has the code {', '.join(sorted(unknown))}.")
    chosen = [stop for stop in stops if not only or stop.code in only]
    return _share(chosen, shard)


def _stop(path: Path, as_of: date, *, resume: bool) -> Stop:
    from billingkit.ledger import refuse_in_use
    from billingkit.preparing import week_sources

    try:
        folder = open_practice(path)
    except BillingkitError as fault:
        return Stop(path, path.name, str(fault), REFUSED, named=False)
    code, named = path.name, False  # until its policy can be read
    try:
        policy = folder.policy()
        code, named = policy.practice.code or code, bool(policy.practice.code)
        sources = week_sources(folder, as_of)
        done = _done(folder, as_of, policy.hash, sources) if resume else None
        if done is None:
            refuse_in_use(path)
    except FolderInUse as fault:
        return Stop(path, code, str(fault), IN_USE, named=named)
    except BillingkitError as fault:
        return Stop(path, code, str(fault), REFUSED, named=named)
    except OSError as fault:
        return Stop(path, code, f"{path.name}: the folder cannot be read ({fault.strerror}).", REFUSED, named=named)
    except Exception as fault:  # noqa: BLE001 -- one practice's trouble, of whatever kind, stops no other
        said = f"{path.name}: the folder could not be looked at ({type(fault).__name__})."
        return Stop(path, code, said, REFUSED, named=named)
    finally:
        folder.close()
    return Stop(path, code, done=done is not None, summary=done or {}, named=named)


def _done(folder: PracticeFolder, as_of: date, policy: str, sources: list[Path]) -> dict[str, Any] | None:
    """The summary of this week's run where that is finished and made from what lies in the folder now."""
    from billingkit.practice import sha256

    try:
        about = json.loads((folder.outbox(as_of) / "run.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    finished = about.get("status") == "done" and "notebook" in about
    same = finished and about["policy"] == policy and about["inputs"] == sorted(map(sha256, sources))
    return dict(about["summary"]) if same and not _came_since(folder, as_of, sources) else None


def _came_since(folder: PracticeFolder, as_of: date, sources: list[Path]) -> bool:
    """Whether a returned pack lies in the inbox that no run has taken in."""
    from billingkit.inbox import is_ours
    from billingkit.practice import sha256

    seen = {event.body["sha256"] for _, event in folder.ledger.of_kind("imported")}
    others = [file for file in folder.received(as_of) if file not in sources]
    return any(sha256(file) not in seen and is_ours(file) for file in others)


def _without_shared_codes(stops: list[Stop]) -> list[Stop]:
    """Practices with one code are refused, each of them, because either may be the copy; the others run."""
    sharing: dict[str, list[str]] = {}
    for stop in stops:
        if stop.named:
            sharing.setdefault(stop.code, []).append(f'"{stop.path.name}"')
    return [
        replace(stop, done=False, fault=_shared(stop.code, sharing[stop.code]), cause=REFUSED)
        if stop.named and len(sharing[stop.code]) > 1
        else stop
        for stop in stops
    ]


def _shared(code: str, folders: list[str]) -> str:
    *others, last = folders
    return (
        f"the folders {', '.join(others)} and {last} have the same practice code, {code}, so none of them was run. "
        "Give each its own code in policy.xlsx, or move the copy away."
    )


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
