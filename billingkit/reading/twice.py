"""Two headings for one field: taken when their values are the same, refused when they differ."""

from __future__ import annotations

from itertools import islice

from billingkit.problems import AmbiguousLayout
from billingkit.reading.fold import as_text, is_blank
from billingkit.reading.mapping import Mapping
from billingkit.workbook.book import Sheet

_MANY = frozenset({"notes", "aging"})


def one_heading_each(mapping: Mapping, sheet: Sheet, file: str) -> None:
    """Keep one column for each field; the others only repeat it, or the layout is refused."""
    for role, positions in mapping.positions.items():
        if role in _MANY or len(positions) < 2:
            continue
        first = positions[0]
        for other in positions[1:]:
            if _differ(mapping, sheet, first, other):
                place = f'{file}, sheet "{sheet.name}"' if sheet.name else file
                names = f'"{mapping.heading(first)}" and "{mapping.heading(other)}"'
                raise AmbiguousLayout(
                    place,
                    f"the headings {names} both mean {role.replace('_', ' ')} and their values differ.",
                    "Please say on the sheet Column headings which one to use.",
                )
            mapping.unknown += [h for h in mapping.table.headings if h.position == other]
            mapping.role_of.pop(other, None)
        mapping.positions[role] = [first]


def _differ(mapping: Mapping, sheet: Sheet, one: int, other: int) -> bool:
    table = mapping.table
    for row in islice(sheet.rows, table.first_row - 1, table.last_row):
        first = row[one] if one < len(row) else None
        second = row[other] if other < len(row) else None
        if not is_blank(second) and as_text(first) != as_text(second):
            return True
    return False
