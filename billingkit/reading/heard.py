"""What was heard in a table: the columns in which somebody wrote about a patient, and what was sensitive there."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from typing import Any, Final

from billingkit.reading.claims import Batch
from billingkit.reading.fold import as_text, is_blank
from billingkit.reading.sensitive import Listener

_SIGNS: Final = (
    "(",
    "[",
    "*",
    " - ",
    " \u2013 ",
    " \u2014 ",
    " / ",
    " : ",
    "estate of",
    "deceased",
    "decd",
    "bankrupt",
)
_BESIDE_A_NAME: Final = re.compile(
    r"[(\[][^()\[\]]*|\*[^*]+|\s[\-\u2013\u2014/:]\s.*|^.*?\s[\-\u2013\u2014]\s|\b(?:estate of|deceased|decd|bankrupt).*",
    re.IGNORECASE,
)
_SECTION: Final = re.compile(
    r"\b(?:deceased|bereave|complain|disput|do not (?:chase|contact|call|bill)|don't (?:chase|contact)|bankrupt|legal action|vulnerable|hardship|solicitor|attorney|safeguard)",
    re.IGNORECASE,
)

Heard = list[tuple[Sequence[Any], dict[str, str]]]  # a column of a table, and the categories of its sensitive texts


def hear(batch: Batch, listener: Listener) -> Heard:
    """The columns in which something sensitive was said, the notes first."""
    listened = [(column, listener.hear_all(column)) for column in (batch.columns["notes"], *_other_words(batch))]
    return [(column, told) for column, told in listened if told]


def categories(batch: Batch, heard: Heard) -> list[str | None]:
    """For each row of a table the categories heard in any of its columns, in order, joined by `|`."""
    found: list[str | None] = [None] * len(batch.rows)
    for column, told in heard:
        for place, text in enumerate(column):
            if text in told:
                found[place] = "|".join(sorted({*told[text].split("|"), *(found[place] or "").split("|")} - {""}))
    return found


def remarks(heard: list[Heard], keys: list[list[str]], listener: Listener) -> dict[str, frozenset[str]]:
    """What was heard about each claim or account, as marks that tell a new remark from an old one."""
    found: dict[str, set[str]] = defaultdict(set)
    for columns, own in zip(heard, keys, strict=True):
        for column, told in columns:
            marks = {text: listener.marks(text) for text in told}
            for place, text in enumerate(column):
                if text in marks:
                    found[own[place]] |= marks[text]
    return {key: frozenset(marks) for key, marks in found.items()}


def _other_words(batch: Batch) -> list[Sequence[Any]]:
    """Every column beside the notes in which somebody may have written about a patient."""
    others: list[Sequence[Any]] = [
        batch.columns[name]
        for name in ("status_as_written", "insurer_request", "reason_codes")
        if name in batch.columns
    ]
    if batch.cellar is not None:
        others += [
            batch.cellar.cells[h.position] for h in batch.mapping.unknown if h.position < len(batch.cellar.cells)
        ]
        others += [*(batch.cellar.cells[position] for position in unheaded(batch)), beyond(batch)]
        others += [
            batch.cellar.cells[position]
            for role in ("account_state", "invoice_state", "relationship", "attachments", "stop_flag", "payment_plan")
            for position in batch.mapping.positions.get(role, [])
        ]
    others += [_remarks_in(batch.columns[name]) for name in ("patient_name", "guarantor_name") if name in batch.columns]
    tab = batch.sheet.name or ""
    return [*others, _sections(batch.lines.groups), [tab] * len(batch.rows) if _SECTION.search(tab) else []]


def unheaded(batch: Batch) -> list[int]:
    """The places of columns without a heading in which something stands all the same."""
    cells = batch.cellar.cells if batch.cellar else []
    headed = {heading.position for heading in batch.mapping.table.headings}
    return [at for at, column in enumerate(cells) if at not in headed and not all(map(is_blank, column))]


def beyond(batch: Batch) -> list[str | None]:
    """What stands right of the last heading, row by row; empty where nothing does."""
    width = max([heading.position + 1 for heading in batch.mapping.table.headings], default=0)
    rows = [batch.sheet.rows[number - 1] for number in batch.rows]
    if max(map(len, rows), default=0) <= width:
        return []
    return [
        " ; ".join(text for text in map(as_text, row[width:]) if text) or None if len(row) > width else None
        for row in rows
    ]


def _remarks_in(names: Sequence[str | None]) -> list[str | None]:
    """What somebody wrote beside a name, as in `Doe, Jane (DECEASED)`; a name itself is no remark."""
    every = "\n".join(filter(None, names)).casefold()
    if not any(sign in every for sign in _SIGNS):  # most lists: none of their names is looked at
        return []
    said = {name: " ; ".join(_BESIDE_A_NAME.findall(name)) or None for name in set(names) if name}
    return [said.get(name) if name else None for name in names]


def _sections(groups: list[str]) -> list[str | None]:
    """Headings of sections that are about people, such as `Disputed accounts`; insurers and places are not heard."""
    told = {text for text in set(groups) if _SECTION.search(text)}
    return [text if text in told else None for text in groups] if told else []
