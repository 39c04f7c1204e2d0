"""A fresh workbook of the kit's own tabs: typed cells, nothing silently dropped, the same bytes each time.

    with open_workbook("pack.xlsx", as_of=date(2026, 11, 23)) as book:
        tab = book.add_tab("Action list")
        tab.text(1, 1, "Action list", "title")
        tab.table("ActionList", 3, 1, [Heading("Ref", kind="code"), Heading("Answer", look="answer")], rows)
        tab.drop_down((4, 2, 20, 2), ["supplied", "not available"], "Please choose from the list.")

Rows and columns are Excel's own, counted from 1. xlsxwriter warns and carries on where Excel would
refuse; here every such warning and every negative return code is an error.
"""

from __future__ import annotations

import math
import re
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any, Final, Literal

from billingkit.workbook.block import Block, CellStyle, CellValue, with_blocks
from billingkit.workbook.cell_text import LIKE_FORMULA, TEXT_LIMIT, tidy_text, utf16_length
from billingkit.workbook.looks import SERIES_COLOURS, SERIES_DASHES, Heading, Kind, Look, properties

__all__ = [
    "TEXT_LIMIT",
    "Area",
    "CellValue",
    "FreshBook",
    "Heading",
    "Repair",
    "Series",
    "Tab",
    "open_workbook",
    "tidy_text",
    "utf16_length",
]

Day = date  # a tab has a method of that name
Area = tuple[int, int, int, int]  # first row, first column, last row, last column

LIST_LIMIT: Final = 255
LISTS_TAB: Final = "billingkit lists"  # hidden; hers may well have a "Lists" of its own
_LIKE_A_CELL: Final = re.compile(r"(?i)[a-z]{1,3}\d+|r\d*c\d*|r|c")
_FUTURE: Final = re.compile(r"(?i)(?<![.\w])(xlookup|filter|let|lambda|sort|sortby|unique|sequence|textjoin|ifs)\(")


@dataclass(frozen=True, slots=True)
class Repair:
    """A text that could not stand in a cell as it was: where, and what was done to it."""

    tab: str
    row: int
    column: int
    done: str


@dataclass(frozen=True, slots=True)
class Series:
    """One line or row of bars: its name, and where its categories and values stand."""

    name: str
    tab: str
    categories: Area
    values: Area


def _checked(where: str, call: Callable[..., Any], *args: Any, **options: Any) -> Any:  # noqa: ANN401  # xlsxwriter ships no types
    """Call xlsxwriter; a warning or a negative code is an error that names the place."""
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        result = call(*args, **options)
    if said or (isinstance(result, int) and result < 0):
        reason = "; ".join(str(one.message) for one in said) or f"code {result}"
        raise ValueError(f"{where}: Excel would not take this ({reason}).")
    return result


class FreshBook:
    """A workbook being written; made by `open_workbook`."""

    def __init__(
        self, target: Path | str | BytesIO, *, normal_font: tuple[str, float], date_1904: bool, as_of: date | None
    ) -> None:
        """Open it; `normal_font` is that of the workbook the tabs will join, so that widths fit."""
        import xlsxwriter

        name, size = normal_font
        self._target, self._written = target, BytesIO()
        self._file = xlsxwriter.Workbook(
            self._written,
            {
                "strings_to_formulas": False,
                "strings_to_urls": False,
                "strings_to_numbers": False,
                "date_1904": date_1904,
                "in_memory": True,
                "default_format_properties": {"font_name": name, "font_size": size},
            },
        )
        # a fixed moment: the same input gives the same bytes, and nobody here asks the clock
        moment = datetime(as_of.year, as_of.month, as_of.day) if as_of else datetime(1980, 1, 1)  # noqa: DTZ001  # Excel's times have no zone
        self._file.set_properties({"created": moment})
        self.repairs: list[Repair] = []
        self.first_day = date(1904, 1, 1) if date_1904 else date(1900, 3, 1)
        self.date_1904 = date_1904
        self.tabs: list[Tab] = []
        self._formats: dict[tuple[Look, Kind, bool], Any] = {}
        self._tables: set[str] = set()
        self._lists: Tab | None = None
        self._list_places: dict[tuple[str, ...], str] = {}

    def add_tab(self, name: str, *, hidden: bool = False, colour: str | None = None) -> Tab:
        """A new tab after the others; its name is at most 31 characters, without brackets, : * ? or slashes."""
        sheet = _checked(f'tab "{name}"', self._file.add_worksheet, name)
        if hidden:
            sheet.very_hidden()
        if colour:
            sheet.set_tab_color(colour)
        tab = Tab(self, sheet, name)
        self.tabs.append(tab)
        return tab

    def name(self, name: str, tab: str, area: Area) -> None:
        """Give a place a defined name."""
        _checked(f'name "{name}"', self._file.define_name, name, f"={absolute(tab, area)}")

    def property(self, name: str, value: str) -> None:
        """Set a document property of our own."""
        _checked(f'property "{name}"', self._file.set_custom_property, name, value, "text")

    def title(self, title: str) -> None:
        """Set the title in the document's properties (no names of people here)."""
        created = self._file.doc_properties["created"]
        self._file.set_properties({"title": title, "created": created})

    def format(self, look: Look, kind: Kind, *, quoted: bool = False) -> Any:  # noqa: ANN401  # xlsxwriter ships no types
        """The cell format for a look and a kind of value, made once."""
        key = (look, kind, quoted)
        if key not in self._formats:
            self._formats[key] = self._file.add_format(properties(look, kind, quoted=quoted))
        return self._formats[key]

    def conditional_format(self, look: Look) -> Any:  # noqa: ANN401  # xlsxwriter ships no types
        """The look as a conditional format, which knows only colours, weight and frame."""
        allowed = ("bold", "italic", "font_color", "bg_color", "border", "border_color")
        return self._file.add_format(
            {name: told for name, told in properties(look, "text").items() if name in allowed and told != 2}
        )

    def table_name(self, wanted: str) -> str:
        """A name Excel takes for a table: no spaces, not like a cell, not used yet."""
        name = re.sub(r"[^\w.]", "_", wanted)[:200]
        if not name or not (name[0].isalpha() or name[0] == "_") or _LIKE_A_CELL.fullmatch(name):
            name = f"_{name}"
        free, number = name, 1
        while free.casefold() in self._tables:
            number += 1
            free = f"{name}_{number}"
        self._tables.add(free.casefold())
        return free

    def choices(self, values: Sequence[str]) -> list[str] | str:
        """A drop-down's list as Excel takes it: in the cell if short, else on a hidden tab of our own."""
        plain = not any("," in value or value != value.strip() for value in values)
        if plain and utf16_length(",".join(values)) <= LIST_LIMIT:
            return list(values)
        key = tuple(values)
        if key not in self._list_places:
            self._lists = self._lists or self.add_tab(LISTS_TAB, hidden=True)
            column = len(self._list_places) + 1
            for row, value in enumerate(values, 1):
                self._lists.text(row, column, value)
            self._list_places[key] = f"={absolute(LISTS_TAB, (1, column, len(values), column))}"
        return self._list_places[key]

    def chart(self, kind: str, stacked: bool) -> Any:  # noqa: ANN401  # xlsxwriter ships no types
        """A chart of this workbook."""
        return self._file.add_chart({"type": kind, "subtype": "stacked"} if stacked else {"type": kind})

    def close(self) -> None:
        """Write the file; a workbook needs at least one tab."""
        if not self.tabs:
            raise ValueError("A workbook needs at least one tab.")
        _checked("the workbook", self._file.close)
        blocks = {number: tab.blocks for number, tab in enumerate(self.tabs, 1) if tab.blocks}
        whole = with_blocks(self._written, blocks) if blocks else self._written.getvalue()
        if isinstance(self._target, BytesIO):
            self._target.write(whole)
        else:
            Path(self._target).write_bytes(whole)


class Tab:
    """One tab being written; rows and columns count from 1."""

    def __init__(self, book: FreshBook, sheet: Any, name: str) -> None:  # noqa: ANN401  # xlsxwriter ships no types
        self.book, self.sheet, self.name = book, sheet, name
        self.blocks: list[Block] = []

    def text(self, row: int, column: int, text: str, look: Look = "plain", *, kind: Kind = "text") -> None:
        """A text, always as text: never a formula, a link or a number."""
        tidy, done = tidy_text(text)
        self.book.repairs += [Repair(self.name, row, column, what) for what in done]
        chosen = self.book.format(look, kind, quoted=tidy.startswith(LIKE_FORMULA))
        self._write(row, column, self.sheet.write_string, tidy, chosen)

    def number(
        self, row: int, column: int, number: float | Decimal, look: Look = "plain", *, kind: Kind = "number"
    ) -> None:
        """A number; one with more than 15 digits is an identifier and belongs in a text."""
        if not math.isfinite(number) or (isinstance(number, int) and abs(number) >= 10**15):
            raise ValueError(f"{self._place(row, column)}: this number cannot stand in a cell.")
        self._write(row, column, self.sheet.write_number, number, self.book.format(look, kind))

    def money(self, row: int, column: int, amount: Decimal, look: Look = "plain") -> None:
        """An amount with two decimals."""
        self.number(row, column, amount, look, kind="money")

    def date(self, row: int, column: int, day: date, look: Look = "plain") -> None:
        """A real date; one before Excel's calendar begins stands as text."""
        if (day.date() if isinstance(day, datetime) else day) < self.book.first_day:
            self.text(row, column, day.isoformat(), look)
            return
        self._write(row, column, self.sheet.write_datetime, day, self.book.format(look, "date"))

    def blank(self, row: int, column: int, look: Look = "plain", *, kind: Kind = "text") -> None:
        """An empty cell that has a look, such as one to be answered."""
        self._write(row, column, self.sheet.write_blank, None, self.book.format(look, kind))

    def formula(
        self,
        row: int,
        column: int,
        formula: str,
        value: float | Decimal | str,
        look: Look = "plain",
        *,
        kind: Kind = "number",
    ) -> None:
        """A formula with the value it has now, so that readers that do not calculate see it too."""
        if not formula.startswith("=") or _FUTURE.search(formula):
            raise ValueError(f"{self._place(row, column)}: write a classic formula that starts with '='.")
        cached = value if isinstance(value, str) else float(value)
        self._write(row, column, self.sheet.write_formula, formula, self.book.format(look, kind), cached)

    def value(self, row: int, column: int, value: CellValue, look: Look = "plain", kind: Kind | None = None) -> None:
        """Any value by its own type; Decimal is money, None is an empty cell with the look."""
        if value is None:
            self.blank(row, column, look, kind=kind or "text")
        elif isinstance(value, str):
            self.text(row, column, value, look, kind="code" if kind == "code" else "text")
        elif isinstance(value, bool):
            self.text(row, column, "yes" if value else "no", look)
        elif isinstance(value, date):
            self.date(row, column, value, look)
        else:
            by_type: Kind = "money" if isinstance(value, Decimal) else "number"
            self.number(row, column, value, look, kind=kind or by_type)

    def row(self, row: int, values: Sequence[CellValue], look: Look = "plain", *, column: int = 1) -> None:
        """Several values side by side."""
        for offset, value in enumerate(values):
            self.value(row, column + offset, value, look)

    def table(
        self,
        name: str,
        row: int,
        column: int,
        headings: Sequence[Heading],
        rows: Sequence[Sequence[CellValue]],
        *,
        row_looks: Sequence[Look | None] = (),
        set_widths: bool = True,
    ) -> Area:
        """An Excel table with headings on `row` and the rows under it; gives its whole area.

        `row_looks` may give one look (such as "urgent") per row; answer columns keep their own.
        A table without rows gets one empty row, as Excel asks.
        """
        shown: Sequence[Sequence[CellValue]] = rows or [[None] * len(headings)]
        area = self.frame(name, row, column, headings, len(shown), set_widths=set_widths)
        for number, values in enumerate(shown):
            if len(values) != len(headings):
                raise ValueError(
                    f"{self._place(row + 1 + number, column)}: {len(values)} values for {len(headings)} headings."
                )
            own = row_looks[number] if number < len(row_looks) else None
            for offset, (value, head) in enumerate(zip(values, headings, strict=True)):
                look = head.look if own is None or head.look == "answer" else own
                self.value(row + 1 + number, column + offset, value, look, head.kind)
        return area

    def frame(
        self, name: str, row: int, column: int, headings: Sequence[Heading], rows: int, *, set_widths: bool = True
    ) -> Area:
        """A table's headings and filter over so many rows, whose cells are written by themselves; gives its area."""
        self._headings_differ(row, headings)
        area = (row, column, row + rows, column + len(headings) - 1)
        columns = [{"header": head.text, "header_format": self.book.format("heading", "text")} for head in headings]
        options = {"name": self.book.table_name(name), "columns": columns, "style": "Table Style Light 15"}
        _checked(f'table "{name}" on "{self.name}"', self.sheet.add_table, *_zero(area), options)
        for offset, head in enumerate(headings):
            if set_widths:
                self.width(column + offset, head.width)
            if head.note:
                self.note(row, column + offset, head.note)
        return area

    def block(
        self,
        row: int,
        rows: Sequence[Sequence[CellValue]],
        styles: Sequence[Sequence[CellStyle]],
        heights: Sequence[float],
    ) -> None:
        """Many whole rows at once, from the first column on: values, how each looks, and how high each row is.

        Nothing else may be written on these rows. One pass over them costs a tenth of single cells.
        """
        block = Block.of(row, rows, styles, heights, first_day=self.book.first_day, date_1904=self.book.date_1904)
        for place, (look, kind, quoted) in block.samples():
            self._write(*place, self.sheet.write_blank, None, self.book.format(look, kind, quoted=quoted))
        self.book.repairs += [Repair(self.name, *place, what) for place, what in block.repairs()]
        self.blocks.append(block)

    def _headings_differ(self, row: int, headings: Sequence[Heading]) -> None:
        texts = [head.text.casefold() for head in headings]
        if not texts or len(set(texts)) != len(texts) or not all(text.strip() for text in texts):
            raise ValueError(f'"{self.name}" row {row}: a table needs headings, all of them different.')

    def drop_down(self, area: Area, choices: Sequence[str], message: str, *, title: str = "Please choose") -> None:
        """A list to choose from, with a plain message when something else is typed."""
        self._validate(area, {"validate": "list", "source": self.book.choices(choices)}, title, message)

    def must_be_date(self, area: Area, earliest: Day, message: str) -> None:
        """Only dates from `earliest` on may be typed."""
        self._validate(area, {"validate": "date", "criteria": ">=", "value": earliest}, "A date, please", message)

    def must_be_number(self, area: Area, message: str, *, least: float = 0) -> None:
        """Only numbers from `least` on may be typed."""
        self._validate(area, {"validate": "decimal", "criteria": ">=", "value": least}, "A number, please", message)

    def _validate(self, area: Area, rule: dict[str, Any], title: str, message: str) -> None:
        told = {**rule, "error_title": title[:32], "error_message": message[:255], "input_message": message[:255]}
        _checked(f'choices on "{self.name}"', self.sheet.data_validation, *_zero(area), told)

    def highlight(self, area: Area, formula: str, look: Look) -> None:
        """Show a look where a formula (written for the area's first cell) is true."""
        told = {"type": "formula", "criteria": formula, "format": self.book.conditional_format(look)}
        _checked(f'highlight on "{self.name}"', self.sheet.conditional_format, *_zero(area), told)

    def note(self, row: int, column: int, text: str) -> None:
        """A note on a cell, large enough for its text."""
        tidy, done = tidy_text(text)
        self.book.repairs += [Repair(self.name, row, column, what) for what in done]
        lines = sum(1 + len(line) // 38 for line in tidy.split("\n"))
        told = {"width": 240, "height": min(600, 26 + 17 * lines), "author": "billingkit", "font_size": 9}
        _checked(self._place(row, column), self.sheet.write_comment, row - 1, column - 1, tidy, told)

    def chart(
        self,
        kind: Literal["column", "bar", "line"],
        row: int,
        column: int,
        title: str,
        series: Sequence[Series],
        *,
        stacked: bool = False,
        size: tuple[int, int] = (560, 300),
        description: str = "",
    ) -> None:
        """A native chart with its corner at a cell; series differ by tone and by dash."""
        chart = self.book.chart(kind, stacked)
        for number, one in enumerate(series):
            colour = SERIES_COLOURS[number % len(SERIES_COLOURS)]
            line = {"color": colour, "width": 2.25, "dash_type": SERIES_DASHES[number % len(SERIES_DASHES)]}
            drawn = {"line": line} if kind == "line" else {"fill": {"color": colour}, "border": {"color": "#FFFFFF"}}
            places = {
                "categories": f"={absolute(one.tab, one.categories)}",
                "values": f"={absolute(one.tab, one.values)}",
            }
            _checked(f'chart "{title}"', chart.add_series, {"name": one.name, **places, **drawn})
        chart.set_title({"name": title, "overlay": False, "name_font": {"size": 12}})
        chart.set_legend({"none": True} if len(series) == 1 else {"position": "bottom"})
        chart.set_size({"width": size[0], "height": size[1]})
        told = {"description": description or title, "object_position": 2}
        _checked(f'chart "{title}"', self.sheet.insert_chart, row - 1, column - 1, chart, told)

    def width(self, column: int, width: float, *, last: int | None = None) -> None:
        """How many characters wide a column is, or several up to `last`."""
        _checked(f'"{self.name}"', self.sheet.set_column, column - 1, (last or column) - 1, width)

    def height(self, row: int, points: float) -> None:
        """How high a row is."""
        if self.sheet.set_row(row - 1, points):
            raise ValueError(f'"{self.name}" row {row}: Excel would not take this height.')

    def merge(self, area: Area, text: str, look: Look = "wrap") -> None:
        """One text over several cells (for prose only, never in a table)."""
        tidy, done = tidy_text(text)
        self.book.repairs += [Repair(self.name, area[0], area[1], what) for what in done]
        for row in range(area[0], area[2] + 1):
            for column in range(area[1], area[3] + 1):
                self.blank(row, column, look)
        quoted = self.book.format(look, "text", quoted=tidy.startswith(LIKE_FORMULA))
        _checked(self._place(area[0], area[1]), self.sheet.merge_range, *_zero(area), "", quoted)
        self.text(area[0], area[1], tidy, look)

    def link(self, row: int, column: int, tab: str, text: str, *, cell: str = "A1") -> None:
        """A link to a place in this workbook; the kit writes no links to anywhere else."""
        target = "internal:'" + tab.replace("'", "''") + f"'!{cell}"
        _checked(self._place(row, column), self.sheet.write_url, row - 1, column - 1, target, None, text)

    def freeze(self, row: int, column: int = 1) -> None:
        """Keep what is above `row` and left of `column` in sight."""
        self.sheet.freeze_panes(row - 1, column - 1)

    def print_on(self, *, title_row: int | None = None, landscape: bool = True, area: Area | None = None) -> None:
        """One page wide, so that it prints on A4 and on US Letter; `title_row` repeats on every page."""
        if landscape:
            self.sheet.set_landscape()
        self.sheet.set_paper(9)
        self.sheet.fit_to_pages(1, 0)
        self.sheet.set_margins(left=0.4, right=0.4, top=0.6, bottom=0.6)
        self.sheet.set_footer("&L&A&RPage &P of &N")
        if title_row:
            self.sheet.repeat_rows(title_row - 1)
        if area:
            self.sheet.print_area(*_zero(area))

    def protect(self) -> None:
        """Lock all but the answer cells, without a password; sorting, filtering and widths stay free."""
        free = ("sort", "autofilter", "format_columns", "format_rows", "select_locked_cells", "select_unlocked_cells")
        self.sheet.protect("", dict.fromkeys(free, True))

    def show_first(self) -> None:
        """Open the workbook on this tab."""
        self.sheet.activate()
        self.sheet.set_first_sheet()

    def _place(self, row: int, column: int) -> str:
        return f'"{self.name}" row {row}, column {column}'

    def _write(self, row: int, column: int, call: Callable[..., int], *args: Any) -> None:  # noqa: ANN401  # xlsxwriter ships no types
        if row < 1 or column < 1 or (code := call(row - 1, column - 1, *args)) < 0:
            reason = "there is no such cell" if row < 1 or column < 1 or code == -1 else f"code {code}"
            raise ValueError(f"{self._place(row, column)}: Excel would not take this ({reason}).")


def column_letters(column: int) -> str:
    """A column's letters: 1 is A, 27 is AA."""
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def absolute(tab: str, area: Area) -> str:
    """A place in a formula, such as 'Action list'!$A$4:$C$20."""
    first = f"${column_letters(area[1])}${area[0]}"
    last = f"${column_letters(area[3])}${area[2]}"
    return "'" + tab.replace("'", "''") + f"'!{first}" + ("" if first == last else f":{last}")


def _zero(area: Area) -> Area:
    return area[0] - 1, area[1] - 1, area[2] - 1, area[3] - 1


@contextmanager
def open_workbook(
    target: Path | str | BytesIO,
    *,
    normal_font: tuple[str, float] = ("Calibri", 11),
    date_1904: bool = False,
    as_of: date | None = None,
) -> Iterator[FreshBook]:
    """A fresh workbook, written to a path or into memory when the block ends without an error."""
    book = FreshBook(target, normal_font=normal_font, date_1904=date_1904, as_of=as_of)
    yield book
    book.close()
