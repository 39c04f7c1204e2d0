"""Questions: asked once where one answer settles all, with a day, an address and nothing more than is needed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from decisions import weeks

from billingkit.calendar import Calendar
from billingkit.decisions import review
from billingkit.decisions.message import urgent_message, weekly_message
from billingkit.decisions.topics import FROM_READING
from billingkit.history import History, PastQuestion
from billingkit.problems import Problem
from billingkit.terms import ANSWERS
from billingkit.week import ControlTotal, LayoutGap, TableRead, Week

LAST = date(2026, 11, 16)


def decided(week, *, policy=None, questions=(), as_of=weeks.AS_OF, payments_to=weeks.AS_OF):
    history = History(practice="riverside", last_run=LAST if questions else None, questions=questions)
    return review(week, policy or weeks.policy(), history, as_of, payments_to=payments_to)


def codes(result):
    return sorted(one.code for one in result.questions)


def answered(question, answer, **more):
    return PastQuestion(
        question.ref, question.code, question.keys, LAST, LAST, 1, None, "answered", answer, on=LAST, **more
    )


def with_practice(**changes):
    return replace(weeks.policy(), practice=replace(weeks.policy().practice, **changes))


@pytest.mark.parametrize(
    ("code", "rows", "number"),
    [
        ("unknown_status", [{"status_as_written": "Zork"}, {"status_as_written": " zork "}], 1),
        ("unknown_status", [{"status_as_written": "Zork"}, {"status_as_written": "Blip"}], 2),
        ("member_id_suspect", [{}, {}], 1),
        ("member_id_suspect", [{}, {"patient_id": "P2"}], 2),
        ("member_id_suspect", [{}, {"insurer": "Summit Benefit"}], 2),
        ("future_date", [{}, {}], 2),
        ("twin_claims", [{"claim_id": None, "claim_key": "a"}, {"claim_id": None, "claim_key": "b"}], 1),
        ("not_calculated", [{}, {}], 1),
        ("ambiguous_date", [{}, {}], 1),
        ("duplicate_claim_conflict", [{"claim_id": "C-1", "claim_key": "a"}, {"claim_id": "C-1", "claim_key": "b"}], 1),
    ],
)
def test_one_answer_is_asked_for_once(code, rows, number):
    """what the reading doubted, two rows -> how many questions."""
    result = decided(weeks.week([{**row, "questions": code, "quarantined": True} for row in rows]))
    found = [one for one in result.questions if one.code == code]
    assert len(found) == number
    assert result.claims["action"].to_list() == ["ask", "ask"]
    assert set(result.claims["ref"]) == {one.ref for one in found}


def test_a_declared_date_order_leaves_only_the_row_to_ask_about():
    rows = [{"questions": "ambiguous_date", "quarantined": True}] * 2
    assert len(decided(weeks.week(rows), policy=with_practice(date_order="day first")).questions) == 2


def test_every_question_of_the_reading_has_words_and_answers():
    for topic in FROM_READING.values():
        assert topic.need.endswith((".", "?"))
        assert set(topic.answers) <= set(ANSWERS)


def gap(table, column):
    return LayoutGap(f"missing_{column}", table, column, "book.xlsx", "")


def test_a_column_that_the_export_never_has_is_asked_once_and_never_taken_as_nothing():
    """no member numbers at all -> every claim waits, one question; once settled, the rules decide."""
    week = weeks.week([{"member_id": None}] * 3, gaps=(gap("claims", "member_id"),))
    first = decided(week)
    assert first.claims["action"].to_list() == ["ask"] * 3
    (question,) = first.questions
    assert question.about == "3 claims, 750.00 GBP in all"
    second = decided(week, questions=(answered(question, "correct as it is"),))
    assert second.claims["action"].to_list() == ["call_insurer"] * 3
    assert not second.questions


def test_columns_that_no_decision_waits_for_share_one_question():
    gaps = tuple(gap("claims", column) for column in ("claim_id", "patient_id", "paid"))
    result = decided(weeks.week([{}], gaps=gaps))
    (question,) = result.questions
    assert question.need.startswith("Your lists do not show: claim number, paid, patient number.")
    assert result.claims["action"].to_list() == ["call_insurer"]


@pytest.mark.parametrize(
    ("column", "then"),
    [
        ("payment_plan", "first_statement"),
        ("statements_sent", "first_statement"),
        ("insurance_pending", "first_statement"),
    ],
)
def test_a_balance_list_without_a_column_waits_for_one_answer(column, then):
    """column never there -> ask; the practice says that there is nothing to show -> the rules decide."""
    week = weeks.week([], [{column: None}], gaps=(gap("balances", column),))
    first = decided(week)
    assert first.balances["action"].to_list() == ["ask"]
    (question,) = first.questions
    second = decided(week, questions=(answered(question, "correct as it is"),))
    assert second.balances["action"].to_list() == [then]


@pytest.mark.parametrize(
    ("payments_to", "action", "asked"),
    [
        (weeks.AS_OF, "first_statement", []),
        (weeks.AS_OF - timedelta(days=7), "first_statement", []),
        (weeks.AS_OF - timedelta(days=8), "wait", ["payments_posted_to"]),
        (None, "wait", ["payments_posted_to"]),
        (weeks.AS_OF + timedelta(days=1), "wait", ["payments_posted_to"]),
    ],
)
def test_balances_wait_until_payments_are_posted(payments_to, action, asked):
    """payments posted up to (7 days allowed) -> what happens to a balance, what is asked."""
    result = decided(weeks.week([], [{}]), payments_to=payments_to)
    assert result.balances["action"].to_list() == [action]
    assert codes(result) == asked


@pytest.mark.parametrize(
    ("side", "action", "asked"),
    [(True, "first_statement", []), (False, "none", []), (None, "ask", ["setting_patient_side"])],
)
def test_the_patient_side_can_be_switched_off(side, action, asked):
    result = decided(weeks.week([], [{}]), policy=with_practice(patient_side=side))
    assert result.balances["action"].to_list() == [action]
    assert codes(result) == asked
    assert bool(result.statements) == bool(side)


def test_a_blank_minimum_balance_is_asked_and_the_answer_is_used():
    week = weeks.week([], [{}])
    policy = with_practice(minimum_balance=None)
    (question,) = decided(week, policy=policy).questions
    assert (question.code, question.value_kind) == ("setting_minimum_balance", "money")
    result = decided(week, policy=policy, questions=(answered(question, "supplied", value="25.00"),))
    assert result.balances["action"].to_list() == ["first_statement"]


def table(holds, printed, read):
    total = ControlTotal("outstanding" if holds == "claims" else "patient_due", Decimal(printed), Decimal(read))
    return TableRead(
        "book.xlsx", holds.title(), False, holds, (6,), 7 if holds == "claims" else 5, 99,
        {"Amount": total.column}, {}, {total.column: "P"}, (), 1, 1, 0, {}, {}, (total,),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("holds", "printed", "claim", "balance"),
    [
        ("claims", "250.00", "call_insurer", "first_statement"),
        ("claims", "260.00", "ask", "ask"),
        ("balances", "130.00", "call_insurer", "ask"),
    ],
)
def test_a_list_that_does_not_add_up_contacts_nobody(holds, printed, claim, balance):
    """printed total -> the claim's and the balance's decision; statements rest on the claims as well."""
    read = "250.00" if holds == "claims" else "120.00"
    one = weeks.week([{}], [{}])
    week = Week(one.claims, one.balances, (), (table(holds, printed, read),), ())
    result = decided(week)
    assert (result.claims["action"][0], result.balances["action"][0]) == (claim, balance)
    wrong = [one for one in result.questions if one.code == "totals_differ"]
    assert [one.priority for one in wrong] == ([] if printed == read else ["Urgent"])


def test_credits_are_one_question_and_a_new_credit_is_asked_on_its_own():
    owed = [{"patient_due": Decimal(-5), "account_key": f"A-{at}", "guarantor_name": None} for at in range(3)]
    (question,) = [one for one in decided(weeks.week([], owed[:2])).questions if one.code == "credit_balances"]
    assert question.keys == ("A-0", "A-1")
    told = answered(question, "practice decides", value="we write to them")
    later = decided(weeks.week([], owed), questions=(told,))
    assert [one.keys for one in later.questions if one.code == "credit_balances"] == [("A-2",)]
    assert later.balances["action"].to_list() == ["wait", "wait", "ask_practice"]


def test_the_day_for_an_answer_is_the_last_working_day_before_a_near_deadline():
    """answer due on Wednesday 25 November -> by Tuesday, because of the insurer, urgent."""
    row = {"status": "info_requested", "status_date": LAST, "insurer_deadline": date(2026, 11, 25)}
    (question,) = decided(weeks.week([row])).questions
    assert (question.by_when, question.by_when_why, question.priority) == (
        date(2026, 11, 24),
        "insurer's deadline",
        "Urgent",
    )


def test_a_question_names_its_cell():
    one = weeks.week([{"questions": "future_date", "quarantined": True}])
    found = Problem("future_date", "quarantined", "claims", "book.xlsx", "Claims", 7, "Date", "x", "y", "J7")
    result = decided(Week(one.claims, one.balances, (found,), (), ()))
    assert result.questions[0].cells == ("Claims!J7",)


def test_references_stay_the_same_from_week_to_week():
    week = weeks.week([{"status": "draft"}, {"member_id": None, "status": "ready"}], [{"payment_plan": "missed"}])
    first, second = decided(week), decided(week, as_of=date(2026, 11, 30), payments_to=date(2026, 11, 30))
    assert [one.ref for one in first.questions] == [one.ref for one in second.questions]
    assert first.claims["ref"].to_list() == second.claims["ref"].to_list()


def test_blank_agreements_are_asked_and_never_filled_in():
    policy = replace(weeks.policy(), agreements=(replace(weeks.policy().agreements[0], answer=None),))
    (question,) = decided(weeks.week([{}]), policy=policy).questions
    assert question.code == "agreement_payment_methods"
    assert not decided(
        weeks.week([{}]), policy=policy, questions=(answered(question, "supplied", value="card"),)
    ).questions


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ({"notes": "Cover terminated 31 Oct"}, "cover_ended"),
        ({"notes": "pt has NEW INSURANCE"}, "cover_changed"),
        ({"notes": "waiting period applies"}, "cover_waiting"),
        ({"status": "denied", "reason_codes": "CO-22"}, "cover_order"),
        ({"notes": "Cover terminated", "status": "paid"}, None),
        ({"notes": "recovered the cover letter"}, None),
    ],
)
def test_a_hint_about_cover_becomes_a_question(row, code):
    found = [one.code for one in decided(weeks.week([row])).questions if one.code.startswith("cover_")]
    assert found == ([code] if code else [])


def test_nobody_has_stated_a_deadline_is_asked_once():
    policy = replace(with_practice(filing_limit=None), insurers=())
    result = decided(weeks.week([{}, {"insurer": "Other Mutual"}]), policy=policy)
    assert result.claims["deadline_source"].to_list() == ["none stated"] * 2
    assert [one.about for one in result.questions if one.code == "setting_filing_limit"] == [
        "2 claims: Harbour Dental, Other Mutual"
    ]


def test_the_messages_hold_no_patients_details():
    rows = [
        {"status": "info_requested", "status_date": LAST, "insurer_deadline": date(2026, 11, 25)},
        {"status": "ready", "member_id": None, "claim_id": "C-777"},
    ]
    result = decided(weeks.week(rows, [{"sensitive": "bereavement"}]))
    weekly, urgent = weekly_message(result), urgent_message(result)
    assert urgent is not None
    assert urgent.subject == "Urgent: 1 answer needed by 24 November 2026"
    for text in (weekly.text, urgent.text, weekly.subject):
        assert not any(word in text for word in ("Lee", "Moss", "C-777", "P1", "250", "bereavement", "Harbour"))
    assert all(one.ref in weekly.text for one in result.questions)


def test_nothing_urgent_means_no_urgent_message():
    assert urgent_message(decided(weeks.week([{}]))) is None


def test_a_calendar_that_ends_this_year_does_not_stop_what_comes_due_later():
    """bank holidays of 2026 only -> a statement of 10 December still shows its next step in January."""
    policy = replace(weeks.policy(), calendar=Calendar(years=frozenset({2026})))
    owed = {"statements_sent": 1, "last_statement_date": date(2026, 12, 10)}
    result = decided(weeks.week([], [owed]), policy=policy, as_of=date(2026, 12, 14), payments_to=date(2026, 12, 14))
    assert result.balances["next_due"].to_list() == [date(2027, 1, 9)]


@pytest.mark.parametrize(("blank", "listed"), [(0, 0), (1, 1), (3, 3), (4, 1), (12, 1)])
def test_an_agreement_with_many_open_points_is_one_line_of_the_action_list(blank, listed):
    """open points -> lines on the action list; each point keeps its own reference, one answer each."""
    start = weeks.policy().agreements
    open_ = tuple(replace(one, answer=None if at < blank else "agreed") for at, one in enumerate(start))
    result = review(weeks.week([{}]), replace(weeks.policy(), agreements=open_), as_of=weeks.AS_OF)
    mine = [one for one in result.questions if one.code.startswith("agreement_")]
    assert len([one for one in mine if not one.tab]) == listed
    assert len({one.ref for one in mine if one.code != "agreement_points"}) == blank
    assert all(one.tab == "Agreement" for one in mine if one not in result.listed)


@pytest.mark.parametrize("column", ["insurer", "status", "submitted_date"])
def test_a_column_that_every_row_must_fill_offers_no_answer_that_settles_nothing(column):
    week = weeks.week([{column: None}] * 2, gaps=(gap("claims", column),))
    (question,) = (one for one in decided(week).questions if one.column == column)
    assert question.answers == ("will check by",)
    assert "correct as it is" not in question.need


def marked(row, found):
    return Problem(
        "unreadable_amount", "quarantined", "claims", "book.xlsx", "Claims", row, "Open", found, "", f"O{row}"
    )


@pytest.mark.parametrize(
    ("found", "asked"),
    [
        (("768.00*", "1,039.12*"), ["amount_mark_star"]),
        (("768.00*", "12.00#"), ["amount_mark_hash", "amount_mark_star"]),
        (("76x.00*", "see note*"), ["unreadable_amount", "unreadable_amount"]),
    ],
)
def test_a_mark_on_amounts_is_asked_about_once_and_not_row_by_row(found, asked):
    lost = {"outstanding": None, "questions": "unreadable_amount", "quarantined": True}
    problems = tuple(marked(row, text) for row, text in enumerate(found, 7))
    week = replace(weeks.week([lost, lost]), problems=problems)
    first = decided(week)
    assert sorted(codes(first)) == asked
    if len(asked) == 1:
        (question,) = first.questions
        assert question.keys == ("C-1", "C-2")
        told = decided(week, questions=(answered(question, "supplied", value="disputed, amount stands"),))
        assert not told.questions
        assert told.claims["owner_role"].to_list() == ["billing team"] * 2


def test_a_treatment_dated_ahead_is_asked_about_once_and_is_settled_by_its_right_date():
    ahead = weeks.AS_OF + timedelta(days=40)
    row = {"service_date": ahead, "questions": "future_date|submitted_before_service", "quarantined": True}
    week = weeks.week([row])
    assert codes(decided(week)) == ["future_date"]
