"""Questions about the practice as a whole: its agreement, its lists, its totals, its insurers' timeframes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Final

import polars as pl

from billingkit.decisions.accounts import fresh
from billingkit.decisions.asking import Raised
from billingkit.decisions.deadlines import DAYS_OF
from billingkit.decisions.setting import Setting
from billingkit.decisions.topics import GAPS, SETTLE, Topic, doubtful, gap, other_gaps
from billingkit.decisions.topics import setting as setting_topic
from billingkit.problems import Problem
from billingkit.terms import OPEN, PRIORITIES
from billingkit.week import ControlTotal

PAYMENTS: Final = Topic(
    "payments_posted_to",
    "Tell us up to which day payments are posted in your books.",
    "Somebody who has paid must not get a statement, so balances wait.",
    "practice",
    "practice",
    ("supplied", "will check by", "practice decides"),
    "date",
)
TOTALS: Final = Topic(
    "totals_differ",
    "Check this list: the total printed on it is not what its rows add up to.",
    "A row may be missing or changed. Nobody is contacted from this list before that is cleared up.",
    "practice",
    "practice",
    ("supplied", "will check by", "practice decides"),
    "text",
)
CONTACT: Final = Topic(
    "named_contact",
    "Tell us who answers our questions in your practice.",
    "Without a name our questions reach nobody.",
    "practice",
    "practice",
    ("supplied", "will check by"),
    "text",
    provides="practice manager",
)
URGENT: Final = PRIORITIES[-1]
AGREEMENT_TAB: Final = "Agreement"
FEW_POINTS: Final = 3  # more open points of the agreement than these are one line, answered on a tab of their own


def practice_questions(facts: pl.DataFrame, setting: Setting) -> list[Raised]:
    """Every question that is asked once, whatever the rows say."""
    return [*_totals(setting), *_payments(setting), *_agreement(setting), *_windows(facts, setting), *_lists(setting)]


def _totals(setting: Setting) -> Iterator[Raised]:
    for table in setting.totals.tables:
        wrong = [total for total in table.control_totals if not total.matches]
        place = f'Sheet "{table.sheet}"' if table.sheet else table.file
        shown = "; ".join(
            f"{total.column} {_figure(total, total.printed)} printed, {_figure(total, total.read)} added up{_known(total)}"
            for total in wrong[:3]
        )
        more = f" and {len(wrong) - 3} more totals" if len(wrong) > 3 else ""
        parts = (table.sheet or table.file, table.holds)
        yield setting.register.raised(TOTALS, parts, about=f"{place}: {shown}{more}", priority=URGENT, level=1)


def _figure(total: ControlTotal, value: Decimal) -> str:
    return f"{value:,.0f}" if total.column == "rows" else f"{value:,.2f}"


def _known(total: ControlTotal) -> str:
    if total.unread:
        return f" ({total.unread:,} amounts not read)" if total.unread > 1 else " (1 amount not read)"
    return " (the difference is the amounts stored as text)" if total.as_text else ""


def _payments(setting: Setting) -> Iterator[Raised]:
    side = setting.policy.practice.patient_side
    if side is False or not setting.week.balances.height:
        return
    if side is None:
        yield setting.register.raised(
            setting_topic("patient_side"), ("patient_side",), about=f"{setting.week.balances.height:,} balances"
        )
        return
    if setting.policy.practice.payments_within is None:
        yield setting.register.raised(setting_topic("payments_within"), ("payments_within",), about="Balances")
    if setting.payments_to is None or not fresh(setting.policy, setting.as_of, setting.payments_to):
        known = f"{setting.payments_to:%d %b %Y}" if setting.payments_to else "a day we do not know"
        yield setting.register.raised(PAYMENTS, ("payments",), about=f"Payments posted up to {known}")


def _agreement(setting: Setting) -> Iterator[Raised]:
    if "named contact" not in dict(setting.policy.practice.people):
        yield setting.register.raised(CONTACT, ("named contact",), about="Your practice")
    points = []
    for one in setting.policy.agreements:
        topic = Topic(
            f"agreement_{one.key}", one.question, "It is settled before anybody calls a patient, and we never guess it.",
            "practice", "practice", ("supplied", "will check by", "practice decides"), "text",
        )  # fmt: skip
        answered = setting.register.answer(topic, one.key)
        if not one.answer and (answered is None or setting.register.waits(answered)):
            points.append((topic, one.key))
    many = len(points) > FEW_POINTS
    if many:
        yield setting.register.raised(_points(len(points)), ("agreement",), about="Your agreement")
    for topic, key in points:
        shown = replace(topic, tab=AGREEMENT_TAB) if many else topic
        yield setting.register.raised(shown, (key,), about="Your agreement")


def _points(number: int) -> Topic:
    """The one line behind which the open points of an agreement stand, each with its own reference and answer."""
    return Topic(
        "agreement_points",
        f'Settle the {number} open points of your agreement: each has its own yellow cells on the tab "{AGREEMENT_TAB}".',
        "They are settled before anybody calls a patient, and we never guess them. This line goes when they are answered.",
        "practice", "practice", ("will check by",), "",
    )  # fmt: skip


def _windows(facts: pl.DataFrame, setting: Setting) -> Iterator[Raised]:
    """Insurers whose timeframe nobody has stated, asked once for each kind of deadline."""
    none = facts.filter(
        (pl.col("deadline_source") == "none stated")
        & pl.col("deadline_kind").is_in(list(DAYS_OF))
        & pl.col("status").is_in(OPEN)
        & ~pl.col("preauth")
    )
    for name in dict.fromkeys(DAYS_OF.values()):
        kinds = [kind for kind, column in DAYS_OF.items() if column == name]
        mine = none.filter(pl.col("deadline_kind").is_in(kinds))
        if mine.height:
            insurers = sorted(mine["insurer"].drop_nulls().unique())
            shown = ", ".join(insurers[:3]) + (f" and {len(insurers) - 3} more" if len(insurers) > 3 else "")
            about = f"{mine.height:,} claims: {shown}"
            yield setting.register.raised(
                setting_topic(name), (name,), about=about, amount=sum(mine["outstanding"].drop_nulls(), Decimal(0))
            )


def _lists(setting: Setting) -> Iterator[Raised]:
    """What the layouts never have, and what the reading asked about a file as a whole."""
    yield from _gaps(setting)
    for problem in _unplaced(setting):
        topic = Topic(problem.code, problem.ask, problem.found, "practice", "practice", SETTLE, "text")
        parts = (problem.source_sheet or "", problem.column or "")
        if not setting.register.settled(topic, *parts):
            yield setting.register.raised(topic, parts, about=problem.address())


def _gaps(setting: Setting) -> Iterator[Raised]:
    """Columns that decisions wait for, each on its own; all others in one question."""
    needed = {("claims", rule.column) for rule in setting.policy.required} | set(GAPS) | {("claims", "attachments")}
    others: dict[tuple[str, str], str] = {}
    for one in {(each.code, each.table, each.column): each for each in setting.week.gaps}.values():
        place = (one.table, one.column)
        if one.table == "balances" and setting.policy.practice.patient_side is not True:
            continue
        if not one.code.startswith("missing_"):
            yield setting.register.raised(doubtful(one.code, one.sentence), place, about=one.file)
        elif place not in needed:
            others[place] = one.file
        elif not setting.register.settled(gap(*place), *place):
            yield setting.register.raised(gap(*place), place, about=one.file)
    parts = tuple(f"{table}.{column}" for table, column in sorted(others))
    if others and not setting.register.settled(other_gaps(sorted(others)), *parts):
        about = ", ".join(sorted(set(others.values()))[:3])
        yield setting.register.raised(other_gaps(sorted(others)), parts, about=about)


def _unplaced(setting: Setting) -> list[Problem]:
    """Problems to ask about that stand on no row of claims or balances."""
    codes = {one.code for one in setting.week.gaps}
    asked = [one for one in setting.week.problems if one.severity == "asked" and one.code not in codes]
    if not asked:
        return []
    place = ("source_file", "source_sheet", "source_row")
    rows = {row for frame in (setting.week.claims, setting.week.balances) for row in frame.select(place).iter_rows()}
    return [one for one in asked if (one.source_file, one.source_sheet, one.source_row) not in rows]
