"""What comes back is taken, held with its cell and reason, or in conflict; nothing is dropped or guessed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal

import pytest
from exchange import reviews
from exchange.mishaps import TAB, change, fill, head_of, pack, receive, ref_of
from hypothesis import given, settings
from hypothesis import strategies as st

from billingkit.exchange import Asked, asked_before, asked_in, write_pack
from billingkit.exchange.action_list import HOLD_ANSWERS
from billingkit.exchange.listing import ANSWER_HEADINGS
from billingkit.history import History, PastHold, PastQuestion
from billingkit.terms import ANSWERS
from billingkit.workbook import read_book
from billingkit.workbook.book import Book, ErrorCell, NotCalculated, Sheet

SENT = ref_of("sent")  # takes a date
MEMBER = ref_of("missing_member_id")  # takes a number with zeros in front
COMPLETE = ref_of("complete")  # takes no value
PAID = ref_of("paid")  # takes an amount
SEEN = ref_of("not_seen")  # takes a status
HOLD = reviews.hold_ref("vul")


@pytest.fixture(scope="module")
def week(tmp_path_factory):
    return pack(tmp_path_factory.mktemp("pack"))


def only(answers):
    """The single answer that was taken; nothing held beside it."""
    assert not answers.held, answers.held
    assert not answers.conflicts
    (one,) = answers.taken
    return one


def held(answers):
    """The single answer that was held; nothing taken beside it."""
    assert not answers.taken, answers.taken
    (one,) = answers.held
    return one


def test_a_pack_without_answers_says_nothing_and_misses_nothing(week):
    review, book = week
    answers = receive(review, book)
    assert answers.to_json() == {
        "taken": [], "held": [], "conflicts": [], "corrections": [], "outcomes": [], "missing": [], "warnings": [],
    }  # fmt: skip
    assert (answers.found, answers.pack_id, answers.payments_to) == (0, reviews.PACK, None)


@pytest.mark.parametrize(
    ("ref", "cells", "value", "until"),
    [
        (SENT, {"Answer": "supplied", "Value": date(2026, 10, 1)}, "2026-10-01", ""),
        (SENT, {"Answer": "supplied", "Value": datetime(2026, 10, 1)}, "2026-10-01", ""),  # noqa: DTZ001 -- Excel's times have no zone
        (SENT, {"Answer": "Supplied ", "Value": "1 Oct 2026"}, "2026-10-01", ""),
        (SENT, {"Answer": "supplied", "Value": "01/10/2026"}, "2026-10-01", ""),
        (SENT, {"Answer": "will check by", "Until": date(2026, 12, 4)}, "", "2026-12-04"),
        (SENT, {"Answer": "not available"}, "", ""),
        (SENT, {"Answer": "do not chase", "Until": "2027-01-31"}, "", "2027-01-31"),
        (MEMBER, {"Answer": "supplied", "Value": "00445503"}, "00445503", ""),
        (PAID, {"Answer": "supplied", "Value": 199.5}, "199.50", ""),
        (PAID, {"Answer": "supplied", "Value": "£1,199.50"}, "1199.50", ""),
        (PAID, {"Answer": "correct as it is"}, "", ""),
        (SEEN, {"Answer": "supplied", "Value": "Closed"}, "closed", ""),
        (COMPLETE, {"Answer": "supplied"}, "", ""),
        (COMPLETE, {"Answer": "practice decides", "Value": "write it off"}, "write it off", ""),
        (COMPLETE, {"Answer": "practice decides: write it off"}, "write it off", ""),
    ],
)  # fmt: skip
def test_an_answer_that_fits_its_question_is_taken_as_it_stands(week, ref, cells, value, until):
    review, book = week
    one = only(receive(review, fill(book, ref, **cells, Answered_by="Marguerite", Answered_on=date(2026, 11, 25))))
    told = one.to_json()
    assert (told["ref"], told["value"], told["until"], told["by"], told["on"]) == (
        ref, value, until, "Marguerite", "2026-11-25",
    )  # fmt: skip
    assert told["answer"] in ANSWERS
    assert told["cell"].startswith("Action list!K")


@pytest.mark.parametrize(
    ("ref", "cells", "heading", "reason"),
    [
        (SENT, {"Answer": "done"}, "K", "not one of the answers"),
        (SENT, {"Answer": "suplied", "Value": date(2026, 10, 1)}, "K", "not one of the answers"),
        (SENT, {"Answer": "ok"}, "K", "not one of the answers"),
        (SENT, {"Answer": "resume"}, "K", "does not fit this question"),
        (SENT, {"Answer": date(2026, 10, 1)}, "K", "a word was expected"),
        (SENT, {"Answer": True}, "K", "not an answer here"),
        (SENT, {"Answer": ErrorCell("#REF!")}, "K", "#REF!"),
        (SENT, {"Answer": NotCalculated()}, "K", "a formula"),
        (SENT, {"Answer": "=K9"}, "K", "a formula"),
        (SENT, {"Answer": "supplied"}, "L", "needs the Value"),
        (SENT, {"Answer": "supplied", "Value": "last week"}, "L", "cannot be read as a date"),
        (SENT, {"Answer": "supplied", "Value": "31/02/2026"}, "L", "no such day"),
        (SENT, {"Answer": "supplied", "Value": 46296}, "L", "a number where a date"),
        (SENT, {"Answer": "not available", "Value": "lost"}, "L", 'a Value beside "not available"'),
        (SENT, {"Answer": "will check by"}, "M", "needs a date under Until"),
        (SENT, {"Answer": "will check by", "Value": date(2026, 12, 4)}, "L", 'a Value beside "will check by"'),
        (SENT, {"Answer": "will check by", "Until": date(2062, 12, 4)}, "M", "more than a year away"),
        (SENT, {"Answer": "will check by", "Until": date(2025, 12, 4)}, "M", "check the year"),
        (
            SENT,
            {"Answer": "supplied", "Value": date(2026, 10, 1), "Until": date(2026, 12, 4)},
            "M",
            "an Until date beside",
        ),
        (SENT, {"Answer": "not available", "Answered on": "30 Feb 2026"}, "O", "no such day"),
        (SENT, {"Value": date(2026, 10, 1)}, "L", "no Answer is chosen"),
        (SENT, {"Comment": "it was October"}, "P", "no Answer is chosen"),
        (SENT, {"Answered by": "Marguerite"}, "N", "a name or date without an answer"),
        (MEMBER, {"Answer": "supplied", "Value": 445503}, "L", "zeros in front may be lost"),
        (PAID, {"Answer": "supplied", "Value": "about 200"}, "L", "cannot be read as an amount"),
        (PAID, {"Answer": "supplied", "Value": 199.999}, "L", "more than two decimals"),
        (PAID, {"Answer": "supplied", "Value": -5}, "L", "below zero"),
        (SEEN, {"Answer": "supplied", "Value": "gone"}, "L", "not one of the statuses"),
        (COMPLETE, {"Answer": "practice decides"}, "L", "needs the decision"),
        (COMPLETE, {"Answer": "practice decides: wait", "Value": "write it off"}, "L", "please give one of them"),
    ],
)
def test_an_answer_that_does_not_fit_is_held_with_its_cell_and_the_reason(week, ref, cells, heading, reason):
    review, book = week
    one = held(receive(review, fill(book, ref, **{name.replace(" ", "_"): value for name, value in cells.items()})))
    assert one.ref == ref
    assert one.cell.startswith(f"Action list!{heading}")
    assert reason in one.reason


def test_a_date_that_can_be_read_in_two_ways_is_held_where_the_practice_never_said_its_order(week):
    review, book = week
    typed = fill(book, SENT, Answer="supplied", Value="03/04/2026")
    assert "two ways" in held(receive(review, typed, date_order=None)).reason
    assert only(receive(review, typed)).value == "2026-04-03"
    assert only(receive(review, typed, date_order="month first")).value == "2026-03-04"


def test_a_formula_with_a_computed_value_is_no_answer(week):
    review, book = week
    typed = fill(book, SENT, Answer="supplied", Value=date(2026, 10, 1))
    (sheet,) = (one for one in typed.sheets if one.name == TAB)
    row = next(place for place, cells in enumerate(sheet.rows, 1) if cells and cells[0] == SENT)
    sheets = tuple(replace(one, formulas=frozenset({(row, 12)})) if one is sheet else one for one in typed.sheets)
    assert held(receive(review, replace(typed, sheets=sheets))).reason.startswith("a formula")


def test_a_hold_is_lifted_only_by_resume_and_by_no_word_of_its_own(week):
    review, book = week
    one = only(receive(review, fill(book, HOLD, tab="Holds", Answer="resume", Answered_by="Marguerite")))
    assert (one.kind, one.answer, one.ref) == ("hold", "resume", HOLD)
    assert "does not fit" in held(receive(review, fill(book, HOLD, tab="Holds", Answer="supplied"))).reason
    assert HOLD_ANSWERS[0] == "resume"


def test_payments_posted_up_to_is_read_beside_its_label_wherever_that_stands(week):
    review, book = week

    def typed(value):
        def bend(rows):
            for row in rows:
                if row and row[0] == "Payments posted up to":
                    row[1] = value
            return [["moved down"], *rows]

        return receive(review, change(book, "Start here", bend))

    assert typed(date(2026, 11, 20)).payments_to == date(2026, 11, 20)
    assert typed("20 Nov 2026").payments_to == date(2026, 11, 20)
    for wrong in (date(2026, 12, 20), "Friday", 46340):
        answers = typed(wrong)
        assert answers.payments_to is None
        assert held(answers).cell == "Start here!B17"


# --- the workbook was moved about ---------------------------------------------------------------


def answered(book: Book) -> Book:
    """Three answers of three kinds."""
    book = fill(book, SENT, Answer="supplied", Value=date(2026, 10, 1), Answered_by="M")
    book = fill(book, PAID, Answer="correct as it is", Answered_by="M")
    return fill(book, HOLD, tab="Holds", Answer="resume", Answered_by="M")


def body(sort):
    """Bend the lines below the headings."""

    def bend(rows):
        head = next(place for place, row in enumerate(rows) if row and row[0] == "Ref")
        return [*rows[: head + 1], *sort(rows[head + 1 :])]

    return bend


def insert_column(rows):
    return [[*row[:3], "my own" if row and row[0] == "Ref" else None, *row[3:]] for row in rows]


@pytest.mark.parametrize(
    "bend",
    [
        pytest.param(body(lambda lines: lines[::-1]), id="sorted"),
        pytest.param(body(lambda lines: [[], *lines, ["", "Normal", "a note of my own"]]), id="rows added"),
        pytest.param(insert_column, id="column added"),
        pytest.param(lambda rows: rows[head_of(Sheet("", False, rows)) :], id="title gone"),
        pytest.param(lambda rows: [["x"], [], *rows], id="moved down"),
        pytest.param(lambda rows: [[*row, *[None] * (16 - len(row))][::-1] for row in rows], id="columns turned round"),
    ],
)
def test_answers_find_their_questions_wherever_their_lines_were_moved(week, bend):
    review, book = week
    answers = receive(review, change(answered(book), TAB, bend))
    assert not answers.held
    assert {one.ref for one in answers.taken} == {SENT, PAID, HOLD}


def test_tabs_may_be_renamed_and_put_in_any_order(week):
    review, book = week
    moved = replace(
        answered(book), sheets=tuple(replace(one, name=f"x {n}") for n, one in enumerate(answered(book).sheets[::-1]))
    )
    answers = receive(review, replace(moved, defined_names={}, custom_properties={}))
    assert {one.ref for one in answers.taken} == {SENT, PAID, HOLD}
    assert answers.pack_id == reviews.PACK


def test_a_copy_of_the_action_list_alone_is_read_by_its_references(week):
    """A CSV: one sheet without a name, every cell a text, no pack's mark but the line under the title."""
    review, book = week
    (sheet,) = (one for one in answered(book).sheets if one.name == TAB)
    rows = [[_as_text(value) for value in row] for row in sheet.rows]
    csv = Book("answers.csv", "csv", "", (Sheet(None, False, rows),))
    answers = receive(review, csv)
    assert {one.ref for one in answers.taken} == {SENT, PAID}
    assert answers.missing == ()  # the holds were not in it at all
    assert answers.pack_id == reviews.PACK
    pasted = replace(csv, sheets=(replace(csv.sheets[0], rows=rows[head_of(sheet) :]),))
    bare = receive(review, pasted)
    assert {one.ref for one in bare.taken} == {SENT, PAID}
    assert "by their references alone" in bare.warnings[0]


def _as_text(value):
    return f"{value.day:02d} {value:%b %Y}" if isinstance(value, date) else "" if value is None else str(value)


def test_values_pasted_into_a_new_workbook_come_back_with_their_dates_as_numbers(week):
    review, book = week
    (sheet,) = (one for one in answered(book).sheets if one.name == TAB)
    rows = [[_as_serial(value) for value in row] for row in sheet.rows]
    answers = receive(review, Book("new.xlsx", "xlsx", "", (Sheet("Sheet1", False, rows),)))
    assert {one.ref: one.value for one in answers.taken} == {SENT: "2026-10-01", PAID: ""}
    assert any("lost their formats" in one for one in answers.warnings)


def _as_serial(value):
    return (value - date(1899, 12, 30)).days if type(value) is date else value


@pytest.mark.parametrize(
    ("our_date", "taken"),
    [("24/11/2026", "2026-04-03"), ("11/24/2026", "2026-03-04"), ("12/11/2026", None), ("24 Nov 2026", "2026-04-03")],
)
def test_a_text_file_shows_by_our_own_dates_how_it_writes_dates(week, our_date, taken):
    """| our own date in the file | 03/04/2026 is |: the program that saved it decides, not what the practice is used to."""
    review, book = week
    (sheet,) = (one for one in fill(book, SENT, Answer="supplied", Value="03/04/2026").sheets if one.name == TAB)
    rows = [[our_date if isinstance(value, date) else value for value in row] for row in sheet.rows]
    answers = receive(review, Book("a.csv", "csv", "", (Sheet(None, False, rows),)))
    assert [one.value for one in answers.taken] == ([taken] if taken else [])
    assert all("two ways" in one.reason for one in answers.held)
    assert answers.found == 1


def test_deleted_lines_stay_open_and_are_named(week):
    review, book = week
    gone = change(answered(book), TAB, body(lambda lines: [row for row in lines if row[0] not in {MEMBER, COMPLETE}]))
    assert receive(review, gone).missing == tuple(sorted((MEMBER, COMPLETE)))


# --- references ---------------------------------------------------------------------------------


def test_an_edited_reference_is_never_matched_by_likeness(week):
    review, book = week

    def edit(rows):
        for row in rows:
            if row and row[0] == SENT:
                row[0] = SENT[:-1] + ("A" if SENT[-1] != "A" else "B")
        return rows

    answers = receive(review, change(answered(book), TAB, edit))
    assert [one.reason for one in answers.held] == ["the reference was changed; please copy it from the pack"]
    assert SENT in answers.missing


def test_an_answer_without_a_reference_is_held(week):
    review, book = week
    lost = change(
        answered(book), TAB, lambda rows: [[None, *row[1:]] if row and row[0] == SENT else row for row in rows]
    )
    assert [one.reason[:26] for one in receive(review, lost).held] == ["there is no reference on t"]


def test_a_reference_filled_down_counts_only_on_its_own_line(week):
    review, book = week

    def fill_down(rows):
        head = next(place for place, row in enumerate(rows) if row and row[0] == "Ref")
        at = next(place for place, row in enumerate(rows) if row and row[0] == PAID)
        for row in rows[head + 1 :]:
            row.extend([None] * (16 - len(row)))
            row[10:14] = rows[at][10:14]
            row[0] = PAID
        return rows

    answers = receive(review, change(fill(book, PAID, Answer="correct as it is"), TAB, fill_down))
    assert [one.ref for one in answers.taken] == [PAID]
    assert len(answers.held) == len(review.questions) - 1
    assert all("filled down" in one.reason for one in answers.held)


def test_references_that_were_sorted_without_their_lines_are_held(week):
    review, book = week

    def swap(rows):
        one, two = (next(row for row in rows if row and row[0] == ref) for ref in (SENT, PAID))
        one[0], two[0] = two[0], one[0]
        return rows

    answers = receive(review, change(answered(book), TAB, swap))
    assert {one.ref for one in answers.held} == {SENT, PAID}
    assert all("do not belong together" in one.reason for one in answers.held)


def test_an_answer_typed_beside_the_table_is_held_with_its_cell(week):
    review, book = week
    typed = change(
        book,
        TAB,
        lambda rows: [[*row, *[None] * (17 - len(row)), "yes"] if row and row[0] == SENT else row for row in rows],
    )
    one = held(receive(review, typed))
    assert (one.found, one.cell[:13]) == ("yes", "Action list!R")


def test_the_same_line_twice_with_one_answer_is_one_answer_and_with_two_a_conflict(week):
    review, book = week
    twice = change(answered(book), TAB, body(lambda lines: [*lines, *[list(row) for row in lines]]))
    assert {one.gist for one in receive(review, twice).taken if one.ref == PAID} == {("correct as it is", "", "")}

    def differ(rows):
        last = [row for row in rows if row and row[0] == PAID][-1]
        last[10:12] = ["supplied", 12]
        return rows

    answers = receive(review, change(twice, TAB, differ))
    (conflict,) = answers.conflicts
    assert (conflict.ref, [one.value for one in conflict.answers]) == (PAID, ["", "12.00"])
    assert PAID not in {one.ref for one in answers.taken}


def test_a_second_persons_different_answer_is_a_conflict_and_the_same_one_is_not(week):
    review, book = week
    before = [replace(one, given=("not available", "", "")) if one.ref == SENT else one for one in asked_in(review)]
    same = receive(review, fill(book, SENT, Answer="not available"), asked=before)
    assert (len(same.taken), same.conflicts) == (1, ())
    other = receive(review, answered(book), asked=before)
    (conflict,) = other.conflicts
    assert [one.answer for one in conflict.answers] == ["not available", "supplied"]


# --- another pack -------------------------------------------------------------------------------


def test_an_older_packs_answer_counts_where_the_question_already_stood_open(week):
    review, book = week
    packs = {reviews.PACK: date(2026, 11, 23), "newer": date(2026, 11, 30)}
    answers = receive(review, answered(book), pack_ids=packs)
    assert {one.ref for one in answers.taken} == {SENT, PAID, HOLD}
    assert "a newer one of 30 Nov 2026 has gone out" in answers.warnings[0]
    later = [replace(one, since=date(2026, 11, 30)) if one.kind == "hold" else one for one in asked_in(review)]
    again = receive(review, answered(book), pack_ids=packs, asked=later)
    assert [(one.ref, "older pack" in one.reason) for one in again.held] == [(HOLD, True)]


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        (
            {"practice": "Elm Row Dentistry", "pack_ids": {"another": date(2026, 11, 23)}},
            "for another practice (Harbour Street Dental)",
        ),
        ({"pack_ids": {"another": date(2026, 11, 23)}}, "was not sent to this practice"),
    ],
)
def test_another_practices_pack_gives_no_answer_at_all_and_each_is_held(week, more, reason):
    review, book = week
    answers = receive(review, answered(book), **more)
    assert not answers.taken
    assert len(answers.held) == answers.found == 3
    assert all(reason in one.reason for one in answers.held)
    assert answers.missing == ()


def test_a_practice_that_changed_its_name_still_has_its_own_packs(week):
    review, book = week
    assert len(receive(review, answered(book), practice="Harbour Street Dental and Implants").taken) == 3


def test_a_question_nobody_asked_is_held(week):
    review, book = week
    answers = receive(review, answered(book), asked=[one for one in asked_in(review) if one.ref != SENT])
    assert [one.reason for one in answers.held] == ["this is no reference of a question that we asked this practice"]


# --- what else was changed ----------------------------------------------------------------------


def test_cells_changed_outside_the_answer_columns_are_listed_and_not_applied(week):
    review, book = week
    changed = fill(answered(book), SENT, About="HB-1008 · somebody else")
    answers = receive(review, changed, sent=book)
    (one,) = answers.corrections
    assert (one.ref, one.column, one.now) == (SENT, "About", "HB-1008 · somebody else")
    assert SENT in {taken.ref for taken in answers.taken}
    assert receive(review, answered(book), sent=book).corrections == ()


def test_an_answer_column_that_is_gone_or_doubled_is_said(week):
    review, book = week
    without = change(answered(book), TAB, lambda rows: [[*row[:12], *row[13:]] for row in rows])
    assert any('columns are gone: "Until"' in one for one in receive(review, without).warnings)

    def twice(rows):
        head = next(row for row in rows if row and row[0] == "Ref")
        head.append("Answer")
        return rows

    answers = receive(review, change(answered(book), TAB, twice))
    assert all('two columns are called "Answer"' in one.reason for one in answers.held)
    assert [one.ref for one in answers.taken] == [HOLD]


def test_her_own_sheet_with_a_ref_column_is_not_taken_for_one_of_ours(week):
    review, book = week
    own = Sheet("Claims", False, [["Ref", "Value", "Status"], ["RV-1", 12, "Sent"]])
    assert receive(review, replace(book, sheets=(*book.sheets, own))).found == 0


def test_what_the_history_knows_is_enough_to_read_an_answer(week):
    _, book = week
    past = PastQuestion(SENT, "sent", ("claim:HB-1008",), date(2026, 11, 16), date(2026, 11, 23), 2, None, "open")
    hold = PastHold(HOLD, "account:2003", "upset", "patient contact", date(2026, 11, 23), None, "", "sensitive")
    asked = asked_before(History(questions=(past,), holds=(hold,)))
    assert [(one.ref, one.kind) for one in asked] == [(SENT, "question"), (HOLD, "hold")]
    review = week[0]
    assert {one.ref for one in receive(review, answered(book), asked=asked).taken} == {SENT, HOLD}


# --- for any answers at all ---------------------------------------------------------------------

CELLS = st.one_of(
    st.none(),
    st.sampled_from([*ANSWERS, "ok", "practice decides: x", "=A1", "", " ", "31/02/2026", "03/04/2026", "12.50"]),
    st.dates(date(2025, 1, 1), date(2028, 1, 1)),
    st.integers(-5, 60_000),
    st.floats(allow_nan=True),
    st.booleans(),
    st.just(NotCalculated()),
    st.just(ErrorCell("#N/A")),
    st.text(max_size=12),
)
TYPED = st.dictionaries(st.sampled_from(ANSWER_HEADINGS), CELLS, max_size=6)


@settings(max_examples=60, deadline=None)
@given(st.lists(TYPED, min_size=6, max_size=6), st.permutations(range(6)), st.booleans())
def test_taken_and_held_and_in_conflict_are_all_that_was_found_in_any_order(week, typed, order, doubled):
    review, book = week
    for question, cells in zip(review.questions, typed, strict=True):
        book = fill(book, question.ref, **{name.replace(" ", "_"): value for name, value in cells.items()})
    if doubled:
        book = change(book, TAB, body(lambda lines: [*lines, *lines[:2]]))
    answers = receive(review, book)
    in_conflict = sum(one.cell != "received before" for clash in answers.conflicts for one in clash.answers)
    assert len(answers.taken) + len(answers.held) + in_conflict == answers.found
    filled = sum(any(_typed(value) for value in cells.values()) for cells in typed)
    assert answers.found >= filled
    moved = change(book, TAB, body(lambda lines: [lines[place] for place in order] + lines[6:]))
    again = receive(review, moved)
    assert {(one.ref, *one.gist) for one in again.taken} == {(one.ref, *one.gist) for one in answers.taken}
    assert {(one.ref, one.reason) for one in again.held} == {(one.ref, one.reason) for one in answers.held}


def _typed(value):
    return value is not None and (not isinstance(value, str) or bool(value.strip()))


def test_an_amount_is_never_changed_on_the_way(week):
    review, book = week
    for told in (0.1, 0.07, 1234567.89, "0.10", 5):
        value = only(receive(review, fill(book, PAID, Answer="supplied", Value=told))).value
        assert Decimal(value) == Decimal(str(told))


def test_what_is_asked_knows_its_digits_from_the_policy(week):
    review, book = week
    asked = [replace(one, digits=6) if one.ref == MEMBER else one for one in asked_in(review)]
    assert only(receive(review, fill(book, MEMBER, Answer="supplied", Value=445503), asked=asked)).value == "445503"
    assert Asked("x").answers == ANSWERS


def test_the_agreement_comes_back_untouched_and_nothing_is_said_about_its_lines(week, tmp_path):
    review, _ = week
    unsettled = next(one.question for one in review.policy.agreements if not one.answer)
    point = replace(review.questions[0], ref=reviews.ref("point"), need=unsettled, tab="Agreement")
    asked = replace(review, questions=(*review.questions, point))
    book = read_book(write_pack(asked, tmp_path, pack_id=reviews.PACK).main)
    answers = receive(asked, book, sent=book)
    assert answers.corrections == ()
    assert not [warning for warning in answers.warnings if "Agreement" in warning]
