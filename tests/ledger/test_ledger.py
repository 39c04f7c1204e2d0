"""The ledger keeps what happened: once, in order, unaltered, and the same whatever order answers came in."""

from __future__ import annotations

import itertools
import os
import random
import signal
import subprocess
import sys
import time
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from billingkit.ledger import (
    Event,
    Store,
    batch_id,
    first_broken,
    history,
    in_use_by_me,
    rebuild,
    refuse_shared,
    verify,
    write_missing,
)
from billingkit.problems import CannotRun, FolderInUse

MONDAY, NEXT = date(2026, 11, 16), date(2026, 11, 23)
QUESTION = Event(
    "raised", MONDAY, "C-1", "Q-1", {"code": "missing_member_id", "keys": ["C-1"], "by_when": "2026-11-19"}
)


def answer(text, value="", by="Sue", on=NEXT, round_="2026-11-16"):
    body = {"answer": text, "value": value, "until": None, "by": by, "on": on.isoformat(), "round": round_}
    return Event("answered", on, "C-1", "Q-1", body)


@pytest.fixture
def store(tmp_path):
    made = Store(f"sqlite:///{tmp_path / 'ledger.sqlite'}")
    yield made
    made.close()


def test_an_event_is_kept_once_however_often_it_is_added(store):
    assert store.add("b1", "review", MONDAY, [QUESTION, QUESTION]) == 1
    assert store.add("b1", "review", MONDAY, [QUESTION]) == 0
    assert store.add("b2", "review", MONDAY, [QUESTION]) == 0
    assert [batch for _, batch, _, _ in store.batches()] == ["b1"]


def test_nothing_in_the_ledger_can_be_changed_or_dropped(store, tmp_path):
    """The database itself refuses, whoever asks."""
    import sqlite3

    store.add("b1", "review", MONDAY, [QUESTION])
    with sqlite3.connect(tmp_path / "ledger.sqlite") as raw:
        for statement in ("UPDATE events SET line = ''", "DELETE FROM events", "DELETE FROM batches"):
            with pytest.raises(sqlite3.IntegrityError, match="append-only"):
                raw.execute(statement)
    raw.close()


def test_an_altered_event_is_found_by_its_place(store):
    store.add("b1", "review", MONDAY, [QUESTION, answer("supplied", "123")])
    chain = store.chain()
    assert first_broken(chain) is None
    from dataclasses import replace

    forged = [chain[0], replace(chain[1], event=answer("supplied", "999"))]
    assert first_broken(forged) == 2


def test_the_database_can_be_rebuilt_from_its_files(store, tmp_path):
    store.add("b1", "review", MONDAY, [QUESTION])
    store.add("b2", "receive", NEXT, [answer("supplied", "12345678")])
    write_missing(store, tmp_path / "ledger")
    again = rebuild(tmp_path / "ledger", f"sqlite:///{tmp_path / 'again.sqlite'}")
    assert again.chain() == store.chain()
    assert verify(again, tmp_path / "ledger") == []
    again.close()


@pytest.mark.parametrize("harm", ["cut", "altered", "missing"])
def test_a_harmed_ledger_file_is_refused_by_name(store, tmp_path, harm):
    store.add("b1", "review", MONDAY, [QUESTION])
    store.add("b2", "receive", NEXT, [answer("supplied", "12345678")])
    first, _ = write_missing(store, tmp_path / "ledger")
    text = first.read_text(encoding="utf-8")
    if harm == "missing":
        first.unlink()
    else:
        first.write_text(text[:-30] if harm == "cut" else text.replace("member", "membre"), encoding="utf-8")
    with pytest.raises(CannotRun, match="ledger file"):
        rebuild(tmp_path / "ledger", f"sqlite:///{tmp_path / 'again.sqlite'}")
    assert verify(store, tmp_path / "ledger")


def test_a_question_counts_the_weeks_it_was_asked(store):
    """
    asked 16 Nov, asked again 16 Nov (same week run twice), asked again 23 Nov -> twice by 30 Nov
    """
    again = Event("asked again", NEXT, "C-1", "Q-1", {**QUESTION.body})
    same_week = Event("asked again", MONDAY, "C-1", "Q-1", {**QUESTION.body, "by_when": "2026-11-20"})
    store.add("b1", "review", MONDAY, [QUESTION, same_week])
    store.add("b2", "review", NEXT, [again])
    (question,) = history(store, "P", date(2026, 11, 30)).questions
    assert (question.times_asked, question.first_asked, question.last_asked) == (2, MONDAY, NEXT)


def test_a_run_of_the_same_date_does_not_see_itself(store):
    run = Event("run", NEXT, body={"rules": ["CF-19"]})
    store.add("b1", "review", MONDAY, [Event("run", MONDAY, body={"rules": ["CF-01"]}), QUESTION])
    before = history(store, "P", NEXT)
    store.add("b2", "review", NEXT, [run, Event("asked again", NEXT, "C-1", "Q-1", QUESTION.body)])
    assert history(store, "P", NEXT) == before


def test_two_people_with_two_answers_are_held_and_asked_which(store):
    store.add("b1", "review", MONDAY, [QUESTION])
    store.add("b2", "receive", NEXT, [answer("supplied", "1", by="Sue"), answer("not available", by="Kim")])
    (question,) = history(store, "P", NEXT).questions
    assert question.state == "held"
    assert "two different answers" in question.held_reason


def test_a_hold_stays_until_the_practice_lifts_it(store):
    """
    held 16 Nov | lifted 23 Nov | seen on 23 Nov: gone; seen on 22 Nov: in force
    """
    held = Event(
        "held",
        MONDAY,
        "A-1",
        "H-1",
        {"category": "complaint", "stops": "patient contact", "since": "2026-11-16", "origin": "sensitive"},
    )
    store.add("b1", "review", MONDAY, [held])
    store.add("b2", "receive", NEXT, [Event("lifted", NEXT, "A-1", "H-1", {"category": "complaint"})])
    assert [hold.key for hold in history(store, "P", date(2026, 11, 22)).holds] == ["A-1"]
    assert history(store, "P", NEXT).holds == ()
    assert history(store, "P", NEXT).lifted == (("A-1", "complaint", NEXT),)


EVENTS = st.lists(
    st.sampled_from(
        [
            answer("supplied", "1"),
            answer("supplied", "2"),
            answer("not available"),
            answer("will check by", round_="2026-11-09"),
            Event("corrected", NEXT, "C-1", "Q-1", {"column": "member_id", "value": "1"}),
            Event("corrected", NEXT, "C-1", "Q-1", {"column": "member_id", "value": "2"}),
            Event("payments to", NEXT, body={"to": "2026-11-20"}),
            Event("payments to", MONDAY, body={"to": "2026-11-13"}),
            Event("role", NEXT, body={"role": "named contact", "name": "Kim"}),
        ],
    ),
    max_size=6,
    unique_by=Event.identity,
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(events=EVENTS, shuffle=st.randoms(use_true_random=False))
def test_answers_in_any_order_come_to_the_same(tmp_path_factory, events, shuffle):
    shuffled = list(events)
    shuffle.shuffle(shuffled)
    results = []
    for order in (events, shuffled):
        store = Store(f"sqlite:///{tmp_path_factory.mktemp('order') / 'l.sqlite'}")
        store.add("b0", "review", MONDAY, [QUESTION])
        for number, event in enumerate(order):
            store.add(f"b{number + 1}", "receive", event.as_of, [event])
        results.append(history(store, "P", date(2026, 11, 30)))
        store.close()
    assert results[0] == results[1]


def test_the_second_person_in_a_folder_is_told_who_is_first(tmp_path):
    code = (
        "import sys, time, pathlib; from billingkit.ledger import in_use_by_me\n"
        "with in_use_by_me(pathlib.Path(sys.argv[1])):\n    print('in', flush=True); time.sleep(30)"
    )
    first = subprocess.Popen([sys.executable, "-c", code, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    try:
        assert first.stdout.readline().strip() == "in"
        with pytest.raises(FolderInUse, match=f"process {first.pid}"), in_use_by_me(tmp_path):
            pass
    finally:
        first.kill()
        first.wait()
        first.stdout.close()
    with in_use_by_me(tmp_path):
        assert "process" in (tmp_path / ".in-use").read_text(encoding="utf-8")


def test_a_synchronised_folder_is_refused_with_the_reason(tmp_path):
    folder = tmp_path / "OneDrive - Riverside" / "riverside"
    folder.mkdir(parents=True)
    with pytest.raises(CannotRun, match="synchronised"):
        refuse_shared(folder)
    refuse_shared(tmp_path)


WRITER = """
import itertools, sys
from datetime import date, timedelta
from billingkit.ledger import Event, Store
store = Store(sys.argv[1])
for number in itertools.count():
    day = date(2026, 1, 1) + timedelta(days=number % 300)
    store.add(f"b{number}", "review", day, [Event("run", day, body={"n": number, "i": i}) for i in range(5)])
    print(number, flush=True)
"""


@pytest.mark.skipif(os.name == "nt", reason="needs SIGKILL")
def test_a_killed_writer_loses_nothing_it_acknowledged(tmp_path):
    """Five kills at random moments: every batch that was acknowledged is whole, and the chain holds."""
    moments = random.Random(7)
    for attempt in range(5):
        path = tmp_path / f"{attempt}.sqlite"
        writer = subprocess.Popen(
            [sys.executable, "-c", WRITER, f"sqlite:///{path}"], stdout=subprocess.PIPE, text=True
        )
        said = [writer.stdout.readline()]
        end = time.monotonic() + moments.uniform(0.0, 0.15)
        while time.monotonic() < end:
            said.append(writer.stdout.readline())
        writer.send_signal(signal.SIGKILL)
        said += writer.stdout.read().splitlines(keepends=True)
        writer.wait()
        writer.stdout.close()
        acknowledged = {int(line) for line in said if line.endswith("\n")}
        store = Store(f"sqlite:///{path}")
        chain = store.chain()
        assert first_broken(chain) is None
        whole = {batch: len(list(events)) for batch, events in itertools.groupby(chain, key=lambda c: c.batch)}
        assert set(whole.values()) == {5}
        assert {f"b{number}" for number in acknowledged} <= set(whole)
        store.close()


def test_a_backup_is_a_whole_ledger(store, tmp_path):
    store.add("b1", "review", MONDAY, [QUESTION])
    store.backup(tmp_path / "copy.sqlite")
    copy = Store(f"sqlite:///{tmp_path / 'copy.sqlite'}")
    assert copy.chain() == store.chain()
    copy.close()


def test_the_same_inputs_name_the_same_run():
    assert batch_id("review", MONDAY, ["a", "b"]) == batch_id("review", MONDAY, ["a", "b"])
    assert batch_id("review", MONDAY, ["a", "b"]) != batch_id("review", MONDAY, ["ab"])


def test_a_hold_for_new_remarks_stands_beside_the_lift_of_the_old_one(store):
    """held with remark a, lifted on the 23rd, held again that day for remark b -> in force; a is answered for."""

    def held(ref, since, mark):
        body = {"category": "upset", "stops": "patient contact", "since": since.isoformat(), "origin": "sensitive"}
        return Event("held", since, "A-1", ref, {**body, "wording": [mark]})

    store.add("b1", "review", MONDAY, [held("H-1", MONDAY, "upset:a")])
    store.add("b2", "receive", NEXT, [Event("lifted", NEXT, "A-1", "H-1", {"category": "upset"})])
    store.add("b3", "review", NEXT, [held("H-2", NEXT, "upset:b")])
    known = history(store, "P", date(2026, 11, 30))
    assert [hold.ref for hold in known.holds] == ["H-2"]
    assert known.answered_for == {("A-1", "upset"): frozenset({"upset:a"})}
