"""A workbook that LibreOffice opened and saved again, in any of its formats, reads the same."""

from __future__ import annotations

from datetime import date

import pytest
import xlsxwriter
from reading.practice import from_about, load
from reading.test_samples import SAMPLES, SOURCES

from billingkit.reading import read_sources
from billingkit.workbook.validity import convert, office_program

pytestmark = pytest.mark.skipif(office_program() is None, reason="LibreOffice is not installed")
MADE_ANEW = {"claim_key", "account_key", "source_file"}


def odd_workbook(path):
    """A workbook of few rows and many traits: the 1904 calendar, ids by their format, comments, hidden parts, merges."""
    with xlsxwriter.Workbook(str(path), {"date_1904": True, "default_date_format": "dd/mm/yyyy"}) as book:
        page, zeros = book.add_worksheet("Claims"), book.add_format({"num_format": "00000"})
        page.merge_range(1, 0, 1, 2, "Patient")
        page.merge_range(1, 5, 1, 7, "Amounts")
        page.write_row(
            2, 0, ["Claim no", "Name", "Insurer", "Treatment date", "Status", "Billed", "Paid", "Outstanding"]
        )
        for number in range(4):
            page.write_number(3 + number, 0, 123 + number, zeros)
            page.write_row(3 + number, 1, ["Ann Lee", "Axa", date(2026, 10, 1 + number), "Sent", 100.5, 0])
            page.write_formula(3 + number, 7, f"=F{4 + number}*1", None, 100.5)
        page.write_formula(5, 6, "=1/0", None, "#DIV/0!")
        page.write_boolean(6, 6, True)
        page.write_comment(3, 4, "husband died in September")
        page.set_row(4, None, None, {"hidden": True})
    return path


@pytest.mark.parametrize("to", ["xlsx", "ods", "xls"])
def test_a_workbook_saved_again_by_libreoffice_reads_the_same(tmp_path, to):
    sources = [odd_workbook(tmp_path / "odd.xlsx")]
    sources += [SAMPLES / "P02" / "Riverside claims tracker.xlsx", SAMPLES / "P03" / "INSAGING.xlsx"]
    policies = [from_about(load(SAMPLES / name / "about.json"), SOURCES[name]) for name in ("P02", "P02", "P03")]
    (tmp_path / "again").mkdir()
    saved = convert(sources, to, tmp_path / "again")
    for source, again, (policy, as_of) in zip(sources, saved, policies, strict=True):
        named = again.rename(again.with_name(f"{source.stem}.{to}"))
        before, after = (read_sources([path], policy, as_of, salt="salt") for path in (source, named))
        assert before.claims.height
        for one, other in ((before.claims, after.claims), (before.balances, after.balances)):
            left = [column for column in one.columns if column not in MADE_ANEW]
            assert one.select(left).to_dicts() == other.select(left).to_dicts()
        for one, other in zip(before.tables, after.tables, strict=True):
            assert one.ignored == other.ignored
            # a total whose formula nobody had calculated is printed only after the saving
            assert set(one.control_totals) <= set(other.control_totals)
