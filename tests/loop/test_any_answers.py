"""For any answers in any order of receiving: the ledger ends the same, nothing is lost, the rest is asked again."""

from __future__ import annotations

import csv
import shutil
from types import SimpleNamespace

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from loop.weeks import MONDAY, NEXT, events, pack, practice, questions, remembered, run

from billingkit import commands
from billingkit.practice import PracticeFolder
from billingkit.preparing import prepare
from billingkit.run import review

HEADINGS = ("Answer", "Value", "Until", "Answered by", "Answered on")
TOLD = st.sampled_from(
    [
        ("supplied", "40419999", "", "Sue", "2026-11-19"),
        ("supplied", "40418888", "", "Tom", "2026-11-20"),
        ("supplied", "2026-10-01", "", "Sue", "2026-11-19"),
        ("will check by", "", "2026-11-27", "Tom", "2026-11-19"),
        ("do not chase", "", "2026-12-31", "Sue", "2026-11-19"),
        ("do not chase", "", "", "Tom", "2026-11-20"),
        ("practice decides", "we do it ourselves", "", "Sue", "2026-11-19"),
        ("resume", "", "", "Tom", "2026-11-19"),
        ("ok", "", "", "", ""),
        ("", "a value alone", "", "", ""),
    ]
)
FILES = st.lists(st.dictionaries(st.integers(0, 5), TOLD, min_size=1, max_size=6), min_size=2, max_size=3)


@pytest.fixture(scope="module")
def week(tmp_path_factory):
    """One week that has gone out, with its two tabs as rows of text; the same list lies there for the next week."""
    folder = practice(tmp_path_factory.mktemp("any"))
    shutil.rmtree(folder / "inbox" / NEXT.isoformat())
    run(folder)
    shutil.copytree(folder / "inbox" / MONDAY.isoformat(), folder / "inbox" / NEXT.isoformat())
    book = openpyxl.load_workbook(pack(folder))
    tabs = [
        [["" if value is None else str(value) for value in row] for row in book[tab].iter_rows(values_only=True)]
        for tab in ("Action list", "Holds")
    ]
    keys = {event.ref: set(event.body["keys"]) for event in events(folder, "raised")}
    asked = {line["Ref"] for line in questions(pack(folder))}
    shutil.rmtree(folder / "outbox")
    shutil.copy(folder / "ledger.sqlite", folder.parent / "kept.sqlite")
    return SimpleNamespace(folder=folder, tabs=tabs, asked=asked, keys=keys, back=folder.parent)


def as_it_was(week):
    """The ledger as the first week left it."""
    shutil.copy(week.back / "kept.sqlite", week.folder / "ledger.sqlite")


def sent_back(week, number, told):
    """The first questions and the first hold of the pack, answered and saved as text."""
    path = week.back / f"{number}.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        for place, tab in enumerate(week.tabs):
            head = next(at for at, row in enumerate(tab) if "Ref" in row)
            rows = [list(row) for row in tab]
            for at, cells in told.items():
                if (at == 5) == (place == 1):
                    line = rows[head + 1 + (at if place == 0 else 0)]
                    for heading, cell in zip(HEADINGS, cells, strict=True):
                        line[rows[head].index(heading)] = cell
            csv.writer(file).writerows(rows)
    return path


def counts(data):
    """The law of answers: taken, held, and in conflict without those that came before."""
    clashing = [one for clash in data["conflicts"] for one in clash["answers"] if one["cell"] != "received before"]
    return len(data["taken"]) + len(data["held"]) + len(clashing)


@settings(max_examples=8, deadline=None)
@given(FILES, st.randoms(use_true_random=False))
def test_any_answers_in_any_order_end_the_same_and_all_are_counted(week, files, dice):
    paths = [sent_back(week, number, told) for number, told in enumerate(files)]
    mixed = list(enumerate(paths))
    dice.shuffle(mixed)
    ends = []
    for order in (list(enumerate(paths)), mixed):
        as_it_was(week)
        for number, path in order:
            receipt = commands.receive(week.folder, path, as_of=NEXT)
            if "read before" not in receipt.text:  # two people may send the very same file
                assert counts(receipt.data) == len(files[number])
        ends.append(remembered(week.folder, NEXT))
    assert ends[0] == ends[1]


def asked_on(folder, as_of):
    """The questions of a day by reference."""
    opened = PracticeFolder(folder)
    try:
        return {one.ref: one for one in review(prepare(opened, as_of=as_of)).review.listed}
    finally:
        opened.close()


@settings(max_examples=3, deadline=None)
@given(st.sets(st.integers(0, 4)))
def test_the_next_week_asks_what_is_still_open_and_what_is_new(week, kept_quiet):
    """Some say that they will check; the list is the same; nobody else answers."""
    as_it_was(week)
    quiet = ("will check by", "", "2026-11-27", "Sue", "2026-11-19")
    commands.receive(week.folder, sent_back(week, "quiet", dict.fromkeys(kept_quiet, quiet)), as_of=NEXT)
    head = next(at for at, row in enumerate(week.tabs[0]) if "Ref" in row)
    column = week.tabs[0][head].index("Ref")
    left = week.asked - {week.tabs[0][head + 1 + at][column] for at in kept_quiet}
    again = asked_on(week.folder, NEXT)
    new = [one for one in again.values() if one.times_asked == 1]
    # A claim whose last day has passed in between is asked about otherwise, and not twice.
    moved_on = {ref for ref in left - set(again) if any(week.keys[ref] & set(one.keys) for one in new)}
    assert {one.ref for one in again.values() if one.times_asked > 1} == left - moved_on
    assert len(moved_on) < 2
