"""The week's questions: every row's own, and those that many rows have in common."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from decimal import Decimal

import polars as pl

from billingkit.decisions.asking import Raised
from billingkit.decisions.deciding import TO_PRACTICE
from billingkit.decisions.row_questions import NEEDED, SAID, Found, asked_once, busy_rows, causes_of, heard, of_row
from billingkit.decisions.rowwise import raised
from billingkit.decisions.setting import Setting
from billingkit.decisions.topics import WHOSE_CLAIMS
from billingkit.decisions.unlinked import Unlinked
from billingkit.refs import make_refs
from billingkit.terms import PRIORITIES

Refs = dict[int, list[str]]


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
    busy = busy_rows(facts, said)
    rows = facts.select(name for name in NEEDED if name in facts.columns).filter(busy).iter_rows(named=True)
    decisions = said.select(SAID).filter(busy).iter_rows(named=True)
    together: dict[str, list[tuple[int, Raised]]] = defaultdict(list)
    for at, row, its in zip(busy.arg_true(), rows, decisions, strict=True):
        for topic, parts, cell in of_row(row, its, table, setting, off=off) if not its["answered"] else ():
            if heard(topic, parts, row, table, setting) is not None:
                continue
            if topic.joins == "batch":
                together[topic.code].append((at, raised(row, its, (topic, "", cell), table, setting.policy)))
                continue
            ref = setting.register.ref(topic, *parts)
            found.append(raised(row, its, (topic, ref, cell), table, setting.policy))
            refs[at].append(ref)
    return [*found, *_batched(together, refs, setting)], refs


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
        for _, cause in causes_of(row, row):
            once = asked_once(cause, row["source_file"], setting)
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
