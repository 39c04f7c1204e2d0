"""What the practice types on `Start here`: who answers now, and up to which day payments are posted."""

from __future__ import annotations

import shutil
from datetime import date

import openpyxl
import pytest
from loop.weeks import (
    MONDAY,
    NEXT,
    THIRD,
    Reply,
    answer,
    beside,
    events,
    inbox,
    pack,
    questions,
    ref_of,
    remembered,
    run,
)
from openpyxl.utils import get_column_letter

from billingkit import commands


def typed(source, target, **cells):
    """The pack with something typed beside labels of `Start here`."""
    book = openpyxl.load_workbook(source)
    for label, value in cells.items():
        beside(book["Start here"], label.replace("_", " ")).value = value
    book.save(target)
    return target


def front(path, label):
    """What stands beside a label of `Start here`."""
    return beside(openpyxl.load_workbook(path)["Start here"], label).value


def set_contact(folder, name):
    """Name another contact in the policy workbook."""
    book = openpyxl.load_workbook(folder / "policy.xlsx")
    cell = next(row[0] for row in book["Practice"].iter_rows() if row[0].value == "Contact name")
    book["Practice"][f"{get_column_letter(cell.column + 1)}{cell.row}"].value = name
    book.save(folder / "policy.xlsx")


def test_another_person_is_named_though_the_policy_names_one_and_stays(made):
    """Typed on the pack; confirmed on the next one, still so a week later, until the policy names somebody."""
    typed(pack(made), inbox(made), Somebody_else_now="Sian  Powell")
    told = run(made, NEXT)
    assert front(pack(made, NEXT), "We write to").startswith("Sian Powell")
    assert front(pack(made, NEXT), "Somebody else now") is None
    assert "The named contact is now Sian Powell" in told.text
    shutil.copytree(made / "inbox" / NEXT.isoformat(), made / "inbox" / THIRD.isoformat())
    inbox(made, as_of=THIRD).unlink()
    run(made, THIRD)
    assert front(pack(made, THIRD), "We write to").startswith("Sian Powell")
    set_contact(made, "Tegan Rees")
    run(made, date(2026, 12, 7))
    assert front(pack(made, date(2026, 12, 7)), "We write to").startswith("Tegan Rees")


@pytest.mark.parametrize("value", [12, "yes", "sian@example.org", "=A1", "?"])
def test_what_names_nobody_is_held_with_its_cell(made, tmp_path, value):
    back = typed(pack(made), tmp_path / "back.xlsx", Somebody_else_now=value)
    (held,) = commands.receive(made, back, as_of=NEXT, dry_run=True).data["held"]
    assert held["cell"].startswith("Start here!B")


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_of_two_people_named_at_once_neither_is_taken(made, tmp_path, order):
    backs = [
        typed(pack(made), tmp_path / f"{name}.xlsx", Somebody_else_now=f"{name} Powell") for name in ("Sian", "Tom")
    ]
    for place in order:
        commands.receive(made, backs[place], as_of=NEXT)
    told = run(made, NEXT)
    assert "Two people were named as named contact (Sian Powell and Tom Powell), so neither was taken" in told.text
    assert front(pack(made, NEXT), "We write to").startswith("Nerys Calder")


def test_the_last_word_on_payments_counts_and_not_the_latest_day(made):
    """18 Nov, then corrected to 12 Nov on the next pack -> 12 Nov."""
    typed(pack(made), inbox(made), Payments_posted_up_to=date(2026, 11, 18))
    run(made, NEXT)
    inbox(made, as_of=THIRD).parent.mkdir()
    typed(pack(made, NEXT), inbox(made, as_of=THIRD), Payments_posted_up_to=date(2026, 11, 12))
    commands.receive(made, inbox(made, as_of=THIRD), as_of=THIRD)
    assert remembered(made, THIRD).payments_to == date(2026, 11, 12)


def test_a_day_that_we_wrote_ourselves_is_no_answer(made):
    """Sue corrects the day; Tom sends the same pack later with our own day in it: Sue's stays."""
    typed(pack(made), inbox(made), Payments_posted_up_to=date(2026, 11, 18))
    run(made, NEXT)
    typed(pack(made, NEXT), made / "sue.xlsx", Payments_posted_up_to=date(2026, 11, 22))
    ref = ref_of(questions(pack(made, NEXT)), "member number")
    answer(pack(made, NEXT), made / "tom.xlsx", {ref: Reply("supplied", "40419999")})
    commands.receive(made, made / "sue.xlsx", as_of=NEXT)
    commands.receive(made, made / "tom.xlsx", as_of=THIRD)
    assert remembered(made, THIRD).payments_to == date(2026, 11, 22)
    assert len(events(made, "payments to")) == 2


def test_that_a_strange_word_is_right_does_not_say_what_it_means(folder):
    (asked,) = [event for event in events(folder, "raised") if event.body["code"] == "unknown_status"]
    assert "correct as it is" not in asked.body["answers"]
    assert asked.as_of == MONDAY
