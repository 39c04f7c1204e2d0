"""Questions that one row raises: what the reading doubted, what is missing, what a rule hands to the practice."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from billingkit.decisions.asking import Raised, Register
from billingkit.decisions.supplied import DIFFERS
from billingkit.decisions.topics import (
    DATE_ORDER,
    FROM_READING,
    HEADING,
    KIND,
    MARKS,
    VALUE_KIND,
    Topic,
    amount_mark,
    missing,
)

if TYPE_CHECKING:
    from billingkit.policy.agreement import Policy
    from billingkit.problems import Problem
    from billingkit.week import Week

# What is asked about one cell names its column, so that nobody has to look up which date or amount is meant.
NAMED: Final = {
    "unreadable_date": "Give us this date: {}.",
    "ambiguous_date": "Tell us which date is meant: {}.",
    "future_date": "Check this date: it lies in the future ({}).",
    "unreadable_amount": "Give us this amount: {}.",
}
AMOUNT: Final = re.compile(r"[^\w*#~^]{0,2}\d[\d.,' ]*")
SENT_EARLY: Final = "submitted_before_service"
TWO_DATES: Final = ("submitted_date", "service_date")
KEY: Final = {"claims": "claim_key", "balances": "account_key"}
Place = tuple[str, str | None, int | None]


@dataclass(frozen=True, slots=True)
class Sheets:
    """Where things stand in the practice's workbook: problems by row and code, columns by letter."""

    problems: dict[tuple[Place, str], Problem]
    headings: dict[tuple[str, str | None], dict[str, str]]
    letters: dict[tuple[str, str | None], dict[str, str]]
    date_order: str | None = None  # as the practice declared it

    def cell(self, row: dict[str, Any], column: str, code: str = "") -> str:
        """The address of a row's cell, such as `Claims 2026!F17`."""
        place: Place = (row["source_file"], row["source_sheet"], row["source_row"])
        problem = self.problems.get((place, code))
        sheet = row["source_sheet"] or row["source_file"]
        if problem is not None and problem.cell:
            return f"{sheet}!{problem.cell}"
        letter = self.letters.get(place[:2], {}).get(column)
        return f"{sheet}!{letter}{row['source_row']}" if letter else f"{sheet}, row {row['source_row']}"

    def column(self, row: dict[str, Any], code: str) -> str:
        """The canonical column that a reading's question is about, where it says."""
        place: Place = (row["source_file"], row["source_sheet"], row["source_row"])
        problem = self.problems.get((place, code))
        if problem is None or not problem.column:
            return ""
        return self.headings.get(place[:2], {}).get(problem.column, "")

    def marked(self, row: dict[str, Any], code: str) -> str:
        """The amount with a mark behind it that the reading found, such as `768.00*`; else nothing."""
        problem = self.problems.get(((row["source_file"], row["source_sheet"], row["source_row"]), code))
        found = str(problem.found or "").strip() if problem is not None else ""
        return found if found[-1:] in MARKS and AMOUNT.fullmatch(found[:-1].strip()) else ""


def sheets(week: Week, date_order: str | None) -> Sheets:
    """The addresses of a week."""
    headings: dict[tuple[str, str | None], dict[str, str]] = {}
    letters: dict[tuple[str, str | None], dict[str, str]] = {}
    for table in week.tables:
        headings.setdefault((table.file, table.sheet), {}).update(table.columns)
        letters.setdefault((table.file, table.sheet), {}).update(table.letters)
    problems: dict[tuple[Place, str], Problem] = {
        ((one.source_file, one.source_sheet, one.source_row), one.code): one
        for one in reversed(week.problems)
        if one.source_row is not None
    }
    return Sheets(problems, headings, letters, date_order)


def topic_of(code: str, row: dict[str, Any], table: str, where: Sheets) -> Topic:
    """The topic of a question that the reading raised on a row."""
    column = where.column(row, code)
    if code == "ambiguous_date" and not where.date_order:
        return DATE_ORDER
    if code == "unreadable_amount" and (marked := where.marked(row, code)):
        return amount_mark(marked[-1], marked)
    known = FROM_READING.get(code)
    if code == DIFFERS:
        column = (row.get("differs") or "").partition("=")[0]
        return replace(FROM_READING[DIFFERS], column=column, value_kind=VALUE_KIND[KIND.get(column, "text")])
    if known is not None:
        word = row.get("status_as_written")
        if code == "unknown_status" and word:
            known = replace(known, need=f'Tell us what "{word}" means as the state of a claim.')
        if code in NAMED and column in HEADING:
            known = replace(known, need=NAMED[code].format(HEADING[column].lower()))
        return replace(known, column=known.column or column, subject=known.subject if table == "claims" else "account")
    if code.startswith("missing_"):
        named = column or {"missing_amount": "outstanding" if table == "claims" else "patient_due"}.get(code, code[8:])
        return replace(missing(named, table=table), code=code)
    said = where.problems.get(((row["source_file"], row["source_sheet"], row["source_row"]), code))
    need = said.ask if said is not None and said.ask else f"Check this row: {code.replace('_', ' ')}."
    return Topic(code, need, "We do nothing with this row until we know.", column=column)


def parts_of(topic: Topic, row: dict[str, Any], table: str) -> tuple[str, ...]:
    """What the question is about, as widely as one answer settles it."""
    if topic.joins == "patient":
        patient = row["patient_id"] or row["patient_name"]
        if patient:
            return ("patient", str(patient), str(row.get("insurer") or ""))
    if topic.joins == "word":
        word = row.get("status_as_written") if topic.code == "unknown_status" else row.get("claim_id")
        if word:
            return ("word", str(word).strip().casefold())
    if topic.joins == "twin":
        same = ("patient_id", "patient_name", "insurer", "service_date", "billed")
        return ("twin", *(str(row.get(name) or "") for name in same))
    if topic.joins == "sheet":
        return ("sheet", str(row["source_sheet"] or row["source_file"]))
    if topic.joins == "practice":
        return ("practice", topic.column)
    # Where the list differs from an answer, it is asked anew when the list changes again.
    own = topic.column if topic.code != DIFFERS else str(row.get("differs") or "")
    return (table, key_of(row, table), own)


def key_of(row: dict[str, Any], table: str) -> str:
    """The row's key; its place where it has none."""
    return str(row[KEY[table]] or f"{row['source_file']}|{row['source_sheet'] or ''}|{row['source_row']}")


def about(row: dict[str, Any], table: str, policy: Policy) -> str:
    """Claim, patient, insurer, date and amount, as far as they are known."""
    if table == "claims":
        first = f"Claim {row['claim_id']}" if row["claim_id"] else "Claim without a number"
        day = f"{row['service_date']:%d %b %Y}" if row["service_date"] else ""
        amount = row["outstanding"] if row["outstanding"] is not None else row["billed"]
        parts = [first, row["patient_name"], row["insurer"], day]
    else:
        first = f"Account {row['patient_id']}" if row["patient_id"] else "Account"
        amount = row["patient_due"] if row["patient_due"] is not None else row["balance"]
        parts = [first, row["patient_name"]]
    if amount is not None:
        parts.append(f"{amount:,.2f}{' ' + policy.practice.currency if policy.practice.currency else ''}")
    return ", ".join(str(part) for part in parts if part)


def settled_rows(frame: pl.DataFrame, table: str, register: Register, where: Sheets) -> pl.DataFrame:
    """The rows without the doubts that the practice has called correct; a row with none left is trusted again.

    A doubtful value that was left empty stays a question, whatever was answered.
    """
    doubtful = frame.with_row_index("at").filter(pl.col("questions").is_not_null())
    changed: dict[int, tuple[str | None, bool]] = {}
    for row in doubtful.iter_rows(named=True) if register.past else ():
        codes = row["questions"].split("|")
        left = [code for code in codes if not _accepted(code, row, table, register, where)]
        if left != codes:
            changed[row["at"]] = ("|".join(left) or None, bool(row["quarantined"]) and bool(left))
    if not changed:
        return frame
    places = sorted(changed)
    return frame.with_columns(
        frame["questions"].scatter(places, [changed[at][0] for at in places]),
        frame["quarantined"].scatter(places, [changed[at][1] for at in places]),
    )


def _accepted(code: str, row: dict[str, Any], table: str, register: Register, where: Sheets) -> bool:
    topic = topic_of(code, row, table, where)
    given = (row["given"] or "").split("|")
    if (topic.column in given and code != DIFFERS) or (code == SENT_EARLY and not {*given}.isdisjoint(TWO_DATES)):
        return not _still_wrong(code, row, register.as_of)
    if topic.column and topic.column in row and row[topic.column] is None and code != "unknown_status":
        return False
    if topic.joins == "batch":
        past = register.batch_answer(topic, key_of(row, table))
        return past is not None and past.answer == "correct as it is"
    return register.settled(topic, *parts_of(topic, row, table))


def _still_wrong(code: str, row: dict[str, Any], as_of: date) -> bool:
    """Whether a row is impossible even with the value that the practice gave."""
    if code == "submitted_before_service":
        dates = (row["submitted_date"], row["service_date"])
        return None not in dates and dates[0] < dates[1]
    if code == "future_date":
        days = (row.get("service_date"), row.get("submitted_date"), row.get("status_date"))
        return any(day is not None and day > as_of for day in days)
    if code == "paid_exceeds_billed":
        return None not in (row["paid"], row["billed"]) and row["paid"] > row["billed"]
    return False


def read_questions(row: dict[str, Any], table: str, where: Sheets) -> Iterator[tuple[Topic, tuple[str, ...], str]]:
    """What the reading doubted on a row: topic, identity, cell."""
    codes = (row["questions"] or "").split("|") if row["questions"] else []
    if "future_date" in codes:  # a treatment dated ahead was of course "sent before" it: the date is asked once
        codes = [code for code in codes if code != SENT_EARLY]
    for code in dict.fromkeys(codes or (["quarantined_row"] if row["quarantined"] else [])):
        topic = topic_of(code, row, table, where)
        yield topic, parts_of(topic, row, table), where.cell(row, topic.column, code)


def lacking(
    row: dict[str, Any], where: Sheets, provides: dict[str, str]
) -> Iterator[tuple[Topic, tuple[str, ...], str]]:
    """The details that a claim must have and has not."""
    for word in row["missing"].split("|"):
        column, _, kind = word.partition(":")
        topic = missing(column, kind, provides=provides.get(column, "named contact"))
        parts = parts_of(topic, row, "claims")
        yield topic, (*parts, kind) if kind else parts, where.cell(row, column)


def named_reason(words: str) -> str:
    """`member_id|attachments:x-ray` in words."""
    shown = [
        (kind or HEADING.get(column, column)).lower()
        for column, _, kind in (word.partition(":") for word in words.split("|"))
    ]
    return ", ".join(dict.fromkeys(shown))


def raised(
    row: dict[str, Any], decision: dict[str, Any], found: tuple[Topic, str, str], table: str, policy: Policy
) -> Raised:
    """One question (topic, reference, cell) with what its row says about urgency."""
    topic, ref, cell = found
    amount = decision["amount"] if decision["amount"] is not None else row.get("billed")
    return Raised(
        topic, ref, key_of(row, table), about(row, table, policy), amount, cell, decision["priority"],
        decision["level"], decision["deadline"], decision["deadline_source"] or "", decision["due"] or 0,
        kind="claim" if table == "claims" else "account",
    )  # fmt: skip
