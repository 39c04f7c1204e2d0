"""The sections of the rehearsal notebook: what a new policy would change, before anybody is called by it."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import TYPE_CHECKING

from billingkit.rehearsing import ChangedRow, agreed_otherwise, changed_rows, saved_weeks, table_differences, workload
from billingkit.show.pieces import Shown, bars, counted, heading, sentences, table
from billingkit.show.pieces import result as shown_result
from billingkit.terms import ACTION_BY_WORD

if TYPE_CHECKING:
    from billingkit.policy import Policy
    from billingkit.practice import PracticeFolder

Workloads = dict[date, tuple[Counter[str], Counter[str]]]  # week -> rows per action, before and after


def title(practice: PracticeFolder, weeks: list[date]) -> Shown:
    """The practice and how many saved weeks are tried."""
    name = practice.policy().practice.name or practice.path.name
    return heading(f"{name}: a new policy tried on {counted(len(weeks), 'saved week')}")


def last_weeks(practice: PracticeFolder, count: int = 12) -> list[date]:
    """The last saved weeks, oldest first."""
    return saved_weeks(practice)[-count:]


def differences(old: Policy, new: Policy) -> Shown:
    """What differs between the two policies, in their tables and besides, in sentences."""
    told = [*table_differences(old, new), *agreed_otherwise(old, new)]
    return sentences(told, nothing="The two policies agree in everything.")


def changes(practice: PracticeFolder, weeks: list[date], old: Policy, new: Policy) -> list[ChangedRow]:
    """The rows of the saved weeks that the new policy would decide otherwise."""
    return [row for week in weeks for row in changed_rows(practice, week, old, new)]


def changed_by_kind(changed: list[ChangedRow]) -> Shown:
    """How many rows go from which decision to which, without saying whose they are."""
    kinds = Counter(
        (row.before.split(" by ")[0], row.after.split(" by ")[0], row.rule_before, row.rule_after) for row in changed
    )
    rows = [
        (before, rule_before, after, rule_after, count)
        for (before, after, rule_before, rule_after), count in sorted(
            kinds.items(), key=lambda kind: (-kind[1], kind[0])
        )
    ]
    return table(("Now", "By rule", "Then", "By rule ", "Rows"), rows, nothing="No row would be decided otherwise.")


def changed_rows_in_full(changed: list[ChangedRow], *, first: int = 50) -> Shown:
    """The rows themselves, by their places in the workbooks."""
    rows = [(row.as_of, row.place, row.before, row.after) for row in changed[:first]]
    return table(("Week", "Place", "Now", "Then"), rows, nothing="No row would be decided otherwise.")


def workloads(practice: PracticeFolder, weeks: list[date], old: Policy, new: Policy) -> Workloads:
    """How many rows each action gets in each saved week, under both policies."""
    return {week: (workload(practice, week, old), workload(practice, week, new)) for week in weeks}


def workload_by_week(found: Workloads) -> Shown:
    """Rows on which somebody acts, week by week, under both policies."""
    rows = [
        (week, _work(before), _work(after), _work(after) - _work(before)) for week, (before, after) in found.items()
    ]
    return table(("Week as of", "Rows to act on now", "Then", "Difference"), rows, nothing="No week has been run yet.")


def workload_chart(found: Workloads) -> Shown:
    """How many rows more each action would get over all the weeks, and how many fewer."""
    change: Counter[str] = Counter()
    for before, after in found.values():
        change.update(after)
        change.subtract(before)
    moved = {ACTION_BY_WORD[word].label: float(count) for word, count in change.items() if count}
    if not moved:
        return sentences([], nothing="The workload stays as it is.")
    return bars("Rows more (or fewer) for each decision", moved)


def result(changed: list[ChangedRow], found: Workloads) -> Shown:
    """The rehearsal's counts as data, for whoever runs the notebook."""
    told = {"weeks": len(found), "rows changed": len(changed)}
    rows, weeks = counted(len(changed), "row"), counted(len(found), "saved week")
    return shown_result(told, f"{rows} of {weeks} would be decided otherwise.")


def _work(counts: Counter[str]) -> int:
    return sum(count for word, count in counts.items() if word not in {"none", "wait", "hold"})
