"""Fresh tabs: typed cells, nothing silently dropped, the same bytes each time."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from io import BytesIO
from itertools import combinations
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from billingkit.workbook.fresh import TEXT_LIMIT, FreshBook, Heading, Series, open_workbook, tidy_text, utf16_length
from billingkit.workbook.lint import lint
from billingkit.workbook.looks import LOOKS


def read(buffer: BytesIO) -> Any:
    return openpyxl.load_workbook(buffer)


def test_every_kind_of_value_reads_back_as_written() -> None:
    buffer = BytesIO()
    with open_workbook(buffer, as_of=date(2026, 11, 23)) as book:
        tab = book.add_tab("All")
        tab.row(1, ["=1+1", "https://example.com", "00123", 7, Decimal("12.50"), date(2026, 2, 3), True, None, "@x"])
        tab.formula(2, 1, "=SUM(D1:E1)", Decimal("19.5"))
    sheet = read(buffer)["All"]
    assert [cell.value for cell in sheet[1]] == [
        "=1+1", "https://example.com", "00123", 7, 12.5, datetime(2026, 2, 3), "yes", None, "@x",  # noqa: DTZ001  # Excel has no zones
    ]  # fmt: skip  # one row
    assert [cell.data_type for cell in sheet[1]][:3] == ["s", "s", "s"]
    assert sheet["A1"].quotePrefix
    assert sheet["A2"].value == "=SUM(D1:E1)"
    assert openpyxl.load_workbook(buffer, data_only=True)["All"]["A2"].value == 19.5


def test_the_same_input_gives_the_same_bytes() -> None:
    def build() -> bytes:
        buffer = BytesIO()
        with open_workbook(buffer, as_of=date(2026, 11, 23)) as book:
            book.add_tab("One").table("T", 1, 1, [Heading("A", note="why")], [["x"]])
        return buffer.getvalue()

    assert build() == build()


def test_a_text_too_long_or_unprintable_is_kept_as_far_as_it_goes_and_reported() -> None:
    buffer = BytesIO()
    with open_workbook(buffer) as book:
        tab = book.add_tab("One")
        tab.text(1, 1, "x" * 40_000)
        tab.text(2, 1, "bell\x07 and\r\nline")
    sheet = read(buffer)["One"]
    assert len(sheet["A1"].value) == TEXT_LIMIT
    assert sheet["A2"].value == "bell\N{REPLACEMENT CHARACTER} and\nline"
    assert [(one.row, one.done) for one in book.repairs] == [
        (1, "cut to 32,767 characters"),
        (2, "characters that cannot be shown were replaced"),
    ]


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet=st.characters(), max_size=60), st.integers(50, 60))
def test_any_text_becomes_one_that_a_cell_can_hold(text: str, limit: int) -> None:
    tidy, done = tidy_text(text, limit)
    assert utf16_length(tidy) <= limit
    assert tidy_text(tidy, limit) == (tidy, ())
    assert bool(done) == (tidy != text.replace("\r\n", "\n").replace("\r", "\n"))


WRONG = {
    "a table with one heading twice": lambda tab: tab.table("T", 1, 1, [Heading("A"), Heading("a")], []),
    "a row of another width": lambda tab: tab.table("T", 1, 1, [Heading("A")], [["x", "y"]]),
    "a cell past the edge": lambda tab: tab.text(1, 16_385, "x"),
    "a cell before the first": lambda tab: tab.text(0, 1, "x"),
    "a number that is none": lambda tab: tab.number(1, 1, float("nan")),
    "an identifier as a number": lambda tab: tab.number(1, 1, 10**15),
    "a formula too new for LibreOffice 7": lambda tab: tab.formula(1, 1, "=XLOOKUP(A1,B:B,C:C)", 1),
    "a formula without its sign": lambda tab: tab.formula(1, 1, "SUM(A1)", 1),
    "a second table on the first": lambda tab: [tab.table("T", 1, 1, [Heading("A")], []) for _ in range(2)],
    "a tab name twice": lambda tab: tab.book.add_tab("ONE"),
    "a tab name with a slash": lambda tab: tab.book.add_tab("a/b"),
}


@pytest.mark.parametrize("what", sorted(WRONG))
def test_what_excel_would_not_take_is_an_error(what: str) -> None:
    book = FreshBook(BytesIO(), normal_font=("Calibri", 11), date_1904=False, as_of=None)
    tab = book.add_tab("One")
    with pytest.raises(Exception, match=r"\w"):
        WRONG[what](tab)


@pytest.mark.parametrize(
    ("wanted", "given_name"),
    [("Action list", "Action_list"), ("A1", "_A1"), ("R1C1", "_R1C1"), ("2026", "_2026"), ("", "_"), ("tbl", "tbl")],
)
def test_a_table_gets_a_name_that_excel_takes(wanted: str, given_name: str) -> None:
    book = FreshBook(BytesIO(), normal_font=("Calibri", 11), date_1904=False, as_of=None)
    assert book.table_name(wanted) == given_name
    assert book.table_name(wanted) == f"{given_name}_2"


def test_long_choices_stand_on_a_hidden_tab_and_short_ones_in_the_cell() -> None:
    buffer = BytesIO()
    with open_workbook(buffer) as book:
        tab = book.add_tab("One")
        tab.drop_down((1, 1, 5, 1), ["yes", "no"], "Choose.")
        for column in (2, 3):
            tab.drop_down((1, column, 5, column), ["a, b", "x" * 254], "Choose.")
    sheets = read(buffer)
    found = [one.formula1 for one in sheets["One"].data_validations.dataValidation]
    assert found == ['"yes,no"', "'billingkit lists'!$A$1:$A$2", "'billingkit lists'!$A$1:$A$2"]
    assert sheets["billingkit lists"].sheet_state == "veryHidden"


def test_a_whole_tab_with_everything_on_it_is_clean() -> None:
    buffer = BytesIO()
    with open_workbook(buffer, normal_font=("Arial", 10), as_of=date(2026, 11, 23)) as book:
        tab = book.add_tab("All", colour="#12324D")
        area = tab.table(
            "Money by age", 3, 1, [Heading("Age"), Heading("Money")], [["0-30", Decimal(5)], ["31-60", Decimal(9)]]
        )
        tab.merge((1, 1, 1, 2), "=not a formula")
        tab.must_be_date((20, 1, 30, 1), date(2026, 1, 1), "A date from this year on.")
        tab.must_be_number((20, 2, 30, 2), "A number.")
        tab.highlight((4, 1, 5, 2), "=$B4>5", "urgent")
        tab.note(4, 1, "note\nwith two lines")
        tab.link(8, 1, "All", "up", cell="A1")
        for number, kind in enumerate(("column", "bar", "line")):
            tab.chart(kind, 10 + 16 * number, 4, "Money", [Series("Money", "All", (4, 1, 5, 1), (4, 2, area[2], 2))])
        tab.freeze(4)
        tab.height(1, 30)
        tab.print_on(title_row=3, area=(1, 1, 60, 12))
        tab.protect()
        tab.show_first()
        book.name("billingkit_pack", "All", (1, 1, 1, 1))
        book.property("pack", "x")
        book.title("Pack")
    assert lint(buffer.getvalue()) == []


def luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_text_stands_out_from_its_fill_and_priorities_differ_without_colour() -> None:
    greys = {}
    for name, look in LOOKS.items():
        text, fill = luminance(str(look.get("font_color", "#000000"))), luminance(str(look.get("bg_color", "#FFFFFF")))
        assert (max(text, fill) + 0.05) / (min(text, fill) + 0.05) >= 7, name
        greys[name] = fill
    for one, other in combinations(("urgent", "high", "normal"), 2):
        assert abs(greys[one] - greys[other]) > 0.2
