"""What one row below a header looks like, by its own cells: a total, a note, a page line, a group heading."""

from __future__ import annotations

import re
from typing import Final

from billingkit.reading.fold import as_text, fold, is_blank
from billingkit.reading.mapping import Mapping
from billingkit.workbook.book import Value

Cells = list[tuple[int, Value]]
Texts = list[tuple[int, str]]

TOTAL: Final = re.compile(
    r"^\W*(?:(?:grand|sub|report|final|overall|combined|primary|secondary|page|column|insurer|carrier|group|practice|account|clinic|office|provider|summe|gesamt|net|report grand|family|patient|guarantor|household|location|branch|site|department|month|week|doctor|status|plan|company)[\s-]*)*(?:sub-?totals?|totals?|gesamt\w*|summe|sum)\b",
    re.IGNORECASE,
)
_TOTAL_LATE: Final = re.compile(r"\b(?:sub-?|grand )?totals?\s*:?\s*$", re.IGNORECASE)
SUBTOTAL: Final = re.compile(
    r"\bsub|\bpage\b|\b(?:insurer|carrier|group|practice|clinic|office|provider|account|family|patient|guarantor|household|location|branch|site|department|month|week|doctor|status|plan|company)\b",
    re.IGNORECASE,
)
NOTE: Final = re.compile(
    r"^\W*(?:status\s+|claim\s+|patient\s+|account\s+|internal\s+|our\s+)?(?:notes?|comments?|remarks?|memo|message|follow[- ]?up)\b\s*(?:[:\-\u2013.]|\d)\s*",
    re.IGNORECASE,
)
_PAGE_NUMBER: Final = re.compile(r"\W*page\s*:?\s*\d+(?:\s*(?:of|/)\s*\d+)?\W*", re.IGNORECASE)
PAGE: Final = re.compile(
    r"\bpage\s*:?\s*\d+|^\W*(?:printed|run date|run on|report (?:date|generated|run|printed)|generated|date printed|print date|as (?:at|of)|created on|exported|end of report|continued)\b|\d+\s*/\s*\d+\s*pages?",
    re.IGNORECASE,
)
COUNT: Final = re.compile(
    r"^\W*(?:(?:total|number) (?:of )?)?(?:(\d[\d,]*)\s+(?:claims?|rows?|records?|patients?|invoices?|accounts?|items?|debtors?)(?:\s+(?:in total|listed|found|shown|printed|exported))?|(?:claims?|rows?|records?|patients?|invoices?|accounts?|debtors?)(?:\s+(?:count|listed|printed))?(?:\s*[:=]\s*|\s{2,})(\d[\d,]*))\W*$",
    re.IGNORECASE,
)
INSURER: Final = re.compile(
    r"^\s*(?:insurance company|insurance carrier|insurance co|insurer|insurance|carrier|payer|payor|fund|health fund|plan|company)\s*(?:name)?\s*[:\-\u2013]\s*",
    re.IGNORECASE,
)
BANNER: Final = re.compile(
    r"^\s*(?:insurance company|insurance carrier|insurance co|insurer|carrier|payer|payor|health fund)\s*(?:name)?\s*:\s*(?!all\b)(?=\S)",
    re.IGNORECASE,
)
OTHER_GROUP: Final = re.compile(
    r"^\s*(?:practice|clinic|office|location|site|surgery|provider|dentist|doctor|dr|branch|month|week|billing type|operatory|department|hygienist|status)\b\s*[:\-\u2013.#]",
    re.IGNORECASE,
)
_DOCTOR: Final = re.compile(
    r"^\s*(?:dr|doctor)\b\.?(?:\s+[^\W\d][\w'\-.]*){1,3}\s*$|\b(?:dds|dmd|bds)\.?\s*$", re.IGNORECASE
)
_MONTH: Final = re.compile(
    r"^\s*(?:(?:week|month)\s+(?:of|ending)\b.*|(?:jan|feb|mar|apr|may|jun|jul|aug|sept?|oct|nov|dec)[a-z]*\.?,?\s*'?\d{2,4}|q[1-4]\W+\d{4}|20\d\d)\s*$",
    re.IGNORECASE,
)
PERSON: Final = re.compile(
    r"^\s*(?:patient|guarantor|subscriber|client|responsible party|resp\.? party|family|household|account)\s*(?:name|no\.?|number)?\s*[:#]\s*(?=\S)",
    re.IGNORECASE,
)
# A person as lists write one, `Doe, Jane M`; a company's name ends otherwise.
_LAST_FIRST: Final = re.compile(
    r"^\s*[^\W\d][\w'\-.]*(?: [^\W\d][\w'\-.]*)?, (?!(?:inc|llc|ltd|co|corp|plc|company|the|usa?)\b)[^\W\d][\w'\-.]*(?: [^\W\d][\w'\-.]*)?\s*(?:\(.*\)|#?\d*)\s*$",
    re.IGNORECASE,
)
_DATED: Final = re.compile(r"^\W*(?:\d{1,2}[/.\-]\d{1,2}(?:[/.\-]\d{2,4})?|\d{4}-\d\d-\d\d)\b\W*[^\W\d]", re.IGNORECASE)
_TELEPHONE: Final = re.compile(r"\(?\d{3}\)?[\s.\-]?\d{3}[\s.\-]\d{4}")
LOOKED_AT: Final = 300  # characters of a cell that tell what its row is; a whole one may be long enough to stall on
_LONGEST_PHONE: Final = 40
_PHONE: Final = re.compile(r"^[\s()+\-.\d]*\d{3,4}[\s()+\-.\d]*(?:(?:x|ext)\.?\s*\d+)?\s*$", re.IGNORECASE)
_UNIT: Final = re.compile(
    r"\(.{1,30}\)|\[.{1,30}\]|[\u00a3$\u20ac]|(?:dd|mm|yyyy)\W(?:dd|mm)\W(?:yyyy|yy|dd)|gbp|usd|eur|text|number|date|amount",
    re.IGNORECASE,
)
# What stands before a figure or a name in the summary below a list.
_LABEL: Final = re.compile(
    r"^\W*(?:(?:prepared|printed|checked|signed|reviewed|updated|completed|compiled|created|exported|produced|run) (?:by|on)\b"
    r"|(?:average|avg|number of|no\.? of|sum of|total|oldest)\b(?!\s*,|\W*\d*$)|[^:]{2,40}:\s*$)",
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
_CONTACT: Final = re.compile(r"^\s*(?:group|phone|tel)\b", re.IGNORECASE)
_NAMES: Final = frozenset(
    {"claim_id", "patient_name", "patient_id", "surname", "guarantor_name", "account_id", "invoice_ref"}
)
_NUMBERS: Final = frozenset({"claim_id", "patient_id", "account_id", "invoice_ref"})
_LONE: Final = ((COUNT, "count"), (TOTAL, "total"), (NOTE, "note"), (PAGE, "page line"))


def filled(row: list[Value]) -> Cells:
    """A row's cells that hold something, with their places."""
    return [(position, cell) for position, cell in enumerate(row) if not is_blank(cell)]


def kind_of(row: list[Value], mapping: Mapping) -> str:
    """What a sparse or telling row is; empty for a row of data, "line" where its neighbours must tell."""
    cells = filled(row)
    if not cells:
        return "blank"
    texts = [(position, cell.strip()[:LOOKED_AT]) for position, cell in cells if type(cell) is str]
    if _is_header(row, mapping):
        return "repeated header"
    titles = {title.casefold() for title in mapping.table.titles}
    numbered = {position for position, text in texts if _PAGE_NUMBER.fullmatch(text)}
    others = [cell for cell in cells if cell[0] not in numbered]
    banner = any(text.casefold() in titles for _, text in texts)
    if (banner and not _identified(others[1:], mapping)) or (numbered and len(others) < 2):
        return "page line"  # a report prints its banner again on every page, its number wherever there is room
    return _lone(cells[0], mapping) if len(cells) == 1 else _several(cells, texts, mapping)


def _lone(cell: tuple[int, Value], mapping: Mapping) -> str:
    position, value = cell
    role = mapping.role_of.get(position)
    if type(value) is not str:
        return "total" if role in _AMOUNTS else "" if role in _NUMBERS else "footer"
    text = value.strip()[:LOOKED_AT]
    if role in _AMOUNTS and _FIGURE.match(text):
        return "total"
    if role in _NUMBERS and " " not in text and any(character.isdigit() for character in text):
        return ""  # a claim with nothing but its number: asked, not passed over
    return next((kind for pattern, kind in _LONE if pattern.search(text)), "line")


def _several(cells: Cells, texts: Texts, mapping: Mapping) -> str:
    if len(cells) == 2 and COUNT.match("  ".join(as_text(cell) for _, cell in cells)):
        return "count"
    for kind, is_kind in (("total", _is_total), ("page line", _is_page), ("note", _is_note)):
        if is_kind(cells, texts, mapping):
            return kind
    if not _identified(cells, mapping):
        return _unidentified(cells, texts, mapping)
    if len(cells) <= 4 and len(texts) == len(cells) and _group_like(texts):
        return "group heading"
    if len(cells) <= 3 and _is_log(cells, texts, mapping):
        return "note"
    labelled = bool(texts) and texts[0][0] == cells[0][0] and bool(_LABEL.search(texts[0][1]))
    return "footer" if labelled and len(cells) <= 3 else ""


def _is_total(cells: Cells, texts: Texts, mapping: Mapping) -> bool:
    labels = {
        position for position, text in texts if TOTAL.match(text) or (_TOTAL_LATE.search(text) and len(cells) <= 3)
    }
    return bool(labels) and not any(
        mapping.role_of.get(position) in _NAMES for position, _ in cells if position not in labels
    )


def _is_page(cells: Cells, texts: Texts, _: Mapping) -> bool:
    return len(texts) == len(cells) and all(PAGE.search(text) or COUNT.match(text) for _, text in texts)


def _is_note(cells: Cells, texts: Texts, mapping: Mapping) -> bool:
    return any(NOTE.match(text) for _, text in texts) and not _identified(cells, mapping)


def _is_log(cells: Cells, texts: Texts, mapping: Mapping) -> bool:
    """A line of a running log: a day and what happened, where no claim, amount or date of its own stands."""
    roles = {mapping.role_of.get(position, "") for position, _ in cells}
    own = {role for role in roles if role in _AMOUNTS or role.endswith("_date") or role in {"claim_id", "status"}}
    return len(texts) == len(cells) and not own and any(_DATED.match(text) for _, text in texts)


def is_units(row: list[Value]) -> bool:
    """Whether a row under a header only says how to fill it in: `(dd/mm/yyyy)`, `(\u00a3)`, `(8 digits)`."""
    cells = [cell for _, cell in filled(row)]
    return len(cells) > 1 and all(type(cell) is str and _UNIT.fullmatch(cell.strip()) for cell in cells)


def _is_header(row: list[Value], mapping: Mapping) -> bool:
    said = {h.position: fold(h.text) for h in mapping.table.headings if h.text}
    groups = {fold(h.group) for h in mapping.table.headings if h.group}
    texts = [(position, fold(cell)) for position, cell in enumerate(row) if type(cell) is str and cell.strip()]
    same = sum(1 for position, text in texts if said.get(position) == text)
    return (same >= 2 and same * 2 > len(texts)) or (len(texts) >= 2 and all(text in groups for _, text in texts))


def _identified(cells: Cells, mapping: Mapping) -> bool:
    return any(mapping.role_of.get(position) in _IDENTITY for position, _ in cells)


def _unidentified(cells: Cells, texts: Texts, mapping: Mapping) -> str:
    roles = {mapping.role_of.get(position) for position, _ in cells}
    if "procedure_codes" in roles or "tooth" in roles:
        return "procedure"
    if roles & {"notes"} and not roles & {"billed", "paid", "outstanding", "amount", "balance"}:
        return "note"
    money = sum(1 for position, cell in cells if not isinstance(cell, str) or any(c.isdigit() for c in cell))
    return "total" if money and len(texts) - money <= 1 else ("group heading" if texts and not money else "")


def _group_like(texts: Texts) -> bool:
    """Whether a row names an insurer or another group, with its telephone and group number at most."""
    named = [is_group(text) or bool(_CONTACT.match(text)) for _, text in texts]
    return any(named) and all(
        known or (number > 0 and len(text) < _LONGEST_PHONE and bool(_PHONE.match(text)))
        for number, (known, (_, text)) in enumerate(zip(named, texts, strict=True))
    )


def is_group(text: str) -> bool:
    """Whether a text says that it heads a group: an insurer's, a person's, a practice's, a dentist's, a month's."""
    return bool(INSURER.match(text) or PERSON.match(text) or _other_group(text))


def _other_group(text: str) -> bool:
    return bool(OTHER_GROUP.match(text) or _DOCTOR.search(text) or _MONTH.match(text))


def names_insurer(text: str) -> bool:
    """Whether a heading says by itself that an insurer is meant: by a word, a telephone or a group number."""
    return bool(INSURER.match(text) or _TELEPHONE.search(text) or re.search(r"\bgroup\b", text, re.IGNORECASE))


def group_insurer(text: str) -> tuple[str, str]:
    """The insurer and the group number in a group heading such as `AETHERIA  (555)010-3150  Group #: 049482`."""
    if not text or PERSON.match(text) or _other_group(text) or _LAST_FIRST.match(text):
        return "", ""
    number = re.search(
        r"\bgroup\s*(?:#|no\.?|number|num)\s*[:.]?\s*(?:[:.]\s*)?([A-Za-z0-9][\w\-/]*)", text, re.IGNORECASE
    )
    name = INSURER.sub("", text)
    name = re.split(
        r"\s{2,}|\t|\s*[|;]\s*|\s*\(?\+?\d{3}\)?[\s.\-]?\d{3,}|\s+(?:group plan|group|plan|phone|tel|ph)\b\s*(?:#|no\.?|number)?\s*:",
        name,
        maxsplit=1,
        flags=re.IGNORECASE,
    )[0]
    name = re.sub(r"\s*[(\[]?\bcont(?:inued|'d|d)?\.?[)\]]?\s*$", "", name, flags=re.IGNORECASE)
    return name.strip(" :-\u2013"), number[1] if number else ""
