"""What the practice says once holds from week to week: its agreement, its people, its holds, whoever says it again."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import date

import openpyxl
import pytest
from loop.weeks import (
    MONDAY,
    NEXT,
    THIRD,
    Reply,
    answer,
    inbox,
    pack,
    practice,
    questions,
    ref_of,
    remembered,
    run,
)

from billingkit import commands
from billingkit.decisions.agreed import agreed
from billingkit.decisions.asking import Register
from billingkit.decisions.topics import doubtful
from billingkit.decisions.topics import setting as setting_topic
from billingkit.history import History, PastQuestion
from billingkit.policy import shipped, timeframe
from billingkit.practice import PracticeFolder
from billingkit.reading.mapping import source_note


def set_policy(folder, setting, value):
    """Write one setting of the policy."""
    book = openpyxl.load_workbook(folder / "policy.xlsx")
    cell = next(row[0] for row in book["Practice"].iter_rows() if row[0].value == setting)
    book["Practice"].cell(cell.row, cell.column + 1).value = value
    book.save(folder / "policy.xlsx")


def without_dates(folder, week):
    """The dates sent of that week's tracker as text that can be read two ways."""
    (tracker,) = (folder / "inbox" / week.isoformat()).glob("*tracker*")
    book = openpyxl.load_workbook(tracker)
    sheet = book["Claims"]
    head = next(
        row
        for row in sheet.iter_rows()
        if any(cell.value == "Claim no" for cell in row) or len([c for c in row if c.value]) > 12
    )
    column = next(cell.column for cell in head if cell.value and "sent" in str(cell.value).casefold())
    for row in range(head[0].row + 1, head[0].row + 12):
        if sheet.cell(row, column).value:
            sheet.cell(row, column).value = "03/11/2026"
    book.save(tracker)


def test_payments_told_on_the_action_list_are_known(made):
    ref = ref_of(questions(pack(made)), "payments are posted")
    answer(pack(made), inbox(made), {ref: Reply("supplied", date(2026, 11, 18))})
    run(made, NEXT)
    assert remembered(made, THIRD).payments_to == date(2026, 11, 18)
    assert ref not in {line["Ref"] for line in questions(pack(made, NEXT))}


def test_the_order_of_day_and_month_is_used_and_said_until_the_policy_has_it(tmp_path):
    folder = practice(tmp_path)
    set_policy(folder, "Date order", None)
    without_dates(folder, MONDAY)
    without_dates(folder, NEXT)
    run(folder)
    ref = ref_of(questions(pack(folder)), "day first")
    answer(pack(folder), inbox(folder), {ref: Reply("supplied", "Day first ")})
    told = run(folder, NEXT)
    assert ref not in {line["Ref"] for line in questions(pack(folder, NEXT))}
    assert "read two ways are read: day first. Nerys Calder said so on 19 Nov 2026" in told.text
    assert not [line for line in questions(pack(folder, NEXT)) if "which date is meant" in line["What we need"]]


def test_an_order_of_dates_that_nobody_can_use_is_held(tmp_path):
    folder = practice(tmp_path)
    set_policy(folder, "Date order", None)
    without_dates(folder, MONDAY)
    run(folder)
    ref = ref_of(questions(pack(folder)), "day first")
    answer(pack(folder), tmp_path / "back.xlsx", {ref: Reply("supplied", "the usual way")})
    (held,) = commands.receive(folder, tmp_path / "back.xlsx", as_of=NEXT, dry_run=True).data["held"]
    assert (held["ref"], "day first" in held["reason"]) == (ref, True)


def test_whoever_answers_is_named_by_an_answer(tmp_path):
    folder = practice(tmp_path)
    set_policy(folder, "Contact name", None)
    run(folder)
    ref = ref_of(questions(pack(folder)), "who answers our questions")
    answer(pack(folder), inbox(folder), {ref: Reply("supplied", "Sian Powell")})
    told = run(folder, NEXT)
    assert "The named contact is now Sian Powell" in told.text
    assert "Sian Powell" in {line["Who provides it"] for line in questions(pack(folder, NEXT))}


def test_an_instruction_may_be_given_again_when_it_has_run_out(made):
    """Do not chase until 20 Nov; then, asked again on 23 Nov, until 31 Dec -> on hold until 31 Dec."""
    ref = ref_of(questions(pack(made)), "Tell us whether this claim may go")
    answer(pack(made), inbox(made, as_of=MONDAY), {ref: Reply("do not chase", until=date(2026, 11, 20))})
    run(made, NEXT)
    assert ref in {line["Ref"] for line in questions(pack(made, NEXT))}
    answer(pack(made, NEXT), inbox(made), {ref: Reply("do not chase", until=date(2026, 12, 31))})
    run(made, THIRD)
    (held,) = [hold for hold in remembered(made, THIRD).holds if hold.ref == ref]
    assert held.until == date(2026, 12, 31)
    assert ref not in {line["Ref"] for line in questions(pack(made, THIRD))}


@pytest.mark.parametrize(
    ("reply", "review_by", "note"),
    [
        (Reply("ok"), None, "could not be taken"),
        (Reply("will check by", until=date(2026, 12, 10)), date(2026, 12, 10), None),
        (Reply("do not chase"), None, None),
        (Reply("practice decides", "write it off"), None, "You decided: write it off. This is for you to carry out"),
    ],
)
def test_an_answer_short_of_resume_keeps_the_hold_and_is_told_back(made, reply, review_by, note):
    ref = questions(pack(made), "Holds")[0]["Ref"]
    answer(pack(made), inbox(made), {ref: reply})
    run(made, NEXT)
    (line,) = [line for line in questions(pack(made, NEXT), "Holds") if line["Ref"] == ref]
    assert (note or "") in (line["Note"] or "")
    assert bool(line["Note"]) == bool(note)
    assert review_by is None or line["Review by"].date() == review_by


def test_an_old_pack_does_not_overturn_an_answer_that_came_before(made, tmp_path):
    """Answered in week one and acted on in week two; in week two somebody else's copy of pack one says otherwise."""
    ref = ref_of(questions(pack(made)), "member number")
    answer(pack(made), inbox(made), {ref: Reply("supplied", "40419999")})
    run(made, NEXT)
    answer(pack(made), tmp_path / "late.xlsx", {ref: Reply("supplied", "40418888", by="Tom")})
    late = commands.receive(made, tmp_path / "late.xlsx", as_of=NEXT)
    assert [one["ref"] for one in late.data["conflicts"]] == [ref]
    assert [one.value for one in remembered(made, THIRD).corrections] == []


def test_a_promise_to_check_is_kept_by_the_answer_that_follows(made, tmp_path):
    ref = ref_of(questions(pack(made)), "member number")
    for name, reply in {
        "a": Reply("will check by", until=date(2026, 11, 27)),
        "b": Reply("supplied", "40419999"),
    }.items():
        answer(pack(made), tmp_path / f"{name}.xlsx", {ref: reply})
        assert commands.receive(made, tmp_path / f"{name}.xlsx", as_of=NEXT).data["conflicts"] == []
    (past,) = [past for past in remembered(made, THIRD).questions if past.ref == ref]
    assert (past.answer, past.value) == ("supplied", "40419999")


def test_a_dry_run_leaves_no_trace(made, tmp_path):
    ref = ref_of(questions(pack(made)), "member number")
    answer(pack(made), tmp_path / "back.xlsx", {ref: Reply("supplied", "40419999")})
    before = state(made)
    assert len(commands.receive(made, tmp_path / "back.xlsx", as_of=NEXT, dry_run=True).data["taken"]) == 1
    assert state(made) == before


def state(folder):
    """Every file with its content and when it was written."""
    return {
        path.relative_to(folder): (hashlib.sha256(path.read_bytes()).hexdigest(), path.stat().st_mtime_ns)
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_the_agreement_with_answers_in_it_stays_the_same_when_they_are_put_in_twice(made):
    opened = PracticeFolder(made)
    policy = opened.policy()
    opened.close()
    history = remembered(made)
    once = agreed(policy, history, NEXT)
    assert agreed(once, history, NEXT) == once


@pytest.mark.parametrize(("name", "word"), [("answer_window", "an answer"), ("appeal_window", "an appeal")])
def test_days_that_insurers_give_are_used_and_marked_until_the_policy_lists_them(name, word):
    """ "30" to the question about insurers' days -> every insurer without a row has 30 days, assumed, and it is said."""
    policy = shipped()
    register = Register(policy, History(), MONDAY)
    past = PastQuestion(
        register.ref(setting_topic(name), name), f"setting_{name}", (), MONDAY, MONDAY, 1, None, "answered",
        "supplied", "30", by="Nerys Calder", on=MONDAY,
    )  # fmt: skip
    assert word in setting_topic(name).need
    told = agreed(policy, History(questions=(past,)), NEXT)
    assert timeframe(told, "Somebody Dental", name)[:2] == (30, "assumed")
    assert any("30. Nerys Calder said so on 16 Nov 2026" in notice for notice in told.notices)
    assert timeframe(policy, "Somebody Dental", name)[0] is None


@pytest.mark.parametrize(
    ("code", "parts", "value", "line"),
    [
        (
            "doubtful_amount",
            ("claims", "billed"),
            "still owed",
            'sheet Sources, the list under Where, and "outstanding"',
        ),
        ("doubtful_decimal_sign", ("balances", "balance"), "comma", 'sheet Practice, Decimal sign ","'),
    ],
)
def test_what_was_said_about_a_lists_amounts_is_how_the_next_one_is_read(code, parts, value, line):
    """the answer is used in the next reading, and the notice names the row of the policy that would say it."""
    policy = shipped()
    ref = Register(policy, History(), MONDAY).ref(doubtful(code), *parts)
    past = PastQuestion(ref, code, (), MONDAY, MONDAY, 1, None, "answered", "supplied", value, by="Nerys Calder")
    history = History(questions=(past,))
    told = agreed(policy, history, NEXT)
    assert agreed(told, history, NEXT) == told
    assert any(line in notice for notice in told.notices)
    note = source_note(told, "claims.csv", None)
    assert (note.amount_is if note else None, told.practice.decimal_sign) == (
        ("outstanding", None) if code == "doubtful_amount" else (None, ",")
    )
    vague = History(questions=(replace(past, value="ask Sue"),))
    assert agreed(policy, vague, NEXT) == policy
