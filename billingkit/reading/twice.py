"""Two headings for one field: taken when their values are the same or one says more, refused when neither does."""

from __future__ import annotations

import re
from itertools import islice
from typing import Final

from billingkit.policy.agreement import Policy
from billingkit.problems import AmbiguousLayout
from billingkit.reading.fold import as_text, fold, is_blank
from billingkit.reading.mapping import BY_PRACTICE, Mapping, column_of, sample, says_status
from billingkit.workbook.book import Sheet

MANY: Final = frozenset({"notes", "aging", "reason_codes", "attachments"})
# No decision asks for these: the first column is taken, the others are kept and reported.
_EITHER: Final = frozenset({"provider", "tooth", "group_number"})
_INSURERS: Final = re.compile(r"\b(?:ins|insurance|insurer|carrier|payer|payor|plan|primary|pri)\b")
_LAST: Final = re.compile(r"\b(?:last|latest|most recent)\b")
_OF_CLAIM: Final = re.compile(r"\bclaim\b")
_CODES: Final = re.compile(r"\b(?:codes?|cdt)\b")
# Of two headings the one that says whose amount or status it is: a claim's, or what its insurer paid or owes.
_TELLING: Final = {
    "paid": _INSURERS,
    "outstanding": _INSURERS,
    "expected": _INSURERS,
    "status": _OF_CLAIM,
    "procedure_codes": _CODES,
}


def one_heading_each(mapping: Mapping, sheet: Sheet, file: str, policy: Policy) -> None:
    """Keep one column for each field, or refuse the layout where two differ and nothing tells which is meant.

    Raises:
        AmbiguousLayout: two headings mean one field that decisions hang on, and their values differ.
    """
    for role, positions in list(mapping.positions.items()):
        if role in MANY or len(positions) < 2:
            continue
        differing = [at for at in positions[1:] if role not in _EITHER and _differ(mapping, sheet, positions[0], at)]
        kept = positions[0]
        if differing and not _sent_again(mapping, role, positions):
            told = _telling(mapping, sheet, policy, role, positions)
            if told is None:
                raise _refusal(mapping, sheet, file, role, (positions[0], differing[0]))
            kept, mapping.why[told[0]] = told
        again = mapping.positions.get("resent_date", [])
        for other in positions:
            if other != kept and other not in again:
                mapping.unknown += [h for h in mapping.table.headings if h.position == other]
                mapping.role_of.pop(other, None)
                mapping.why[other] = f'left aside: "{mapping.heading(kept)}" is taken for {role.replace("_", " ")}'
        mapping.positions[role] = [kept]


def _sent_again(mapping: Mapping, role: str, positions: list[int]) -> bool:
    """A day of sending and a day of the last sending: the later one is a sending again."""
    last = [at for at in positions if _LAST.search(fold(mapping.heading(at) or ""))]
    if role != "submitted_date" or len(positions) != 2 or last != positions[1:] or "resent_date" in mapping.positions:
        return False
    (again,) = last
    mapping.positions["resent_date"] = [again]
    mapping.role_of[again] = "resent_date"
    mapping.why[again] = "another column has the day of sending, this one the last"
    return True


def _telling(mapping: Mapping, sheet: Sheet, policy: Policy, role: str, positions: list[int]) -> tuple[int, str] | None:
    """The one column that is meant, and why; None where nothing tells, or several things do."""
    ours = [at for at in positions if mapping.why[at] == BY_PRACTICE]
    if len(ours) == 1:
        return ours[0], BY_PRACTICE
    if mapping.holds == "claims" and role == "status":
        shown = sample(sheet, mapping.table)
        own = [at for at in positions if says_status(column_of(shown, at), policy)]
        if len(own) == 1:
            return own[0], "the practice's Status words stand below it"
    pattern = _TELLING.get(role) if mapping.holds == "claims" else None
    said = [at for at in positions if pattern and pattern.search(fold(mapping.heading(at) or ""))]
    return (said[0], f"of the headings for {role.replace('_', ' ')} it says the most") if len(said) == 1 else None


def _refusal(mapping: Mapping, sheet: Sheet, file: str, role: str, pair: tuple[int, int]) -> AmbiguousLayout:
    place = f'{file}, sheet "{sheet.name}"' if sheet.name else file
    names = " and ".join(f'"{mapping.heading(at)}"' for at in pair)
    return AmbiguousLayout(
        place,
        f"the headings {names} both mean {role.replace('_', ' ')} and their values differ.",
        "Please say on the sheet Column headings which one to use.",
    )


def _differ(mapping: Mapping, sheet: Sheet, one: int, other: int) -> bool:
    table = mapping.table
    for row in islice(sheet.rows, table.first_row - 1, table.last_row):
        first = row[one] if one < len(row) else None
        second = row[other] if other < len(row) else None
        if not is_blank(second) and as_text(first) != as_text(second):
            return True
    return False
