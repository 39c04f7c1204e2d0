"""Headings that say the same in other words or another order: `Amt Submitted`, `Submitted Amount`.

A heading of two words or more is known by its words alone, abbreviations written out and order left aside.
Where such words could mean two of our columns they mean none.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from billingkit.reading.aliases import BY_TABLE, Holds

_PHRASES: Final = (
    (re.compile(r"\bdate of service\b|\bdos\b|\bd o s\b"), "service date"),
    (re.compile(r"\bdate of birth\b|\bdob\b|\bd o b\b"), "birth date"),
    (re.compile(r"\bpolicy ?holder\b|\bplan ?holder\b|\bcard ?holder\b|\bmain member\b"), "subscriber"),
    (re.compile(r"\b(?:responsible|resp) party\b|\bhead of (?:household|family|house)\b|\bhoh\b"), "guarantor"),
    (re.compile(r"\bfollow ups?\b|\bf u\b"), "followup"),
    (re.compile(r"\bre (?=sent|submitted|submission|filed|billed)"), "re"),
    (re.compile(r"\bo s\b|\bouts(?:td?)?\b"), "outstanding"),
    (re.compile(r"\be claims?\b"), "claim"),
    (re.compile(r"\bhow much\b"), "amount"),
    (re.compile(r"\btook place\b"), ""),
    (re.compile(r"\bw o\b|\bwrite offs?\b"), "writeoff"),
)
_SAME: Final = {
    short: long
    for long, shorts in {
        "amount": "amt amts amounts",
        "date": "dt dates dte",
        "number": "no num nbr numbers nr nos",
        "insurance": "ins insur insce",
        "insurer": "carrier carriers payer payers payor payors insurers",
        "patient": "pt pat patients pts",
        "subscriber": "sub subs insured insureds subscribers member mbr mem policyholder planholder",
        "account": "acct acc",
        "balance": "bal balances",
        "payment": "pmt pmts payments pymt pymts",
        "received": "rcvd recd",
        "service": "svc serv srv",
        "treatment": "tx treatments trmt tmt",
        "procedure": "proc procs procedures",
        "code": "codes cd",
        "estimated": "est estimate estimates",
        "submitted": "submission submissions subm submd sbmt submit submits",
        "statement": "stmt stmts statements",
        "provider": "prov",
        "group": "grp",
        "fee": "fees",
        "charge": "charges chg chgs chrg chrgs",
        "claim": "clm claims",
        "reference": "ref refs",
        "expected": "exp",
        "primary": "pri prim",
        "last": "lst latest recent",
        "relationship": "rel relation",
        "note": "notes",
        "comment": "comments",
        "days": "day",
        "paid": "pd",
        "sent": "mailed filed transmitted efiled",
        "membership": "mbrship mbship membrship",
        "total": "tot ttl",
        "status": "stat sts",
        "policy": "pol",
        "certificate": "cert",
        "appointment": "appt apt",
        "remaining": "rem",
        "name": "nm",
        "guarantor": "guar",
        "reason": "reasons",
    }.items()
    for short in shorts.split()
}
_ADDS_NOTHING: Final = frozenset(
    (
        *("of", "the", "for", "a", "s", "our", "ours", "we", "they", "it", "is", "was", "at", "any", "what"),
        *("usd", "gbp", "eur", "cad", "aud"),
    )
)


@lru_cache(maxsize=4096)
def words_of(folded: str) -> str:
    """A folded heading's words in one order, abbreviations written out; empty for one of a single word.

    Words run together, as in `DateOfService`, are taken apart where they make up a usual heading.
    """
    if folded[:1] in {"=", "-"}:
        return ""  # such signs mean something, see `fold`
    if " " not in folded:
        folded = _run_together().get(folded, folded)
    text = folded
    for pattern, phrase in _PHRASES:
        text = pattern.sub(phrase, text)
    words = sorted(_SAME.get(word, word) for word in text.split() if word not in _ADDS_NOTHING)
    # a heading under a heading that says the same is a header printed again, not a longer name
    return " ".join(words) if len(words) > 1 and len(set(words)) == len(words) else ""


@lru_cache(maxsize=1)
def _run_together() -> dict[str, str]:
    usual = (heading for roles in BY_TABLE.values() for role in roles for heading in role.sure | role.likely)
    return {heading.replace(" ", ""): heading for heading in sorted(usual) if " " in heading and len(heading) > 6}


def _known(holds: Holds) -> dict[str, str]:
    found: dict[str, set[str]] = {}
    for role in BY_TABLE[holds]:
        for heading in role.sure | role.likely:
            found.setdefault(words_of(heading), set()).add(role.name)
    return {words: next(iter(roles)) for words, roles in found.items() if words and len(roles) == 1}


@lru_cache(maxsize=2)
def known_words(holds: Holds) -> dict[str, str]:
    """Our columns by the words of their usual headings."""
    return _known(holds)


def is_known(folded: str) -> bool:
    """Whether a folded heading is a usual one in other words, for claims or for balances."""
    words = words_of(folded)
    return bool(words) and (words in known_words("claims") or words in known_words("balances"))
