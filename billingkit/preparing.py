"""A week prepared for review: what the practice sent, as read, with its policy and what is remembered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from billingkit.history import History
from billingkit.policy import Policy, shipped
from billingkit.practice import PracticeFolder, load_policy
from billingkit.problems import CannotRun, NothingToRead
from billingkit.week import Week


@dataclass(frozen=True, repr=False)
class Prepared:
    """Everything a review needs: the week as read, the policy, what is remembered, the as-of date."""

    week: Week
    policy: Policy
    history: History
    as_of: date
    folder: PracticeFolder | None = None
    payments_to: date | None = None
    replay: bool = False

    def __repr__(self) -> str:
        """Counts only: a notebook keeps what it prints, and a week holds patients' names."""
        counts = f"{self.week.claims.height} claims, {self.week.balances.height} balances"
        return f"<week of {self.as_of.isoformat()}: {counts}>"


def prepare(
    folder: PracticeFolder,
    *,
    as_of: date,
    policy: Policy | None = None,
    replay: bool = False,
    payments_to: date | None = None,
) -> Prepared:
    """Read a practice folder's newest week not after the as-of date.

    Raises:
        NothingToRead: the inbox holds no week yet.
        Refused, BrokenPolicy, CannotRun: as their sentences say.
    """
    from billingkit.decisions.agreed import agreed
    from billingkit.ledger import history

    before = _place_of_last_run(folder, as_of) if replay else None
    _refuse_going_back(folder, as_of, replay=replay)
    policy = policy or (_policy_of_that_run(folder, as_of) if replay else folder.policy())
    sources = week_sources(folder, as_of)
    policy = _with_unused(policy, folder, as_of)
    known = history(folder.ledger, policy.practice.code or folder.path.name, as_of, before=before)
    policy = agreed(policy, known, as_of)
    week = _read(sources, policy, as_of)
    return Prepared(week, policy, known, as_of, folder, payments_to or known.payments_to, replay)


def prepare_saved(folder: PracticeFolder, *, as_of: date, policy: Policy) -> Prepared:
    """Read a saved week again under another policy, with what was remembered when it was first run."""
    from billingkit.decisions.agreed import agreed
    from billingkit.ledger import history

    known = history(folder.ledger, policy.practice.code or folder.path.name, as_of)
    policy = agreed(policy, known, as_of)
    week = _read(week_sources(folder, as_of), policy, as_of)
    return Prepared(week, policy, known, as_of, folder, known.payments_to, replay=True)


def prepare_files(
    sources: Sequence[Path],
    *,
    as_of: date,
    policy: Policy | Path | None = None,
    payments_to: date | None = None,
) -> Prepared:
    """Read workbooks that lie in no practice folder: no ledger, and the shipped policy unless one is given."""
    if isinstance(policy, Path):
        policy = load_policy(policy)
    policy = policy or shipped()
    return Prepared(_read(sources, policy, as_of), policy, History(), as_of, None, payments_to)


def week_sources(folder: PracticeFolder, as_of: date) -> list[Path]:
    """The files of the newest inbox week: the practice's exports, or the annotated workbook she works on in.

    A returned pack beside an export holds only answers. A returned pack alone is this week's data too.
    """
    from billingkit.inbox import is_ours, is_practice_pack
    from billingkit.practice import files_in

    for week in reversed(folder.inbox(as_of)):
        files = files_in(week)
        exports = [file for file in files if not is_ours(file)]
        if exports:
            return exports
        packs = [file for file in files if is_practice_pack(file)]
        if packs:
            return packs[-1:]
    raise NothingToRead(
        f"{folder.path.name}/inbox",
        f"There is no workbook of a week up to {as_of.isoformat()}.",
        "Put what the practice sent into inbox/ in a folder named for the day, such as inbox/2026-11-23.",
    )


def _read(sources: Sequence[Path], policy: Policy, as_of: date) -> Week:
    from billingkit.inbox import let_go, opened
    from billingkit.reading import read_books

    for source in sources:
        if source.is_dir():
            raise NothingToRead(source.name, "This is a folder.", "Name the workbooks of one practice's week.")
        if not source.is_file():
            raise NothingToRead(source.name, "There is no such file.", "Check the name and the folder.")
    try:
        return read_books([(source, opened(source)) for source in sources], policy, as_of)
    finally:
        let_go()


def _with_unused(policy: Policy, folder: PracticeFolder, as_of: date) -> Policy:
    """The policy with one sentence more where some of its rules have long decided nothing."""
    from billingkit.rules import unused

    since, hits = folder.last_hits(as_of)
    found = [one for table in (policy.claim_rules, policy.balance_rules) for one in unused(table, hits, since, as_of)]
    if not found:
        return policy
    named = ", ".join(rule for one in found for rule in one.rules)
    notice = f"These rules have decided no row for half a year: {named}. Are they still needed?"
    return replace(policy, notices=(*policy.notices, notice))


def _refuse_going_back(folder: PracticeFolder, as_of: date, *, replay: bool) -> None:
    last = max((event.as_of for _, event in folder.ledger.of_kind("run")), default=None)
    if last and as_of < last and not replay:
        raise CannotRun(
            f"{folder.path.name}: the last run was as of {last.isoformat()}, and a run cannot go back to "
            f"{as_of.isoformat()}. Check the date, or use --replay to make that week's workbook again.",
        )


def _place_of_last_run(folder: PracticeFolder, as_of: date) -> int:
    runs = [seq for seq, event in folder.ledger.of_kind("run", as_of=as_of)]
    if not runs:
        raise CannotRun(f"{folder.path.name}: there was no run as of {as_of.isoformat()} to replay.")
    return runs[-1]


def _policy_of_that_run(folder: PracticeFolder, as_of: date) -> Policy:
    _, event = folder.ledger.of_kind("run", as_of=as_of)[-1]
    return folder.accepted_policy(event.body["policy"])
