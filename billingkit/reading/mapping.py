"""Which heading became which of our columns, and why; what is doubtful is listed, never guessed."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from itertools import pairwise
from typing import Final

from billingkit.policy.agreement import ColumnHeading, Policy, SourceNote
from billingkit.reading.aliases import BY_TABLE, ROLE, WHICH_AMOUNT, Holds, Kind, Role, is_ageing
from billingkit.reading.fold import NOTHING, as_text, fold, is_blank
from billingkit.reading.grid import Heading, Table
from billingkit.reading.synonyms import known_words, words_of
from billingkit.reading.systems import known_system
from billingkit.workbook.book import Sheet, Value

_MONEY: Final = re.compile(r"^[(\-]?\s*(?:[A-Z]{3}|[^\w\s.,()\-])?\s*[(\-]?\d[\d.,' ]*\)?-?\s*[*#\u2020]?$")
_DATE: Final = re.compile(
    r"^(?:\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}|\d{1,2}[ -][a-z]{3,9}\.?,?[ -]\d{2,4}|[a-z]{3,9}\.? \d{1,2},? \d{4})(?:[ t].*)?$",
    re.IGNORECASE,
)
# Words that settle a heading's kind whatever stands below: what does not fit there is asked cell by cell.
_PLAIN: Final = {
    "date": re.compile(r"\b(?:date|dates|dos|d o s|dob|d o b|birthday|deadline)\b"),
    "money": re.compile(
        r"\b(?:amount|amt|fee|fees|charge|charges|billed|outstanding|o s|balance|owed|owing|claimed)\b"
    ),
}
_BAD_DEBT: Final = frozenset({"bad debtor", "bad debt", "in collections", "in collection", "collections", "collection"})
_LEFT_ALONE: Final = "that such an account is to be left alone (Stop flag), or nothing for us"
BY_PRACTICE: Final = "the practice's Column headings say so"
_INVOICE_STATES: Final = frozenset(
    {"status", "state", "invoice status", "invoice state", "payment status", "paid status"}
)
PAID_UP: Final = frozenset({"paid", "settled", "paid in full", "fully paid", "paid up"})
_SIGNS: Final = str.maketrans("", "", "\u00a3$\u20ac, ")
_DECIMAL: Final = re.compile(r"-?\d{1,12}(?:\.\d{1,10})?")
_NEVER: Final = re.compile(r"(?!)")
_ONE: Final = re.compile(r"\b1\b")
_FIRST_COVER: Final = re.compile(r"(?:primary|pri|prim|1st|first)\b")
_SECOND_COVER: Final = re.compile(r"(?:secondary|sec|2nd|second|tertiary|3rd|third)\b")
# Headings under which people count the rows of their list; a counter starts again in every list.
_NUMBERS_ROWS: Final = frozenset({"no", "number", "id no", "row", "line", "s no", "sr no", "sl no", "item no", "count"})
_SAMPLE: Final = 300
_FLAGS: Final = frozenset({"*", "y", "n", "yes", "no", "x", "true", "false", "1", "0", "stop", "\u2713", "\u2714"})
_COVERAGES: Final = frozenset(
    {
        "p",
        "s",
        "pri",
        "sec",
        "primary",
        "secondary",
        "preauth",
        "1",
        "2",
        "prim",
        "tertiary",
        "medical",
        "other",
        "cap",
        "predetermination",
        "pre-auth",
        "ter",
    }
)
_STATES: Final = frozenset(
    {"settled", "in credit", "in debt", "credit", "debt", "up to date", "clear", "owing", "in arrears", "paid up"}
)


@dataclass(slots=True)
class Mapping:
    """A table's columns by role. Positions count from 0; a role may stand on several (notes, ageing)."""

    holds: Holds
    table: Table
    positions: dict[str, list[int]] = field(default_factory=dict)
    why: dict[int, str] = field(default_factory=dict)
    role_of: dict[int, str] = field(default_factory=dict)
    doubtful: list[tuple[Heading, str]] = field(default_factory=list)  # heading, what it may be
    unknown: list[Heading] = field(default_factory=list)
    system: str = ""
    sections: frozenset[str] = frozenset()  # the practice's status words and insurers: they may head a section
    also: dict[int, str] = field(default_factory=dict)  # place -> another form of its heading
    or_paid: int | None = None  # the place of amounts still owed where a paid invoice says so in a word

    def at(self, role: str) -> int | None:
        """The place of a role's column, if the layout has one."""
        return self.positions.get(role, [None])[0]

    def heading(self, position: int | None) -> str | None:
        """The heading over a place."""
        return next((h.name for h in self.table.headings if h.position == position), None)

    def take(self, role: str, heading: Heading, why: str) -> None:
        """Note that a heading's column holds a role."""
        self.positions.setdefault(role, []).append(heading.position)
        self.role_of[heading.position] = role
        self.why[heading.position] = why


def same_place(where: str | None, file: str, sheet: str | None, column: str | None = None) -> bool:
    """Whether a policy cell's `Where` means this file, sheet or column; blank means everywhere.

    Dates and counters in a file's name are left out, so that next week's file is still the same one.
    """
    if not where or not where.strip():
        return True
    wanted = fold(where)
    stem = file.rsplit(".", 1)[0]
    names = {fold(file), fold(stem), _no_digits(file), _no_digits(stem)}
    if sheet:
        names |= {fold(sheet), fold(f"{file} {sheet}"), fold(f"{stem} {sheet}")}
    if column:
        names.add(fold(column))
    return wanted in names or (len(_no_digits(where)) > 3 and _no_digits(where) in names)


def _no_digits(text: str) -> str:
    return " ".join(re.sub(r"\d+", " ", fold(text)).split())


def source_note(policy: Policy, file: str, sheet: str | None) -> SourceNote | None:
    """What the practice says about a file or tab; a tab's own row comes before its file's."""
    rows = [row for row in policy.sources if row.where and same_place(row.where, file, sheet)]
    tab = [row for row in rows if sheet and not same_place(row.where, file, None)]
    found = next(iter(tab or rows), None)
    anywhere = next((row for row in policy.sources if not row.where), None)  # an answer that no list is named in
    if found is None or anywhere is None or found.amount_is:
        return found or anywhere
    return replace(found, amount_is=anywhere.amount_is)


def map_headings(table: Table, sheet: Sheet, policy: Policy, file: str) -> dict[Holds, Mapping]:
    """A table's headings as those of claims and as those of balances, judged by the same first rows."""
    shown = sample(sheet, table)
    samples = {heading.position: kinds(column_of(shown, heading.position)) for heading in table.headings}
    where = (file, sheet.name)
    return {holds: _map_headings(table, policy, where, holds, shown, samples) for holds in ("claims", "balances")}


def _map_headings(
    table: Table,
    policy: Policy,
    where: tuple[str, str | None],
    holds: Holds,
    shown: list[list[Value]],
    samples: dict[int, Counter[str]],
) -> Mapping:
    """Map a table's headings to roles: the practice's own words first, then known systems, then aliases."""
    mapping = Mapping(holds, table, sections=_sections(policy))
    left = [heading for heading in table.headings if not _by_practice(mapping, heading, policy, *where)]
    system = known_system(holds, {heading.folded()[-1] for heading in table.headings})
    if system:
        mapping.system = system.name
        left = [heading for heading in left if not _by_system(mapping, heading, system.meanings, system.name)]
    left = [heading for heading in left if not _by_ageing(mapping, heading, samples[heading.position])]
    left = [heading for heading in left if not _by_owed_or_paid(mapping, heading, samples[heading.position])]
    aside = _of_second_cover(table) | _second_of_two(mapping)
    left = [heading for heading in left if heading.position not in aside]
    mapping.why.update(dict.fromkeys(aside, "left aside: it is the second cover's"))
    left = _by_alias(mapping, left, samples, sure=True)
    left = [heading for heading in left if not _by_amount(mapping, heading, shown)]
    left = [heading for heading in left if not _by_synonym(mapping, heading, samples[heading.position])]
    left = _by_alias(mapping, left, samples, sure=False)
    left = _by_status_words(mapping, left, shown, policy)
    left = _by_insurers(mapping, left, shown, policy)
    mapping.doubtful += [(heading, _LEFT_ALONE) for heading in left if _marks_bad_debt(mapping, heading)]
    mapping.unknown = sorted([*left, *aside.values()], key=lambda heading: heading.position)
    return mapping


def _marks_bad_debt(mapping: Mapping, heading: Heading) -> bool:
    return mapping.holds == "balances" and not _BAD_DEBT.isdisjoint(heading.folded())


def _sections(policy: Policy) -> frozenset[str]:
    insurers = (name for insurer in policy.insurers for name in (insurer.name, *insurer.aliases))
    return frozenset(fold(name) for name in (*insurers, *(row.word for row in policy.status_words))) - {""}


def _of_second_cover(table: Table) -> dict[int, Heading]:
    """Headings that a group names as the second cover's where the first cover's have a group of their own."""
    if not any(_FIRST_COVER.match(fold(heading.group)) for heading in table.headings):
        return {}
    return {heading.position: heading for heading in table.headings if _SECOND_COVER.match(fold(heading.group))}


def _second_of_two(mapping: Mapping) -> dict[int, Heading]:
    """`Insurance 1` beside `Insurance 2`: the first is the first cover's, the second is left aside."""
    headings = {heading.folded()[0]: heading for heading in mapping.table.headings}
    second: dict[int, Heading] = {}
    for folded, heading in headings.items():
        other = headings.get(_ONE.sub("2", folded, count=1))
        if other is not None and other is not heading:
            mapping.also[heading.position] = _ONE.sub("primary", folded, count=1)
            second[other.position] = other
    return second


def _by_practice(mapping: Mapping, heading: Heading, policy: Policy, file: str, sheet: str | None) -> bool:
    for row in policy.column_headings:
        if fold(row.heading) in heading.folded() and same_place(row.where, file, sheet):
            role = role_named(row, mapping.holds)
            if role is None:
                continue
            mapping.take(role, heading, BY_PRACTICE)
            return True
    return False


def role_named(row: ColumnHeading, holds: Holds) -> str | None:
    """The role that a policy row names: our column, or a part of one such as a surname."""
    wanted = row.column.strip().casefold().replace(" ", "_")
    if wanted in {"aging", "ageing"}:
        return "aging"
    return wanted if wanted in ROLE[holds] else None


def _by_system(mapping: Mapping, heading: Heading, meanings: dict[str, str], system: str) -> bool:
    role = meanings.get(heading.folded()[-1])
    if role is None or (role in mapping.positions and role != "notes"):
        return False
    mapping.take(role, heading, f"{system} uses this heading so")
    return True


def _by_ageing(mapping: Mapping, heading: Heading, counted: Counter[str]) -> bool:
    # some systems print the days on which reminders went out under such headings
    if not any(is_ageing(folded) for folded in heading.folded()) or not fits("money", counted, sure=True):
        return False
    mapping.take("aging", heading, "it labels an ageing bucket")
    return True


def _by_owed_or_paid(mapping: Mapping, heading: Heading, counted: Counter[str]) -> bool:
    """An invoice's status that is the word paid, or else the amount that is still owed."""
    told = ROLE["balances"]["outstanding"].sure
    amounts, others = counted["money"], counted["date"] + counted["text"] - counted["paid"]
    if (
        mapping.holds != "balances"
        or not _INVOICE_STATES & set(heading.folded())
        or not amounts
        or others
        or any(told & set(other.folded()) for other in mapping.table.headings)
    ):
        return False
    mapping.take("outstanding", heading, "the cells below are amounts still owed, or say paid")
    mapping.or_paid = heading.position
    return True


def _by_alias(mapping: Mapping, left: list[Heading], samples: dict[int, Counter[str]], *, sure: bool) -> list[Heading]:
    rest = []
    for heading in left:
        role = _alias(mapping, heading, samples[heading.position], sure=sure)
        if role is None:
            rest.append(heading)
        else:
            why = "a usual heading for it" if sure else "a likely heading, and the cells below fit"
            mapping.take(role.name, heading, why)
    return rest


def _alias(mapping: Mapping, heading: Heading, kind: Counter[str], *, sure: bool) -> Role | None:
    for folded in _forms(mapping, heading):
        named = [role for role in BY_TABLE[mapping.holds] if folded in (role.sure if sure else role.likely)]
        for role in named:
            free = role.name not in mapping.positions or role.name == "notes" or sure
            plain = sure and bool(_PLAIN.get(role.kind, _NEVER).search(folded))
            if folded in _NUMBERS_ROWS and kind["counter"]:
                continue  # the rows' own numbers name no claim
            if free and (plain or fits(role.kind, kind, sure=sure)):
                return role
    return None


def _forms(mapping: Mapping, heading: Heading) -> tuple[str, ...]:
    also = mapping.also.get(heading.position)
    return (*heading.folded(), also) if also else heading.folded()


def _by_synonym(mapping: Mapping, heading: Heading, kind: Counter[str]) -> bool:
    """A usual heading in other words or another order; its cells must fit, and no other column hold the role."""
    for folded in _forms(mapping, heading):
        name = known_words(mapping.holds).get(words_of(folded), "")
        role = ROLE[mapping.holds].get(name)
        if role and (name not in mapping.positions or name == "notes") and fits(role.kind, kind, sure=False):
            mapping.take(name, heading, "a usual heading for it in other words, and the cells below fit")
            return True
    return False


def _by_status_words(mapping: Mapping, left: list[Heading], shown: list[list[Value]], policy: Policy) -> list[Heading]:
    """The one column that holds the practice's own status words, where no heading says which it is."""
    if mapping.holds != "claims" or "status" in mapping.positions:
        return left
    found = [heading for heading in left if says_status(column_of(shown, heading.position), policy)]
    if len(found) != 1:
        return left
    mapping.take("status", found[0], "the practice's Status words stand below it")
    return [heading for heading in left if heading is not found[0]]


def _by_insurers(mapping: Mapping, left: list[Heading], shown: list[list[Value]], policy: Policy) -> list[Heading]:
    """The one column in which the practice's own insurers stand, where no heading says which it is."""
    names = {fold(name) for insurer in policy.insurers for name in (insurer.name, *insurer.aliases)}
    if mapping.holds != "claims" or "insurer" in mapping.positions or not names:
        return left
    provider = mapping.at("provider")  # an insurer, in some practices' words
    found = []
    for heading in mapping.table.headings:
        if heading in left or heading.position == provider:
            said = [fold(as_text(cell)) for cell in column_of(shown, heading.position)]
            if said and sum(text in names for text in said) >= 0.8 * len(said):
                found.append(heading)
    if len(found) != 1:
        return left
    if found[0].position == provider:
        del mapping.positions["provider"]
    mapping.take("insurer", found[0], "the practice's Insurers stand below it")
    return [heading for heading in left if heading is not found[0]]


def says_status(cells: list[Value], policy: Policy) -> bool:
    """Whether hardly anything but the practice's own status words stands in some cells, and more than one of them."""
    words = {fold(row.word) for row in policy.status_words} - {"", "blank", "any date"}
    said = [fold(as_text(cell)) for cell in cells] if words else []
    return len({*said} & words) > 1 and sum(text in words for text in said) >= 0.8 * len(said)


def _by_amount(mapping: Mapping, heading: Heading, shown: list[list[Value]]) -> bool:
    """A heading such as `Amount`: billed where another column is what is owed, otherwise doubtful."""
    if mapping.holds != "claims" or fold(heading.text) not in WHICH_AMOUNT or fold(heading.text) == "claim":
        return False
    if "billed" in mapping.positions:
        return False
    if {"outstanding", "paid"} <= set(mapping.positions):
        mapping.take("billed", heading, "what was paid and what is outstanding have columns of their own")
        return True
    if "outstanding" not in mapping.positions and _sums_up(mapping, heading, shown):
        mapping.take("outstanding", heading, "on every row it is the sum of the aged amounts")
        return True
    mapping.take("amount", heading, "it does not say whether this was billed or is still owed")
    return True


def _sums_up(mapping: Mapping, heading: Heading, shown: list[list[Value]]) -> bool:
    """Whether a column is the sum of the ageing buckets on every row looked at."""
    buckets = mapping.positions.get("aging", [])
    if len(buckets) < 2 or not shown:
        return False
    added = [[_plain(row[at]) if at < len(row) else Decimal(0) for at in (heading.position, *buckets)] for row in shown]
    return all(None not in row and row[0] == sum(filter(None, row[1:])) for row in added)


def _plain(cell: Value) -> Decimal | None:
    text = as_text(cell).translate(_SIGNS)
    text = f"-{text[1:-1]}" if text[:1] == "(" and text[-1:] == ")" else text
    return Decimal(text).quantize(Decimal("0.01")) if _DECIMAL.fullmatch(text) else None if text else Decimal(0)


def sample(sheet: Sheet, table: Table) -> list[list[Value]]:
    """Some of a table's first rows; group headings and total lines are no sample of anything."""
    few = len(table.headings) * 0.3
    rows = sheet.rows[table.first_row - 1 : min(table.last_row, table.first_row + 4 * _SAMPLE)]
    return [row for row in rows if len(row) - row.count(None) - row.count("") > few][:_SAMPLE]


def column_of(rows: list[list[Value]], position: int) -> list[Value]:
    """The filled cells of one column of a sample."""
    cells = (row[position] for row in rows if position < len(row))
    return [cell for cell in cells if not is_blank(cell) and as_text(cell).casefold() not in NOTHING]


def kinds(cells: list[Value]) -> Counter[str]:
    """How many of the cells look like a date, an amount, a flag, a state of cover or plain words."""
    counted: Counter[str] = Counter()
    for cell in cells:
        text = as_text(cell)
        if isinstance(cell, datetime | date) or (type(cell) is str and _DATE.match(text)):
            counted["date"] += 1
        elif isinstance(cell, int | float) or _MONEY.match(text):
            counted["money"] += 1
        else:
            counted["text"] += 1
        counted["numbered"] += any(character.isdigit() for character in text)
        counted["paid"] += text.casefold() in PAID_UP
        counted["flag"] += text.casefold() in _FLAGS
        counted["tick"] += type(cell) is str and text.casefold() in _FLAGS and text not in {"1", "0"}
        counted["coverage"] += text.casefold().strip(". ") in _COVERAGES
        counted["account"] += text.casefold() in _STATES
    counted["counter"] = _counts_on(cells)
    return counted


def _counts_on(cells: list[Value]) -> bool:
    """Whether the cells count 1, 2, 3 with hardly a gap."""
    texts = [as_text(cell) for cell in cells]
    if len(texts) < 3 or not all(text.isdecimal() and len(text) < 7 for text in texts) or int(texts[0]) > 3:
        return False
    steps = [int(after) - int(before) for before, after in pairwise(texts)]
    return sum(step == 1 for step in steps) >= 0.9 * len(steps)


def fits(kind: Kind, counted: Counter[str], *, sure: bool) -> bool:
    """Whether a column's cells are of a kind. A sure heading is only given up for a plainly other kind."""
    total = counted["date"] + counted["money"] + counted["text"]
    if total == 0:
        return True
    other = {
        "date": counted["money"] + counted["tick"],
        "money": counted["date"] + counted["tick"],
        "text": counted["date"] + counted["money"],
        "status": counted["date"] + counted["money"],
        "plan": counted["money"] + counted["date"],
        "count": counted["date"] + counted["text"],
    }
    own = {
        "date": counted["date"],
        "money": counted["money"],
        "count": counted["money"],
        "text": counted["text"],
        "status": counted["text"],
        "id": counted["numbered"] - counted["date"],
        "plan": counted["text"],
    }
    if sure and kind not in {"account", "coverage"}:
        share = {"text": 1.0, "status": 0.7}.get(kind, 0.6)
        return other.get(kind, 0) < share * total or kind in {"id", "text"}
    if kind in {"flag", "coverage", "account"}:
        return counted[kind] >= 0.6 * total
    return own.get(kind, 0) >= 0.6 * total


def holds_what(table: Table, sheet: Sheet, policy: Policy, file: str) -> tuple[Mapping | None, str]:
    """What a table holds, by its headings and the practice's Sources; None where it is neither."""
    note = source_note(policy, file, sheet.name)
    said = (note.holds or "").casefold() if note else ""
    if said.startswith("ignore"):
        return None, "the practice's Sources say to ignore it"
    both = map_headings(table, sheet, policy, file)
    if said.startswith(("claims", "balances")):
        holds: Holds = "claims" if said.startswith("claims") else "balances"
        return both[holds], "the practice's Sources say so"
    claims, balances = weight_of(both["claims"]), weight_of(both["balances"])
    if max(claims, balances) < 5:
        return None, "its headings are neither those of claims nor of balances"
    return (
        (both["claims"], "its headings are those of claims")
        if claims >= balances
        else (both["balances"], "its headings are those of balances")
    )


def weight_of(mapping: Mapping) -> int:
    """How much a table looks like what it is taken for; 0 where nobody or nothing is named that such a list needs."""
    roles = set(mapping.positions)
    has = roles.__contains__
    weight = sum(ROLE[mapping.holds][role].weight for role in roles if role in ROLE[mapping.holds])
    buckets = len(mapping.positions.get("aging", []))
    if mapping.holds == "balances":
        money = roles & {"balance", "outstanding", "patient_due", "account_balance"} or buckets
        who = roles & {"patient_name", "guarantor_name", "patient_id", "account_id", "surname"}
        return weight + (3 if buckets >= 2 else 0) if money and who else 0
    told = roles & {"claim_id", "submitted_date", "first_submitted_date", "service_date", "coverage"}
    who = roles & {"patient_name", "patient_id", "claim_id", "surname", "subscriber_name"}
    about = has("insurer") or has("submitted_date") or has("claim_id") or has("coverage") or has("member_id")
    return weight + (2 if has("insurer") and has("service_date") else 0) if told and who and about else 0
