"""The week's questions: what rows raise, what a rule could not tell, what a rule hands to the practice."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from billingkit.decisions.asking import Raised
from billingkit.decisions.deciding import TO_PRACTICE
from billingkit.decisions.rowwise import key_of, lacking, parts_of, raised, read_questions
from billingkit.decisions.setting import Setting
from billingkit.decisions.topics import (
    BLANK_GUARANTOR,
    CREDITS,
    WHOSE_CLAIMS,
    Topic,
    decision,
    gap,
    missing,
)
from billingkit.decisions.topics import (
    setting as setting_topic,
)
from billingkit.decisions.unlinked import Unlinked
from billingkit.refs import make_refs
from billingkit.terms import PRIORITIES

if TYPE_CHECKING:
    from billingkit.history import PastQuestion

Refs = dict[int, list[str]]
Found = tuple[Topic, tuple[str, ...]]
UNSURE: Final = {
    "claims.patient_id": (WHOSE_CLAIMS, ("claims",)),  # each claim by its own key: see `unlinked`
    "balances.guarantor_name": (BLANK_GUARANTOR, ("balances",)),
}
NOTHING: Final = "Tell us how to go on."
# Questions that a value settles only where the row then adds up, or the practice's agreement carries it.
STILL_OPEN: Final = (
    "future_date",
    "submitted_before_service",
    "paid_exceeds_billed",
    "ambiguous_date",
    "answer_differs",
)
CARRIED: Final = "The billing team carries it out."
CARRIED_OUT: Final = ("supplied", "resume")
# What a question is made from: the row's own words, and what was decided about it.
NEEDED: Final = (
    "claim_key", "account_key", "claim_id", "patient_id", "patient_name", "insurer", "service_date", "status_as_written",
    "outstanding", "billed", "balance", "patient_due", "insurer_request", "questions", "quarantined", "missing", "causes", "differs",
    "source_file", "source_sheet", "source_row",
)  # fmt: skip
SAID: Final = (
    "action", "asked", "unknown", "answered", "reason", "amount", "priority", "level", "deadline", "deadline_source", "due",
    "deadline_kind", "rule",
)  # fmt: skip
DECIDED: Final = tuple(word for word in TO_PRACTICE if word not in ("ask", "hold_and_tell"))


def claim_questions(
    facts: pl.DataFrame, said: pl.DataFrame, setting: Setting, whose: Unlinked
) -> tuple[list[Raised], Refs]:
    """Every question that claims raise, and the references of each row's questions."""
    return _questions(facts, said, "claims", setting, whose)


def account_questions(
    facts: pl.DataFrame, said: pl.DataFrame, setting: Setting, whose: Unlinked
) -> tuple[list[Raised], Refs]:
    """Every question that accounts raise, and the references of each account's questions."""
    return _questions(facts, said, "balances", setting, whose)


def _questions(
    facts: pl.DataFrame, said: pl.DataFrame, table: str, setting: Setting, whose: Unlinked
) -> tuple[list[Raised], Refs]:
    off = table == "balances" and not setting.policy.practice.patient_side
    found: list[Raised] = []
    refs: Refs = defaultdict(list)
    if not off:
        found += _for_all(facts, said, table, setting, refs, whose)
    busy = _busy(facts, said)
    rows = facts.select(name for name in NEEDED if name in facts.columns).filter(busy).iter_rows(named=True)
    decisions = said.select(SAID).filter(busy).iter_rows(named=True)
    together: dict[str, list[tuple[int, Raised]]] = defaultdict(list)
    for at, row, its in zip(busy.arg_true(), rows, decisions, strict=True):
        for topic, parts, cell in _of_row(row, its, table, setting, off=off) if not its["answered"] else ():
            if _heard(topic, parts, row, table, setting) is not None:
                continue
            if topic.joins == "batch":
                together[topic.code].append((at, raised(row, its, (topic, "", cell), table, setting.policy)))
                continue
            ref = setting.register.ref(topic, *parts)
            found.append(raised(row, its, (topic, ref, cell), table, setting.policy))
            refs[at].append(ref)
    return [*found, *_batched(together, refs, setting)], refs


def _busy(facts: pl.DataFrame, said: pl.DataFrame) -> pl.Series:
    """The rows that may have something to ask."""
    return said.select(
        (
            pl.lit(facts["questions"].replace("", None)).is_not_null()
            | pl.lit(facts["quarantined"].fill_null(value=False))
        )
        | (pl.col("action").is_in(TO_PRACTICE) & (pl.col("action") != "hold_and_tell"))
    ).to_series()


def _heard(
    topic: Topic, parts: tuple[str, ...], row: dict[str, Any], table: str, setting: Setting
) -> PastQuestion | None:
    """The practice's answer to one question of a row, where it is one that somebody can go by."""
    register = setting.register
    if topic.joins == "batch":
        return register.decided(register.batch_answer(topic, key_of(row, table)))
    past = register.decided(register.answer(topic, *parts))
    if past is not None and past.answer == "supplied" and topic.code in STILL_OPEN:
        return None
    # that a value is correct settles the doubt, not what is then to be done
    return None if past is not None and past.answer == "correct as it is" else past


def _batched(together: dict[str, list[tuple[int, Raised]]], refs: Refs, setting: Setting) -> list[Raised]:
    """Questions that one answer may settle for many rows: what was asked together stays together."""
    found = []
    for rows in together.values():
        known = setting.register.batches(rows[0][1].topic, (one.key for _, one in rows))
        for at, one in rows:
            if one.key in known:
                found.append(replace(one, ref=known[one.key]))
                refs[at].append(known[one.key])
    return found


def _of_row(
    row: dict[str, Any], its: dict[str, Any], table: str, setting: Setting, *, off: bool
) -> Iterable[tuple[Topic, tuple[str, ...], str]]:
    where = setting.sheets
    if off and not row["quarantined"]:
        return
    doubts = list(read_questions(row, table, where))
    yield from doubts
    if its["asked"] and not row["quarantined"]:
        for _, cause in _causes(its, row):
            topic = _own(cause, row, table, setting)
            if topic is not None:
                yield topic, parts_of(topic, row, table), where.cell(row, topic.column)
    if its["action"] in DECIDED:
        if its["action"] == "ask_practice" and table == "claims" and row["missing"]:
            # A number that is asked about because it looks wrong is not asked for once more because it is missing.
            asked = {
                topic.column
                for topic, parts, _ in doubts
                if topic.joins == "patient" and _heard(topic, parts, row, table, setting) is None
            }
            yield from (one for one in lacking(row, where, _providers(setting)) if one[0].column not in asked)
        else:
            topic = _decision(its, row, table)
            yield topic, parts_of(topic, row, table), where.cell(row, "status" if table == "claims" else "patient_due")


def _decision(its: dict[str, Any], row: dict[str, Any], table: str) -> Topic:
    """The question behind a decision that a rule hands to the practice."""
    if _credit(its, table):
        return CREDITS
    topic = decision(its["action"], _sentence(its, row), table)
    if its["action"] == "refer" and its["deadline_kind"] not in (None, "filing"):
        return replace(
            topic,
            need=f"The last day for this claim ({its['deadline_kind']}) has passed. Tell us what was sent before it, and how to go on.",
        )
    if topic.need == NOTHING:
        return replace(topic, need=its["reason"], why=f"Your agreement leaves this to you (rule {its['rule']}).")
    return topic


def _credit(its: dict[str, Any], table: str) -> bool:
    return table == "balances" and its["action"] == "ask_practice" and its["amount"] is not None and its["amount"] < 0


def _sentence(its: dict[str, Any], row: dict[str, Any]) -> str:
    said = str(its["reason"])
    request = row.get("insurer_request")
    return f"{said} The insurer asked for: {request}" if its["action"] == "get_information" and request else said


def _providers(setting: Setting) -> dict[str, str]:
    return {rule.column: rule.provides for rule in setting.policy.required}


def _causes(its: dict[str, Any], row: dict[str, Any]) -> list[tuple[str, str]]:
    """(fact, where) for each fact that kept the rules from deciding."""
    unknown = set((its["unknown"] or "").split("|"))
    pairs = [part.partition("=") for part in (row["causes"] or "").split("|") if part]
    return [(fact, where) for fact, _, where in pairs if fact in unknown]


def _own(cause: str, row: dict[str, Any], table: str, setting: Setting) -> Topic | None:
    """The row's own topic for a cause; None where it is asked once for all."""
    if _once(cause, row["source_file"], setting) is not None:
        return None
    where, _, column = cause.partition(".")
    topic = missing(column, table=where)
    return topic if where == table else replace(topic, subject="account")


def _once(cause: str, file: str, setting: Setting) -> Found | None:
    """The one question for the practice that a cause comes to; None where each row asks for itself."""
    where, _, column = cause.partition(".")
    if where == "policy":
        return setting_topic(column), (column,)
    if file in setting.layout.absent.get((where, column), frozenset()):
        return gap(where, column), (where, column)
    return UNSURE.get(cause)


def _for_all(
    facts: pl.DataFrame, said: pl.DataFrame, table: str, setting: Setting, refs: Refs, whose: Unlinked
) -> list[Raised]:
    """Causes that lie with the layout or the agreement: one question each, with how much hangs on it."""
    frame = said.select("asked", "unknown", "amount", "priority", "level", "deadline", "deadline_source").with_columns(
        *facts.select("causes", "source_file", pl.col("quarantined").fill_null(value=False))
    )
    frame = frame.with_row_index("at").filter(pl.col("asked") & ~pl.col("quarantined"))
    groups = frame.group_by("unknown", "causes", "source_file", maintain_order=True).agg("at", pl.col("amount").sum())
    tally: dict[Found, list[tuple[int, Decimal]]] = defaultdict(list)
    rows: dict[Found, list[int]] = defaultdict(list)
    for row in groups.iter_rows(named=True):
        for _, cause in _causes(row, row):
            once = _once(cause, row["source_file"], setting)
            if once is not None:
                tally[once].append((len(row["at"]), row["amount"] or Decimal(0)))
                rows[once] += row["at"]
    raised_: list[Raised] = []
    for found, counts in tally.items():
        at = rows[found]
        if found[0] is WHOSE_CLAIMS:
            raised_ += _raised_for_claims(facts[at], said[at], at, table, refs, whose)
        else:
            raised_.append(_raised_once(found, counts, said[at], at, table, setting, refs))
    return raised_


def _raised_for_claims(
    facts: pl.DataFrame, said: pl.DataFrame, rows: list[int], table: str, refs: Refs, whose: Unlinked
) -> list[Raised]:
    """The claims that nobody can link: a claim waits for itself, an account for all of them."""
    level = int(said["level"].max() or 0)  # type: ignore[arg-type]  # a whole number by its dtype
    all_ = [whose.by_key[key] for key in sorted(whose.stopping) if key in whose.by_key]
    found: dict[str, Raised] = {}
    if table == "balances":
        found = {one.key: one for one in all_}
        together = list(dict.fromkeys(one.ref for one in all_))
        for at in rows:
            refs[at] += together
    else:
        for at, key in zip(rows, facts["claim_key"], strict=True):
            if key in whose.by_key:
                found[key] = whose.by_key[key]
                refs[at].append(found[key].ref)
    return [replace(one, level=level) for one in found.values()]


def _raised_once(
    found: Found,
    counts: list[tuple[int, Decimal]],
    said: pl.DataFrame,
    rows: list[int],
    table: str,
    setting: Setting,
    refs: Refs,
) -> Raised:
    topic, parts = found
    ref = setting.register.ref(topic, *parts)
    for at in rows:
        refs[at].append(ref)
    number = sum(count for count, _ in counts)
    money = sum((amount for _, amount in counts), Decimal(0))
    noun = "claim" if table == "claims" else "account"
    nearest = said.filter(pl.col("deadline").is_not_null()).sort("deadline").head(1)
    currency = f" {setting.policy.practice.currency}" if setting.policy.practice.currency else ""
    known = said["amount"].drop_nulls().len()
    total = f", {money:,.2f}{currency} in all" if known else ", amounts not known"
    return Raised(
        topic,
        ref,
        about=f"{number:,} {noun}{'s' if number != 1 else ''}{total}",
        amount=money,
        priority=max(said["priority"], key=PRIORITIES.index),
        level=int(said["level"].max() or 0),  # type: ignore[arg-type]  # a whole number by its dtype
        deadline=nearest["deadline"].item() if nearest.height else None,
        deadline_source=nearest["deadline_source"].item() if nearest.height else "",
        kind=noun,
    )


def with_refs(said: pl.DataFrame, refs: Refs, letter: str, setting: Setting) -> pl.DataFrame:
    """Adds `questions`, and `ref`: the row's first question where the practice is to act, else its own."""
    salt = setting.register.salt
    own = pl.Series("ref", make_refs(letter, salt, said["key"]), dtype=pl.String)
    if not refs:
        return said.with_columns(own, pl.lit(None, dtype=pl.String).alias("questions"))
    places = sorted(refs)
    mine = [list(dict.fromkeys(refs[at])) for at in places]
    questions = pl.repeat(None, said.height, dtype=pl.String, eager=True).scatter(
        places, ["|".join(one) for one in mine]
    )
    first = pl.repeat(None, said.height, dtype=pl.String, eager=True).scatter(places, [one[0] for one in mine])
    to_practice = pl.col("action").is_in(TO_PRACTICE)
    return said.with_columns(
        questions.alias("questions"),
        pl.when(to_practice).then(pl.coalesce(pl.lit(first), pl.lit(own))).otherwise(pl.lit(own)).alias("ref"),
    )


def answered_rows(said: pl.DataFrame, facts: pl.DataFrame, table: str, setting: Setting) -> pl.DataFrame:
    """Rows that the practice has answered for in full, marked `answered`, with its answer as the reason.

    What it decided, or promised to look into, waits; what it supplied goes to the billing team.
    """
    said = said.with_columns(pl.lit(value=False).alias("answered"))
    off = table == "balances" and not setting.policy.practice.patient_side
    if not setting.register.past or off:
        return said
    busy = _busy(facts, said)
    rows = facts.select(name for name in NEEDED if name in facts.columns).filter(busy).iter_rows(named=True)
    decisions = said.select(name for name in SAID if name in said.columns).filter(busy).iter_rows(named=True)
    given: dict[int, PastQuestion] = {}
    for at, row, its in zip(busy.arg_true(), rows, decisions, strict=True):
        if its["action"] in TO_PRACTICE and its["action"] != "hold_and_tell":
            found = _of_row(row, its, table, setting, off=off)
            heard = [_heard(topic, parts, row, table, setting) for topic, parts, _ in found]
            told = [past for past in heard if past is not None]
            if told and len(told) == len(heard):
                # what is only promised, or the practice's own to do, keeps the row waiting
                given[at] = min(told, key=lambda past: past.answer in CARRIED_OUT)
    if not given:
        return said
    places = sorted(given)
    here = pl.int_range(pl.len()).is_in(places)
    waits = pl.int_range(pl.len()).is_in([at for at in places if given[at].answer not in CARRIED_OUT])
    none = pl.lit(None, dtype=pl.Date)
    return said.with_columns(
        said["reason"].scatter(places, [_given(given[at]) for at in places]),
        here.alias("answered"),
        pl.when(waits).then(pl.lit("wait")).otherwise("action").alias("action"),
        pl.when(here & ~waits).then(pl.lit("billing team")).otherwise("owner_role").alias("owner_role"),
        pl.when(waits).then(none).otherwise("by_when").alias("by_when"),
        pl.when(waits).then(none).otherwise("not_before").alias("not_before"),
    )


def _given(past: PastQuestion) -> str:
    who, when = past.by or "The practice", f" on {past.on:%d %b %Y}" if past.on else ""
    if past.answer == "will check by" and past.until is not None:
        return f"{who} will check by {past.until:%d %b %Y}."
    if past.answer in CARRIED_OUT:
        return f"{who} answered{when}: {past.value or past.answer}. {CARRIED}"
    return f"{who} decided{when}{': ' + past.value if past.value else ''}. This is for the practice to carry out in its own system."
