"""Claims and balances as a billing person would decide them, one or more for each rule and guard.

Week of Monday 23 November 2026. An ordinary claim: Ann Lee, Harbour Dental (first check after 21 days,
chase every 14, filing 365, answer 30, appeal 180, confirmed), treated 1 October, sent 2 October, 250.00
open, nothing missing. An ordinary balance: Eve Moss owes 120.00, nothing pending, no statement yet.
A table's first column says what differs from that; `-` is a blank cell. Dates are day.month of 2026.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from functools import cache

import polars as pl
import pytest
from decisions import weeks

from billingkit.decisions import review
from billingkit.decisions.deciding import levels
from billingkit.decisions.denials import reasons
from billingkit.history import History, PastHold, PastQuestion

CLAIMS = """
what differs                                                              | rule  | action           | who            | by    | priority
status=ready                                                              | CF-07 | send_claim       | Billing team   | 24.11 | Normal
status=ready member_id=-                                                  | CF-04 | ask_practice     | Maya Brook     | 26.11 | Normal
status=ready date_of_birth=-                                              | CF-04 | ask_practice     | Maya Brook     | 26.11 | Normal
status=ready provider=-                                                   | CF-04 | ask_practice     | Maya Brook     | 26.11 | Normal
status=ready procedure_codes=-                                            | CF-04 | ask_practice     | Maya Brook     | 26.11 | Normal
status=ready procedure_codes=D2740 tooth=-                                | CF-04 | ask_practice     | Maya Brook     | 26.11 | Normal
status=ready procedure_codes=D0120 tooth=-                                | CF-07 | send_claim       | Billing team   | 24.11 | Normal
status=ready procedure_codes=D2740 attachments=narrative                  | CF-04 | ask_practice     | Maya Brook     | 26.11 | Normal
status=ready procedure_codes=D2740 attachments=x-ray                      | CF-07 | send_claim       | Billing team   | 24.11 | Normal
status=ready coverage=secondary                                           | CF-04 | ask_practice     | Maya Brook     | 26.11 | Normal
status=draft                                                              | CF-05 | ask_complete     | Maya Brook     | 26.11 | Normal
status=draft subscriber_name=-                                            | CF-04 | ask_practice     | Maya Brook     | 26.11 | Normal
status=held                                                               | CF-06 | ask_release      | Maya Brook     | 30.11 | Normal
status=submitted submitted_date=2026-11-10                                | CF-17 | wait             | Billing team   | -     | Normal
status=submitted submitted_date=2026-11-02                                | CF-19 | call_insurer     | Billing team   | 25.11 | Normal
status=submitted submitted_date=2026-11-03                                | CF-17 | wait             | Billing team   | -     | Normal
status=submitted submitted_date=-                                         | ASK   | ask              | Maya Brook     | 26.11 | Normal
status=submitted insurer=Summit_Benefit submitted_date=2026-11-01         | CF-17 | wait             | Billing team   | -     | Normal
status=submitted insurer=Harbor_Dental submitted_date=2026-11-01          | CF-19 | call_insurer     | Billing team   | 25.11 | Normal
status=resubmitted submitted_date=2026-11-15                              | CF-17 | wait             | Billing team   | -     | Normal
status=received                                                           | CF-19 | call_insurer     | Billing team   | 25.11 | Normal
status=received last_contact_date=2026-11-12                              | CF-18 | wait             | Billing team   | -     | Normal
status=pending last_contact_date=2026-11-09 times_chased=1                | CF-19 | call_insurer     | Billing team   | 25.11 | Normal
status=pending last_contact_date=2026-11-10 times_chased=1                | CF-18 | wait             | Billing team   | -     | Normal
status=pending last_contact_date=2026-11-01 times_chased=2                | CF-19 | call_insurer     | Billing team   | 25.11 | Normal
status=pending last_contact_date=2026-11-01 times_chased=3                | CF-20 | call_supervisor  | Sam Ode        | 24.11 | Normal
status=held_primary                                                       | CF-19 | call_insurer     | Billing team   | 25.11 | Normal
status=appealed status_date=2026-11-10                                    | CF-17 | wait             | Billing team   | -     | Normal
status=appealed status_date=2026-10-10                                    | CF-19 | call_insurer     | Billing team   | 25.11 | Normal
status=appealed status_date=-                                             | ASK   | ask              | Maya Brook     | 26.11 | Normal
status=submitted member_id=-                                              | CF-04 | ask_practice     | Maya Brook     | 26.11 | Normal
status=rejected                                                           | CF-08 | send_new_claim   | Billing team   | 25.11 | Normal
status=not_found                                                          | CF-09 | resend_with_proof| Billing team   | 24.11 | Normal
status=info_requested status_date=2026-11-16                              | CF-10 | get_information  | Maya Brook     | 25.11 | Normal
status=info_requested status_date=2026-10-26                              | CF-10 | get_information  | Maya Brook     | 24.11 | Urgent
status=info_requested status_date=-                                       | ASK   | ask              | Maya Brook     | 26.11 | High
status=info_requested status_date=2026-11-16 insurer_deadline=2026-11-25  | CF-10 | get_information  | Maya Brook     | 24.11 | Urgent
status=paid_unposted                                                      | CF-11 | ask_post         | Maya Brook     | 26.11 | Normal
status=paid                                                               | CF-12 | check_cover      | Billing team   | 26.11 | Normal
status=closed                                                             | CF-02 | none             | -              | -     | Normal
status=denied reason_codes=CO-252                                         | CF-13 | send_replacement | Billing team   | 26.11 | Normal
status=denied reason_codes=CO-16|N37                                      | CF-13 | send_replacement | Billing team   | 26.11 | Normal
status=denied reason_codes=CO-50                                          | CF-14 | ask_clinician    | Maya Brook     | 26.11 | Normal
status=denied reason_codes=CO-16|N39                                      | CF-14 | ask_clinician    | Maya Brook     | 26.11 | Normal
status=denied reason_codes=PR-96                                          | CF-15 | prepare_appeal   | Billing team   | 30.11 | Normal
status=denied reason_codes=PR-96 outstanding=99.99                        | CF-16 | refer_decision   | Maya Brook     | 30.11 | Normal
status=denied reason_codes=PR-96 outstanding=100.00                       | CF-15 | prepare_appeal   | Billing team   | 30.11 | Normal
status=denied reason_codes=PR-96 outstanding=-                            | ASK   | ask              | Maya Brook     | 26.11 | Normal
status=denied reason_codes=CO-97                                          | CF-15 | prepare_appeal   | Billing team   | 30.11 | Normal
status=denied reason_codes=CO-29                                          | CF-15 | prepare_appeal   | Billing team   | 30.11 | Normal
status=denied reason_codes=-                                              | CF-15 | prepare_appeal   | Billing team   | 30.11 | Normal
status=denied reason_codes=ZZ9                                            | ASK   | ask              | Maya Brook     | 26.11 | Normal
status=denied reason_codes=OA-18                                          | ASK   | ask              | Maya Brook     | 26.11 | Normal
status=denied reason_codes=CO-45                                          | ASK   | ask              | Maya Brook     | 26.11 | Normal
status=denied reason_codes=CO-252 member_id=-                             | CF-04 | ask_practice     | Maya Brook     | 26.11 | Normal
status=paid_short reason_codes=CO-97 outstanding=40.00                    | CF-16 | refer_decision   | Maya Brook     | 30.11 | Normal
status=denied status_date=2026-05-20 reason_codes=CO-252                  | CF-03 | refer            | Maya Brook     | 24.11 | Urgent
status=submitted service_date=2025-11-01                                  | CF-03 | refer            | Maya Brook     | 24.11 | Urgent
status=ready service_date=2025-11-28                                      | CF-07 | send_claim       | Billing team   | 24.11 | Urgent
status=ready service_date=2025-11-24                                      | CF-07 | send_claim       | Billing team   | 23.11 | Urgent
status=ready service_date=2025-12-05                                      | CF-07 | send_claim       | Billing team   | 24.11 | High
status=ready service_date=- coverage=preauth                              | CF-07 | send_claim       | Billing team   | 24.11 | Normal
status=denied coverage=preauth reason_codes=PR-96                         | CF-16 | refer_decision   | Maya Brook     | 30.11 | Normal
status=- status_as_written=Zork questions=unknown_status quarantined=yes  | ASK   | ask              | Maya Brook     | 26.11 | Normal
status=submitted questions=paid_exceeds_billed quarantined=yes            | ASK   | ask              | Maya Brook     | 26.11 | Normal
status=submitted sensitive=complaint                                      | CF-19 | call_insurer     | Billing team   | 25.11 | Normal
"""

# Every route of a denial, refused and paid short: what can be put right goes back within 3 working days, what only a
# clinician can answer goes to the practice, and the rest is appealed or, under 100.00, left to the practice, within 5.
ROUTES = """
what differs                                              | route                  | rule  | action           | who            | by
status=denied reason_codes=CO-163                         | documents              | CF-13 | send_replacement | Billing team   | 26.11
status=paid_short reason_codes=N326                       | documents              | CF-13 | send_replacement | Billing team   | 26.11
status=denied reason_codes=CO-31                          | data                   | CF-13 | send_replacement | Billing team   | 26.11
status=paid_short reason_codes=CO-16+N290                 | data                   | CF-13 | send_replacement | Billing team   | 26.11
status=denied reason_codes=N138                           | clinical               | CF-14 | ask_clinician    | Maya Brook     | 26.11
status=paid_short reason_codes=CO-50                      | clinical               | CF-14 | ask_clinician    | Maya Brook     | 26.11
status=denied reason_codes=PR-204                         | not covered            | CF-15 | prepare_appeal   | Billing team   | 30.11
status=paid_short reason_codes=PR-169 outstanding=99.99   | not covered            | CF-16 | refer_decision   | Maya Brook     | 30.11
status=denied reason_codes=CO-151                         | not separately payable | CF-15 | prepare_appeal   | Billing team   | 30.11
status=paid_short reason_codes=CO-97 outstanding=99.99    | not separately payable | CF-16 | refer_decision   | Maya Brook     | 30.11
status=denied reason_codes=CO-197                         | none given             | CF-15 | prepare_appeal   | Billing team   | 30.11
status=paid_short reason_codes=- outstanding=99.99        | none given             | CF-16 | refer_decision   | Maya Brook     | 30.11
status=denied reason_codes=CO-163+CO-50                   | clinical               | CF-14 | ask_clinician    | Maya Brook     | 26.11
status=denied reason_codes=CO-96+CO-31                    | data                   | CF-13 | send_replacement | Billing team   | 26.11
status=denied reason_codes=CO-22+CO-252                   | documents              | CF-13 | send_replacement | Billing team   | 26.11
status=denied reason_codes=CO-252+ZZ9                     | -                      | ASK   | ask              | Maya Brook     | 26.11
status=denied reason_codes=CO-252 status_date=2026-06-04  | documents              | CF-13 | send_replacement | Billing team   | 26.11
status=denied reason_codes=CO-252 status_date=2026-05-29  | documents              | CF-13 | send_replacement | Billing team   | 24.11
"""

# Reasons that we know and that do not say by themselves what to do: the named contact is asked, within 3 working days.
UNROUTED = """
code   | what is asked
PR-1   | counts this towards the patient's yearly share
PR-2   | leaves a share to the patient
PR-3   | leaves a fixed share to the patient
OA-18  | Is the first claim still alive at the insurer? It is not sent again
CO-22  | shall this claim go to the other insurer?
OA-23  | What did the first insurer pay and decide?
CO-45  | above the contract's fee
100    | The practice speaks with them
OA-133 | One line is still open
OA-136 | What did the first insurer ask for?
168    | What did the medical plan decide?
PR-227 | The practice speaks with the patient
CO-B7  | Was the provider enrolled
OA-B11 | To which insurer was it passed on?
OA-B13 | Where is the earlier payment in the books?
"""

BALANCES = """
what differs                                                        | rule  | action           | who          | by
patient_due=120.00                                                  | PB-07 | first_statement  | Billing team | 24.11
sensitive=hardship                                                  | PB-01 | hold_and_tell    | Maya Brook   | 24.11
stop_flag=yes                                                       | PB-01 | hold_and_tell    | Maya Brook   | 24.11
patient_due=-15.00                                                  | PB-02 | ask_practice     | Maya Brook   | 30.11
patient_due=24.99                                                   | PB-03 | none             | -            | -
patient_due=25.00                                                   | PB-07 | first_statement  | Billing team | 24.11
patient_due=0.00                                                    | PB-03 | none             | -            | -
insurance_pending=80.00                                             | PB-04 | wait             | Billing team | -
insurance_pending=-                                                 | ASK   | ask              | Maya Brook   | 25.11
patient_due=-                                                       | ASK   | ask              | Maya Brook   | 25.11
payment_plan=on_track                                               | PB-05 | none             | -            | -
payment_plan=missed                                                 | PB-06 | ask_practice     | Maya Brook   | 25.11
payment_plan=-                                                      | ASK   | ask              | Maya Brook   | 25.11
payment_plan=sometimes                                              | ASK   | ask              | Maya Brook   | 25.11
statements_sent=1 last_statement_date=2026-11-10                    | PB-08 | wait             | Billing team | -
statements_sent=1 last_statement_date=2026-10-25                    | PB-08 | wait             | Billing team | -
statements_sent=1 last_statement_date=2026-10-24                    | PB-09 | second_statement | Billing team | 25.11
statements_sent=2 last_statement_date=2026-10-01                    | PB-10 | third_statement  | Billing team | 25.11
statements_sent=3 last_statement_date=2026-10-01                    | PB-11 | refer_decision   | Maya Brook   | 26.11
statements_sent=2                                                   | PB-12 | ask_practice     | Maya Brook   | 26.11
statements_sent=0 last_statement_date=2026-11-10                    | PB-13 | ask_practice     | Maya Brook   | 26.11
statements_sent=-                                                   | ASK   | ask              | Maya Brook   | 25.11
questions=unreadable_amount quarantined=yes                         | ASK   | ask              | Maya Brook   | 25.11
"""

# A claim beside the balance of Eve Moss, whose family is guaranteed by Eve Moss.
GUARDS = """
the claim                                                                    | rule  | guard
patient_id=P9 status=submitted                                               | PB-04 | family claim open
patient_id=P9 status=paid                                                    | PB-07 | none
patient_id=P9 status=closed                                                  | PB-07 | none
patient_id=P9 status=denied reason_codes=CO-29                               | PB-04 | late denial
patient_id=P9 status=closed reason_codes=CO-29                               | PB-04 | late denial
patient_id=P9 status=pending coverage=preauth                                | PB-07 | none
patient_id=P4 patient_name=Cole,_Ben status=submitted                        | PB-07 | none
patient_id=P4 patient_name=Moss,_Kim subscriber_name=Moss,_Eve status=pending | PB-04 | family claim open
patient_id=- patient_name=Eve_Moss status=submitted                          | PB-04 | family claim open
patient_id=- patient_name=- subscriber_name=- status=submitted               | ASK   | -
patient_id=P9 status=paid sensitive=bereavement                              | PB-01 | none
patient_id=P9 status=paid questions=unreadable_date quarantined=yes          | PB-04 | answer awaited
"""

# What a row comes to besides its rule: how far it has risen, and how urgent it is.
ESCALATIONS = """
deadline in days | times asked | days past By when | days open past the limit | amount  | rises to
40               | 0           | 0                 | 0                        | 250.00  | 0 Normal
40               | 0           | 10                | 0                        | 250.00  | 3 Urgent
5                | 0           | 12                | 0                        | 250.00  | 3 Urgent
5                | 0           | 5                 | 0                        | 250.00  | 2 Urgent
6                | 0           | 9                 | 0                        | 250.00  | 2 High
none             | 0           | 5                 | 0                        | 250.00  | 2 High
5                | 0           | 0                 | 0                        | 250.00  | 2 Urgent
-3               | 0           | 0                 | 0                        | 250.00  | 2 Urgent
40               | 6           | 0                 | 0                        | 250.00  | 2 High
40               | 5           | 0                 | 61                       | 250.00  | 2 High
40               | 0           | 0                 | 60                       | 1000.00 | 2 High
40               | 0           | 0                 | 60                       | 999.99  | 1 High
14               | 0           | 0                 | 0                        | 250.00  | 1 High
6                | 0           | 0                 | 0                        | 250.00  | 1 High
15               | 0           | 4                 | 0                        | 250.00  | 1 Normal
15               | 3           | 0                 | 0                        | 250.00  | 1 Normal
none             | 2           | 0                 | 0                        | 250.00  | 0 Normal
"""


def read(text):
    lines = [
        [cell.strip() for cell in line.split("|")] for line in text.replace("CO-16|N", "CO-16+N").strip().splitlines()
    ]
    return lines[1:]


def value(name, written):
    if written == "-":
        return None
    if name.endswith(("_date", "deadline")):
        return date.fromisoformat(written)
    if name in {"outstanding", "patient_due", "insurance_pending"}:
        return Decimal(written)
    if name in {"quarantined", "stop_flag"}:
        return written == "yes"
    if name in {"times_chased", "statements_sent"}:
        return int(written)
    return written.replace("+", "|").replace("_", " ") if name not in {"status", "questions"} else written


def row(words):
    pairs = (word.split("=", 1) for word in words.split())
    return {name: value(name, written) for name, written in pairs}


def shown(day):
    return "-" if day is None else f"{day:%d.%m}"


@cache
def decided_claims():
    """All lines of CLAIMS as one week."""
    week = weeks.week([{"patient_id": f"P{at}", **row(line[0])} for at, line in enumerate(read(CLAIMS))])
    return review(week, weeks.policy(), as_of=weeks.AS_OF).claims.to_dicts()


@cache
def decided_balances():
    """All lines of BALANCES as one week, each a family of its own."""
    rows = [
        {
            "patient_id": f"B{at}",
            "patient_name": f"Moss {at}",
            "guarantor_name": f"Family {chr(97 + at)}",
            **row(line[0]),
        }
        for at, line in enumerate(read(BALANCES))
    ]
    result = review(weeks.week([], rows), weeks.policy(), as_of=weeks.AS_OF, payments_to=weeks.AS_OF)
    return result.balances.to_dicts()


@pytest.mark.parametrize("at", range(len(read(CLAIMS))), ids=lambda at: read(CLAIMS)[at][0][:60])
def test_a_claim_is_decided_as_a_billing_person_would(at):
    its = decided_claims()[at]
    told = [its["rule"], its["action"], its["owner"] or "-", shown(its["by_when"]), its["priority"]]
    assert told == read(CLAIMS)[at][1:], its["why"]


@pytest.mark.parametrize(("differs", "route", "rule", "action", "who", "by"), read(ROUTES), ids=lambda one: one[:60])
def test_each_route_of_a_denial_leads_where_a_billing_person_would_take_it(differs, route, rule, action, who, by):
    result = review(weeks.week([row(differs)]), weeks.policy(), as_of=weeks.AS_OF)
    its = result.claims.row(0, named=True)
    assert (result.facts["claims"]["denial_route"][0] or "-") == route
    assert (its["rule"], its["action"], its["owner"], shown(its["by_when"])) == (rule, action, who, by), its["why"]


@pytest.mark.parametrize("status", ["denied", "paid_short"])
@pytest.mark.parametrize(("code", "asked"), read(UNROUTED))
def test_a_known_reason_without_a_route_asks_what_it_leaves_open(status, code, asked):
    """Never for the reason itself, which stands in the list."""
    result = review(weeks.week([{"status": status, "reason_codes": code}]), weeks.policy(), as_of=weeks.AS_OF)
    its = result.claims.row(0, named=True)
    assert (its["rule"], its["action"], its["owner"], shown(its["by_when"])) == ("ASK", "ask", "Maya Brook", "26.11")
    mine = {one.code: one for one in result.listed if its["key"] in one.keys}
    assert asked in mine["decide_reason"].need
    assert mine["decide_reason"].why.startswith("The insurer says: ")
    assert "missing_reason_codes" not in mine


def test_a_refusal_for_another_cover_asks_which_comes_first_too():
    """CO-22: the order of cover is confirmed with the patient, through the practice."""
    result = review(weeks.week([{"status": "denied", "reason_codes": "CO-22"}]), weeks.policy(), as_of=weeks.AS_OF)
    asked = {one.code: (one.need.split(",")[0], one.provides_name, shown(one.by_when)) for one in result.listed}
    assert asked["cover_order"] == ("Check with the patient which insurer comes first", "Maya Brook", "26.11")


def test_what_the_practice_says_to_such_a_reason_is_carried_out_and_not_asked_again():
    first = review(weeks.week([{"status": "denied", "reason_codes": "OA-18"}]), weeks.policy(), as_of=weeks.AS_OF)
    (asked,) = [one for one in first.listed if one.code == "decide_reason"]
    monday = date(2026, 11, 16)
    said = PastQuestion(
        asked.ref, asked.code, asked.keys, monday, monday, 1, None, "answered", "supplied", "Wait for it."
    )
    history = History(last_run=monday, questions=(said,))
    then = review(weeks.week([{"status": "denied", "reason_codes": "OA-18"}]), weeks.policy(), history, weeks.AS_OF)
    its = then.claims.row(0, named=True)
    assert asked.ref not in {one.ref for one in then.listed}
    assert "Wait for it." in its["reason"]
    assert its["owner_role"] == "billing team"


def test_every_route_and_every_reason_without_one_has_a_line_here():
    routes = {route for _, route, *_ in read(ROUTES)}
    policy = weeks.policy()
    named = next(column for column in policy.claim_rules.columns if column.name == "denial_route").labels
    assert {label.casefold() for label in named} <= routes
    assert {code for code, reason in reasons().items() if reason.route is None} == {
        code.split("-")[-1] for code, _ in read(UNROUTED)
    }


@pytest.mark.parametrize("at", range(len(read(BALANCES))), ids=lambda at: read(BALANCES)[at][0][:60])
def test_a_balance_is_decided_as_a_billing_person_would(at):
    its = decided_balances()[at]
    told = [its["rule"], its["action"], its["owner"] or "-", shown(its["by_when"])]
    assert told == read(BALANCES)[at][1:], its["why"]


@pytest.mark.parametrize(("claim", "rule", "guard"), read(GUARDS), ids=lambda one: one[:60])
def test_a_statement_waits_for_what_the_family_still_has_open(claim, rule, guard):
    week = weeks.week([row(claim), {"status": "closed", "patient_id": "P50", "patient_name": "X Y"}], [{}])
    result = review(week, weeks.policy(), as_of=weeks.AS_OF, payments_to=weeks.AS_OF)
    its = result.balances.row(0, named=True)
    assert (its["rule"], result.facts["balances"]["statement_guard"][0] or "-") == (rule, guard)


def test_a_hold_that_stops_the_claim_too_lets_nobody_call_the_insurer():
    hold = PastHold("H-1", "C-1", "dispute", "claim too", date(2026, 11, 16), None, "Maya Brook", "sensitive")
    result = review(weeks.week([{}]), weeks.policy(), History(last_run=date(2026, 11, 16), holds=(hold,)), weeks.AS_OF)
    its = result.claims.row(0, named=True)
    assert (its["rule"], its["action"], its["on_hold"]) == ("CF-01", "hold", "claim too")


def test_a_statement_waits_for_a_credit_in_the_family_and_for_payments_that_are_not_posted():
    kin = {"patient_id": "P10", "patient_name": "Moss, Kim", "patient_due": Decimal("-15.00")}
    for rows, payments_to, guard in (
        ([{}, kin], weeks.AS_OF, "unapplied credit"),
        ([{}], date(2026, 11, 1), "payments not posted"),
        ([{}], None, "payments not posted"),
    ):
        result = review(weeks.week([], rows), weeks.policy(), as_of=weeks.AS_OF, payments_to=payments_to)
        told = (result.balances["rule"][0], result.facts["balances"]["statement_guard"][0])
        assert told == ("PB-04", guard)


@pytest.mark.parametrize("line", read(ESCALATIONS), ids=" ".join)
def test_a_row_rises_as_the_practice_agreed(line):
    deadline, asked, late, past, amount, rises = line
    facts = pl.DataFrame(
        {
            "days_to_deadline": pl.Series([None if deadline == "none" else int(deadline)], dtype=pl.Int64),
            "days_to_deadline__special": [deadline == "none"],
            "times_chased": [int(asked)],
            "days_past_by_when": [int(late)],
            "days_open_past_limit": [int(past)],
            "amount": pl.Series([Decimal(amount)], dtype=pl.Decimal(18, 2)),
        }
    )
    (level,), (priority,) = levels(weeks.policy().escalation_rules, facts, weeks.AS_OF)
    assert f"{level} {priority}" == rises


def test_every_rule_of_claims_and_balances_has_a_line_here():
    told = {line[1] for line in (*read(CLAIMS), *read(BALANCES), *read(GUARDS))} | {"CF-01"}
    policy = weeks.policy()
    rules = {rule.id for table in (policy.claim_rules, policy.balance_rules) for rule in table.rules}
    assert rules <= told
