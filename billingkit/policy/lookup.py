"""What the practice agreed, looked up: an insurer by any of its names, a timeframe with where it came from."""

from __future__ import annotations

from typing import Final, Literal

from billingkit.policy.agreement import Insurer, Policy
from billingkit.policy.lists import insurer_key
from billingkit.policy.settings import ASSUMED_DAYS

What = Literal["first_check_after", "chase_every", "escalate_after", "filing_limit", "answer_window", "appeal_window"]
Provenance = Literal["claim instruction", "confirmed", "assumed", "none stated"]

NAMES: Final[dict[What, str]] = {
    "first_check_after": "first check after sending",
    "chase_every": "time between two calls",
    "escalate_after": "time until it is brought to somebody",
    "filing_limit": "time to file the claim",
    "answer_window": "time to answer the insurer",
    "appeal_window": "time to appeal",
}
# The practice decides how often it asks; how long an insurer gives is the insurer's to say.
OWN_DECISION: Final = ("first_check_after", "chase_every", "escalate_after")


def insurer(policy: Policy, name: str | None) -> Insurer | None:
    """The insurer that goes by a name or one of its other spellings; None where nobody listed it."""
    if not name:
        return None
    wanted = insurer_key(name)
    for one in policy.insurers:
        if wanted in {insurer_key(word) for word in (one.name, *one.aliases)}:
            return one
    return None


def timeframe(
    policy: Policy, name: str | None, what: What, *, instruction: int | None = None
) -> tuple[int | None, Provenance, str]:
    """Days, how sure they are, and a sentence that says who said so.

    The strongest word counts: the practice's instruction for this claim, the insurer's row, the
    practice's own setting, and last what the kit assumes. An insurer's window that nobody has
    stated has no days at all.
    """
    if instruction is not None:
        return instruction, "claim instruction", "The practice said so for this claim."
    listed = insurer(policy, name)
    days: int | None = getattr(listed, what, None) if listed else None
    if listed is not None and days is not None:
        return days, *_insurers_word(listed)
    return _practices_word(policy, what)


def _insurers_word(listed: Insurer) -> tuple[Provenance, str]:
    source = f" ({listed.source})" if listed.source else ""
    if listed.confirmed_on is None:
        return "assumed", f"Listed for {listed.name}{source}, not confirmed yet."
    return (
        "confirmed",
        f"Confirmed with {listed.name} on {listed.confirmed_on.day} {listed.confirmed_on:%B %Y}{source}.",
    )


def _practices_word(policy: Policy, what: What) -> tuple[int | None, Provenance, str]:
    stated: int | None = getattr(policy.practice, what, None)
    if stated is not None and what in OWN_DECISION:
        return stated, "confirmed", "The practice's own agreement."
    if stated is not None:
        return stated, "assumed", "The practice's general figure; the insurer has not confirmed it."
    if what in ASSUMED_DAYS:
        return ASSUMED_DAYS[what], "assumed", "Nobody has said, so the kit's starting figure is used."
    return None, "none stated", f"Nobody has said how long this insurer gives: {NAMES[what]}."
