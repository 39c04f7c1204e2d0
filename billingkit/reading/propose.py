"""What `billingkit new --from` proposes: rows for Column headings and Status words, to be confirmed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from billingkit.policy.agreement import ColumnHeading, Policy, StatusWord
from billingkit.reading.abreast import part_abreast
from billingkit.reading.aliases import ROLE
from billingkit.reading.fold import NOTHING, as_text, fold
from billingkit.reading.grid import find_tables
from billingkit.reading.mapping import Mapping, holds_what
from billingkit.workbook import read_book
from billingkit.workbook.book import Book, Sheet

_SIGNS: Final = ("on_hold_date", "resent_date", "submitted_date")
_SIGN_STATUS: Final = {"on_hold_date": "held", "resent_date": "resubmitted", "submitted_date": "submitted"}
# What a word usually means. Proposed only: the practice confirms each, for the same word differs by system.
_USUAL: Final = {
    "draft": "draft; unsent; to send; not sent; new; incomplete; u; unbilled; to be sent; to do",
    "ready": "ready; waitq; w; waiting to send; queued; ready to send; batched; in queue",
    "held": "hold; on hold; held; awaiting auth; inproc; i; awaiting authorisation; suspended; do not send",
    "held_primary": "hold until pri; h; hold for primary; waiting on primary; hold until primary received; held primary",
    "submitted": "sent; submitted; s; p; filed; billed; transmitted; claimed; with insurer; open; probably sent; e-sent; mailed",
    "resubmitted": "re-sent; resent; resubmitted; refiled; corrected; re-submitted; rebilled",
    "received": "received by payer; rcvd; accepted; acknowledged; recd; on file; received by insurer",
    "pending": "pending; in process; in progress; processing; query; query raised; in review; under review; awaiting; waiting",
    "info_requested": "info requested; information requested; missing information; more info; additional info requested; info needed; records requested",
    "rejected": "rejected; bounced; returned; error; rej",
    "denied": "denied; declined; denied - appeal; refused; not covered; den",
    "paid": "paid; pd; settled; paid in full; closed paid; complete; completed; cleared",
    "paid_short": "part paid; part pd; partial; part settled; partially paid; short paid; underpaid; partial payment; paid short",
    "appealed": "appealed; appeal; in appeal; appeal sent",
    "not_found": "not found; not on file; ncof; no claim on file",
    "paid_unposted": "paid not received; paid (not received); paid unposted; to post",
    "closed": "closed; withdrawn; cancelled; canceled; written off; void; deleted",
}
_MEANING: Final = {fold(word): status for status, words in _USUAL.items() for word in words.split(";")}


@dataclass(frozen=True, slots=True)
class Proposal:
    """Rows that the practice confirms, corrects or strikes out. A blank status or column is an open question."""

    column_headings: tuple[ColumnHeading, ...]
    status_words: tuple[StatusWord, ...]
    insurers: tuple[str, ...] = ()  # the names as written, the most frequent first


def propose(source: Book | Path | str | Sequence[Path | str], policy: Policy) -> Proposal:
    """Propose headings and status words from workbooks; every word found is there, known or not.

    A list that stands beside another is not read, so nothing is proposed from it.

    Raises:
        AmbiguousLayout: two lists of one kind stand side by side, as for reading.
    """
    if isinstance(source, Book):
        books = [source]
    else:
        paths = [source] if isinstance(source, str | Path) else list(source)
        books = [read_book(path) for path in paths]
    headings: dict[tuple[str, str], ColumnHeading] = {}
    words: dict[tuple[str, str | None], StatusWord] = {}
    insurers: Counter[str] = Counter()
    for book in books:
        for sheet in book.sheets:
            if sheet.hidden:
                continue
            for mapping in _tables(book, sheet, policy):
                where = sheet.name or book.file
                _propose_headings(mapping, where, headings)
                _propose_words(mapping, sheet, words)
                insurers.update(_texts(mapping, sheet, "insurer"))
    return Proposal(tuple(headings.values()), tuple(words.values()), tuple(name for name, _ in insurers.most_common()))


def _tables(book: Book, sheet: Sheet, policy: Policy) -> list[Mapping]:
    words = frozenset(fold(row.heading) for row in policy.column_headings)
    parted = [part_abreast(table, sheet, policy, book.file) for table in find_tables(sheet, words)]
    found = [holds_what(table, page, policy, book.file)[0] for table, page, _ in parted]
    return [mapping for mapping in found if mapping is not None]


def _propose_headings(mapping: Mapping, where: str, headings: dict[tuple[str, str], ColumnHeading]) -> None:
    doubtful = {heading.position for heading, _ in mapping.doubtful}
    for heading in mapping.table.headings:
        role = mapping.role_of.get(heading.position, "")
        if role not in ROLE[mapping.holds] or heading.position in doubtful:
            role = "" if role != "aging" else role
        name = f"{heading.group} {heading.text}".strip() if _stands_twice(mapping, heading.text) else heading.name
        headings.setdefault((fold(name), where), ColumnHeading(name, role, where))


def _stands_twice(mapping: Mapping, text: str) -> bool:
    return sum(1 for heading in mapping.table.headings if heading.text == text) > 1


def _propose_words(mapping: Mapping, sheet: Sheet, words: dict[tuple[str, str | None], StatusWord]) -> None:
    if mapping.holds != "claims":
        return
    where = mapping.heading(mapping.at("status"))
    for word in _texts(mapping, sheet, "status"):
        if word.casefold() not in NOTHING:
            words.setdefault((fold(word) or word, where), StatusWord(word, _MEANING.get(fold(word), ""), where))
    if where is not None:
        return
    for role in _SIGNS:
        heading = mapping.heading(mapping.at(role))
        if heading:
            words.setdefault(("(any date)", heading), StatusWord("(any date)", _SIGN_STATUS[role], heading))


def _texts(mapping: Mapping, sheet: Sheet, role: str) -> Counter[str]:
    position = mapping.at(role)
    if position is None:
        return Counter()
    table = mapping.table
    rows = sheet.rows[table.first_row - 1 : table.last_row]
    texts = (as_text(row[position]) for row in rows if position < len(row))
    return Counter(text for text in texts if text)
