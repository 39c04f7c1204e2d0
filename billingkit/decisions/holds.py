"""Who is left alone: sensitive wording, stop flags, and what the practice told us to leave.

A hold for sensitive wording or a stop flag lasts until the practice's own answer, even when the word or
flag vanishes from the export. Every category stops patient contact; the claim only where the practice
agreed so.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from billingkit.decided import Hold
from billingkit.decisions.people import same_patient
from billingkit.refs import make_ref
from billingkit.terms import ACTION_BY_LABEL

if TYPE_CHECKING:
    from billingkit.history import History, PastHold
    from billingkit.policy.agreement import Policy

STOP_FLAG: Final = "stop_flag"
HOLDING: Final = ("hold", "hold_and_tell")
NOTHING_HEARD: Final[Mapping[str, frozenset[str]]] = {}
AT_ONCE: Final = 1  # working days, where no rule of the practice says how soon a hold is looked at


@dataclass(frozen=True, slots=True)
class Found:
    """One reason to leave somebody alone, as this week's export shows it."""

    table: str
    key: str
    category: str
    stops: str
    about: str
    origin: str


def holds(
    claims: pl.DataFrame,
    balances: pl.DataFrame,
    policy: Policy,
    history: History,
    as_of: date,
    wording: Mapping[str, frozenset[str]] = NOTHING_HEARD,
) -> list[Hold]:
    """Every hold in force on the day: from this week's rows and from what the ledger remembers.

    A hold that the practice lifted stays lifted for the remarks it was about; a new remark of the same
    kind holds again.
    """
    found = [*_sensitive(claims, "claims", policy), *_sensitive(balances, "balances", policy), *_flagged(balances)]
    past = {(hold.key, hold.category): hold for hold in history.holds}
    lifted = {(key, category) for key, category, on in history.lifted if on <= as_of}
    where = _places(claims, balances, [hold.key for hold in history.holds])
    made: dict[tuple[str, str], Hold] = {}
    for one in found:
        place = (one.key, one.category)
        marks = frozenset(mark for mark in wording.get(one.key, ()) if mark.startswith(f"{one.category}:"))
        known = history.answered_for.get(place)
        again = place in lifted and place not in past and known is not None and bool(marks - known)
        if place in past or place not in lifted or again:
            held = _hold(one, past.get(place), policy, as_of, again=again)
            earlier = made.get(place)
            strict = held.stops == "claim too" or (earlier is not None and earlier.stops == "claim too")
            made[place] = replace(earlier or held, wording=marks, stops="claim too" if strict else held.stops)
    for place, hold in past.items():
        if place not in made and (hold.until is None or hold.until >= as_of):
            made[place] = _remembered(hold, where.get(hold.key), policy, as_of)
    return [made[place] for place in sorted(made)]


def _sensitive(frame: pl.DataFrame, table: str, policy: Policy) -> list[Found]:
    key = "claim_key" if table == "claims" else "account_key"
    return [
        Found(table, row[key], category, _stops(category, row["notes"], policy), _about(row, table), "sensitive")
        for row in frame.filter(pl.col("sensitive").is_not_null()).iter_rows(named=True)
        for category in row["sensitive"].split("|")
        if category
    ]


def _stops(category: str, notes: str | None, policy: Policy) -> str:
    """What the practice agreed for the phrase; where the phrase cannot be told, the strictest of its category."""
    agreed = [one for one in policy.wording if one.category == category and one.agreed]
    text = " ".join((notes or "").casefold().split())
    said = [one for one in agreed if " ".join(one.phrase.casefold().split()) in text]
    return "claim too" if any(one.stops == "claim too" for one in said or agreed) else "patient contact"


def _flagged(balances: pl.DataFrame) -> list[Found]:
    rows = balances.filter(pl.col("stop_flag").fill_null(value=False)).iter_rows(named=True)
    return [
        Found("balances", row["account_key"], STOP_FLAG, "patient contact", _about(row, "balances"), "stop flag")
        for row in rows
    ]


def _about(row: dict[str, Any], table: str) -> str:
    """No more than is needed to find it: the claim's or the account's own number."""
    if table == "claims":
        return f"Claim {row['claim_id'] or row['claim_key']}"
    return f"Account {row['patient_id'] or row['account_key']}"


def _places(claims: pl.DataFrame, balances: pl.DataFrame, keys: list[str]) -> dict[str, tuple[str, str]]:
    places: dict[str, tuple[str, str]] = {}
    for table, frame, key, number in (
        ("claims", claims, "claim_key", "claim_id"),
        ("balances", balances, "account_key", "patient_id"),
    ):
        for one, shown in frame.filter(pl.col(key).is_in(keys)).select(key, number).iter_rows():
            label = "Claim" if table == "claims" else "Account"
            places.setdefault(one, (table, f"{label} {shown or one}"))
    return places


def _hold(one: Found, past: PastHold | None, policy: Policy, as_of: date, *, again: bool) -> Hold:
    since = past.since if past else as_of
    stops = past.stops if past and past.stops == "claim too" else one.stops
    # A hold after one that was lifted has a reference of its own: the old answer is not an answer to it.
    parts = (one.key, one.category, since.isoformat()) if again else (one.key, one.category)
    ref = past.ref if past else make_ref("H", policy.practice.code or "", *parts)
    return Hold(
        ref, one.key, one.table, one.about, one.category, since, stops, _may_lift(policy),
        _review_by(since, past.review if past else None, policy, as_of), past.origin if past else one.origin, past is None,
        note=past.note if past else "", again=again,
    )  # fmt: skip


def _remembered(hold: PastHold, place: tuple[str, str] | None, policy: Policy, as_of: date) -> Hold:
    table, about = place or ("", "Not in this week's lists")
    return Hold(
        hold.ref, hold.key, table, about, hold.category, hold.since, hold.stops, _may_lift(policy),
        _review_by(hold.since, hold.until or hold.review, policy, as_of), hold.origin, new=False, note=hold.note,
    )  # fmt: skip


def _may_lift(policy: Policy) -> str:
    return policy.practice.person("named contact")


def _review_by(since: date, until: date | None, policy: Policy, as_of: date) -> date:
    """The end of the instruction, or as soon as the practice's own rules look at a hold; never in the past."""
    today = policy.calendar.roll_forward(as_of)
    if until is not None:
        return max(today, until)
    due = [
        rule.outputs["due"]
        for table in (policy.claim_rules, policy.balance_rules)
        for rule in table.rules
        if ACTION_BY_LABEL[str(rule.outputs["action"]).casefold()].word in HOLDING
    ]
    days = min((int(one) for one in due if one is not None), default=AT_ONCE)
    return max(today, policy.calendar.add_working_days(max(since, as_of), days))


def by_key(found: list[Hold]) -> dict[str, list[Hold]]:
    """The holds of each claim or account."""
    grouped: dict[str, list[Hold]] = defaultdict(list)
    for hold in found:
        grouped[hold.key].append(hold)
    return dict(grouped)


def claims_on_hold(
    claims: pl.DataFrame, balances: pl.DataFrame, found: list[Hold], nobodys: frozenset[str] = frozenset()
) -> pl.Series:
    """Per claim `no`, `patient contact` or `claim too`; null where a blank leaves open whose claim it is.

    `nobodys` are the claims of which the practice said that they belong to no account.
    """
    strict = [hold.key for hold in found if hold.stops == "claim too"]
    every = [hold.key for hold in found]
    accounts = balances.with_columns(
        strict=pl.col("account_key").is_in(strict),
        held=pl.col("account_key").is_in(every),
    )
    by_account = same_patient(claims, accounts, "strict", nobodys)
    near = same_patient(claims, accounts, "held", nobodys).fill_null(value=False)
    own_strict, own = claims["claim_key"].is_in(strict), claims["claim_key"].is_in(every)
    frame = pl.DataFrame({"strict": own_strict | by_account, "any": own | near})
    told = (
        pl.when("strict")
        .then(pl.lit("claim too"))
        .when(pl.col("strict").is_null())
        .then(pl.lit(None, dtype=pl.String))
        .when("any")
        .then(pl.lit("patient contact"))
        .otherwise(pl.lit("no"))
    )
    return frame.select(told.alias("on_hold"))["on_hold"]
