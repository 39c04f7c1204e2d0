"""The agreement with the practice's own answers in it: they hold from week to week until the policy says it itself."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any, Final

from billingkit.decisions.asking import Register
from billingkit.decisions.topics import DATE_ORDER, Topic, doubtful
from billingkit.decisions.topics import setting as setting_topic
from billingkit.history import fingerprint
from billingkit.policy.agreement import SourceNote
from billingkit.policy.practice import DATE_ORDERS

if TYPE_CHECKING:
    from billingkit.history import History, PastQuestion
    from billingkit.policy.agreement import Policy

# Field of the practice's settings -> what it is called in a sentence.
ANSWERED: Final = {
    "date_order": "Dates that can be read two ways are read",
    "patient_side": "We follow up what patients owe",
    "minimum_balance": "Smallest balance that is followed up",
    "payments_within": "Days within which payments are posted",
    "first_check_after": "Days before we first ask an insurer",
    "chase_every": "Days between two calls",
    "filing_limit": "Days to file a claim",
    "answer_window": "Days to answer an insurer",
    "appeal_window": "Days to appeal",
}
YES_NO: Final = {"yes": True, "no": False}
AMOUNTS: Final = {
    **dict.fromkeys(("billed", "amount billed", "what was billed", "the fee", "fee", "charged"), "billed"),
    **dict.fromkeys(("outstanding", "still outstanding", "owed", "still owed", "what is owed", "owing"), "outstanding"),
}
DECIMAL_SIGNS: Final = {
    ",": ",",
    "comma": ",",
    "a comma": ",",
    ".": ".",
    "point": ".",
    "a point": ".",
    "full stop": ".",
}


def agreed(policy: Policy, history: History, as_of: date) -> Policy:
    """The policy with what the practice answered for the points it leaves blank, each said in a notice.

    A person whom the practice named in an answer takes the place of the policy's. Done twice it changes nothing.
    """
    register = Register(policy, history, as_of)
    given: dict[str, Any] = {}
    notices: list[str] = []
    for name, label in ANSWERED.items():
        past = register.supplied(*_asked_as(name))
        value = _value(name, past.value) if past is not None else None
        if past is None or value is None or getattr(policy.practice, name) is not None:
            continue
        given[name] = value
        notices.append(f"{label}: {past.value}. {_said(past)}; please put it into the policy workbook.")
    sources = _how_to_read(register, policy, given, notices)
    people = dict(policy.practice.people)
    for role, name in history.roles:
        if people.get(role) != name and not _policy_is_newer(people.get(role), history.roles_instead_of.get(role)):
            given["people"] = people = {**people, role: name}
            notices.append(
                f"The {role} is now {name}, as the practice told us; please put it into the policy workbook."
            )
            if role == "named contact":  # the old address and role are another person's
                given |= {"contact_email": None, "contact_role": None}
    notices += [
        f"Two people were named as {role} ({' and '.join(names)}), so neither was taken: please name one."
        for role, names in history.roles_in_doubt
    ]
    if "people" in given:
        given["people"] = tuple(sorted(people.items()))
    notices = [notice for notice in notices if notice not in policy.notices]
    if not given and not notices and sources == policy.sources:
        return policy
    practice = replace(policy.practice, **given)
    return replace(policy, practice=practice, sources=sources, notices=(*policy.notices, *notices))


def _how_to_read(
    register: Register, policy: Policy, given: dict[str, Any], notices: list[str]
) -> tuple[SourceNote, ...]:
    """What the practice said about its amounts: their decimal sign, and whether they are billed or still owed."""
    for parts in (("claims", "billed"), ("balances", "balance")):
        past = register.supplied(doubtful("doubtful_decimal_sign"), *parts)
        sign = DECIMAL_SIGNS.get(_plain(past.value)) if past is not None else None
        if past is not None and sign and policy.practice.decimal_sign is None and "decimal_sign" not in given:
            given["decimal_sign"] = sign
            notices.append(
                f'Amounts have a decimal {"comma" if sign == "," else "point"}. {_said(past)}; please put it into the policy workbook: sheet Practice, Decimal sign "{sign}".'
            )
    past = register.supplied(doubtful("doubtful_amount"), "claims", "billed")
    meant = AMOUNTS.get(_plain(past.value)) if past is not None else None
    if past is None or meant is None or any(not note.where for note in policy.sources):
        return policy.sources
    notices.append(
        f'Where a list does not say whose an amount is, it is {meant}. {_said(past)}; please put it into the policy workbook: sheet Sources, the list under Where, and "{meant}" under Amount is.'
    )
    return (*policy.sources, SourceNote("", amount_is=meant))


def _plain(text: str) -> str:
    return " ".join(text.casefold().strip("\"'. ").split()) or text.strip()


def _policy_is_newer(now: str | None, instead_of: str | None) -> bool:
    """Whether the policy has come to name somebody else since the answer was given."""
    return instead_of is not None and fingerprint(now or None) != instead_of


def _asked_as(name: str) -> tuple[Topic, str, *tuple[str, ...]]:
    return (DATE_ORDER, "practice", DATE_ORDER.column) if name == "date_order" else (setting_topic(name), name)


def _said(past: PastQuestion) -> str:
    return f"{past.by or 'The practice'} said so" + (f" on {past.on:%d %b %Y}" if past.on else "")


def _value(name: str, text: str) -> Decimal | int | bool | str | None:
    plain = " ".join(text.casefold().split())
    if name == "date_order":
        return DATE_ORDERS.get(plain)
    if name == "patient_side":
        return YES_NO.get(plain)
    if name == "minimum_balance":
        try:
            return Decimal(plain)
        except InvalidOperation:
            return None
    return int(plain) if plain.isdecimal() else None
