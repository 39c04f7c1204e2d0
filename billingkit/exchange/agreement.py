"""`Agreement`: what the practice agreed and what ran, in plain words with its own numbers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import polars as pl

from billingkit.exchange.listing import Field, Line, Listing, answer_fields
from billingkit.exchange.wording import count
from billingkit.policy import render

if TYPE_CHECKING:
    from billingkit.decided import Question, Review

AGREEMENT: Final = "Agreement"
NOT_SETTLED: Final = "not settled yet"
# What a manager wants to read again; her own words and headings are hers, and stand in the policy workbook.
PLAIN: Final = ("Practice", "Timeframes", "Insurers", "Agreements", "Sensitive wording", "Calendar")
RULES: Final = ("Claim rules", "Balance rules", "Escalation rules")
EVERY: Final = ("", "-")
FIELDS: Final = (Field("Part", 16), Field("What", 42), Field("As agreed", 44))


def agreement(review: Review) -> Listing:
    """The agreements, timeframes and rules that ran; what nobody has settled yet is listed first."""
    asked = _asked_here(review)
    fields = (
        *FIELDS[:3],
        Field("From", 24 if asked else 38),
        *((Field("Ref", 13, "ref"), *answer_fields()) if asked else ()),
    )
    policy = review.policy
    parts = dict(render(policy))
    lines = [line for part in PLAIN if part in parts for line in _plain(part, parts[part][1:], review)]
    decided = _decided(review)
    lines += [line for part in RULES if part in parts for line in _rules(part, parts[part], decided)]
    lines.sort(key=lambda line: line.values[2] != NOT_SETTLED)
    if asked:
        lines = [_with_answer(line, asked) for line in lines]
        lines.sort(key=lambda line: line.closed)
    still_open = sum(line.values[2] == NOT_SETTLED for line in lines)
    where = "please answer in the yellow cells" if asked else "what we need from you is on the Action list"
    said = [f"{count(still_open, 'point')} not settled yet, listed first; {where}."]
    if policy.shipped:
        said.append("These are the kit's starting rules, not yet your own agreement.")
    said.extend(policy.notices)
    read = "only the yellow cells are read back" if asked else "nothing on this tab is read back"
    said.append(f"To change something, edit the policy workbook; {read}.")
    return Listing(AGREEMENT, "Agreement: the rules and days that ran", tuple(said), fields, tuple(lines))


def _plain(part: str, rows: Sequence[Sequence[str]], review: Review) -> Iterator[Line]:
    refs = _asked_as(review)
    for row in rows:
        what, agreed, source = row[0], row[1], "; ".join(filter(None, row[2:]))
        if agreed == NOT_SETTLED and what in refs:
            source = f"asked as {refs[what]} on the Action list"
        yield Line((part, what, agreed, source))


def _asked_as(review: Review) -> dict[str, str]:
    """The references of open agreements, by their question."""
    asked = {one.code: one.ref for one in review.listed}
    found = {one.question: asked.get(f"agreement_{one.key}") for one in review.policy.agreements}
    return {question: ref for question, ref in found.items() if ref}


def _asked_here(review: Review) -> dict[str, Question]:
    """The questions that are answered on this tab, by what they ask."""
    return {one.need: one for one in review.questions if one.tab == AGREEMENT}


def _with_answer(line: Line, asked: dict[str, Question]) -> Line:
    one = asked.get(str(line.values[1]))
    blank = (None,) * 6
    if one is None:
        return replace(line, values=(*line.values, "", *blank), closed=True)
    return replace(line, values=(*line.values, one.ref, *blank), answers=one.answers, value_kind=one.value_kind)


def _rules(part: str, rows: Sequence[Sequence[str]], decided: dict[str, int]) -> Iterator[Line]:
    headings = rows[0]
    results = headings.index("Action") if "Action" in headings else headings.index("Level")
    for row in rows[1:]:
        named = dict(zip(headings, row, strict=True))
        asked = zip(headings[2:results], row[2:results], strict=True)
        when = "; ".join(f"{heading}: {cell}" for heading, cell in asked if cell not in EVERY)
        hits = decided.get(row[0], 0)
        used = f"decided {count(hits, 'row')} this week" if hits else "no row this week"
        shown = "" if part == "Escalation rules" else used
        yield Line((part, f"{row[0]}: {_result(named)}", when or "whatever else holds", shown))


def _result(named: dict[str, str]) -> str:
    if "Action" not in named:
        return f"level {named['Level']}, {named['Priority']}"
    told = [named["Action"]]
    if named.get("Owner", "-") not in EVERY:
        told.append(named["Owner"])
    due = named.get("Due in (working days)", "-")
    if due not in EVERY:
        told.append(f"within {count(int(due), 'working day') if due.isdecimal() else due}")
    return ", ".join(told)


def _decided(review: Review) -> dict[str, int]:
    rules = pl.concat([review.claims["rule"], review.balances["rule"]]).drop_nulls()
    return dict(rules.value_counts().iter_rows())
