"""The agreement in plain words, for `billingkit rules` and for whoever wants to read it on paper."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from billingkit import terms
from billingkit.calendar import WEEKDAYS, Calendar
from billingkit.policy import sheets
from billingkit.policy.agreement import Agreement, Insurer, Policy
from billingkit.policy.lookup import timeframe
from billingkit.policy.tables import SHAPES
from billingkit.rules import render_rows

Rows = list[list[str]]
Part = tuple[str, Rows]

NOT_SETTLED: Final = "not settled yet"
ROLES: Final = {
    "named contact": "Named contact",
    "backup contact": "Backup contact",
    "practice manager": "Practice manager",
    "practice owner": "Practice owner",
    "billing team": "Billing team",
    "team lead": "Team lead",
}


def render(policy: Policy) -> list[Part]:
    """Every part of the agreement: a heading, and rows of words with their own headings first."""
    return [
        ("Practice", [["What", "Agreed"], *_practice(policy)]),
        ("Timeframes", [["What", "Agreed", "Who says so"], *_timeframes(policy)]),
        ("Insurers", [["Insurer", "Days", "How sure"], *map(_insurer, policy.insurers)]),
        ("Agreements", [["Question", "Answer", "Agreed by"], *map(_agreement, policy.agreements)]),
        ("Status words", [["Your word", "Means", "Where"], *_status_words(policy)]),
        ("Sensitive wording", [["Phrase", "Category", "What stops", "Not when"], *_wording(policy)]),
        *((shape.sheet, _table(policy, shape.name)) for shape in SHAPES),
        (
            "Guarantees",
            [
                ["Table", "Whenever", "If not", "Note"],
                *([one.table, one.text, "stop" if one.stops else "ask", one.note] for one in policy.guarantees),
            ],
        ),
        ("Calendar", [["Day", "What"], *_calendar(policy.calendar)]),
    ]


def _practice(policy: Policy) -> Rows:
    own = policy.practice
    side = {True: "yes", False: "no", None: None}[own.patient_side]
    minimum = None if own.minimum_balance is None else f"{own.minimum_balance:,.2f} {own.currency or ''}".strip()
    told = [
        ("Name", own.name),
        ("Code", own.code),
        ("Country and region", " ".join(part for part in (own.country, own.region) if part) or None),
        ("Currency", own.currency),
        ("Dates are written", own.date_order),
        ("Decimal sign", own.decimal_sign),
        ("Time zone", own.time_zone),
        ("Lists come on", own.weekly_day),
        ("We follow up what patients owe", side),
        ("Smallest balance followed up", minimum),
        *((ROLES[role], dict(own.people).get(role)) for role in terms.OWNERS),
    ]
    return [[what, value or NOT_SETTLED] for what, value in told]


def _timeframes(policy: Policy) -> Rows:
    told = (
        ("First check", "first_check_after", "days after sending"),
        ("Chase", "chase_every", "days after the last contact, and again"),
        ("Bring to somebody's attention", "escalate_after", "days after sending"),
        ("File a claim within", "filing_limit", "days of treatment"),
    )
    rows = [_timeframe(policy, *one) for one in told]
    within = policy.practice.payments_within
    posted = NOT_SETTLED if within is None else f"within {within} {_days(within)}"
    return [*rows, ["Payments are in the books", posted, ""]]


def _timeframe(policy: Policy, what: str, name: str, unit: str) -> list[str]:
    days, sure, source = timeframe(policy, None, name)  # type: ignore[arg-type]  # the four names above
    if days is None:
        return [what, "none stated", source]
    said = f"{days} {unit if days != 1 else unit.replace('days', 'day', 1)}"
    return [what, said if sure == "confirmed" else f"{said} ({sure})", source]


def _days(number: int) -> str:
    return "day" if number == 1 else "days"


def _insurer(one: Insurer) -> list[str]:
    told = (
        ("first check after", one.first_check_after),
        ("chase every", one.chase_every),
        ("file within", one.filing_limit),
        ("answer within", one.answer_window),
        ("appeal within", one.appeal_window),
    )
    days = "; ".join(f"{what} {number} {_days(number)}" for what, number in told if number is not None)
    on = one.confirmed_on
    sure = "assumed" if on is None else f"confirmed on {on.day} {on:%B %Y}"
    name = f"{one.name} (also {', '.join(one.aliases)})" if one.aliases else one.name
    return [name, days or "as for the practice", f"{sure}; {one.source}" if one.source else sure]


def _agreement(one: Agreement) -> list[str]:
    on = f"{one.agreed_on.day} {one.agreed_on:%B %Y}" if one.agreed_on else ""
    by = ", ".join(part for part in (one.agreed_by, on) if part)
    return [one.question, one.answer or NOT_SETTLED, by if one.answer else ""]


def _status_words(policy: Policy) -> Rows:
    tracker = dict(sheets.TRACKER_WORDS)
    own = [one for one in policy.status_words if tracker.get(one.word) != one.status]
    rows = [[one.word, terms.STATUS_LABEL[one.status], one.where or "anywhere"] for one in own]
    return [*rows, [f"and the {len(tracker)} phrases of the kit's own tracker", "as explained there", ""]]


def _wording(policy: Policy) -> Rows:
    own = [one for one in policy.wording if one.agreed]
    rows = [[one.phrase, one.category.replace("_", " "), one.stops, "; ".join(one.not_when)] for one in own]
    broad = len(policy.wording) - len(own)
    more = f"and {broad} phrases of the kit's own broad list: patient contact stops and you are asked"
    return [*rows, [more, "", "", ""]] if broad else rows


def _table(policy: Policy, name: str) -> Rows:
    tables = (policy.claim_rules, policy.balance_rules, policy.escalation_rules)
    table = next(one for one in tables if one.name == name)
    rows = render_rows(table)
    owner = rows[0].index("Owner") if "Owner" in rows[0] else None
    return rows if owner is None else [rows[0], *(_with_person(policy, row, owner) for row in rows[1:])]


def _with_person(policy: Policy, row: Sequence[str], owner: int) -> list[str]:
    """A rule's row with the person beside the role."""
    person = policy.practice.person(row[owner])
    named = row[owner] if person == row[owner] else f"{row[owner]}: {person}"
    return [*row[:owner], named, *row[owner + 1 :]]


def _calendar(calendar: Calendar) -> Rows:
    worked = [day for place, day in enumerate(WEEKDAYS) if place not in calendar.weekend]
    rows = [["Working days", ", ".join(worked)]]
    if calendar.weekends_only:
        return [*rows, ["Days off", "weekends only; bank holidays are not known here"]]
    listed = ", ".join(str(year) for year in sorted(calendar.years)) or "no year yet"
    rows.append(["Bank holidays listed for", listed])
    return rows + [[f"{day.day} {day:%B %Y}", name] for day, name in calendar.closures]
