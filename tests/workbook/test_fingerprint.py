"""The fingerprint misses nothing that an edit takes away, and allows what was meant."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from io import BytesIO

import openpyxl
import pytest
from workbook.corpus import (
    SAMPLES,
    edited,
    packed,
    parts_of,
    threaded_comments,
    xlsxwriter_everything,
    xlsxwriter_plain,
)

from billingkit.workbook.fingerprint import Allowed, fingerprint, losses

SHEET, TABLE, BOOK, STYLES = "xl/worksheets/sheet1.xml", "xl/tables/table1.xml", "xl/workbook.xml", "xl/styles.xml"


def swap(part: str, old: str, new: str) -> Callable[[bytes], bytes]:
    return lambda data: edited(data, part, old, new)


def gone(part: str) -> Callable[[bytes], bytes]:
    return lambda data: packed({name: content for name, content in parts_of(data).items() if name != part})


EDITS: dict[str, tuple[Callable[[bytes], bytes], str]] = {
    "a value": (swap(SHEET, "<v>100</v>", "<v>101</v>"), 'the cell "Claims" E6 is different'),
    "a written result": (swap(SHEET, "<v>1266</v>", "<v>0</v>"), 'the cell "Claims" I6 is different'),
    "a text": (swap("xl/sharedStrings.xml", "<t>RV-1000</t>", "<t>RV-1</t>"), 'the cell "Claims" A6 is different'),
    "bold in a text": (swap("xl/sharedStrings.xml", "<rPr><b/>", "<rPr>"), 'the cell "Claims" A2 is different'),
    "a format": (swap(SHEET, '<c r="D6" s="', '<c r="D6" x="'), 'the cell "Claims" D6 is different'),
    "a hidden row": (swap(SHEET, ' hidden="1"', ""), "row Claims 9 is different"),
    "a rule": (swap(SHEET, "<formula>105</formula>", "<formula>1</formula>"), "element Claims conditionalFormatting E6:E17 is different"),
    "a picture": (gone("xl/media/image1.png"), "the part xl/media/image1.png is gone"),
    "a sparkline": (swap(SHEET, "<xm:f>Claims!E6:E17", "<xm:f>Claims!E6:E9"), "element Claims extLst is different"),
    "a name": (swap(BOOK, 'name="Statuses"', 'name="Status"'), "name Statuses is gone"),
    "a note": (swap("xl/comments1.xml", "asked twice", "asked once"), "note Claims B6 is different"),
    "a column of a table": (swap(TABLE, 'name="Insurer"', 'name="Payer"'), "table tblClaims column Insurer is gone"),
    "a property": (swap("docProps/custom.xml", "Reviewed", "Seen"), "property Reviewed is gone"),
    "a link": (swap("xl/worksheets/_rels/sheet1.xml.rels", "https://example.com/portal", "https://example.com/"), "link xl/worksheets/sheet1.xml rId1 is different"),
    "hiding a tab": (swap(BOOK, 'state="hidden"', 'state="visible"'), "the tabs "),
}  # fmt: skip  # one edit, one sentence


@pytest.mark.parametrize("what", sorted(EDITS))
def test_each_loss_is_said(what: str) -> None:
    edit, sentence = EDITS[what]
    before = xlsxwriter_everything()
    said = losses(fingerprint(before), fingerprint(edit(before)))
    assert any(one.replace("  ", " ").startswith(sentence) for one in said), said


@pytest.mark.parametrize("sample", sorted(SAMPLES))
def test_a_workbook_loses_nothing_to_itself(sample: str) -> None:
    data = SAMPLES[sample]()
    assert losses(fingerprint(data), fingerprint(data)) == []


def test_what_a_library_drops_on_a_round_trip_is_noticed() -> None:
    data, buffer = xlsxwriter_everything(), BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        openpyxl.load_workbook(BytesIO(data)).save(buffer)
    said = " ".join(losses(fingerprint(data), fingerprint(buffer.getvalue())))
    for part in ("extLst", "xl/richData", "note Claims B6"):  # with Pillow at hand openpyxl keeps the picture
        assert part in said


def test_what_was_meant_is_allowed_and_no_more() -> None:
    before = xlsxwriter_plain()
    after = edited(
        edited(before, "xl/worksheets/sheet1.xml", "<v>100</v>", "<v>7</v>"),
        "xl/worksheets/sheet1.xml",
        "<v>101</v>",
        "<v>8</v>",
    )
    one, other = fingerprint(before), fingerprint(after)
    assert losses(one, other, Allowed(areas={"Claims": ((6, 5, 6, 5),)})) == ['the cell "Claims" E7 is different']
    assert losses(one, other, Allowed(areas={"Claims": ((6, 5, 7, 5),)})) == []


def test_features_are_counted_for_a_reader() -> None:
    counts = fingerprint(xlsxwriter_everything()).counts
    assert (counts["tables"], counts["mergeCell"], counts["sparkline"], counts["charts"]) == (1, 1, 1, 2)
    assert fingerprint(threaded_comments()).counts["threadedComments"] == 1
