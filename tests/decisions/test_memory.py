"""What the ledger knows outranks a later blank; what the practice said is done, and only that."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from decisions import weeks

from billingkit.decisions import review
from billingkit.exchange.wording import CARRY_OUT, action_label
from billingkit.history import ClaimSeen, Correction, History, PastContact, PastHold, PastQuestion
from billingkit.policy import Wording

LAST = date(2026, 11, 16)
OTHER = {"patient_id": "P77", "patient_name": "Other, Pat", "guarantor_name": "Other, Pat"}


def decided(rows=(), owed=(), *, as_of=weeks.AS_OF, policy=None, gaps=(), payments_to=weeks.AS_OF, **known):
    history = History(practice="riverside", last_run=LAST, **known)
    week = weeks.week(rows, owed, gaps=gaps)
    return review(week, policy or weeks.policy(), history, as_of, payments_to=payments_to)


def claim(result, at=0):
    return result.claims.row(at, named=True)


def balance(result, at=0):
    return result.balances.row(at, named=True)


def seen(status, **more):
    money = {"billed": Decimal("250.00"), "paid": Decimal("0.00"), "outstanding": Decimal("250.00")}
    return ClaimSeen("C-1", "C-1", status, **money, first_seen=LAST, last_seen=LAST, **more)


def asked(result, code):
    return [one for one in result.questions if one.code == code]


def answered(question, answer, **more):
    return PastQuestion(
        question.ref,
        question.code,
        question.keys,
        LAST,
        LAST,
        1,
        None,
        "answered",
        answer,
        by="Maya Brook",
        on=LAST,
        **more,
    )


def test_a_call_in_the_ledger_counts_although_the_list_is_blank():
    """sent 2 October, never called by the list; called on 18 November by the ledger -> wait."""
    known = (PastContact("C-1", "insurer", date(2026, 11, 18), "Sam Ode"),)
    assert claim(decided([{}]))["action"] == "call_insurer"
    assert claim(decided([{}], contacts=known))["action"] == "wait"


def test_times_chased_is_the_larger_of_list_and_ledger():
    """the list says 1, the ledger has three calls -> the supervisor."""
    calls = tuple(PastContact("C-1", "insurer", LAST - timedelta(days=30 + day), "Sam Ode") for day in range(3))
    assert claim(decided([{"times_chased": 1}], contacts=calls))["action"] == "call_supervisor"
    assert claim(decided([{"times_chased": None}], contacts=calls))["action"] == "call_supervisor"


def test_a_claim_that_was_sent_is_not_sent_again_because_the_list_lags():
    """Ready last week and this week, but the team recorded its sending in between -> wait."""
    sent = (PastContact("C-1", "insurer", date(2026, 11, 17), "Sam Ode", "sent", None, "submitted"),)
    row = {"status": "ready", "status_date": None, "submitted_date": None}
    result = claim(decided([row], claims=(seen("ready"),), contacts=sent))
    assert result["action"] == "wait"
    assert "recorded by the billing team on 17 Nov 2026" in result["why"]


def test_news_in_the_list_outranks_what_the_team_recorded():
    """Ready last week, recorded as sent, Rejected this week -> correct and send as a new claim."""
    sent = (PastContact("C-1", "insurer", date(2026, 11, 17), "Sam Ode", "sent", None, "submitted"),)
    result = decided([{"status": "rejected", "status_date": None}], claims=(seen("ready"),), contacts=sent)
    assert claim(result)["action"] == "send_new_claim"


def test_a_value_from_the_practice_is_used_and_marked():
    """no member number on the list, supplied on the action list -> sent, and said so."""
    given = (Correction("C-1", "member_id", "M-77", "Maya Brook", LAST, "Q-XXXXXX-X"),)
    result = decided([{"status": "ready", "member_id": None}], corrections=given)
    assert claim(result)["action"] == "send_claim"
    assert "Member number: Maya Brook gave it on 16 Nov 2026" in claim(result)["why"]
    assert result.facts["claims"]["member_id"][0] == "M-77"


def test_an_old_answer_never_replaces_newer_news():
    """the practice once said Submitted; the list now says Denied -> Denied counts."""
    given = (Correction("C-1", "status", "submitted", "Maya Brook", LAST, "Q-XXXXXX-X"),)
    denied = decided([{"status": "denied", "reason_codes": "CO-50"}], corrections=given)
    blank = decided([{"status": None}], corrections=given)
    assert claim(denied)["action"] == "ask_clinician"
    assert claim(blank)["action"] == "call_insurer"


def test_a_hold_outlasts_the_words_that_made_it():
    """held last week for hardship, the note is gone -> still on hold, since then, and not new."""
    past = (PastHold("H-AAAAAA-A", "A-1", "hardship", "patient contact", LAST, None, "", "sensitive"),)
    result = decided([], [{}, OTHER], holds=past)
    assert balance(result)["action"] == "hold_and_tell"
    assert [(hold.ref, hold.since, hold.new) for hold in result.holds] == [("H-AAAAAA-A", LAST, False)]
    assert balance(result, 1)["action"] == "first_statement"


def test_only_the_practice_lifts_a_hold():
    """the note is still there, but the practice answered resume -> a statement goes out."""
    lifted = (("A-1", "hardship", LAST),)
    result = decided([], [{"sensitive": "hardship"}], lifted=lifted)
    assert balance(result)["action"] == "first_statement"
    assert balance(decided([], [{"sensitive": "hardship|complaint"}], lifted=lifted))["action"] == "hold_and_tell"


@pytest.mark.parametrize(
    ("heard", "action"),
    [(("old",), "first_statement"), (("old", "new"), "hold_and_tell"), (("new",), "hold_and_tell")],
)
def test_new_wording_holds_again_after_a_hold_was_lifted(heard, action):
    """upset was lifted for one remark -> that remark stays lifted; another one of the kind holds under a new reference."""
    history = History(
        last_run=LAST,
        lifted=(("A-1", "upset", LAST),),
        answered_for={("A-1", "upset"): frozenset({"upset:old"})},
    )
    week = weeks.week([], [{"sensitive": "upset"}], wording={"A-1": frozenset(f"upset:{mark}" for mark in heard)})
    result = review(week, weeks.policy(), history, weeks.AS_OF, payments_to=weeks.AS_OF)
    assert balance(result)["action"] == action
    assert [(hold.new, hold.again) for hold in result.holds] == ([(True, True)] if action == "hold_and_tell" else [])


def test_one_strict_phrase_on_any_of_its_rows_stops_the_claim_too():
    """an account of two rows, the agreed phrase that stops the claim on the second -> the strictest stop holds."""
    strict = Wording("court letter", "legal_or_insurer_dispute", "claim too")
    mild = Wording("solicitor", "legal_or_insurer_dispute", "patient contact")
    policy = replace(weeks.policy(), wording=(strict, mild))
    rows = [
        {"account_key": "A-1", "sensitive": "legal_or_insurer_dispute", "notes": note}
        for note in ("solicitor rang", "court letter came")
    ]
    (hold,) = decided([], rows, policy=policy).holds
    assert hold.stops == "claim too"


def test_a_claim_that_went_missing_guards_its_family_until_it_is_answered_for():
    """an open claim of Eve's account is not on this week's list -> no statement; answered for -> the statement goes."""
    gone = (seen("pending", accounts=("A-1",)),)
    result = decided([{"claim_id": "C-9", "patient_id": "P5", "status": "closed"}], [{}, OTHER], claims=gone)
    assert [one["action"] for one in result.balances.iter_rows(named=True)] == ["wait", "first_statement"]
    (question,) = asked(result, "not_seen_this_week")
    told = answered(question, "correct as it is")
    later = decided(
        [{"claim_id": "C-9", "patient_id": "P5", "status": "closed"}], [{}, OTHER], claims=gone, questions=(told,)
    )
    assert later.balances["action"].to_list() == ["first_statement", "first_statement"]


@pytest.mark.parametrize(
    ("firsts", "action"),
    [
        (["paid"], "send_claim"),
        (["paid_short"], "send_claim"),
        (["pending"], "call_insurer"),
        (["paid", "pending"], "call_insurer"),
    ],
)
def test_nobody_calls_a_first_insurer_that_has_paid(firsts, action):
    """the second cover waits for the first -> paid: it goes; still open, or only one of two paid: the call."""
    waits = {"status": "held_primary", "coverage": "secondary", "attachments": "first insurer's statement of payment"}
    result = decided([waits, *({"status": status, "submitted_date": weeks.AS_OF} for status in firsts)])
    assert claim(result)["action"] == action


@pytest.mark.parametrize(
    "doubt",
    [
        {"coverage": None},
        {"quarantined": True, "status": "paid"},
        {"service_date": None},
        {"patient_id": None, "patient_name": None},
        {"patient_id": None, "patient_name": None, "service_date": None},
    ],
)
def test_a_second_cover_waits_while_another_claim_of_the_day_may_be_a_first_one(doubt):
    """one first cover paid, another of unknown order, day or person, or in doubt -> the second cover is not sent yet."""
    waits = {"status": "held_primary", "coverage": "secondary", "attachments": "first insurer's statement of payment"}
    result = decided([waits, {"status": "paid"}, {"status": "pending", "submitted_date": weeks.AS_OF, **doubt}])
    assert claim(result)["action"] != "send_claim"


@pytest.mark.parametrize(
    "other",
    [{"service_date": None, "patient_id": "P8", "patient_name": "Moss, Kim"}, {"service_date": None, "status": "paid"}],
)
def test_a_claim_without_a_day_keeps_no_second_cover_that_cannot_be_its_own(other):
    """a claim without a day is another patient's, or paid itself -> the second cover goes."""
    waits = {"status": "held_primary", "coverage": "secondary", "attachments": "first insurer's statement of payment"}
    result = decided([waits, {"status": "paid"}, {"status": "pending", "submitted_date": weeks.AS_OF, **other}])
    assert claim(result)["action"] == "send_claim"


def test_an_instruction_ends_on_its_day():
    """do not chase until 20 November -> on the 20th on hold, on the 23rd not."""
    past = (PastHold("H-A", "C-1", "instruction", "claim too", LAST, date(2026, 11, 20), "Maya Brook", "instruction"),)
    assert claim(decided([{}], holds=past, as_of=date(2026, 11, 20)))["action"] == "hold"
    assert claim(decided([{}], holds=past))["action"] == "call_insurer"


def test_a_hold_of_one_patient_holds_the_family():
    """Kim is on hold, Eve pays for Kim -> no statement to either, and nobody reads why."""
    kim = {"patient_id": "P8", "patient_name": "Moss, Kim", "guarantor_name": "Moss, Eve", "sensitive": "bereavement"}
    result = decided([], [{}, kim, OTHER])
    assert result.balances["action"].to_list() == ["hold_and_tell", "hold_and_tell", "first_statement"]
    assert "bereavement" not in " ".join(result.balances["reason"])


def test_a_statement_in_the_ledger_is_not_sent_twice():
    """the list counts none, the ledger sent the first one last week -> wait."""
    sent = (PastContact("A-1", "statement", LAST, "Sam Ode", step=1),)
    result = decided([], [{}], contacts=sent)
    assert (balance(result)["action"], balance(result)["next_rule"]) == ("wait", "PB-09")
    assert balance(result)["next_due"] == date(2026, 12, 16)


def test_by_when_does_not_move_because_a_week_passed():
    """a call was due on 18 November and was not made -> still due then, three working days late, level 1."""
    result = claim(decided([{}], claims=(seen("submitted", by_when=date(2026, 11, 18), action="call_insurer"),)))
    assert (result["by_when"], result["level"]) == (date(2026, 11, 18), 1)
    made = (PastContact("C-1", "insurer", date(2026, 11, 18), "Sam Ode"),)
    again = claim(
        decided(
            [{}],
            claims=(seen("submitted", by_when=date(2026, 11, 18), action="call_insurer"),),
            contacts=made,
            as_of=date(2026, 12, 2),
        )
    )
    assert again["by_when"] == date(2026, 12, 4)


def test_a_claim_that_is_gone_is_asked_about_and_never_paid():
    """two claims of last week are not on the list -> one question, two updates, no decision on them."""
    gone = tuple(ClaimSeen(key, key, "submitted", None, None, Decimal("90.00"), LAST, LAST) for key in ("C-8", "C-9"))
    result = decided([{}], claims=(seen("submitted"), *gone))
    (question,) = asked(result, "not_seen_this_week")
    assert question.keys == ("C-8", "C-9")
    assert [one.change for one in result.updates] == ["not seen this week"] * 2
    told = answered(question, "supplied", value="both paid")
    quiet = decided([{}], claims=(seen("submitted"), *gone), questions=(told,))
    assert not asked(quiet, "not_seen_this_week")
    another = ClaimSeen("C-7", "C-7", "submitted", None, None, None, LAST, LAST)
    later = decided([{}], claims=(seen("submitted"), *gone, another), questions=(told,))
    assert asked(later, "not_seen_this_week")[0].keys == ("C-7",)


def test_claims_missing_in_one_week_stay_one_question():
    """asked last week about one claim, another goes missing -> two questions, the first asked twice."""
    first = ClaimSeen("C-8", "C-8", "submitted", None, None, None, LAST, LAST)
    other = ClaimSeen("C-9", "C-9", "submitted", None, None, None, LAST, LAST)
    (question,) = asked(decided([{}], claims=(first,)), "not_seen_this_week")
    past = PastQuestion(question.ref, question.code, question.keys, LAST, LAST, 1, None, "open")
    both = asked(decided([{}], claims=(first, other), questions=(past,)), "not_seen_this_week")
    assert sorted((one.keys, one.times_asked) for one in both) == [(("C-8",), 2), (("C-9",), 1)]


@pytest.mark.parametrize(
    ("before", "now", "change"),
    [
        ("submitted", {"status": "paid", "paid": Decimal("250.00")}, "paid"),
        ("submitted", {"status": "paid_short", "paid": Decimal("50.00")}, "paid short"),
        ("submitted", {"status": "denied"}, "moved"),
        ("submitted", {"outstanding": Decimal("90.00")}, "moved"),
        ("submitted", {}, None),
        ("submitted", {"questions": "twin_claims", "quarantined": True}, "twin"),
        (None, {}, "new"),
    ],
)
def test_each_change_since_last_week_is_told(before, now, change):
    """status last week, this week's row -> the change."""
    result = decided([now], claims=(seen(before),) if before else ())
    assert [one.change for one in result.updates] == ([change] if change else [])


def test_a_promise_to_check_keeps_the_question_quiet_until_its_day():
    """will check by 25 November -> not asked on the 23rd, asked again on the 30th with the reason."""
    row = {"status": "ready", "member_id": None}
    (question,) = asked(decided([row]), "missing_member_id")
    told = answered(question, "will check by", until=date(2026, 11, 25))
    assert not asked(decided([row], questions=(told,)), "missing_member_id")
    (again,) = asked(decided([row], questions=(told,), as_of=date(2026, 11, 30)), "missing_member_id")
    assert again.ref == question.ref
    assert again.held_reason == "the day you named has passed"


def test_what_the_practice_decided_is_not_asked_again():
    """refer to practice for decision, answered practice decides -> wait, with its own words."""
    row = {"status": "denied", "reason_codes": "PR-96", "outstanding": Decimal("40.00")}
    first = decided([row])
    (question,) = asked(first, "decide_refer_decision")
    told = answered(question, "practice decides", value="we deal with it ourselves")
    result = decided([row], questions=(told,))
    assert claim(result)["action"] == "wait"
    assert "Maya Brook decided on 16 Nov 2026: we deal with it ourselves" in claim(result)["reason"]
    assert not result.questions


def test_what_the_practice_supplied_goes_to_the_billing_team():
    """the insurer asked for something, the practice supplied it -> the billing team carries it out."""
    row = {"status": "info_requested", "status_date": LAST}
    (question,) = asked(decided([row]), "decide_get_information")
    result = decided([row], questions=(answered(question, "supplied", value="x-ray sent"),))
    assert (claim(result)["action"], claim(result)["owner"]) == ("get_information", "Billing team")
    assert not result.questions


def test_correct_as_it_is_makes_a_row_trusted_again():
    """paid above billed, answered correct as it is -> decided by the rules."""
    row = {"questions": "paid_exceeds_billed", "quarantined": True}
    (question,) = asked(decided([row]), "paid_exceeds_billed")
    result = decided([row], questions=(answered(question, "correct as it is"),))
    assert claim(result)["action"] == "call_insurer"


def test_a_doubtful_value_that_was_left_empty_stays_a_question():
    row = {"service_date": None, "questions": "missing_service_date", "quarantined": True}
    (question,) = asked(decided([row]), "missing_service_date")
    result = decided([row], questions=(answered(question, "correct as it is"),))
    assert claim(result)["action"] == "ask"


def test_an_answer_that_could_not_be_taken_is_asked_again_with_the_reason():
    row = {"status": "ready", "member_id": None}
    (question,) = asked(decided([row]), "missing_member_id")
    past = PastQuestion(
        question.ref, question.code, question.keys, LAST, LAST, 1, None, "held", held_reason="it is a date"
    )
    (again,) = asked(decided([row], questions=(past,)), "missing_member_id")
    assert (again.times_asked, again.waiting_since) == (2, LAST)
    assert again.held_reason == "your last answer could not be taken: it is a date"


def test_a_person_the_practice_named_takes_over():
    result = decided([{"status": "draft"}], roles=(("named contact", "Lena Ford"),))
    assert claim(result)["owner"] == "Lena Ford"
    assert result.questions[0].provides_name == "Lena Ford"


def test_told_to_leave_it_alone_is_not_asked_again_until_then():
    row = {"questions": "member_id_suspect"}
    (question,) = asked(decided([row]), "member_id_suspect")
    told = answered(question, "do not chase", until=date(2026, 11, 27))
    assert not asked(decided([row], questions=(told,)), "member_id_suspect")
    assert asked(decided([row], questions=(told,), as_of=date(2026, 11, 30)), "member_id_suspect")


def test_a_second_cover_is_told_when_the_first_has_paid():
    """one treatment, first cover paid, second waiting for it -> both rows say so."""
    rows = [
        {"status": "paid"},
        {"status": "held_primary", "coverage": "secondary"},
        {"status": "paid", "patient_id": "P2"},
    ]
    first, second, other = decided(rows).claims["reason"]
    assert "A second cover waits" in first
    assert "The first insurer has paid" in second
    assert "second cover waits" not in other


UNLINKED = {"claim_id": "C-8", "claim_key": "C-8", "patient_id": None, "patient_name": None, "subscriber_name": None}
PLACED = {"status": "paid", "outstanding": Decimal("0.00"), "subscriber_name": None}


def test_claims_without_a_patient_are_named_and_an_answer_covers_no_later_one():
    first = decided([PLACED, UNLINKED], [{}])
    (question,) = asked(first, "whose_claims")
    assert question.keys == ("C-8",)
    assert question.about.startswith("Claim C-8")
    assert balance(first)["action"] == "ask"
    heard = (answered(question, "correct as it is"),)
    after = decided([PLACED, UNLINKED], [{}], questions=heard)
    assert not asked(after, "whose_claims")
    assert balance(after)["action"] != "ask"
    later = UNLINKED | {"claim_id": "C-9", "claim_key": "C-9"}
    again = decided([PLACED, UNLINKED, later], [{}], questions=heard)
    (anew,) = asked(again, "whose_claims")
    assert (anew.keys, anew.ref != question.ref) == (("C-9",), True)
    assert balance(again)["action"] == "ask"


def test_what_was_asked_together_about_claims_without_a_patient_stays_one_question():
    both = [PLACED, UNLINKED, UNLINKED | {"claim_id": "C-9", "claim_key": "C-9"}]
    (question,) = asked(decided(both, [{}]), "whose_claims")
    assert question.keys == ("C-8", "C-9")
    assert "C-8" in question.about
    assert "C-9" in question.about
    open_ = PastQuestion(question.ref, question.code, question.keys, LAST, LAST, 1, None, "open")
    (still,) = asked(decided(both[:2], [{}], questions=(open_,)), "whose_claims")
    assert (still.ref, still.keys) == (question.ref, ("C-8",))


def test_an_answer_about_claims_without_a_patient_leaves_other_blanks_open():
    """A blank guarantor stays a question although nobody's claims are settled."""
    kin = {"patient_id": "P77", "patient_name": "Kin, Pat", "account_key": "P77", "guarantor_name": None}
    rows = [PLACED, UNLINKED]
    (question,) = asked(decided(rows, [{}, kin]), "whose_claims")
    after = decided(rows, [{}, kin], questions=(answered(question, "correct as it is"),))
    assert not asked(after, "whose_claims")
    assert asked(after, "blank_guarantor")


def test_what_the_practice_says_about_the_cover_reaches_whoever_calls_the_insurer():
    row = {"notes": "Cover ended in June"}
    (question,) = asked(decided([row]), "cover_ended")
    told = decided([row], questions=(answered(question, "supplied", value="New insurer: Summit Benefit"),))
    assert claim(told)["action"] == claim(decided([row]))["action"]
    assert claim(told)["reason"].endswith("Maya Brook said on 16 Nov 2026: New insurer: Summit Benefit")


def test_a_claim_that_may_go_is_the_teams_to_do_and_asks_nobody():
    row = {"status": "held", "submitted_date": None, "first_submitted_date": None}
    (question,) = asked(decided([row]), "decide_ask_release")
    told = claim(decided([row], questions=(answered(question, "resume"),)))
    assert (told["owner_role"], action_label(told)) == ("billing team", CARRY_OUT)
