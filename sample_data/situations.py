"""Every kind of claim and account that a week can hold, told in days before the first week. All invented."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from billingkit.policy.agreement import Insurer

WEEKS = (date(2026, 11, 16), date(2026, 11, 23))


@dataclass(frozen=True)
class Claim:
    """One claim as the practice would write it down. Days are counted back from the first week."""

    kind: str
    status: str
    served: int
    sent: int | None = None
    contact: int | None = None
    chased: int = 0
    paid: str = "0"  # share of the amount billed
    reason: str = ""
    note: str = ""
    number: str = ""
    patient: int = 0
    insurer: int = 0
    code: str = ""
    billed: Decimal = Decimal(0)
    member: bool = True
    request: str = ""
    deadline: int | None = None


@dataclass(frozen=True)
class Account:
    """One patient's balance. Days are counted back from the first week."""

    kind: str
    total: str
    pending: str = "0"
    statement: int | None = None
    statements: int = 0
    payment: int | None = None
    plan: str = "None"
    plan_due: int | None = None
    stop: bool = False
    note: str = ""
    patient: int = 0


CLAIMS = (
    Claim("too soon", "submitted", 12, 9),
    Claim("too soon", "received", 16, 14),
    Claim("due", "submitted", 41, 36),
    Claim("due", "pending", 52, 47),
    Claim("due again", "submitted", 70, 66, contact=20, chased=1),
    Claim("chased lately", "pending", 64, 60, contact=5, chased=2),
    Claim("to the supervisor", "pending", 96, 90, contact=18, chased=3),
    Claim("late", "rejected", 402, 396, note="came back, old address used"),
    Claim("deadline near", "rejected", 88, 80, deadline=9, note="came back, group number wrong"),
    Claim("deadline near", "info_requested", 58, 50, deadline=4, request="periodontal chart"),
    Claim("rejected", "rejected", 33, 30, note="tooth number missing"),
    Claim("not found", "not_found", 45, 42),
    Claim("denied, documents", "denied", 75, 70, reason="252"),
    Claim("denied, data", "denied", 66, 62, reason="31"),
    Claim("denied, clinical", "denied", 81, 77, reason="50"),
    Claim("denied, not covered", "denied", 60, 57, reason="96"),
    Claim("paid short", "paid_short", 58, 55, paid="0.4", reason="97"),
    Claim("missing details", "submitted", 30, 27, member=False),
    Claim("missing details", "draft", 8, member=False),
    Claim("draft", "draft", 5),
    Claim("held", "held", 21, note="waiting for the patient to bring the card"),
    Claim("secondary waits", "held_primary", 37, 33),
    Claim("ready", "ready", 3),
    Claim("info requested", "info_requested", 40, 36, request="x-ray of the crown"),
    Claim("paid, not posted", "paid_unposted", 62, 58),
    Claim("paid", "paid", 71, 69, paid="1"),
    Claim("paid", "paid", 44, 41, paid="1"),
    Claim("sensitive", "submitted", 49, 45, note="mum has made a formal complaint about the bridge"),
    Claim("sensitive", "pending", 57, 53, note="patient passed away in October, husband phoned"),
    Claim("on hold", "submitted", 47, 44, note="says she was charged twice, asked us to look"),
    Claim("appealed", "appealed", 120, 20, contact=20, chased=0),
    Claim("resubmitted", "resubmitted", 68, 11),
    Claim("closed", "closed", 130, 126, paid="1"),
    Claim("day that does not exist", "submitted", 35, 31),
    Claim("word nobody agreed", "submitted", 29, 25),
)
ACCOUNTS = (
    Account("first statement", "86.40"),
    Account("second statement", "142.00", statement=36, statements=1),
    Account("too soon", "95.50", statement=9, statements=1),
    Account("third statement", "210.75", statement=33, statements=2),
    Account("three sent", "318.00", statement=41, statements=3),
    Account("insurance pending", "260.00", pending="180.00"),
    Account("small balance", "7.20"),
    Account("credit balance", "-64.00", payment=12),
    Account("plan on track", "480.00", statement=50, statements=1, payment=10, plan="On track", plan_due=-8),
    Account("plan missed", "390.00", statement=62, statements=1, payment=55, plan="Missed", plan_due=11),
    Account("stop", "155.00", statement=70, statements=2, stop=True),
    Account("sensitive", "127.30", statement=40, statements=1, note="lost her job, cannot pay at the moment"),
    Account("sensitive", "233.00", statement=38, statements=2, note="disputes the hygienist visit"),
    Account("paid up", "0.00", payment=20),
)
FILLING = (
    Claim("too soon", "submitted", 10, 8),
    Claim("due", "submitted", 38, 33),
    Claim("waits", "received", 26, 19),
    Claim("due", "pending", 55, 51),
    Claim("paid", "paid", 61, 58, paid="1"),
)
FIRST = ("Amara", "Callum", "Dilys", "Efua", "Gareth", "Hana", "Idris", "Jory", "Keziah", "Lowri", "Morag", "Niall")
LAST_UK = ("Ashgrove", "Bramfield", "Cotterstock", "Duxbury-Hale", "Eskdale", "Fennimore", "Garside", "Holloway")
LAST_US = ("Alderete", "Brightwater", "Castellow", "Delacroix", "Eastman", "Fairbanks", "Grayhawk", "Hollister")
INSURERS_UK = ("Northgate Dental Plan", "Meridian Health", "Oakleaf Cash Plan", "Severn Mutual")
INSURERS_US = ("Prairie Dental", "Liberty Arch Insurance", "Cascadia Benefits", "Summit Dental PPO")
CODES_UK = ("Crown", "Root treatment", "Extraction", "Filling", "Scale and polish", "Bridge")
CODES_US = ("D2740", "D3330", "D7140", "D2392", "D1110", "D6750")
FEES = (
    Decimal("685.00"),
    Decimal("540.00"),
    Decimal("145.50"),
    Decimal("120.00"),
    Decimal("68.25"),
    Decimal("1120.00"),
)


def claims(seed: str, extra: int) -> list[Claim]:
    """The first week's claims: every kind once, and some ordinary ones."""
    dice = random.Random(seed)
    kinds = [*CLAIMS, *(dice.choice(FILLING) for _ in range(extra))]
    made = []
    for place, kind in enumerate(kinds):
        code = dice.randrange(len(FEES))
        made.append(
            replace(
                kind,
                number=f"{4101 + 7 * place}",
                patient=place % 40,
                insurer=dice.randrange(4),
                code=str(code),
                billed=FEES[code],
            ),
        )
    dice.shuffle(made)
    made.append(made[4])  # the same row once more, as copying and pasting leaves it
    return made


def a_week_later(week: list[Claim], seed: str) -> list[Claim]:
    """The second week: some paid, some moved on, one gone, two new."""
    dice = random.Random(seed)
    moved = []
    for claim in week:
        if claim.kind == "due" and claim.status == "submitted":
            moved.append(replace(claim, contact=-3, chased=claim.chased + 1))
        elif claim.kind == "due again":
            moved.append(replace(claim, status="paid", paid="1"))
        elif claim.kind == "ready":
            moved.append(replace(claim, status="submitted", sent=-2))
        elif claim.kind == "not found":
            continue
        else:
            moved.append(claim)
    new = [Claim("missing details", "submitted", 4, 2, member=False), Claim("too soon", "submitted", 3, 1)]
    numbers = (5003, 5010)
    for number, claim in zip(numbers, new, strict=True):
        moved.append(replace(claim, number=str(number), patient=dice.randrange(40), code="3", billed=FEES[3]))
    return moved


def accounts(seed: str) -> list[Account]:
    """One account for each kind, on patients whose claims are finished, so that the kind shows."""
    dice = random.Random(seed)
    made = [replace(account, patient=60 + place) for place, account in enumerate(ACCOUNTS)]
    dice.shuffle(made)
    return made


def name(patient: int, last: tuple[str, ...]) -> tuple[str, str]:
    """An invented first and last name."""
    return FIRST[patient % len(FIRST)], last[(patient // len(FIRST)) % len(last)]


def status_day(claim: Claim) -> date | None:
    """The day the status was last written: ten days after sending, or last week."""
    if claim.sent is None:
        return None
    return day(claim.sent - 10 if claim.sent > 17 else min(claim.sent, 7))


def day(count: int | None) -> date | None:
    """The day that lies so many days before the first week."""
    return None if count is None else WEEKS[0] - timedelta(days=count)


AGREED = {
    "payment_methods": "Card at the desk, the payment link on the statement, bank transfer",
    "payment_plans": "Yes, up to 6 months, no charge",
    "smallest_instalment": "40.00 a month",
    "discounts": "no",
    "when_to_pause": "Any complaint, dispute, illness, death in the family, or somebody who cannot pay",
    "may_say": "Dates, amounts, what the insurer paid, how to pay",
    "may_not_say": "Whether treatment was needed, other family members, any threat",
    "channels": "Email, else post; calls on weekdays from 10 to 5, one a week at most",
    "after_last_statement": "The practice owner, case by case",
    "collections_boundary": "You never pass an account to anybody; you only bring it to us",
    "who_approves": "The treating dentist, through the contact",
}  # who_else is left open on purpose: a blank agreement becomes a question


def insurers(names: tuple[str, ...], filing: int) -> tuple[Insurer, ...]:
    """The practice's insurers; the first two have confirmed their timeframes, the others' are assumed."""
    confirmed = date(2026, 9, 14)
    return tuple(
        Insurer(
            name=name,
            first_check_after=21 if place else 14,
            chase_every=14,
            filing_limit=filing,
            answer_window=45,
            appeal_window=180,
            source="telephone call to the insurer" if place < 2 else None,
            confirmed_on=confirmed if place < 2 else None,
        )
        for place, name in enumerate(names)
    )
