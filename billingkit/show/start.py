"""The sections of the getting-started notebook: how ready a new practice is, and what to ask it first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from billingkit.ages import AGES
from billingkit.decisions.first_week import missing_details, unconfirmed_insurers, unfinished
from billingkit.policy import open_points
from billingkit.show.pieces import Shown, bars, counted, heading, in_words, sentences, table
from billingkit.show.pieces import result as shown_result

if TYPE_CHECKING:
    from billingkit.preparing import Prepared


def title(prepared: Prepared) -> Shown:
    """The practice, and as of when."""
    return heading(f"{prepared.policy.practice.name or 'New practice'}: getting started, {in_words(prepared.as_of)}")


def readiness(prepared: Prepared) -> Shown:
    """Is a contact named, are the agreements answered, can the rows be read?"""
    policy, claims = prepared.policy, prepared.week.claims
    answered = sum(one.answer is not None and one.answer != "" for one in policy.agreements)
    set_aside = int(claims["quarantined"].sum() or 0)
    rows = [
        ("A contact is named", policy.practice.person("named contact") or "not yet"),
        ("Agreements answered", f"{answered} of {len(policy.agreements)}"),
        ("Insurers with confirmed timeframes", _confirmed(prepared)),
        ("Claims that could be read", f"{claims.height - set_aside} of {claims.height}"),
    ]
    return table(("To be ready", "Now"), rows)


def to_settle(prepared: Prepared) -> Shown:
    """What the practice should settle first, the weightiest first."""
    points = sorted(open_points(prepared.policy), key=lambda point: (point.weight, point.key))
    return sentences([point.sentence for point in points], nothing="Nothing is open.")


def details(prepared: Prepared) -> Shown:
    """The details that are missing, and the money that waits for each by age."""
    rows = [
        (
            one.code.replace("_", " "),
            one.claims,
            *(one.amounts.get(age) for age in AGES),
            one.total,
            one.unknown or None,
        )
        for one in missing_details(prepared)
    ]
    return table(("Missing", "Claims", *AGES, "All", "No known amount"), rows, nothing="No detail is missing.")


def insurers(prepared: Prepared) -> Shown:
    """The insurers whose timeframes nobody has confirmed, the most money first."""
    return table(
        ("Insurer", "Claims", "Outstanding"),
        unconfirmed_insurers(prepared),
        nothing="Every insurer's timeframes are confirmed.",
    )


def waiting_chart(prepared: Prepared) -> Shown:
    """The money that waits for a missing detail, by detail."""
    waiting = {one.code.replace("_", " "): float(one.total) for one in missing_details(prepared) if one.total}
    if not waiting:
        return sentences([], nothing="No money waits for a missing detail.")
    return bars(f"Money that waits for a detail, {prepared.policy.practice.currency or 'in its currency'}", waiting)


def result(prepared: Prepared) -> Shown:
    """The counts as data, for whoever runs the notebook."""
    settle, missing = len(open_points(prepared.policy)), missing_details(prepared)
    kinds = counted(len(missing), "kind of detail", "kinds of detail")
    told = {"to settle": settle, "details missing": sum(one.claims for one in missing)}
    return shown_result(told, f"{counted(settle, 'point')} to settle, {kinds} missing.")


def _confirmed(prepared: Prepared) -> str:
    open_ = {name for name, _, _ in unconfirmed_insurers(prepared)}
    named = set(unfinished(prepared)["insurer"].drop_nulls())
    return f"{len(named - open_)} of {len(named)} on these claims"
