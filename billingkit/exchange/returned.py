"""A workbook that came back: which pack it is, and where our tables stand in it, wherever they were moved."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from billingkit.exchange.listing import ANSWER_HEADINGS, OUTCOME_HEADINGS
from billingkit.exchange.start_here import CONTACT_NOW, PACK, PAYMENTS_TO, PRACTICE
from billingkit.exchange.typed import NUMBERED, blank, plain, shown
from billingkit.workbook.book import Book, Sheet, Value
from billingkit.workbook.fresh import column_letters
from billingkit.workbook.marks import TAB_PREFIX

Kind = Literal["answers", "outcomes"]
# where no mark is left: what our tabs are called, in the pack and in the worklist
OUR_TABS: Final = (
    "Start here", "Action list", "Holds", "Statement schedule", "Claim updates", "Coming up", "Agreement", "Measures", "Getting started",
    "To do", "Appeals to prepare", "Resubmissions", "Statements to send", "Waiting on practice", "On hold", "Spot check",
)  # fmt: skip
DATE_HEADINGS: Final = ("By when", "Waiting since", "On hold since", "Review by", "Deadline", "Since")
_PACK_LINE: Final = re.compile(r"· Pack (\S+)\s*$")


@dataclass(frozen=True, slots=True)
class Place:
    """A cell in the returned workbook."""

    tab: str
    row: int
    column: int

    def __str__(self) -> str:
        """`Action list!K7`."""
        return f"{self.tab}!{column_letters(self.column)}{self.row}"


@dataclass(frozen=True, slots=True)
class Returned:
    """One line of one of our tables as it came back."""

    tab: str
    number: int  # the Excel row
    ref: str  # as it stands there
    cells: dict[str, Value]  # by our heading
    columns: dict[str, int]  # 1-based, by our heading
    strays: tuple[tuple[int, Value], ...]  # cells under no heading: column and value
    formulas: frozenset[str]  # our headings whose cell holds a formula

    def place(self, heading: str) -> Place:
        """Where the line's cell under a heading stands."""
        return Place(self.tab, self.number, self.columns[heading])


@dataclass(frozen=True, slots=True)
class ReturnedTable:
    """One of our tables, found by its headings and not by where it stands."""

    tab: str
    kind: Kind
    lines: tuple[Returned, ...]
    doubled: tuple[str, ...]  # our headings that stand there twice
    gone: tuple[str, ...]  # our answer headings that are not there


def tables(book: Book) -> tuple[ReturnedTable, ...]:
    """Every table with a `Ref` heading and an answer heading beside it, on any tab."""
    return tuple(table for sheet in book.sheets for table in _tables_on(sheet, book.file))


def _tables_on(sheet: Sheet, file: str) -> Iterator[ReturnedTable]:
    tab = sheet.name or file
    heads = [number for number, row in enumerate(sheet.rows) if _is_head(row)]
    for place, head in enumerate(heads):
        end = heads[place + 1] if place + 1 < len(heads) else len(sheet.rows)
        yield _table(tab, sheet, head, end)


def _is_head(row: list[Value]) -> bool:
    # "Ref" and "Value" alone may be headings of the practice's own; three of ours together are not.
    told = {plain(value) for value in row if isinstance(value, str)}
    ours = max(len(told & {plain(one) for one in headings}) for headings in (ANSWER_HEADINGS, OUTCOME_HEADINGS))
    return "ref" in told and ours > 1


def _table(tab: str, sheet: Sheet, head: int, end: int) -> ReturnedTable:
    headed = {column: shown(value) for column, value in enumerate(sheet.rows[head], 1) if not blank(value)}
    told = [plain(heading) for heading in headed.values()]
    kind: Kind = "answers" if "answer" in told or not {"outcome", "done"} & set(told) else "outcomes"
    ours = ANSWER_HEADINGS if kind == "answers" else OUTCOME_HEADINGS
    columns: dict[str, int] = {}
    for column, heading in headed.items():
        columns.setdefault(next((one for one in ("Ref", *ours) if plain(one) == plain(heading)), heading), column)
    lines = tuple(_lines(tab, sheet, (head + 1, end), columns))
    return ReturnedTable(
        tab=tab,
        kind=kind,
        lines=lines,
        doubled=tuple(one for one in ("Ref", *ours) if told.count(plain(one)) > 1),
        gone=tuple(one for one in ours if plain(one) not in told),
    )


def _lines(tab: str, sheet: Sheet, span: tuple[int, int], columns: dict[str, int]) -> Iterator[Returned]:
    headed = set(columns.values())
    for number in range(span[0], span[1]):
        row = sheet.rows[number]
        if all(blank(value) for value in row):
            continue
        cells = {heading: row[column - 1] if column <= len(row) else None for heading, column in columns.items()}
        strays = tuple((c, value) for c, value in enumerate(row, 1) if c not in headed and not blank(value))
        formulas = frozenset(h for h, column in columns.items() if (number + 1, column) in sheet.formulas)
        yield Returned(tab, number + 1, shown(cells["Ref"]).upper(), cells, columns, strays, formulas)


def pack_id(book: Book) -> str:
    """The pack's id as the workbook itself says it: in its properties, its names, on `Start here`, or under a title."""
    for name, value in (*book.custom_properties.items(), *book.defined_names.items()):
        if re.fullmatch(r"_?billingkit[ _](?:mark_)?pack", name) and value and "!" not in value:
            return value.strip('="')
    front = front_tab(book)
    labelled = label(front, PACK) if front else None
    if labelled and not blank(labelled[1]):
        return shown(labelled[1])
    titles = (value for sheet in book.sheets for row in sheet.rows[:3] for value in row[:3] if isinstance(value, str))
    return next((found[1] for title in titles if (found := _PACK_LINE.search(title))), "")


def front_tab(book: Book) -> Sheet | None:
    """Our `Start here`, whatever it is called now: the tab that has our labels."""
    labels = {plain(PACK), plain(PRACTICE), plain(PAYMENTS_TO)}
    for sheet in book.sheets:
        told = {plain(value) for row in sheet.rows for value in row if isinstance(value, str)}
        if labels <= told:
            return sheet
    return None


def practice_name(book: Book) -> str:
    """The practice that the pack says it is for."""
    front = front_tab(book)
    found = label(front, PRACTICE) if front else None
    return shown(found[1]) if found else ""


def carries_her_sheets(book: Book) -> bool:
    """Whether a pack that came back also holds the practice's own sheets, and not only our tabs."""
    marked = {
        text.rpartition("!")[0].strip("'").replace("''", "'")
        for name, text in book.defined_names.items()
        if name.startswith(TAB_PREFIX)
    }
    ours = {*marked, *OUR_TABS}
    return any(sheet.name not in ours and any(not blank(v) for row in sheet.rows for v in row) for sheet in book.sheets)


def payments_cell(book: Book) -> tuple[Place, Value] | None:
    """The cell beside `Payments posted up to`, wherever that stands now."""
    front = front_tab(book)
    return label(front, PAYMENTS_TO) if front else None


def contact_cell(book: Book) -> tuple[Place, Value] | None:
    """The cell beside `Somebody else now`, wherever that stands now."""
    front = front_tab(book)
    return label(front, CONTACT_NOW) if front else None


def label(sheet: Sheet, text: str) -> tuple[Place, Value] | None:
    """The cell to the right of a label."""
    for number, row in enumerate(sheet.rows, 1):
        for column, value in enumerate(row, 1):
            if isinstance(value, str) and plain(value) == plain(text):
                return Place(sheet.name or "", number, column + 1), row[column] if column < len(row) else None
    return None


def days_as_numbers(table: ReturnedTable) -> bool:
    """Whether our own dates came back as bare numbers: values were pasted without their formats."""
    told = our_dates(table)
    return bool(told) and not any(isinstance(value, date | str) for value in told)


def date_order(table: ReturnedTable) -> str | None:
    """In which order the program that saved the file writes days and months, as our own dates came back.

    None where ours are still dates, or words; "unclear" where they are figures that fit both orders.
    """
    figures = [
        found for value in our_dates(table) if isinstance(value, str) and (found := NUMBERED.fullmatch(value.strip()))
    ]
    if not figures:
        return None
    day_first = any(int(one[1]) > 12 for one in figures)
    month_first = any(int(one[2]) > 12 for one in figures)
    if day_first == month_first:
        return "unclear"
    return "day first" if day_first else "month first"


def our_dates(table: ReturnedTable) -> list[Value]:
    """What stands in the date columns that we filled in."""
    ours = [line.cells[heading] for line in table.lines for heading in DATE_HEADINGS if heading in line.cells]
    return [value for value in ours if not blank(value)]
