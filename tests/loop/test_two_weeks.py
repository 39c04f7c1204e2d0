"""Two weeks of both sample practices: what is answered goes away and is acted on, the rest is asked again."""

from __future__ import annotations

import shutil
from datetime import date
from types import SimpleNamespace

import openpyxl
import pytest
from loop.weeks import (
    MONDAY,
    NEXT,
    SAMPLES,
    THIRD,
    Reply,
    answer,
    claims_of,
    events,
    inbox,
    pack,
    practice,
    questions,
    ref_of,
    remembered,
    run,
    through_libreoffice,
    worklist,
)

from billingkit import commands

PAYMENTS = date(2026, 11, 18)


def replies(asked, holds):
    """One answer of each kind."""
    return {
        ref_of(asked, "member number"): Reply("supplied", "40419999"),
        ref_of(asked, "state of a claim"): Reply("supplied", "Submitted"),
        ref_of(asked, "Give us this date"): Reply("supplied", date(2026, 10, 1)),
        ref_of(asked, "Tell us whether this claim may go"): Reply("do not chase", until=date(2026, 12, 31)),
        ref_of(asked, "this credit"): Reply("practice decides", "we refund it ourselves"),
        ref_of(asked, "clinician"): Reply("will check by", until=THIRD),
        holds[0]["Ref"]: Reply("resume"),
    }


@pytest.fixture(scope="module", params=SAMPLES)
def loop(request, tmp_path_factory):
    """Week one, the manager's answers in the inbox of week two, week two."""
    folder = practice(tmp_path_factory.mktemp("loop"), request.param)
    run(folder, MONDAY)
    asked, holds = questions(pack(folder)), questions(pack(folder), "Holds")
    told = replies(asked, holds)
    answer(pack(folder), inbox(folder), told, payments_to=PAYMENTS)
    outcome = run(folder, NEXT)
    again = questions(pack(folder, NEXT))
    return SimpleNamespace(
        folder=folder, asked=asked, holds=holds, told=told, outcome=outcome, again=again,
        still=questions(pack(folder, NEXT), "Holds"), name=request.param,
    )  # fmt: skip


def test_what_was_answered_is_not_asked_again(loop):
    assert set(loop.told) & {line["Ref"] for line in loop.again} == set()
    assert "7 answers taken, 0 held, 0 in conflict" in loop.outcome.text


def test_what_was_not_answered_is_asked_again_with_its_age_and_count(loop):
    """Every open question of week one is there again, asked twice, waiting since week one, its day not moved."""
    first = {line["Ref"]: line for line in loop.asked if line["Ref"] not in loop.told}
    again = {line["Ref"]: line for line in loop.again if line["Ref"] in first}
    assert again
    for ref, line in again.items():
        assert line["Times asked"] == 2
        assert line["Waiting since"].date() == MONDAY
        assert line["By when"] <= first[ref]["By when"]
    new = [line for line in loop.again if line["Ref"] not in first]
    assert {line["Times asked"] for line in new} == {1}


def test_a_hold_is_lifted_by_the_practice_alone(loop):
    before, now = {line["Ref"] for line in loop.holds}, {line["Ref"] for line in loop.still}
    assert loop.holds[0]["Ref"] not in now
    assert before - {loop.holds[0]["Ref"]} <= now


def test_a_value_of_the_practice_is_used_and_marked(loop):
    """The member number, the date and the meaning of the word stand in the facts, and Why says who gave them."""
    decided, made = claims_of(loop.folder)
    facts = {row["claim_key"]: row for row in made.facts["claims"].iter_rows(named=True)}
    given = {key: row["given"] for key, row in facts.items() if row["given"]}
    assert sorted(given.values()) == ["member_id", "status", "submitted_date"]
    for key, column in given.items():
        assert "Nerys Calder gave it on 19 Nov 2026" in decided[key]["why"], decided[key]["why"][-200:]
        assert not facts[key]["quarantined"] or column == "member_id"
    told = [update for update in made.updates if update.change == "as you told us"]
    assert {update.key for update in told} == set(given)


def test_an_instruction_outlives_the_week(loop):
    """ "Do not chase until 31 December" holds two weeks later, and ends by itself."""
    ref = ref_of(loop.asked, "Tell us whether this claim may go")
    (held,) = [hold for hold in remembered(loop.folder, THIRD).holds if hold.ref == ref]
    assert (held.until, held.stops) == (date(2026, 12, 31), "claim too")
    assert remembered(loop.folder, THIRD).payments_to == PAYMENTS


def test_what_the_practice_decides_is_given_back_to_it(loop):
    _, made = claims_of(loop.folder)
    said = [reason for reason in made.balances["reason"] if reason and "we refund it ourselves" in reason]
    assert said
    assert all("for the practice to carry out in its own system" in reason for reason in said)


def test_a_week_that_is_run_again_adds_nothing(loop, tmp_path):
    """The same number of events and the same cells, tab by tab."""
    count, cells = len(events(loop.folder)), everything(pack(loop.folder, NEXT))
    run(loop.folder, NEXT)
    assert len(events(loop.folder)) == count
    assert everything(pack(loop.folder, NEXT)) == cells


def everything(path):
    """Every cell of a workbook."""
    book = openpyxl.load_workbook(path)
    return {sheet.title: [[cell.value for cell in row] for row in sheet.iter_rows()] for sheet in book}


def test_answers_by_way_of_libreoffice_and_the_command_are_the_same_answers(tmp_path):
    """By script into the inbox; saved by LibreOffice and named to `receive`: the same questions, holds and values."""
    one, two = practice(tmp_path / "a"), practice(tmp_path / "b")
    run(one)
    shutil.copytree(one, two, dirs_exist_ok=True)
    asked, holds = questions(pack(one)), questions(pack(one), "Holds")
    answer(pack(one), inbox(one), replies(asked, holds), payments_to=PAYMENTS)
    saved = through_libreoffice(inbox(one), tmp_path)
    received = commands.receive(two, saved, as_of=NEXT)
    run(one, NEXT)
    run(two, NEXT)
    assert (len(received.data["taken"]), received.data["held"], received.data["conflicts"]) == (7, [], [])
    assert remembered(one, THIRD).questions == remembered(two, THIRD).questions
    assert remembered(one, THIRD).corrections == remembered(two, THIRD).corrections
    assert remembered(one, THIRD).holds == remembered(two, THIRD).holds
    assert remembered(one, THIRD).payments_to == PAYMENTS


def test_a_third_week_without_answers_escalates(loop, tmp_path):
    """Nobody answers: asked three times, and now somebody else hears of it too."""
    folder = tmp_path / loop.name
    shutil.copytree(loop.folder, folder)
    shutil.copytree(folder / "inbox" / NEXT.isoformat(), folder / "inbox" / THIRD.isoformat())
    inbox(folder, as_of=THIRD).unlink()
    run(folder, THIRD)
    first = {line["Ref"] for line in loop.asked} & {line["Ref"] for line in loop.again}
    third = [line for line in questions(pack(folder, THIRD)) if line["Ref"] in first]
    assert third
    assert {line["Times asked"] for line in third} == {3}
    levels = {event.ref: event.body["level"] for event in events(folder, "asked again") if event.as_of == THIRD}
    assert max(levels[line["Ref"]] for line in third) >= 1


def test_a_list_that_differs_from_an_answer_is_asked_about(tmp_path):
    """We were told 40419999; the next list says 55500001 -> neither is guessed, and nothing is done before the answer."""
    folder = practice(tmp_path)
    run(folder)
    ref = ref_of(questions(pack(folder)), "member number")
    (key,) = next(event.body["keys"] for event in events(folder, "raised") if event.ref == ref)
    answer(pack(folder), inbox(folder, "returned pack.xlsx"), {ref: Reply("supplied", "40419999")})
    tracker = next((folder / "inbox" / NEXT.isoformat()).glob("*tracker*"))
    book = openpyxl.load_workbook(tracker)
    put_member(book["Claims"], key, "55500001")
    book.save(tracker)
    run(folder, NEXT)
    decided, made = claims_of(folder)
    assert decided[key]["action"] == "ask"
    (question,) = [one for one in made.questions if one.code == "answer_differs"]
    assert question.keys == (key,)


def put_member(sheet, key, number):
    """Write a member number beside one claim of the sample tracker."""
    for row in sheet.iter_rows():
        heads = {str(cell.value).strip().casefold(): cell.column for cell in row if cell.value}
        if member := next((column for head, column in heads.items() if "member" in head or "policy no" in head), None):
            break
    for line in sheet.iter_rows(min_row=row[0].row + 1):
        if any(str(cell.value).casefold() == key for cell in line):
            sheet.cell(line[0].row, member).value = number


def test_the_teams_outcomes_come_back(tmp_path):
    """A call is the last contact and counts as a chase; a statement that went out moves the account a step on."""
    folder = practice(tmp_path)
    run(folder, MONDAY, payments_to=date(2026, 11, 15))
    book = openpyxl.load_workbook(worklist(folder))
    called, sent = tick(book["To do"], "spoke to them"), tick(book["Statements to send"], "sent")
    book.save(inbox(folder, "list back.xlsx"))
    run(folder, NEXT, payments_to=date(2026, 11, 22))
    contacts = {contact.key: contact for contact in remembered(folder).contacts}
    kinds = sorted(contact.kind for contact in contacts.values())
    assert (called, sent, kinds) == (True, True, ["insurer", "statement"])
    _, made = claims_of(folder)
    call = next(contact for contact in contacts.values() if contact.kind == "insurer")
    fact = next(row for row in made.facts["claims"].iter_rows(named=True) if row["claim_key"] == call.key)
    assert fact["last_contact_date"] == date(2026, 11, 18)
    assert fact["times_chased"] >= 1
    statement = next(contact for contact in contacts.values() if contact.kind == "statement")
    account = next(row for row in made.facts["balances"].iter_rows(named=True) if row["account_key"] == statement.key)
    assert account["last_statement_date"] == date(2026, 11, 18)
    assert account["statements_sent"] >= statement.step


def tick(sheet, outcome):
    """Fill in the first line of a worklist's tab."""
    for row in sheet.iter_rows():
        heads = {cell.value: cell.column for cell in row}
        if {"Ref", "Outcome"} <= set(heads):
            line = row[0].row + 1
            sheet.cell(line, heads["Done"]).value = "yes"
            sheet.cell(line, heads["Outcome"]).value = outcome
            sheet.cell(line, heads["Contacted on"]).value = date(2026, 11, 18)
            sheet.cell(line, heads["By"]).value = "Sam Ode"
            return bool(sheet.cell(line, heads["Ref"]).value)
    return False
