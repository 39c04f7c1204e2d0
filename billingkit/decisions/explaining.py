"""Why a row was decided as it was, and how a patient's balance came about: answers that can be read out.

What the export cannot tell is said as such. What may be told to a patient comes from the practice's own
agreement, and nothing else does.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from billingkit import rules
from billingkit.decisions.balances import FACTS as ACCOUNT_FACTS
from billingkit.decisions.claims import FACTS as CLAIM_FACTS
from billingkit.decisions.deciding import label
from billingkit.decisions.people import with_person
from billingkit.problems import CannotRun
from billingkit.terms import OPEN, STATUS_LABEL

if TYPE_CHECKING:
    from billingkit.decided import Review
    from billingkit.rules import Table

MAY_SAY: Final = ("payment_methods", "payment_plans", "smallest_instalment", "may_say")
MAY_NOT: Final = ("may_not_say", "who_else", "discounts")
HAND_OVER: Final = ("when_to_pause", "after_last_statement", "collections_boundary")


def explain(review: Review, claim_or_account: str) -> str:
    """Everything about one claim or account: the decision, every rule tried, and for an account its balance.

    Raises CannotRun where nothing of that number, key or reference is on this week's lists.
    """
    wanted = claim_or_account.strip().casefold()
    claims = _found(review.facts["claims"], review.claims, wanted, ("claim_key", "claim_id"))
    accounts = _found(review.facts["balances"], review.balances, wanted, ("account_key", "patient_id"))
    if not claims and not accounts:
        raise CannotRun(
            f'Nothing called "{claim_or_account}" is on the lists of {_day(review.as_of)}. Give a claim number or an account number.'
        )
    parts = ["\n".join(_claim(review, row, its)) for row, its in claims]
    parts += ["\n".join(_account(review, row, its)) for row, its in accounts]
    return "\n\n".join(parts)


def _found(
    facts: pl.DataFrame, said: pl.DataFrame, wanted: str, columns: tuple[str, ...]
) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    key = columns[0]
    decisions = {row["key"]: row for row in said.iter_rows(named=True)}
    named = pl.any_horizontal(*(pl.col(name).str.to_lowercase() == wanted for name in columns)).fill_null(value=False)
    refs = said.filter(pl.col("ref").str.to_lowercase() == wanted)["key"].to_list()
    rows = facts.filter(named | pl.col(key).is_in(refs)).iter_rows(named=True)
    return [(row, decisions[row[key]]) for row in rows if row[key] in decisions]


def _claim(review: Review, row: dict[str, Any], its: dict[str, Any]) -> Iterator[str]:
    yield f"Claim {row['claim_id'] or row['claim_key']} on {_day(review.as_of)}"
    yield from _decision(its)
    yield f"State at the insurer: {STATUS_LABEL.get(row['status'] or '', 'not known')}. On hold: {row['on_hold'] or 'cannot tell'}."
    yield f"Last sent: {_day(row['last_sent'])}. Last contact: {_day(row['last_contact_date']) if row['last_contact_date'] else 'none yet'}."
    if row["deadline"]:
        counted = (
            f", {row['deadline_days']} days from {_day(row['deadline_start'])}"
            if row["deadline_source"] != "claim instruction"
            else ""
        )
        yield f"Deadline ({row['deadline_kind']}): {_day(row['deadline'])}, {row['deadline_source']}{counted}."
    else:
        yield f"Deadline ({row['deadline_kind']}): {'none stated' if row['days_to_deadline__special'] else 'cannot be told, a date is missing'}."
    if row["marks"]:
        yield f"Values from the practice or the ledger: {row['marks']}."
    yield "Every rule tried:"
    yield from _tried(review.policy.claim_rules, row, CLAIM_FACTS, review.as_of)


def _decision(its: dict[str, Any]) -> Iterator[str]:
    who = f", {its['owner']}" if its["owner"] else ""
    when = f", by {_day(its['by_when'])}" if its["by_when"] else ""
    yield f"Decision: {label(its['action'])}{who}{when} ({its['rule']}, {its['priority']}, level {its['level']})."
    yield f"Reason: {its['reason']}"
    yield f"Because: {its['why']}"
    if its["next_due"]:
        yield f"Why not today: it first comes due on {_day(its['next_due'])} under {its['next_rule']}."


def _tried(table: Table, row: dict[str, Any], names: tuple[str, ...], as_of: date) -> Iterator[str]:
    for one in rules.explain(table, {name: row[name] for name in names}, as_of):
        yield f"  {one.text}"


def _account(review: Review, row: dict[str, Any], its: dict[str, Any]) -> Iterator[str]:
    yield f"Account {row['patient_id'] or row['account_key']} on {_day(review.as_of)}"
    yield from _decision(its)
    yield "How the balance came about:"
    yield from (f"  {line}" for line in _origin(review, row))
    if row["on_hold"] != "no":
        yield "On hold: nobody speaks with this patient but the practice."
    yield "What may be said:"
    yield from (f"  {line}" for line in _agreed(review, MAY_SAY))
    yield "What may not be said, and to whom:"
    yield from (f"  {line}" for line in _agreed(review, MAY_NOT))
    yield "When to hand over to the practice:"
    yield from (f"  {line}" for line in _agreed(review, HAND_OVER))
    yield "  At once when the patient complains, disputes the amount, cannot pay, or asks about the treatment."
    yield "Every rule tried:"
    yield from _tried(review.policy.balance_rules, row, ACCOUNT_FACTS, review.as_of)


def _origin(review: Review, row: dict[str, Any]) -> Iterator[str]:
    claims = _of_patient(review, row)
    for claim in claims:
        state = STATUS_LABEL.get(claim["status"] or "", "state not known")
        still = "it is not known whether the insurer still owes anything"
        if claim["status"] is not None:
            waits = claim["status"] in OPEN
            still = (
                f"{_money(claim['outstanding'])} still with the insurer" if waits else "nothing more from the insurer"
            )
        yield (
            f"Treatment of {_day(claim['service_date'])}, {claim['insurer'] or 'insurer not known'}: billed {_money(claim['billed'])}, "
            f"insurer paid {_money(claim['paid'])}, {still} ({state})."
        )
    if not claims:
        yield "The lists show no claim of this patient, so which treatment the balance is for cannot be told."
    yield f"Whole balance: {_money(row['balance'])}. Still expected from insurers: {_money(row['insurance_pending'])}."
    yield f"The patient's part: {_money(row['patient_due'])}."
    sent = "not known" if row["statements_sent"] is None else str(row["statements_sent"])
    last = _day(row["last_statement_date"]) if row["last_statement_date"] else "none yet"
    yield f"Statements sent: {sent}. Last statement: {last}. Last payment: {_day(row['last_payment_date']) if row['last_payment_date'] else 'none on the list'}."
    yield from _cannot_tell(review, row, claims)


def _cannot_tell(review: Review, row: dict[str, Any], claims: list[dict[str, Any]]) -> Iterator[str]:
    blank = [name for name in ("balance", "insurance_pending", "patient_due") if row[name] is None]
    if blank:
        yield f"The list does not say: {', '.join(name.replace('_', ' ') for name in blank)}."
    if any(claim["paid"] is None for claim in claims):
        yield "The list does not say what the insurer paid on every claim."
    if review.payments_to is None:
        yield "Up to which day payments are posted is not known, so a payment may be missing."
    else:
        yield f"Payments after {_day(review.payments_to)} may be missing."
    yield "Fees changed by hand, and what was agreed with the patient in person, are not on the lists: only the practice can say."


def _of_patient(review: Review, row: dict[str, Any]) -> list[dict[str, Any]]:
    """The patient's own claims: by number, or by name where one side has no number."""
    mine = with_person(
        pl.DataFrame(
            [{"patient_id": row["patient_id"], "patient_name": row["patient_name"]}],
            schema={"patient_id": pl.String, "patient_name": pl.String},
        )
    )
    number, name = mine.row(0, named=True)["id"], mine.row(0, named=True)["name"]
    claims = with_person(review.facts["claims"])
    by_id = pl.col("id") == pl.lit(number, dtype=pl.String)
    one_blank = pl.col("id").is_null() | (number is None)
    by_name = (pl.col("name") == pl.lit(name, dtype=pl.String)) & one_blank
    rows = claims.filter(~pl.col("preauth")).filter(by_id.fill_null(value=False) | by_name.fill_null(value=False))
    return rows.sort("service_date", "claim_key").to_dicts()


def _agreed(review: Review, keys: tuple[str, ...]) -> Iterator[str]:
    for one in review.policy.agreements:
        if one.key in keys:
            yield f"{one.question} {one.answer or 'Not settled yet: say nothing about it, ask the practice.'}"


def _day(value: date | None) -> str:
    return f"{value.day} {value:%b %Y}" if value else "not known"


def _money(value: Decimal | None) -> str:
    return "not known" if value is None else f"{value:,.2f}"
