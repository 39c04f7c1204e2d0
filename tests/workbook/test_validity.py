"""Each of the four checks finds its own kind of fault, and an edit is judged by what is new."""

from __future__ import annotations

from pathlib import Path

import pytest
from workbook.corpus import edited, xlsxwriter_plain, xlsxwriter_two_tabs
from workbook.seeds import SEEDS

from billingkit.workbook import Column, annotate, validity
from billingkit.workbook.validity import check_all, check_valid, read_back_faults, skipped_checks, validator_errors

SHEET = "xl/worksheets/sheet1.xml"


def written(folder: Path, name: str, data: bytes) -> Path:
    path = folder / f"{name}.xlsx"
    path.write_bytes(data)
    return path


def with_formula(formula: str, value: str = "1") -> bytes:
    row = f'<row r="30"><c r="A30"><f>{formula}</f><v>{value}</v></c></row></sheetData>'
    return edited(xlsxwriter_two_tabs(), SHEET, "</sheetData>", row)


@pytest.mark.skipif(validity.validator_program() is None, reason="the SDK validator is not on this machine")
def test_the_validator_is_believed_by_its_answer_not_by_its_exit_code(tmp_path: Path) -> None:
    bad = written(tmp_path, "bad", edited(xlsxwriter_plain(), SHEET, "<sheetData>", '<sheetData oops="1">'))
    assert validator_errors(written(tmp_path, "good", xlsxwriter_plain())) == []
    assert validator_errors(bad) == ["validator: /xl/worksheets/sheet1.xml: The 'oops' attribute is not declared."]
    assert validator_errors(written(tmp_path, "empty", b"")) != []


@pytest.mark.skipif(validity.office_program() is None, reason="LibreOffice is not on this machine")
def test_a_recalculation_shows_errors_that_the_written_values_hide(tmp_path: Path) -> None:
    """A formula that divides by nothing carries a 1 in the file; one that the source had too is not new."""
    good = written(tmp_path, "good", with_formula("1+1", "5"))
    bad = written(tmp_path, "bad", with_formula("1/0"))
    verdicts = check_all([good, bad, bad], [None, None, bad])
    assert [one.recalculated for one in verdicts] == [(), ('recalculated: "Claims" A30 shows #DIV/0!',), ()]


def test_what_was_meant_reads_back_in_two_readers(tmp_path: Path) -> None:
    path = written(tmp_path, "good", xlsxwriter_plain())
    assert read_back_faults(path, None, {("Claims", "A6"): "RV-1000", ("Claims", "E6"): 100}) == []
    assert read_back_faults(path, None, {("Claims", "A6"): "RV-9", ("Gone", "A1"): 1}) == [
        "openpyxl: \"Claims\" A6 reads 'RV-1000', not 'RV-9'",
        'openpyxl: "Gone" A1 reads None, not 1',
        "calamine: \"Claims\" A6 reads 'RV-1000', not 'RV-9'",
        'calamine: "Gone" A1 reads None, not 1',
    ]
    broken = written(tmp_path, "broken", edited(xlsxwriter_plain(), "xl/workbook.xml", "</workbook>", ""))
    assert [one[:20] for one in read_back_faults(broken, None, {})] == ["openpyxl cannot read", "calamine cannot read"]
    assert read_back_faults(broken, broken, {}) == []


def test_a_tab_that_a_reader_does_not_see_in_the_source_is_not_asked_for(tmp_path):
    SEEDS["strict"](tmp_path / "strict.xlsx")  # of a strict workbook openpyxl sees no tab
    done = annotate(
        tmp_path / "strict.xlsx", tmp_path / "out.xlsx", sheet="Claims", header_row=2, columns=[Column("X", {3: "y"})]
    )
    meant = {("Claims", f"{done.columns['X']}3"): "y"}
    assert read_back_faults(tmp_path / "out.xlsx", tmp_path / "strict.xlsx", meant) == []
    wrong = dict.fromkeys(meant, "z")
    assert [one[:8] for one in read_back_faults(tmp_path / "out.xlsx", tmp_path / "strict.xlsx", wrong)] == ["calamine"]
    assert len(read_back_faults(tmp_path / "out.xlsx", None, meant)) == 1


def test_without_the_programs_the_verdict_says_what_was_skipped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv(validity.VALIDATOR_VARIABLE, str(tmp_path / "nowhere"))
    verdict = check_valid(written(tmp_path, "good", xlsxwriter_plain()))
    assert (verdict.ok, verdict.skipped) == (True, skipped_checks())
    assert [one.partition(":")[0] for one in verdict.skipped] == ["SDK validator", "LibreOffice"]
    assert str(verdict).splitlines()[0] == "good.xlsx: valid"


def test_lint_counts_only_what_is_new(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    old = written(tmp_path, "old", with_formula("=1+1"))
    new = written(tmp_path, "new", edited(with_formula("=1+1"), SHEET, '<c r="A6"', '<c r="A7"'))
    assert [one.partition(":")[0] for one in check_valid(new).lint] == ["cells_in_order", "formula_syntax"]
    assert [one.partition(":")[0] for one in check_valid(new, old).lint] == ["cells_in_order"]
