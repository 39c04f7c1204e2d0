"""What each row below a header is: a row of data, or a line that is counted with its reason."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from statistics import median
from typing import Final

from billingkit.reading.fold import as_text, fold, is_blank
from billingkit.reading.mapping import Mapping
from billingkit.workbook.book import Sheet, Value

TOTAL: Final = re.compile(
    r"^\W*(?:(?:grand|sub|report|final|overall|combined|primary|secondary|page|column|insurer|carrier|group|practice|account|clinic|office|provider|summe|gesamt|net|report grand)[\s-]*)*(?:sub-?totals?|totals?|gesamt\w*|summe|sum)\b",
    re.IGNORECASE,
)
_TOTAL_LATE: Final = re.compile(r"\b(?:sub-?|grand )?totals?\s*:?\s*$", re.IGNORECASE)
_SUBTOTAL: Final = re.compile(
    r"\bsub|\bpage\b|\b(?:insurer|carrier|group|practice|clinic|office|provider|account)\b", re.IGNORECASE
)
_NOTE: Final = re.compile(
    r"^\W*(?:status\s+|claim\s+|patient\s+|account\s+|internal\s+|our\s+)?(?:notes?|comments?|remarks?|memo|message|follow[- ]?up)\b\s*(?:[:\-\u2013.]|\d)\s*",
    re.IGNORECASE,
)
_PAGE: Final = re.compile(
    r"\bpage\s*:?\s*\d+|^\W*(?:printed|run date|run on|report (?:date|generated|run|printed)|generated|date printed|print date|as (?:at|of)|created on|exported|end of report|continued)\b|\d+\s*/\s*\d+\s*pages?",
    re.IGNORECASE,
)
COUNT: Final = re.compile(
    r"^\W*(?:(?:total|number) (?:of )?)?(?:(\d[\d,]*)\s+(?:claims?|rows?|records?|patients?|invoices?|accounts?|items?|debtors?)(?:\s+(?:in total|listed|found|shown|printed|exported))?|(?:claims?|rows?|records?|patients?|invoices?|accounts?|debtors?)(?:\s+(?:count|listed|printed))?\s*[:=]\s*(\d[\d,]*))\W*$",
    re.IGNORECASE,
)
_INSURER: Final = re.compile(
    r"^\s*(?:insurance company|insurance carrier|insurance co|insurer|insurance|carrier|payer|payor|fund|health fund|plan|company)\s*(?:name)?\s*[:\-\u2013]\s*",
    re.IGNORECASE,
)
_OTHER_GROUP: Final = re.compile(
    r"^\s*(?:practice|clinic|office|location|site|surgery|provider|dentist|doctor|dr|branch|month|week|billing type|operatory|department|hygienist|status)\b\s*[:\-\u2013.#]",
    re.IGNORECASE,
)
_IDENTITY: Final = (
    "claim_id",
    "patient_name",
    "patient_id",
    "surname",
    "forename",
    "guarantor_name",
    "account_id",
    "invoice_ref",
    "member_id",
    "date_of_birth",
    "service_date",
    "submitted_date",
    "status",
    "insurer",
    "last_statement_date",
    "invoice_date",
)
_AMOUNTS: Final = frozenset(
    {
        "billed",
        "paid",
        "outstanding",
        "amount",
        "balance",
        "patient_due",
        "aging",
        "expected",
        "insurance_pending",
        "account_balance",
        "invoice_total",
    }
)
_FIGURE: Final = re.compile(r"^[^\w(]?\s*[(\-]?[^\w(]?\s*\d[\d.,' ]*\)?-?$")
_KEYS: Final = (
    "claim_id",
    "patient_name",
    "patient_id",
    "surname",
    "guarantor_name",
    "account_id",
    "insurer",
    "status",
)


@dataclass(slots=True)
class TotalLine:
    """A printed total: its row, its words, and the rows above it that it may speak for."""

    row: int
    label: str
    grand: bool
    since: int  # the first data line (an index into Lines.data) of its block
    until: int
    cells: list[tuple[int, Value]]


@dataclass(slots=True)
class Lines:
    """The rows of one table sorted out. Row numbers are the sheet's own; `data` is in order."""

    data: list[int] = field(default_factory=list)
    ignored: dict[int, str] = field(default_factory=dict)
    groups: list[str] = field(default_factory=list)  # for each data row the group heading above it
    notes: dict[int, list[tuple[int, str]]] = field(default_factory=dict)  # data row -> (row, text) below it
    parts: dict[int, list[int]] = field(default_factory=dict)  # data row -> its procedure lines
    totals: list[TotalLine] = field(default_factory=list)
    count_line: tuple[int, int] | None = None  # row, the number of rows that the footer prints


def sort_lines(sheet: Sheet, mapping: Mapping) -> Lines:
    """Sort a table's rows: data, totals, group headings, notes, repeated headers, page lines, footers."""
    table = mapping.table
    rows = sheet.rows
    filled = [len(row) - row.count(None) - row.count("") for row in rows[table.first_row - 1 : table.last_row]]
    usual = median([count for count in filled if count][:800] or [0])
    few = max(3, usual * 0.55)
    keys = [position for role in _KEYS for position in mapping.positions.get(role, [])] or [0]
    repeated = [(h.position, h.text) for h in table.headings if h.text][:3]
    first, lead = keys[0], repeated[0][1] if repeated else None
    at = repeated[0][0] if repeated else 0
    lines = Lines()
    sparse: dict[int, str] = {}
    for number, count in enumerate(filled, table.first_row):
        if not count:
            continue
        row = rows[number - 1]
        # a full row whose first naming cell is plain is a row of data: most rows are settled here
        if (
            count <= few
            or _unnamed(row, keys, first)
            or _led_by_total(row)
            or (at < len(row) and row[at] == lead and _repeats(row, repeated))
        ):
            kind = _kind(row, mapping)
            if kind:
                sparse[number] = kind
                continue
        lines.data.append(number)
    _settle(lines, sparse, sheet, mapping)
    return lines


def _unnamed(row: list[Value], keys: list[int], first: int) -> bool:
    """Whether nothing stands in any of the columns that name a row; some systems print a space there."""
    if first < len(row) and row[first] is not None and row[first] not in {"", " "}:
        return False
    return all(position >= len(row) or is_blank(row[position]) for position in keys)


def _led_by_total(row: list[Value]) -> bool:
    """Whether the first words of a row say that it is a total."""
    for cell in row:
        if cell is not None and cell != "":
            return (
                type(cell) is str and ("otal" in cell or "OTAL" in cell or "umme" in cell) and bool(TOTAL.match(cell))
            )
    return False


def _repeats(row: list[Value], headings: list[tuple[int, str]]) -> bool:
    return bool(headings) and all(position < len(row) and row[position] == text for position, text in headings)


def _kind(row: list[Value], mapping: Mapping) -> str:
    """What a sparse or telling row is; empty for a row of data."""
    cells = [(position, cell) for position, cell in enumerate(row) if not is_blank(cell)]
    if not cells:
        return "blank"
    texts = [(position, cell.strip()) for position, cell in cells if type(cell) is str]
    if _is_header(row, mapping):
        return "repeated header"
    titles = {title.casefold() for title in mapping.table.titles}
    if any(text.casefold() in titles for _, text in texts) and not _identified(cells[1:], mapping):
        return "page line"  # a report prints its banner again on every page
    if len(cells) == 1:
        return _lone(cells[0], mapping)
    if any(TOTAL.match(text) or (_TOTAL_LATE.search(text) and len(cells) <= 3) for _, text in texts) and not _has_dates(
        cells, mapping
    ):
        return "total"
    if all(_PAGE.search(text) or COUNT.match(text) for _, text in texts) and len(texts) == len(cells):
        return "page line"
    if any(_NOTE.match(text) for _, text in texts) and not _identified(cells, mapping):
        return "note"
    if not _identified(cells, mapping):
        return _unidentified(cells, texts, mapping)
    return "" if len(cells) > 2 or not _group_like(texts, mapping) else "group heading"


def _lone(cell: tuple[int, Value], mapping: Mapping) -> str:
    position, value = cell
    in_money = mapping.role_of.get(position) in _AMOUNTS
    if type(value) is not str:
        return "total" if in_money else "footer"
    text = value.strip()
    if in_money and _FIGURE.match(text):
        return "total"
    if COUNT.match(text):
        return "count"
    if TOTAL.match(text):
        return "total"
    if _NOTE.match(text):
        return "note"
    if _PAGE.search(text):
        return "page line"
    return "line"


def _is_header(row: list[Value], mapping: Mapping) -> bool:
    said = {h.position: fold(h.text) for h in mapping.table.headings if h.text}
    groups = {fold(h.group) for h in mapping.table.headings if h.group}
    texts = [(position, fold(cell)) for position, cell in enumerate(row) if type(cell) is str and cell.strip()]
    same = sum(1 for position, text in texts if said.get(position) == text)
    return (same >= 2 and same * 2 > len(texts)) or (len(texts) >= 2 and all(text in groups for _, text in texts))


def _identified(cells: list[tuple[int, Value]], mapping: Mapping) -> bool:
    return any(mapping.role_of.get(position) in _IDENTITY for position, _ in cells)


def _has_dates(cells: list[tuple[int, Value]], mapping: Mapping) -> bool:
    return any(
        mapping.role_of.get(position) in {"service_date", "submitted_date", "date_of_birth"} for position, _ in cells
    )


def _unidentified(cells: list[tuple[int, Value]], texts: list[tuple[int, str]], mapping: Mapping) -> str:
    roles = {mapping.role_of.get(position) for position, _ in cells}
    if "procedure_codes" in roles or "tooth" in roles:
        return "procedure"
    if roles & {"notes"} and not roles & {"billed", "paid", "outstanding", "amount", "balance"}:
        return "note"
    money = sum(1 for position, cell in cells if not isinstance(cell, str) or any(c.isdigit() for c in cell))
    return "total" if money and len(texts) - money <= 1 else ("group heading" if texts and not money else "")


def _group_like(texts: list[tuple[int, str]], mapping: Mapping) -> bool:
    return bool(texts) and all(
        _INSURER.match(text) or _OTHER_GROUP.match(text) or re.match(r"^\s*(?:group|phone|tel)\b", text, re.IGNORECASE)
        for _, text in texts
    )


def _settle(lines: Lines, sparse: dict[int, str], sheet: Sheet, mapping: Mapping) -> None:
    """Give every sparse row its reason, by what stands around it, and every data row its group."""
    first_column = min((h.position for h in mapping.table.headings), default=0)
    last_data = lines.data[-1] if lines.data else 0
    data = set(lines.data)
    lone_after_data = _lone_lines_are_notes(sparse, data, mapping)
    current, block, before = "", 0, 0
    order = sorted([*sparse, *lines.data])
    lines.groups = []
    index = 0
    all_labels = Counter(_label(sheet.rows[number - 1]) for number, kind in sparse.items() if kind == "total")
    last_labels = Counter(
        _label(sheet.rows[number - 1]) for number, kind in sparse.items() if kind == "total" and number > last_data
    )
    for number in order:
        if number in data:
            lines.groups.append(current)
            index += 1
            before = number
            continue
        kind, row = sparse[number], sheet.rows[number - 1]
        cells = [(position, cell) for position, cell in enumerate(row) if not is_blank(cell)]
        if not cells:
            continue
        text = "  ".join(as_text(cell) for _, cell in cells)
        if kind == "line":
            kind = _line(number, cells[0][0], text, first_column, last_data, mapping, before, lone_after_data)
        if kind == "count":
            found = COUNT.match(text)
            lines.count_line = (number, int((found[1] or found[2]).replace(",", ""))) if found else None
            kind = "footer"
        if kind == "total":
            label = _label(row)
            grand = _is_grand(label, number > last_data, last_labels, all_labels)
            lines.totals.append(TotalLine(number, label, grand, block, index, cells))
            kind = "total" if grand else "subtotal"
        elif kind in {"note", "procedure"} and before:
            joined = _NOTE.sub("", text, count=1).strip() if kind == "note" else ""
            if kind == "note":
                lines.notes.setdefault(before, []).append((number, joined))
            else:
                lines.parts.setdefault(before, []).append(number)
            kind = "joined"
        elif kind in {"note", "procedure"}:
            kind = "footer"
        elif kind == "group heading":
            current, block = text, index
        elif kind == "":
            kind = "footer"
        lines.ignored[number] = kind


def _label(row: list[Value]) -> str:
    return next((as_text(cell) for cell in row if type(cell) is str and any(c.isalpha() for c in cell)), "")


def _is_grand(label: str, at_end: bool, last: Counter[str], everywhere: Counter[str]) -> bool:
    """Whether a total speaks for the whole table: its words say so, or it stands at the end and nowhere before."""
    if re.search(r"grand|combined|report", label, re.IGNORECASE):
        return True
    repeated = bool(label) and everywhere[label] > last[label]
    return at_end and not _SUBTOTAL.search(label) and not (repeated and last[label] == 1)


def _lone_lines_are_notes(sparse: dict[int, str], data: set[int], mapping: Mapping) -> bool:
    """Whether lone lines right under a claim are notes: where other groups stand apart, or need no heading."""
    lone = [number for number, kind in sparse.items() if kind == "line"]
    apart = [number for number in lone if number - 1 not in data and number + 1 in data]
    under = [number for number in lone if number - 1 in data and number + 1 in data]
    if mapping.holds == "claims" and "insurer" in mapping.positions:
        return True
    return bool(apart) and bool(under)


def _line(
    number: int, position: int, text: str, first_column: int, last_data: int, mapping: Mapping, before: int, notes: bool
) -> str:
    if _INSURER.match(text) or _OTHER_GROUP.match(text):
        return "group heading" if number < last_data else "footer"
    if mapping.role_of.get(position) == "notes" and before:
        return "note"
    under = before == number - 1 and before > 0
    if position > first_column and under:
        return "note"
    if number > last_data:
        return "footer"
    if under and notes:
        return "note"
    return "group heading"


def group_insurer(text: str) -> tuple[str, str]:
    """The insurer and the group number in a group heading such as `AETHERIA  (555)010-3150  Group #: 049482`."""
    if not text or _OTHER_GROUP.match(text):
        return "", ""
    number = re.search(
        r"\bgroup\s*(?:#|no\.?|number|num)\s*[:.]?\s*(?:[:.]\s*)?([A-Za-z0-9][\w\-/]*)", text, re.IGNORECASE
    )
    name = _INSURER.sub("", text)
    name = re.split(
        r"\s{2,}|\t|\s*[|;]\s*|\s*\(?\+?\d{3}\)?[\s.\-]?\d{3,}|\s+(?:group plan|group|plan|phone|tel|ph)\b\s*(?:#|no\.?|number)?\s*:",
        name,
        maxsplit=1,
        flags=re.IGNORECASE,
    )[0]
    name = re.sub(r"\s*[(\[]?\bcont(?:inued|'d|d)?\.?[)\]]?\s*$", "", name, flags=re.IGNORECASE)
    return name.strip(" :-\u2013"), number[1] if number else ""


def reasons(lines: Lines) -> dict[str, int]:
    """How many rows were ignored, by reason."""
    return dict(sorted(Counter(lines.ignored.values()).items()))
