"""The policy workbook drawn: guidance above each sheet, drop-downs, and condition cells kept as text."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from billingkit import terms
from billingkit.columns import BALANCES, CLAIMS, PARTS
from billingkit.policy import sheets
from billingkit.policy.questions import BY_QUESTION
from billingkit.policy.settings import BY_TEXT, Setting
from billingkit.policy.tables import SHAPES, Shape
from billingkit.rules import IF_NOT
from billingkit.templates.filled import policy_rows
from billingkit.templates.guidance import GUIDANCE, LATER, PROMISES, STEPS, TYPED, WELCOME, Guidance

if TYPE_CHECKING:
    from billingkit.workbook.fresh import CellValue, FreshBook, Tab
    from billingkit.workbook.looks import Look

HEADER: Final = 4  # the row of the headings on every sheet; hints and units stand in the row above
LAST: Final = 400  # drop-downs reach down to this row, so that new rows have them
FIELDS: Final = tuple(dict.fromkeys(column.heading for column in (*CLAIMS, *BALANCES)))
YES_NO: Final = ("yes", "no")
CHOICES: Final[dict[str, dict[str, Sequence[str]]]] = {
    sheets.REQUIRED: {"Field": FIELDS, "Who supplies it": terms.OWNERS},
    sheets.ATTACHMENTS: {"Need": sheets.NEEDS},
    sheets.SOURCES: {
        "Holds": sheets.HOLDS,
        "Amount is": sheets.AMOUNT_IS,
        "Owes is": sheets.OWES_IS,
        "Decimal sign": sheets.DECIMAL_SIGNS,
        "Date order": sheets.DATE_ORDERS,
        "Newest tab wins": YES_NO,
    },
    sheets.IDS: {"Field": FIELDS, "Text": YES_NO},
    sheets.STATUS_WORDS: {"Status": tuple(terms.STATUS_LABEL.values())},
    sheets.COLUMN_HEADINGS: {"Our column": (*FIELDS, *PARTS.values())},
    sheets.WORDING: {"Category": terms.SENSITIVE, "What stops": terms.HOLD_STOPS},
    sheets.CALENDAR: {"Kind": sheets.CALENDAR_KINDS},
    sheets.GUARANTEES: {"Table": tuple(shape.sheet for shape in SHAPES), "If not": IF_NOT},
}
DATES: Final = {"Agreed on", "Confirmed on", "From", "To", "Date"}
COUNTS: Final = {
    "First check after",
    "Chase every",
    "Filing limit",
    "Answer window",
    "Appeal window",
    "Digits",
    "Due in (working days)",
    "Level",
}


def write_policy(path: Path | str, **filled: Any) -> None:  # noqa: ANN401 - the values of policy_rows, said there
    """Write a practice's policy workbook, with whatever `policy_rows` takes filled in."""
    from billingkit.workbook.fresh import open_workbook

    rows = policy_rows(**filled)  # refused before there is a folder or a file
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    with open_workbook(path) as book:
        book.title("Policy")
        _read_me(book)
        for sheet in sheets.ORDER:
            _sheet(book, sheet, rows[sheet])


def _read_me(book: FreshBook) -> None:
    tab = book.add_tab("Read me first", colour="#12324D")
    tab.width(1, 30)
    tab.width(2, 90)
    row = 1
    for text, look in WELCOME:
        tab.merge((row, 1, row, 2), text, look)
        tab.height(row, 34 if look == "wrap" else 26)
        row += 1
    for number, (sheet, what) in enumerate(STEPS, 1):
        tab.link(row, 1, sheet, f"{number}. {sheet}")
        tab.text(row, 2, what, "wrap")
        row += 1
    tab.merge((row + 1, 1, row + 1, 2), LATER, "wrap")
    tab.height(row + 1, 34)
    row = _told(tab, row + 3, "You can rely on this", PROMISES)
    tab.merge((row + 1, 1, row + 1, 2), "What you can type in a rule", "subtitle")
    tab.text(row + 2, 1, "You type", "heading")
    tab.text(row + 2, 2, "It means", "heading")
    for place, (typed, meaning) in enumerate(TYPED, row + 3):
        tab.text(place, 1, typed, "normal", kind="code")
        tab.text(place, 2, meaning, "normal")
    tab.print_on(landscape=False)
    tab.show_first()


def _told(tab: Tab, row: int, heading: str, lines: Sequence[str]) -> int:
    tab.merge((row, 1, row, 2), heading, "subtitle")
    for place, line in enumerate(lines, row + 1):
        tab.merge((place, 1, place, 2), f"\u2022 {line}", "wrap")
        tab.height(place, 34 if len(line) > 118 else 18)
    return row + len(lines) + 1


def _sheet(book: FreshBook, name: str, rows: sheets.Rows) -> None:
    guidance = GUIDANCE[name]
    headings = [str(heading) for heading in rows[0]]
    tab = book.add_tab(name)
    for column, width in enumerate(guidance.widths, 1):
        tab.width(column, width)
    _banner(tab, guidance, len(headings))
    hints = _units(name) or guidance.hints
    for column, hint in enumerate(hints, 1):
        tab.text(HEADER - 1, column, hint, "muted")
    for column, heading in enumerate(headings, 1):
        tab.text(HEADER, column, heading, "heading")
    wrapped = (_lines(heading, width * 0.9) for heading, width in zip(headings, guidance.widths, strict=True))
    tab.height(HEADER, _tall(max(wrapped)))
    if name == sheets.PRACTICE:
        last = _practice(tab, rows[1:])
    else:
        last = _list(tab, headings, rows[1:], guidance)
        _choices(tab, name, headings, last)
    tab.freeze(HEADER + 1, 2)
    tab.print_on(title_row=HEADER, area=(1, 1, last, len(headings)))
    if name == sheets.PRACTICE:
        tab.sheet.fit_to_pages(1, 1)


def _banner(tab: Tab, guidance: Guidance, columns: int) -> None:
    """The title, and the explanation over no more columns than fit a screen."""
    tab.text(1, 1, guidance.title, "title")
    tab.height(1, 28)
    width, reach = 0.0, 0
    while reach < columns and width < 110:
        width += guidance.widths[reach]
        reach += 1
    tab.merge((2, 1, 2, max(reach, 2)), guidance.lines, "wrap")
    tab.height(2, 16 * (1 + int(len(guidance.lines) * 1.08 // width)))


def _practice(tab: Tab, rows: sheets.Rows) -> int:
    row, group = HEADER, ""
    for name, value, meaning, example, blank in rows:
        setting = BY_TEXT[str(name)]
        if setting.group != group:
            row, group = row + 1, setting.group
            tab.text(row, 1, group, "subtitle")
            tab.height(row, 24)
        row += 1
        tab.text(row, 1, setting.text, "label")
        _put(tab, row, 2, value, "answer", text=setting.kind not in ("days", "money"))
        for column, words in ((3, meaning), (4, example), (5, blank)):
            tab.text(row, column, str(words), "wrap" if column == 3 else "muted", kind="code")
        told = zip(
            (meaning, blank), (GUIDANCE[sheets.PRACTICE].widths[2], GUIDANCE[sheets.PRACTICE].widths[4]), strict=True
        )
        tab.height(row, _tall(max(_lines(words, width) for words, width in told)))
        _guard(tab, row, setting)
    return row


def _guard(tab: Tab, row: int, setting: Setting) -> None:
    cell = (row, 2, row, 2)
    if setting.choices:
        tab.drop_down(cell, setting.choices, setting.meaning)
    elif setting.kind == "days":
        tab.must_be_number(cell, f"{setting.meaning} Write a whole number of days.", least=setting.low)
    elif setting.kind == "money":
        tab.must_be_number(cell, setting.meaning)


def _list(tab: Tab, headings: Sequence[str], rows: sheets.Rows, guidance: Guidance) -> int:
    """The filled rows, then spare ones; what the practice types in is coloured or, in rules, framed."""
    row = HEADER
    for row, values in enumerate(rows, HEADER + 1):
        tallest = 1
        for column, (heading, value) in enumerate(zip(headings, values, strict=True), 1):
            _put(tab, row, column, value, _look(heading, guidance), text=heading not in COUNTS | DATES)
            tallest = max(tallest, _lines(value, guidance.widths[column - 1]))
        tab.height(row, _tall(tallest))
    for spare in range(row + 1, row + 1 + guidance.spare_rows):
        for column, heading in enumerate(headings, 1):
            _put(tab, spare, column, None, _look(heading, guidance), text=heading not in COUNTS | DATES)
    return row + guidance.spare_rows


def _look(heading: str, guidance: Guidance) -> Look:
    return "muted" if heading == "For example" else "answer" if heading in guidance.answers else "normal"


def _tall(lines: int) -> float:
    return 15 * lines + 3.5


def _lines(value: object, width: float) -> int:
    """How many lines a text takes in a column, words kept whole."""
    if not isinstance(value, str):
        return 1
    lines, used = 1, 0.0
    for word in value.split():
        wide = _wide(word)
        if used and used + 0.6 + wide > width - 0.5:
            lines, used = lines + 1, wide
        else:
            used += wide + (0.6 if used else 0)
    return lines


def _wide(word: str) -> float:
    """A word's width in Excel's unit, the width of a digit, for a plain sans-serif face."""
    return sum(0.5 if sign in "ijlt.,;:'-()" else 1.0 if not sign.islower() else 0.95 for sign in word)


def _put(tab: Tab, row: int, column: int, value: object, look: Look, *, text: bool) -> None:
    """A cell by its type; text cells keep what is typed as text, so that 1-29 never turns into a date."""
    if value is None:
        tab.blank(row, column, look, kind="code" if text else "text")
    elif isinstance(value, str):
        tab.text(row, column, value, look, kind="code")
    else:
        tab.value(row, column, _typed(value), look)


def _typed(value: object) -> CellValue:
    if isinstance(value, bool | int | float | Decimal | date | datetime):
        return value
    raise TypeError(f"A policy cell holds text, numbers or dates, not {type(value).__name__}.")


def _choices(tab: Tab, name: str, headings: Sequence[str], last: int) -> None:
    lists = dict(CHOICES.get(name, {}))
    shape = next((one for one in SHAPES if one.sheet == name), None)
    if shape is not None:
        lists |= {"Active": YES_NO, "Step": _steps(shape)}
        lists |= {output.heading: output.values for output in shape.outputs if output.kind == "word"}
        lists["Owner"] = (*terms.OWNERS, "-")
    for column, heading in enumerate(headings, 1):
        area = (HEADER + 1, column, max(LAST, last), column)
        if heading in lists:
            tab.drop_down(area, lists[heading], f"{heading}: please choose from the list.")
        elif heading in DATES:
            tab.must_be_date(
                area, date(2000, 1, 1), "Type a date, such as 25/12/2026 or 12/25/2026 as your Excel writes it."
            )
        elif heading in COUNTS:
            tab.must_be_number(area, f"{heading}: a whole number.")
    if name == sheets.AGREEMENTS:
        _agreed_choices(tab)


def _steps(shape: Shape) -> tuple[str, ...]:
    return tuple(f"{step} {words}".strip() for step, words in shape.steps.items())


def _agreed_choices(tab: Tab) -> None:
    for row, settled in enumerate(BY_QUESTION.values(), HEADER + 1):
        if settled.choices:
            tab.drop_down((row, 2, row, 2), settled.choices, settled.question)


def _units(name: str) -> tuple[str, ...]:
    """The row above a decision table's headings: what each condition is counted in."""
    shape: Shape | None = next((one for one in SHAPES if one.sheet == name), None)
    if shape is None:
        return ()
    units = [
        column.unit or {"list": "choose words", "money": "amount"}.get(column.kind, column.kind)
        for column in shape.columns
    ]
    outputs = [{"number": "number", "word": "choose"}.get(output.kind, "text") for output in shape.outputs]
    return ("name", "yes/no", "choose", *units, *outputs, "date", "date", "for you")
