"""A review and a returned pack, told as events for the ledger. No patient's name enters an event."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import polars as pl

from billingkit.decided import Hold, Review
from billingkit.history import INSTRUCTION, fingerprint
from billingkit.ledger import Event


def review_events(review: Review, *, run: Mapping[str, Any]) -> list[Event]:
    """Everything one review decided and asked; `run` is what the run itself says (hashes and counts)."""
    rules = sorted({*review.claims["rule"].drop_nulls(), *review.balances["rule"].drop_nulls()})
    return [
        Event("run", review.as_of, body={**run, "rules": rules, **_standing(review)}),
        *_questions(review),
        # What the practice told us to leave is on record already, with its own end: as it was received.
        *(_hold(hold) for hold in review.holds if hold.origin != INSTRUCTION),
        *_claims(review),
        *_accounts(review),
        *(
            Event("measure", review.as_of, body={"measure": m.measure, "label": m.label, "value": str(m.value)})
            for m in review.measures
            if m.as_of == review.as_of
        ),
    ]


def _standing(review: Review) -> dict[str, Any]:
    """What a view over many practices needs to know of a run without reading its policy and rows again."""
    return {
        "practice": review.policy.practice.code or "",
        "currency": review.policy.practice.currency or "",
        "urgent": sum(question.priority == "Urgent" for question in review.questions),
        "deadlines": deadlines(review),
    }


def deadlines(review: Review) -> dict[str, int]:
    """Claims that are not finished by the days that are left to their nearest deadline."""
    days = review.claims["days_to_deadline"].drop_nulls()
    bands = {"passed": days < 0, "within 7 days": days.is_between(0, 7), "within 28 days": days.is_between(8, 28)}
    return {**{label: int(inside.sum()) for label, inside in bands.items()}, "later": int((days > 28).sum())}


def _questions(review: Review) -> Iterator[Event]:
    known = {past.ref for past in review.history.questions}
    found = _found(review)
    for question in review.questions:
        body: dict[str, Any] = {
            "code": question.code,
            "keys": sorted(question.keys),
            "by_when": question.by_when.isoformat(),
            "column": question.column,
            "value_kind": question.value_kind,
            "answers": list(question.answers),
            "level": question.level,
            "subject": question.subject,
        }
        listed = {key: told for key in question.keys if (told := found.get((question.column, key)))}
        if listed:
            body["found"] = listed
        kind = "asked again" if question.ref in known else "raised"
        yield Event(kind, review.as_of, question.keys[0] if len(question.keys) == 1 else "", question.ref, body)


def _found(review: Review) -> dict[tuple[str, str], str]:
    """Fingerprints of what the list says where a value is asked for, so that a later change of it is noticed."""
    asked = {question.column: set[str]() for question in review.questions if question.column}
    for question in review.questions:
        if question.column:
            asked[question.column].update(question.keys)
    found = {}
    for frame, key in ((review.week.claims, "claim_key"), (review.week.balances, "account_key")):
        for column, keys in asked.items():
            if column in frame.columns and column != key:
                rows = frame.select(key, column).filter(pl.col(key).is_in(sorted(keys)) & pl.col(column).is_not_null())
                found.update({(column, one): fingerprint(value) for one, value in rows.iter_rows()})
    return found


def _hold(hold: Hold) -> Event:
    # Dated by its start, so that a hold that goes on is the same event every week and is kept once.
    body: dict[str, Any] = {
        "category": hold.category,
        "stops": hold.stops,
        "since": hold.since.isoformat(),
        "origin": hold.origin,
    }
    if hold.wording:
        body["wording"] = sorted(hold.wording)
    return Event("held", hold.since, hold.key, hold.ref, body)


def _claims(review: Review) -> Iterator[Event]:
    first_seen = {claim.key: claim.first_seen for claim in review.history.claims}
    decided = review.claims.select("action", "rule", "by_when", "ref")
    columns = review.week.claims.select("claim_key", "claim_id", "status", "billed", "paid", "outstanding", "questions")
    here, homes = set(), _homes(review)
    for claim, decision in zip(columns.iter_rows(named=True), decided.iter_rows(named=True), strict=True):
        key = claim["claim_key"]
        here.add(key)
        body = {
            "claim_id": claim["claim_id"],
            "status": claim["status"],
            "billed": _text(claim["billed"]),
            "paid": _text(claim["paid"]),
            "outstanding": _text(claim["outstanding"]),
            "first_seen": first_seen.get(key, review.as_of).isoformat(),
            "last_seen": review.as_of.isoformat(),
            "by_when": _text(decision["by_when"]),
            "action": decision["action"],
            "rule": decision["rule"],
            "twin": "twin_claims" in (claim["questions"] or "").split("|"),
            "accounts": homes.get(key),
        }
        yield Event("seen", review.as_of, key, decision["ref"] or "", _told(body))
    yield from _still_remembered(review, here)


def _homes(review: Review) -> dict[str, list[str]]:
    """The accounts that each claim belongs to, so that a claim which goes missing still guards its family."""
    facts = review.facts.get("claims")
    if facts is None or "accounts" not in facts.columns:
        return {}
    rows = facts.filter(pl.col("accounts").list.len() > 0).select("claim_key", "accounts")
    return {
        key: accounts.to_list() if isinstance(accounts, pl.Series) else list(accounts)
        for key, accounts in rows.iter_rows()
    }


def _still_remembered(review: Review, here: set[str]) -> Iterator[Event]:
    # A claim that is missing this week is not closed: it is carried until it comes back or is answered for.
    for claim in review.history.claims:
        if claim.key not in here and not claim.twin:
            body = {
                "claim_id": claim.claim_id,
                "status": claim.status,
                "billed": _text(claim.billed),
                "paid": _text(claim.paid),
                "outstanding": _text(claim.outstanding),
                "first_seen": claim.first_seen.isoformat(),
                "last_seen": claim.last_seen.isoformat(),
                "by_when": _text(claim.by_when),
                "action": claim.action,
                "rule": claim.rule,
                "accounts": list(claim.accounts),
            }
            yield Event("seen", review.as_of, claim.key, body=_told(body))


def _accounts(review: Review) -> Iterator[Event]:
    for row in review.balances.unique("key", keep="first", maintain_order=True).iter_rows(named=True):
        body = {
            "action": row["action"],
            "rule": row["rule"],
            "by_when": _text(row["by_when"]),
            "due": _text(row["amount"]),
        }
        yield Event("account seen", review.as_of, row["key"], row["ref"] or "", _told(body))


def _told(body: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in body.items() if value}


def _text(value: date | Decimal | None) -> str | None:
    if value is None:
        return None
    return value.isoformat() if isinstance(value, date) else str(value)
