"""The practice pack: her own workbook with our columns on her rows, and tabs that say at once what to do."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from exchange import reviews
from exchange.seen import seen
from workbook.corpus import linked

from billingkit.exchange import asked_in, carries_her_sheets, pack_id, read_answers, write_pack
from billingkit.exchange.action_list import action_list
from billingkit.exchange.beside import HEADINGS
from billingkit.exchange.tabs import PACK_TABS
from billingkit.exchange.wording import ON_HOLD
from billingkit.week import Source
from billingkit.workbook import read_book
from billingkit.workbook.validity import validator_errors, validator_program

GOLDEN = Path(__file__).parent / "golden"


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("week")
    out = tmp_path_factory.mktemp("out")
    review = reviews.review(folder)
    return review, write_pack(review, out, pack_id=reviews.PACK)


def test_the_tabs_stand_in_front_of_her_own(made):
    _, files = made
    book = openpyxl.load_workbook(files.main)
    assert tuple(book.sheetnames) == (*PACK_TABS, "Claims", "Balances", "Rota")
    assert book.active.title == "Start here"
    assert files.main.name == "harbour 2026-11-23 practice pack.xlsx"


def test_every_row_of_hers_carries_its_decision_and_a_held_one_only_that(made):
    review, files = made
    sheet = openpyxl.load_workbook(files.main)["Claims"]
    head = {cell.value: cell.column for cell in sheet[reviews.HEADER] if cell.value}
    assert tuple(head)[-8:] == HEADINGS
    for claim, decided in zip(reviews.claim_rows(), review.claims.iter_rows(named=True), strict=True):
        row = {heading: sheet.cell(claim["source_row"], head[heading]).value for heading in HEADINGS}
        assert sheet.cell(claim["source_row"], 1).value == claim["claim_id"]
        if decided["action"] == "hold":
            assert row == dict.fromkeys(HEADINGS) | {"Next action": ON_HOLD, "Ref": decided["ref"]}
        else:
            assert (row["Why"], row["Rule"], row["Ref"]) == (decided["reason"], decided["rule"], decided["ref"])
            assert row["Priority"] == decided["priority"]


def test_a_sheet_that_is_discussed_in_comments_gets_no_notes_and_start_here_says_so(tmp_path):
    review = reviews.review(tmp_path)
    source = review.week.sources[0].path
    kind = "http://schemas.microsoft.com/office/2017/10/relationships/threadedComment"
    content = b'<ThreadedComments xmlns="http://schemas.microsoft.com/office/spreadsheetml/2018/threadedcomments"/>'
    part, types = "xl/threadedComments/threadedComment1.xml", "application/vnd.ms-excel.threadedcomments+xml"
    source.write_bytes(linked(source.read_bytes(), "xl/worksheets/sheet1.xml", kind, part, content, types))
    (tmp_path / "out").mkdir()
    files = write_pack(review, tmp_path / "out", pack_id=reviews.PACK)
    book = openpyxl.load_workbook(files.main)
    told = '"Claims" holds a discussion in comments, so no notes were added: the columns say it all.'
    assert told in files.said
    assert told in [cell.value for row in book["Start here"].iter_rows() for cell in row]


def test_a_doubtful_cell_has_a_note_and_her_own_notes_stay(made):
    _, files = made
    sheet = openpyxl.load_workbook(files.main)["Claims"]
    assert "Please write the date it was sent." in sheet["F12"].comment.text
    assert sheet["D5"].comment.text == "spoke to them in May"


def test_a_held_row_has_no_note_that_says_why(tmp_path):
    review = reviews.review(tmp_path)
    problem = replace(review.week.problems[0], source_row=reviews.HEADER + 9, cell="F13", ask="about a complaint")
    told = replace(review, week=replace(review.week, problems=(problem,)))
    book = openpyxl.load_workbook(write_pack(told, tmp_path, pack_id="p").main)
    assert book["Claims"]["F13"].comment is None


def test_all_that_she_wrote_is_still_there(made):
    review, files = made
    before = openpyxl.load_workbook(review.week.sources[0].path)
    after = openpyxl.load_workbook(files.main)
    for sheet in before:
        for row in sheet.iter_rows():
            for cell in row:
                assert after[sheet.title][cell.coordinate].value == cell.value


def test_the_action_list_has_the_columns_that_were_agreed(tmp_path):
    listing = action_list(reviews.review(tmp_path))
    assert listing.headings == (
        "Ref", "Priority", "By when", "Why that date", "What we need", "About", "Why", "Who provides it",
        "Waiting since", "Times asked", "Answer", "Value", "Until", "Answered by", "Answered on", "Comment",
    )  # fmt: skip
    assert [field.heading for field in listing.fields if field.typed] == list(listing.headings[-6:])
    priorities = [line.priority for line in listing.lines]
    assert priorities == sorted(priorities, key=("Urgent", "High", "Normal").index)


def test_only_the_answer_cells_are_unlocked(made):
    _, files = made
    book = openpyxl.load_workbook(files.main)
    for tab, typed in (("Action list", "KLMNOP"), ("Holds", "IJKLMN")):
        sheet = book[tab]
        assert sheet.protection.sheet
        for row in sheet.iter_rows(min_row=8):
            for cell in row:
                assert cell.protection.locked == (
                    cell.column_letter not in typed or (cell.row < 9 and not cell.has_style)
                )
    front = book["Start here"]
    unlocked = [cell.coordinate for row in front.iter_rows() for cell in row if not cell.protection.locked]
    assert unlocked == ["B6", "B16"]
    assert (front["A6"].value, front["A16"].value) == ("Somebody else now", "Payments posted up to")


def test_the_tabs_read_as_they_were_agreed(made):
    """The golden text: changed on purpose only, and read by a person when it does."""
    _, files = made
    told = seen(files.main, tabs=PACK_TABS[:6])
    golden = GOLDEN / "practice_pack.txt"
    assert told == golden.read_text(encoding="utf-8"), "write the new text with: python tests/exchange/write_golden.py"


def test_the_pack_is_known_again_and_its_answers_are_read(made):
    review, files = made
    book = read_book(files.main)
    assert pack_id(book) == reviews.PACK
    assert carries_her_sheets(book)
    answers = read_answers(
        book, asked=asked_in(review), pack_ids={reviews.PACK: review.as_of}, practice="Harbour Street Dental", as_of=review.as_of,
    )  # fmt: skip
    assert (answers.found, answers.missing, answers.held) == (0, (), ())


def test_the_same_week_gives_the_same_bytes(tmp_path):
    review = reviews.review(tmp_path)
    digests = set()
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        main = write_pack(review, tmp_path / name, pack_id=reviews.PACK).main
        digests.add(hashlib.sha256(main.read_bytes()).hexdigest())
    assert len(digests) == 1


def test_a_pack_that_is_this_weeks_source_is_annotated_anew_and_not_twice(made, tmp_path):
    review, files = made
    again = replace(review.week.sources[0], path=files.main)
    told = replace(review, week=replace(review.week, sources=(again,)))
    book = openpyxl.load_workbook(write_pack(told, tmp_path, pack_id="next").main)
    assert tuple(book.sheetnames) == (*PACK_TABS, "Claims", "Balances", "Rota")
    heads = [cell.value for cell in book["Claims"][reviews.HEADER]]
    assert [heads.count(heading) for heading in HEADINGS] == [1] * 8
    assert pack_id(read_book(tmp_path / "harbour 2026-11-23 practice pack.xlsx")) == "next"


def test_a_text_export_becomes_sheets_of_a_new_workbook_with_the_same_rows(tmp_path):
    review = reviews.review(tmp_path)
    csv = tmp_path / "claims.csv"
    rows = [[""] * 9 for _ in range(reviews.HEADER - 1)] + [list(reviews.HEADINGS)]
    rows += [[str(row.get(name) or "") for name in reviews.HEADINGS.values()] for row in reviews.claim_rows()]
    csv.write_text("\n".join(",".join(row) for row in rows) + "\n", encoding="utf-8")
    as_text = as_file(review, csv, "csv", "claims.csv", sheet=None)
    files = write_pack(as_text, tmp_path / "", pack_id=reviews.PACK)
    book = openpyxl.load_workbook(files.main)
    sheet = book["claims"]
    assert sheet.cell(reviews.HEADER + 1, 5).value == "00445500"
    assert sheet.cell(reviews.HEADER + 1, 8).value == 420
    assert sheet.cell(reviews.HEADER + 1, 10).value == "Wait"
    front = " ".join(str(cell.value) for row in book["Start here"].iter_rows() for cell in row if cell.value)
    assert "claims.csv cannot carry our columns" in front


def as_file(review, path, kind, name, *, sheet):
    """The same week, as if it had come in another file."""
    week = review.week
    table = replace(week.tables[0], file=name, sheet=sheet)
    claims = week.claims.with_columns(source_file=_lit(name), source_sheet=_lit(sheet))
    decisions = review.claims.with_columns(source_file=_lit(name), source_sheet=_lit(sheet))
    moved = replace(
        week, claims=claims, balances=week.balances.clear(), tables=(table,), problems=(), sources=(Source(path, name, kind, ""),)
    )  # fmt: skip
    return replace(review, week=moved, claims=decisions, balances=review.balances.clear())


def _lit(text):
    import polars as pl

    return pl.lit(text, dtype=pl.String())


def test_a_workbook_that_cannot_be_annotated_is_left_alone_and_the_pack_says_so(tmp_path):
    review = reviews.review(tmp_path)
    own = review.week.sources[0].path
    book = openpyxl.load_workbook(own)
    book.security.lockStructure = True
    book.save(own)
    before = own.read_bytes()
    out = tmp_path / "out"
    out.mkdir()
    files = write_pack(review, out, pack_id=reviews.PACK)
    assert own.read_bytes() == before
    assert any("tabs" in sentence for sentence in files.said)
    tabs = openpyxl.load_workbook(files.main)
    assert tuple(tabs.sheetnames)[:8] == PACK_TABS
    annotated = openpyxl.load_workbook(files.files[1])["Claims"]
    assert annotated.cell(reviews.HEADER, 10).value == "Next action"


def test_an_open_pack_is_not_overwritten(tmp_path):
    review = reviews.review(tmp_path)
    first = write_pack(review, tmp_path, pack_id="one").main
    before = first.read_bytes()
    (tmp_path / f"~${first.name}").write_text("open", encoding="utf-8")
    second = write_pack(review, tmp_path, pack_id="two").main
    assert second != first
    assert first.read_bytes() == before


def test_without_names_nobody_can_be_read_anywhere_in_the_files(tmp_path):
    review = reviews.review(tmp_path)
    out = tmp_path / "shared"
    out.mkdir()
    files = write_pack(review, out, pack_id=reviews.PACK, no_names=True)
    text = seen(files.main)
    surnames = [word for person in reviews.PEOPLE for word in person.replace("-", " ").split()]
    assert [word for word in surnames if word in text] == []
    assert "00445500" not in text
    assert "ring after six" not in text
    assert "HB-1007" in text
    again = tmp_path / "again"
    again.mkdir()
    assert seen(write_pack(review, again, pack_id=reviews.PACK, no_names=True).main) == text


@pytest.mark.skipif(validator_program() is None, reason="the Open XML SDK validator is not installed")
def test_the_pack_is_valid_for_the_open_xml_sdk(made):
    review, files = made
    own = set(validator_errors(review.week.sources[0].path))
    assert [error for error in validator_errors(files.main) if error not in own and "/xl/styles.xml" not in error] == []


def test_nobody_is_named_in_a_file_name_and_the_practice_may_have_any_name(tmp_path):
    review = reviews.review(tmp_path)
    odd = replace(review.policy.practice, code="Elm/Row: <Dental>?.")
    told = replace(review, policy=replace(review.policy, practice=odd), as_of=date(2026, 11, 30))
    assert write_pack(told, tmp_path, pack_id="p").main.name == "Elm Row Dental 2026-11-30 practice pack.xlsx"
