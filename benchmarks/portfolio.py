"""A simulation, not a result: practices over 12 weeks, worked by the kit and by a fixed 30-day chase list; run me:

    python benchmarks/portfolio.py [--practices 200] [--weeks 12]

Every claim has a fate drawn once (paid on time, lost, sent back, more asked for), the same in both worlds;
insurers tell a caller the truth, a letter is noticed one week in three, and a manager answers a question in a week with a
chance of her own. What is counted follows from these invented chances and says nothing of any real practice.
"""

from __future__ import annotations

import argparse
import random
from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import polars as pl

from billingkit.columns import schema
from billingkit.decisions import review
from billingkit.history import History, PastQuestion
from billingkit.policy import Policy, insurer
from billingkit.practice import load_policy
from billingkit.week import Week

ROOT = Path(__file__).resolve().parents[1]
FIRST = date(2026, 9, 7)
CALLS = {"call_insurer", "call_supervisor"}
SENDS = {"send_claim", "send_new_claim", "send_replacement", "resend_with_proof"}
ASKS = {"get_information", "prepare_appeal", "ask", "ask_practice", "ask_complete", "ask_release", "refer"}
AGREED_FIRST, AGREED_EVERY, FILING, ANSWER = 21, 14, 90, 30


@dataclass
class Claim:
    number: str
    payer: str
    served: date
    sent: date
    fate: str  # paid, lost, sent back, asked
    days: int  # to the insurer's next word after it was last sent
    seen: str = "submitted"  # the tracker's status
    known: date | None = None  # since when the tracker shows it
    contact: date | None = None
    chased: int = 0
    ended: date | None = None
    missed: bool = False

    def truth(self, day: date) -> str:
        if (day - self.sent).days < self.days:
            return "received" if self.fate != "lost" else "submitted"
        return {"paid": "paid", "lost": "not_found", "sent back": "rejected", "asked": "info_requested"}[self.fate]

    def deadline(self) -> date | None:
        """The day by which somebody has to act, where one runs."""
        if self.fate in {"lost", "sent back"}:
            return self.served + timedelta(days=FILING)
        return self.sent + timedelta(days=self.days + ANSWER) if self.fate == "asked" else None


def drawn(practice: int, weeks: int) -> list[Claim]:
    draw = random.Random(practice)
    claims = []
    for number in range(30 + weeks * 3):
        served = FIRST + timedelta(days=draw.randint(-45, 7 * weeks - 7))
        fate = draw.choices(("paid", "lost", "sent back", "asked"), (70, 10, 10, 10))[0]
        payer = draw.choice(("Severn Mutual", "Oakleaf Cash Plan"))
        claims.append(
            Claim(f"S{practice:03d}-{number:04d}", payer, served, served + timedelta(days=1), fate, draw.randint(8, 35))
        )
    return claims


def lucky(chance: float, *about: object) -> bool:
    """The same luck in both worlds."""
    return random.Random("|".join(map(str, about))).random() < chance


def mail(claims: list[Claim], day: date) -> None:
    """What arrives by itself: payments always, other words where the letter is noticed."""
    for claim in claims:
        truth = claim.truth(day)
        noticed = truth == "paid" or (truth != "not_found" and lucky(1 / 3, claim.number, day))
        if noticed and claim.ended is None and truth != claim.seen:
            claim.seen, claim.known = truth, day
        claim.ended = claim.ended or (day if claim.seen == "paid" else None)
        last = claim.deadline()
        claim.missed = claim.missed or (claim.ended is None and last is not None and day > last)


def call(claim: Claim, day: date) -> int:
    """A call; 1 where it came before the agreed time."""
    since = claim.contact or claim.sent
    soon = (day - since).days < (AGREED_EVERY if claim.contact else AGREED_FIRST)
    claim.contact, claim.chased = day, claim.chased + 1
    claim.seen, claim.known = claim.truth(day), day
    return int(soon and claim.seen in {"received", "submitted"})


def send(claim: Claim, day: date) -> None:
    claim.sent, claim.fate, claim.seen, claim.known = day, "paid", "resubmitted", day


def frame(claims: list[Claim], day: date) -> Week:
    rows = []
    for place, one in enumerate(c for c in claims if c.served < day):
        paid = Decimal(200 if one.seen == "paid" else 0)
        rows.append(
            {
                "claim_key": one.number,
                "claim_id": one.number,
                "patient_id": f"P{one.number}",
                "patient_name": "Invented",
                "date_of_birth": date(1980, 1, 1),
                "insurer": one.payer,
                "member_id": "12345678",
                "group_number": "G",
                "coverage": "primary",
                "subscriber_name": "Self",
                "provider": "D",
                "service_date": one.served,
                "first_submitted_date": one.served + timedelta(days=1),
                "submitted_date": one.sent,
                "status": one.seen,
                "status_as_written": one.seen,
                "status_date": one.known or one.sent,
                "last_contact_date": one.contact,
                "times_chased": one.chased,
                "procedure_codes": "1101",
                "billed": Decimal(200),
                "expected": Decimal(200),
                "paid": paid,
                "outstanding": 200 - paid,
                "attachments": "x-ray, narrative",
                "quarantined": False,
                "source_file": "simulated",
                "source_sheet": "Claims",
                "source_row": place + 2,
            }
        )
    frame = pl.DataFrame([{name: row.get(name) for name in schema("claims")} for row in rows], schema=schema("claims"))
    return Week(frame, pl.DataFrame(schema=schema("balances")), (), (), ())


def by_kit(claims: list[Claim], policy: Policy, history: History, day: date, keen: float) -> tuple[History, int, int]:
    found = review(frame(claims, day), policy, history, day)
    by_number = {claim.number: claim for claim in claims}
    answered = {q.ref for q in found.questions if lucky(keen, q.ref, day)}
    settled = {key for q in found.questions if q.ref in answered for key in q.keys}
    soon = 0
    for key, action in found.claims.select("key", "action").iter_rows():
        claim = by_number[key]
        if action in CALLS:
            soon += call(claim, day)
        elif action in SENDS or (action in ASKS and key in settled):
            send(claim, day)
    old = {past.ref: past for past in history.questions}
    asked = tuple(
        PastQuestion(
            q.ref,
            q.code,
            q.keys,
            old[q.ref].first_asked if q.ref in old else day,
            day,
            q.times_asked,
            q.by_when,
            "answered" if q.ref in answered else "open",
            "supplied" if q.ref in answered else "",
            by="manager" if q.ref in answered else "",
            on=day if q.ref in answered else None,
        )
        for q in found.questions
    )
    kept = tuple(past for ref, past in old.items() if ref not in {q.ref for q in found.questions})
    return History(practice="SIM", last_run=day, questions=(*kept, *asked)), soon, len(asked) - len(answered)


def by_list(claims: list[Claim], day: date, keen: float) -> int:
    """The fixed list: whatever nobody touched for 30 days is called, and what is found then is worked then."""
    soon = 0
    for claim in claims:
        if claim.ended or claim.served >= day or (day - (claim.contact or claim.sent)).days < 30:
            continue
        soon += call(claim, day)
        if claim.seen in {"rejected", "not_found"} or (
            claim.seen == "info_requested" and lucky(keen, claim.number, day)
        ):
            send(claim, day)
    return soon


def old_money(claims: list[Claim], day: date) -> int:
    return sum(200 for one in claims if one.ended is None and (day - one.served).days > 60)


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--practices", type=int, default=200)
    options.add_argument("--weeks", type=int, default=12)
    given = options.parse_args()
    policy = load_policy(ROOT / "sample_data" / "riverside" / "policy.xlsx")
    assert insurer(policy, "Severn Mutual") is not None
    days = [FIRST + timedelta(weeks=week) for week in range(given.weeks)]
    money, questions = {"kit": Counter(), "list": Counter()}, Counter()
    missed, soon, took = Counter(), Counter(), {"kit": [], "list": []}
    for practice in range(given.practices):
        keen = random.Random(f"keen {practice}").uniform(0.3, 0.9)
        history = History()
        worlds = {"kit": drawn(practice, given.weeks), "list": drawn(practice, given.weeks)}
        for day in days:
            for claims in worlds.values():
                mail(claims, day)
            history, early, waiting = by_kit(worlds["kit"], policy, history, day, keen)
            soon["kit"] += early
            soon["list"] += by_list(worlds["list"], day, keen)
            questions[day] += waiting
            for world, claims in worlds.items():
                money[world][day] += old_money(claims, day)
        for world, claims in worlds.items():
            missed[world] += sum(one.missed for one in claims)
            took[world] += [(one.ended - one.served).days for one in claims if one.ended]
    print(f"SIMULATION, invented chances: {given.practices} practices, {given.weeks} weeks\n")
    print("week        questions open   money over 60 days: kit    30-day list")
    for day in days:
        print(f"{day}  {questions[day]:14}   {money['kit'][day]:23,}    {money['list'][day]:11,}")
    print("\n                               kit   30-day list")
    print(f"claims past a deadline  {missed['kit']:10}    {missed['list']:10}")
    print(f"contacts too soon       {soon['kit']:10}    {soon['list']:10}")
    mean = {world: sum(each) / max(len(each), 1) for world, each in took.items()}
    print(f"claims with an answer   {len(took['kit']):10}    {len(took['list']):10}")
    print(f"days to it, on average  {mean['kit']:10.1f}    {mean['list']:10.1f}")


if __name__ == "__main__":
    main()
