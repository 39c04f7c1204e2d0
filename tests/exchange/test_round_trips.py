"""The pack as people really send it back: saved by another program, as text, cut short."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import openpyxl
import pytest
from exchange import mishaps, reviews

from billingkit.exchange import asked_in, pack_id, read_answers, write_pack
from billingkit.problems import Refused
from billingkit.workbook import read_book
from billingkit.workbook.validity import convert, office_program

NEEDS_OFFICE = pytest.mark.skipif(office_program() is None, reason="LibreOffice is not installed")
SENT, PAID, HOLD = mishaps.ref_of("sent"), mishaps.ref_of("paid"), reviews.hold_ref("vul")
MEMBER = mishaps.ref_of("missing_member_id")


@pytest.fixture(scope="module")
def answered(tmp_path_factory):
    """Her pack with four answers typed in, and the week it belongs to."""
    folder = tmp_path_factory.mktemp("week")
    review = reviews.review(folder)
    path = write_pack(review, folder, pack_id=reviews.PACK).main
    book = openpyxl.load_workbook(path)
    type_in(book["Action list"], SENT, Answer="supplied", Value=date(2026, 10, 1), Answered_by="Marguerite")
    type_in(book["Action list"], PAID, Answer="supplied", Value=199.5, Answered_by="Marguerite")
    type_in(book["Action list"], MEMBER, Answer="supplied", Value="00445503", Answered_by="Marguerite")
    type_in(book["Holds"], HOLD, Answer="resume", Answered_by="Marguerite", Answered_on=date(2026, 11, 25))
    book["Start here"]["B16"] = date(2026, 11, 20)
    returned = folder / "harbour returned.xlsx"
    book.save(returned)
    return review, path, returned


def type_in(sheet, ref, **cells):
    row = next(row for row in sheet.iter_rows() if row[0].value == ref)
    head = next([cell.value for cell in line] for line in sheet.iter_rows() if line[0].value == "Ref")
    for heading, value in cells.items():
        row[head.index(heading.replace("_", " "))].value = value


def read(review, path, **more):
    told = {
        "asked": asked_in(review),
        "pack_ids": {reviews.PACK: review.as_of},
        "practice": mishaps.PRACTICE,
        "as_of": date(2026, 11, 27),
        "date_order": "day first",
    }
    return read_answers(read_book(path), **{**told, **more})


EXPECTED = {SENT: "2026-10-01", PAID: "199.50", MEMBER: "00445503", HOLD: ""}


def all_taken(answers):
    assert [(one.cell, one.reason) for one in answers.held] == []
    assert answers.conflicts == ()
    return {one.ref: one.value for one in answers.taken}


def test_a_pack_saved_by_a_script_gives_every_answer(answered):
    review, sent, returned = answered
    answers = read(review, returned, sent=read_book(sent))
    assert all_taken(answers) == EXPECTED
    assert (answers.payments_to, answers.corrections, answers.missing) == (date(2026, 11, 20), (), ())


@NEEDS_OFFICE
def test_a_pack_saved_by_libreoffice_gives_every_answer_and_no_formulas_value(answered, tmp_path):
    review, sent, returned = answered
    book = openpyxl.load_workbook(returned)
    type_in(book["Action list"], PAID, Value="=100+99.5")
    formula = tmp_path / "formula.xlsx"
    book.save(formula)
    saved, worked_out = convert([returned, formula], "xlsx", tmp_path)
    answers = read(review, saved, sent=read_book(sent))
    assert all_taken(answers) == EXPECTED
    assert (answers.pack_id, answers.payments_to) == (reviews.PACK, date(2026, 11, 20))
    assert (answers.corrections, answers.missing) == ((), ())
    (held,) = read(review, worked_out).held
    assert (held.ref, held.found, held.reason) == (PAID, "199.5", "a formula; please type the answer itself")


@NEEDS_OFFICE
def test_a_pack_saved_as_an_open_document_gives_every_answer(answered, tmp_path):
    review, _, returned = answered
    (saved,) = convert([returned], "ods", tmp_path)
    answers = read(review, saved)
    assert all_taken(answers) == EXPECTED
    assert pack_id(read_book(saved)) == reviews.PACK


@NEEDS_OFFICE
def test_the_action_list_saved_alone_as_text_gives_its_answers(answered, tmp_path):
    review, _, returned = answered
    book = openpyxl.load_workbook(returned)
    for name in book.sheetnames:
        if name != "Action list":
            del book[name]
    alone = tmp_path / "alone.xlsx"
    book.save(alone)
    (saved,) = convert([alone], "csv", tmp_path)
    answers = read(review, saved)
    assert all_taken(answers) == {ref: value for ref, value in EXPECTED.items() if ref != HOLD}
    assert answers.missing == ()


@pytest.mark.parametrize("part", [0.1, 0.5, 0.9, 0.999])
def test_a_file_that_was_cut_short_is_refused_and_not_half_read(answered, tmp_path, part):
    _, _, returned = answered
    data = returned.read_bytes()
    cut = tmp_path / "cut.xlsx"
    cut.write_bytes(data[: int(len(data) * part)])
    with pytest.raises(Refused):
        read_book(cut)


def test_the_same_file_read_twice_says_the_same(answered):
    review, _, returned = answered
    assert read(review, returned) == read(review, returned)


def test_two_people_who_each_answer_their_own_copy_are_seen_to_differ(answered, tmp_path):
    """The second copy is read against what the first one said."""
    review, _, returned = answered
    first = read(review, returned)
    given = {one.ref: one.gist for one in first.taken}
    book = openpyxl.load_workbook(returned)
    type_in(book["Action list"], PAID, Answer="correct as it is", Value=None, Answered_by="Dr Finch")
    second = tmp_path / "second.xlsx"
    book.save(second)
    answers = read(review, second, asked=[replace(one, given=given.get(one.ref)) for one in asked_in(review)])
    (conflict,) = answers.conflicts
    assert (conflict.ref, [one.answer for one in conflict.answers]) == (PAID, ["supplied", "correct as it is"])
    assert {one.ref for one in answers.taken} == {SENT, MEMBER, HOLD}
