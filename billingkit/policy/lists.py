"""The list sheets of the policy workbook: each row read into its value, faults noted with their cell."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Final, TypeVar

from billingkit import columns, terms
from billingkit.policy import sheets
from billingkit.policy.agreement import (
    Agreement,
    AttachmentRule,
    ColumnHeading,
    IdRule,
    Insurer,
    Measure,
    RequiredDetail,
    SourceNote,
    StatusWord,
    Wording,
)
from billingkit.policy.cells import Cell, Checker, plain
from billingkit.policy.codes import read_codes
from billingkit.policy.grid import Record, records
from billingkit.policy.questions import BY_QUESTION

Rows = Sequence[Sequence[object]]
One = TypeVar("One")

OURS: Final = tuple(dict.fromkeys((*columns.CLAIMS, *columns.BALANCES)))
FIELDS: Final = {word: column.name for column in OURS for word in (column.heading, column.name)}
HELD: Final = FIELDS | {word: name for name, heading in columns.PARTS.items() for word in (heading, name)}
STATUSES: Final = {word: status.word for status in terms.STATUSES for word in (status.label, status.word)}
KEYS: Final = {plain(question): settled.key for question, settled in BY_QUESTION.items()}
WHOLE_FOLDER: Final = 3650


def _each(sheet: str, rows: Rows, checker: Checker, read: Callable[[Record, Checker], One | None]) -> tuple[One, ...]:
    found = records(sheet, rows, sheets.HEADINGS[sheet], checker, needed=sheets.NEEDED[sheet])
    made = [read(record, checker) for record in found]
    return tuple(one for one in made if one is not None)


def read_agreements(rows: Rows, checker: Checker) -> tuple[Agreement, ...]:
    """The questions every practice settles first; a question of the practice's own is kept beside them."""
    return _each(sheets.AGREEMENTS, rows, checker, _agreement)


def _agreement(record: Record, checker: Checker) -> Agreement | None:
    question = _named(record, "Question", checker)
    if question is None:
        return None
    key = KEYS.get(plain(question)) or re.sub(r"[^a-z0-9]+", "_", question.casefold()).strip("_")[:60]
    answer = checker.text(record["Answer"])
    on = checker.day(record["Agreed on"])
    return Agreement(key, question, answer, checker.text(record["Agreed by"]), on)


def read_insurers(rows: Rows, checker: Checker) -> tuple[Insurer, ...]:
    """The insurers, no name or spelling of one belonging to two."""
    found = records(
        sheets.INSURERS, rows, sheets.HEADINGS[sheets.INSURERS], checker, needed=sheets.NEEDED[sheets.INSURERS]
    )
    taken: dict[str, tuple[str, Cell]] = {}
    made: list[Insurer] = []
    for record in found:
        insurer = _insurer(record, checker)
        if insurer is None:
            continue
        for word in (insurer.name, *insurer.aliases):
            other, where = taken.setdefault(insurer_key(word), (insurer.name, record["Insurer"]))
            if where is not record["Insurer"]:
                remedy = "Each spelling belongs to one insurer: take it out of one of the two rows."
                cell = record["Insurer"] if word == insurer.name else record["Also written as"]
                checker.fault(cell, f'"{word}" already stands for {other} in {where.address}.', remedy)
        made.append(insurer)
    return tuple(made)


def insurer_key(name: str) -> str:
    """An insurer's name as it is compared: case, spaces and punctuation ignored, never a fuzzy match."""
    return re.sub(r"[\W_]+", " ", name.casefold()).strip()


def _insurer(record: Record, checker: Checker) -> Insurer | None:
    name = _named(record, "Insurer", checker)
    if name is None:
        return None

    def days(heading: str, low: int = 1) -> int | None:
        return checker.whole(record[heading], low, WHOLE_FOLDER, "days")

    aliases = tuple(word for word in _several(record["Also written as"], checker, commas=True) if word != name)
    return Insurer(
        name,
        aliases,
        checker.text(record["Channel"]),
        days("First check after", 0),
        days("Chase every"),
        days("Filing limit"),
        days("Answer window"),
        days("Appeal window"),
        checker.text(record["Source"]),
        checker.day(record["Confirmed on"]),
    )


def read_required(rows: Rows, checker: Checker) -> tuple[RequiredDetail, ...]:
    """The details a claim must have."""
    return _each(sheets.REQUIRED, rows, checker, _required)


def _required(record: Record, checker: Checker) -> RequiredDetail | None:
    column = _field(record, checker)
    codes = _codes(record, checker)
    coverage = _all_of(record["Order of cover"], terms.COVERAGES, "an order of cover", checker)
    statuses = _all_of(record["Status"], STATUSES, "a status", checker)
    owner = checker.choice(record["Who supplies it"], terms.OWNERS, "somebody we can ask") or "named contact"
    return None if column is None else RequiredDetail(column, codes, coverage, statuses, owner)


def read_attachments(rows: Rows, checker: Checker) -> tuple[AttachmentRule, ...]:
    """What goes with a claim, for which codes and insurers."""
    return _each(sheets.ATTACHMENTS, rows, checker, _attachment)


def _attachment(record: Record, checker: Checker) -> AttachmentRule | None:
    need = checker.choice(record["Need"], sheets.NEEDS, "a need")
    kind = checker.text(record["Kind"])
    codes = _codes(record, checker)
    coverage = _all_of(record["Order of cover"], terms.COVERAGES, "an order of cover", checker)
    if kind is None:
        checker.fault(
            record["Kind"], "The kind of attachment is missing.", "Write it, such as x-ray, or clear the row."
        )
    if record["Need"].blank:
        checker.fault(record["Need"], "The need is missing.", f"Write one of: {', '.join(sheets.NEEDS)}.")
    if need is None or kind is None:
        return None
    insurer = checker.text(record["Insurer"]) or ""
    return AttachmentRule(insurer, codes, need, kind, checker.text(record["Source"]), coverage)


def read_sources(rows: Rows, checker: Checker) -> tuple[SourceNote, ...]:
    """What each file or tab holds, where it is not plain."""
    return _each(sheets.SOURCES, rows, checker, _source)


def _source(record: Record, checker: Checker) -> SourceNote | None:
    where = _named(record, "File or tab", checker)
    note = SourceNote(
        where or "",
        checker.choice(record["Holds"], sheets.HOLDS, "what a list can hold"),
        checker.choice(record["Amount is"], sheets.AMOUNT_IS, "what an amount can be"),
        checker.choice(record["Owes is"], sheets.OWES_IS, "a sign"),
        checker.choice(record["Decimal sign"], sheets.DECIMAL_SIGNS, "a decimal sign"),
        checker.choice(record["Date order"], sheets.DATE_ORDERS, "an order of day and month"),
        checker.yes_no(record["Newest tab wins"]),
        checker.text(record["Note"]),
    )
    return None if where is None else note


def read_ids(rows: Rows, checker: Checker) -> tuple[IdRule, ...]:
    """How numbers such as membership numbers are written."""
    return _each(sheets.IDS, rows, checker, _id_rule)


def _id_rule(record: Record, checker: Checker) -> IdRule | None:
    column = _field(record, checker)
    digits = checker.whole(record["Digits"], 1, 40, "digits")
    text = checker.yes_no(record["Text"])
    return None if column is None else IdRule(column, digits, text)


def read_status_words(rows: Rows, checker: Checker) -> tuple[StatusWord, ...]:
    """The practice's own words for a status, none of them with two meanings in one place."""
    found = _each(sheets.STATUS_WORDS, rows, checker, _status_word)
    return _one_meaning(found, checker)


def _status_word(record: Record, checker: Checker) -> tuple[StatusWord, Record] | None:
    word = _named(record, "Their word", checker)
    status = checker.choice(record["Status"], STATUSES, "a status")
    if word is not None and record["Status"].blank:
        found = f'What "{word}" means is not settled, so rows with it are asked.'
        checker.remark(record["Status"], found, f"Choose one of: {', '.join(terms.STATUS_LABEL.values())}.")
    if word is None or status is None:
        return None
    return StatusWord(word, status, checker.text(record["Where"])), record


def _one_meaning(found: Sequence[tuple[StatusWord, Record]], checker: Checker) -> tuple[StatusWord, ...]:
    seen: dict[tuple[str, str], tuple[StatusWord, Record]] = {}
    for said, record in found:
        first, where = seen.setdefault((said.word.casefold(), (said.where or "").casefold()), (said, record))
        if first.status != said.status:
            there = where["Their word"].address
            remedy = "Keep one of the two rows, or say in Where which list each is for."
            label = terms.STATUS_LABEL[first.status]
            checker.fault(record["Status"], f'"{said.word}" already means {label} in {there}.', remedy)
    return tuple(said for said, _ in seen.values())


def read_column_headings(rows: Rows, checker: Checker) -> tuple[ColumnHeading, ...]:
    """The practice's own headings for our columns."""
    return _each(sheets.COLUMN_HEADINGS, rows, checker, _column_heading)


def _column_heading(record: Record, checker: Checker) -> ColumnHeading | None:
    heading = _named(record, "Their heading", checker)
    column = checker.choice(record["Our column"], HELD, "one of our columns")
    if heading is not None and record["Our column"].blank:
        found = f'What "{heading}" holds is not settled, so this row changes nothing.'
        checker.remark(record["Our column"], found, "Choose a column from the list.")
    if heading is None or column is None:
        return None
    return ColumnHeading(heading, column, checker.text(record["Where"]))


def read_wording(rows: Rows, checker: Checker) -> tuple[Wording, ...]:
    """The phrases agreed with the practice, each with what it stops."""
    return _each(sheets.WORDING, rows, checker, _wording)


def _wording(record: Record, checker: Checker) -> Wording | None:
    phrase = _named(record, "Phrase", checker)
    category = checker.choice(record["Category"], terms.SENSITIVE, "a category")
    # Every category stops contact with the patient; a claim is stopped only where the practice says so.
    stops = checker.choice(record["What stops"], terms.HOLD_STOPS, "something that stops") or "patient contact"
    if phrase is not None and record["Category"].blank:
        remedy = f"Write one of: {', '.join(terms.SENSITIVE)}."
        checker.fault(record["Category"], f'"{phrase}" has no category.', remedy)
    decoys = _several(record["Not when"], checker)
    if phrase is None or category is None:
        return None
    return Wording(phrase, category, stops, decoys)


def read_measures(rows: Rows, checker: Checker) -> tuple[Measure, ...]:
    """The measures the practice watches."""
    return _each(sheets.MEASURE, rows, checker, _measure)


def _measure(record: Record, checker: Checker) -> Measure | None:
    name = _named(record, "Measure", checker)
    good, note = checker.text(record["What good means here"]), checker.text(record["Note"])
    return None if name is None else Measure(name, good, note)


def _named(record: Record, heading: str, checker: Checker) -> str | None:
    """The cell that names the row; a filled row without it is a fault."""
    name = checker.text(record[heading])
    if name is None and record[heading].blank:
        checker.fault(record[heading], f'"{heading}" is empty in a filled row.', "Fill it in, or clear the row.")
    return name


def _field(record: Record, checker: Checker) -> str | None:
    name = checker.choice(record["Field"], FIELDS, "one of our columns")
    if name is None and record["Field"].blank:
        checker.fault(record["Field"], '"Field" is empty in a filled row.', "Fill it in, or clear the row.")
    return name


def _several(cell: Cell, checker: Checker, *, commas: bool = False) -> tuple[str, ...]:
    """The parts of a cell that holds several; line breaks count as semicolons."""
    if isinstance(cell.value, str):
        cell = Cell(cell.sheet, cell.row, cell.column, cell.value.replace("\n", ";").replace("|", ";"))
    text = checker.text(cell) or ""
    split = text.split(";") if ";" in text or not commas else text.split(",")
    return tuple(dict.fromkeys(part.strip() for part in split if part.strip()))


def _all_of(cell: Cell, words: dict[str, str] | tuple[str, ...], what: str, checker: Checker) -> tuple[str, ...]:
    """Each word of a list in one cell; empty is every one of them."""
    text = checker.text(cell)
    if text is None or plain(text) in ("", "any", "all", "every"):
        return ()
    parts = [part.strip() for part in re.split(r"[,;\n]|\bor\b", text) if part.strip()]
    read = [checker.choice(Cell(cell.sheet, cell.row, cell.column, part), words, what) for part in parts]
    return tuple(dict.fromkeys(word for word in read if word is not None))


def _codes(record: Record, checker: Checker) -> str:
    cell = record["Procedure codes"]
    text = checker.text(cell) or ""
    try:
        read_codes(text)
    except ValueError as fault:
        checker.fault(cell, str(fault), "Write codes and ranges such as D2000-D2999; D7140.")
        return ""
    return text
