"""What `billingkit new --from` proposes: rows for Column headings and Status words, to be confirmed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from billingkit.policy.agreement import ColumnHeading, Policy, StatusWord
from billingkit.problems import AmbiguousLayout
from billingkit.reading.abreast import beside_problem, part_abreast
from billingkit.reading.aliases import ROLE
from billingkit.reading.fold import NOTHING, as_text, fold
from billingkit.reading.grid import find_tables
from billingkit.reading.linekinds import group_insurer, is_group
from billingkit.reading.lines import sort_lines
from billingkit.reading.mapping import Mapping, holds_what
from billingkit.reading.twice import MANY, one_heading_each
from billingkit.workbook import read_book
from billingkit.workbook.book import Book, Sheet

_SIGNS: Final = ("on_hold_date", "resent_date", "submitted_date")
_SIGN_STATUS: Final = {"on_hold_date": "held", "resent_date": "resubmitted", "submitted_date": "submitted"}
# What a word usually means. Proposed only: the practice confirms each, for the same word differs by system.
_USUAL: Final = {
    "draft": "not sent yet; not gone; not gone yet; to go; to bill; needs sending; draft; unsent; to send; not sent; new; incomplete; u; unbilled; to be sent; to do",
    "ready": "ready; waitq; w; waiting to send; queued; ready to send; batched; in queue",
    "held": "parked; waiting auth; awaiting authorization; hold; on hold; held; awaiting auth; inproc; i; awaiting authorisation; suspended; do not send",
    "held_primary": "hold until pri; h; hold for primary; waiting on primary; hold until primary received; held primary",
    "submitted": "sent off; gone; claim sent; e-claim sent; posted; out; sent; submitted; s; p; filed; billed; transmitted; claimed; with insurer; open; probably sent; e-sent; mailed",
    "resubmitted": "sent again; re-filed; re-sent; resent; resubmitted; refiled; corrected; re-submitted; rebilled",
    "received": "rcvd by them; in system; received by ins; claim received; received by payer; rcvd; accepted; acknowledged; recd; on file; received by insurer",
    "pending": "chasing; chased; being processed; in adjudication; with assessor; pending; in process; in progress; processing; query; query raised; in review; under review; awaiting; waiting",
    "info_requested": "need info; needs info; they want info; wants info; info req; info required; additional info needed; need more info; attachment requested; info requested; information requested; missing information; more info; additional info requested; info needed; records requested",
    "rejected": "rejected; bounced; returned; error; rej",
    "denied": "said no; not payable; claim denied; denied; declined; denied - appeal; refused; not covered; den",
    "paid": "all done; done; paid up; paid & closed; posted and paid; paid; pd; settled; paid in full; closed paid; complete; completed; cleared",
    "paid_short": "short pay; short; paid less; under paid; part payment; partly paid; part paid; part pd; partial; part settled; partially paid; short paid; underpaid; partial payment; paid short",
    "appealed": "appealed; appeal; in appeal; appeal sent",
    "not_found": "not found; not on file; ncof; no claim on file",
    "paid_unposted": "paid not received; paid (not received); paid unposted; to post",
    "closed": "closed; withdrawn; cancelled; canceled; written off; void; deleted",
}
_MARKS: Final = "*#\u2020\u2021^~"
_OFTEN: Final = 0.1  # a status column with this share of blanks seems to mean something by them
_SECTIONS: Final = 8  # more headings than that are hardly stages of a claim
_MEANING: Final = {fold(word): status for status, words in _USUAL.items() for word in words.split(";")}


@dataclass(frozen=True, slots=True)
class Proposal:
    """Rows that the practice confirms, corrects or strikes out. A blank status or column is an open question."""

    column_headings: tuple[ColumnHeading, ...]
    status_words: tuple[StatusWord, ...]
    insurers: tuple[str, ...] = ()  # the names as written, the most frequent first
    left_out: tuple[str, ...] = ()  # sheets and lists that nothing is proposed from, each as a sentence


@dataclass(slots=True)
class _Found:
    """What is proposed so far, in the order in which it stands in the workbooks."""

    headings: list[ColumnHeading] = field(default_factory=list)
    words: dict[tuple[str, str | None], StatusWord] = field(default_factory=dict)
    insurers: Counter[str] = field(default_factory=Counter)
    left_out: list[str] = field(default_factory=list)

    def word(self, word: str, status: str, where: str | None) -> None:
        """Propose a status word, once for each place."""
        self.words.setdefault((fold(word) or word, where), StatusWord(word, status, where))


def propose(source: Book | Path | str | Sequence[Path | str], policy: Policy) -> Proposal:
    """Propose headings and status words from workbooks; every word found is there, known or not.

    Hidden sheets and a list that stands beside another are not read: they are named in `left_out`. A heading
    that means the same on every tab is proposed once, for all of them.

    Raises:
        AmbiguousLayout: two lists of one kind stand side by side, as for reading.
    """
    if isinstance(source, Book):
        books = [source]
    else:
        paths = [source] if isinstance(source, str | Path) else list(source)
        books = [read_book(path) for path in paths]
    found = _Found()
    for book in books:
        for sheet in book.sheets:
            for mapping, page in _tables(book, sheet, policy, found):
                _propose_headings(mapping, sheet.name or book.file, found)
                _propose_words(mapping, page, found)
    words = tuple(found.words.values())
    spelled = {fold(name): name for name, _ in reversed(found.insurers.most_common())}  # the usual spelling of each
    insurers = tuple(name for name, _ in found.insurers.most_common() if spelled[fold(name)] == name)
    return Proposal(_once(found.headings), words, insurers, tuple(found.left_out))


def _tables(book: Book, sheet: Sheet, policy: Policy, found: _Found) -> list[tuple[Mapping, Sheet]]:
    place = f'The sheet "{sheet.name}"' if sheet.name else book.file
    if sheet.hidden:
        found.left_out.append(f"{place} is hidden; it was not read.")
        return []
    words = frozenset(fold(row.heading) for row in policy.column_headings)
    taken = []
    for table in find_tables(sheet, words):
        own, page, others = part_abreast(table, sheet, policy, book.file)
        for other in others:
            problem = beside_problem(other, sheet, book.file)
            found.left_out.append(f"{place} has {problem.found}. {problem.ask}")
        mapping = holds_what(own, page, policy, book.file)[0]
        if mapping is not None:
            taken.append((_one_each(mapping, page, book.file, policy), page))
    if not taken and any(any(row) for row in sheet.rows):
        found.left_out.append(f"{place} holds no list of claims or balances that we recognise.")
    return taken


def _one_each(mapping: Mapping, page: Sheet, file: str, policy: Policy) -> Mapping:
    """The mapping with one column for each field; where two may be meant, neither is proposed."""
    try:
        one_heading_each(mapping, page, file, policy)
    except AmbiguousLayout:
        several = [role for role, places in mapping.positions.items() if len(places) > 1 and role not in MANY]
        for role in several:
            for position in mapping.positions.pop(role):
                mapping.role_of.pop(position, None)
    return mapping


def _propose_headings(mapping: Mapping, where: str, found: _Found) -> None:
    doubtful = {heading.position for heading, _ in mapping.doubtful}
    for heading in mapping.table.headings:
        role = mapping.role_of.get(heading.position, "")
        if heading.position in doubtful or (role not in ROLE[mapping.holds] and role != "aging"):
            role = ""
        name = f"{heading.group} {heading.text}".strip() if _stands_twice(mapping, heading.text) else heading.name
        if heading.told and not any((one.heading, one.where) == (name, where) for one in found.headings):
            found.headings.append(ColumnHeading(name, role, where))


def _once(headings: list[ColumnHeading]) -> tuple[ColumnHeading, ...]:
    """Each heading once; `Where` is left blank where several tabs have it and it means the same on all of them."""
    meanings: dict[str, list[ColumnHeading]] = {}
    for one in headings:
        meanings.setdefault(fold(one.heading), []).append(one)
    alike = {name: rows for name, rows in meanings.items() if len(rows) > 1 and len({row.column for row in rows}) == 1}
    shared = [replace(one, where=None) if fold(one.heading) in alike else one for one in headings]
    return tuple(dict.fromkeys(shared))


def _stands_twice(mapping: Mapping, text: str) -> bool:
    return sum(1 for heading in mapping.table.headings if heading.text == text) > 1


def _propose_words(mapping: Mapping, page: Sheet, found: _Found) -> None:
    if mapping.holds != "claims":
        return
    where = mapping.heading(mapping.at("status"))
    lines = sort_lines(page, mapping)
    said = _texts(mapping, page, lines.data, "status")
    for word in said:
        if word.casefold() not in NOTHING:
            found.word(word, _MEANING.get(fold(word), ""), where)
    if where is None:
        _propose_signs(mapping, found)
        _propose_sections(mapping, lines.groups, found)
    elif len(lines.data) - sum(n for word, n in said.items() if word.casefold() not in NOTHING) > _OFTEN * len(
        lines.data
    ):
        found.word("(blank)", "", where)
    for mark in _marks(mapping, page, lines.data):
        found.word(mark, "", None)
    found.insurers.update(_texts(mapping, page, lines.data, "insurer"))
    if "insurer" not in mapping.positions and {"patient_name", "surname"} & mapping.positions.keys():
        known = {fold(one.word) for one in found.words.values()}
        found.insurers.update(
            name for text in lines.groups if (name := group_insurer(text)[0]) and fold(name) not in known
        )


def _propose_signs(mapping: Mapping, found: _Found) -> None:
    """Where no column says the status, the dates of what became of a claim may."""
    for role in _SIGNS:
        heading = mapping.heading(mapping.at(role))
        if heading:
            found.word("(any date)", _SIGN_STATUS[role], heading)


def _propose_sections(mapping: Mapping, groups: Sequence[str], found: _Found) -> None:
    """Headings of sections that say where claims stand: usual words, or others where they can be nothing else.

    With insurers and patients in columns of their own, a few headings with several claims each are no names.
    """
    named = Counter(text for text in groups if text)
    columns = mapping.positions
    nothing_else = "insurer" in columns and {"patient_name", "surname"} & columns.keys()
    sections = bool(nothing_else) and len(named) <= _SECTIONS and named.total() >= 2 * len(named)
    for text in named:
        usual = _MEANING.get(fold(text), "")
        if usual or (sections and not is_group(text) and "," not in text):
            found.word(text, usual, None)


def _marks(mapping: Mapping, page: Sheet, rows: list[int]) -> list[str]:
    """Marks that stand on amounts, such as the star in `768.00*`."""
    roles = ("billed", "expected", "paid", "outstanding", "amount", "aging")
    places = [position for role in roles for position in mapping.positions.get(role, [])]
    cells = (page.rows[row - 1][at] for row in rows for at in places if at < len(page.rows[row - 1]))
    ends = (text[-1] for text in (cell.strip() for cell in cells if type(cell) is str) if text[:-1].strip("$-() "))
    return list(dict.fromkeys(end for end in ends if end in _MARKS))


def _texts(mapping: Mapping, sheet: Sheet, rows: list[int], role: str) -> Counter[str]:
    position = mapping.at(role)
    if position is None:
        return Counter()
    picked = (sheet.rows[number - 1] for number in rows)
    texts = (as_text(row[position]) for row in picked if position < len(row))
    return Counter(text for text in texts if text)
