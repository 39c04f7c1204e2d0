"""One practice's week from its files: every sheet looked at, every table read, every row accounted for."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from billingkit.policy.agreement import Policy
from billingkit.problems import NothingToRead, Problem
from billingkit.reading.abreast import beside_problem, part_abreast
from billingkit.reading.balances import read_balances
from billingkit.reading.claims import Batch, read_claims
from billingkit.reading.fold import fold
from billingkit.reading.gaps import doubtful_headings, layout_gaps
from billingkit.reading.grid import find_tables
from billingkit.reading.heard import hear, remarks
from billingkit.reading.identity import account_keys, settle_claims
from billingkit.reading.lines import sort_lines
from billingkit.reading.mapping import holds_what, source_note
from billingkit.reading.merges import filled_down
from billingkit.reading.months import tab_ranks
from billingkit.reading.procedures import join_lines
from billingkit.reading.sensitive import Listener
from billingkit.reading.settled import settle
from billingkit.reading.twice import one_heading_each
from billingkit.week import Source, Week
from billingkit.workbook import Limits, read_book
from billingkit.workbook.book import Book, Sheet
from billingkit.workbook.collecting import no_collecting
from billingkit.workbook.ours import without_ours


def read_sources(
    paths: Sequence[Path | str], policy: Policy, as_of: date, *, limits: Limits | None = None, salt: str | None = None
) -> Week:
    """Read the files of one practice's week.

    Raises one of the refusals of `billingkit.problems`; nothing is written and nothing guessed. `salt`
    is the practice's own, for the keys of claims that have no number.
    """
    with no_collecting():
        # no name for the books here: they are to be gone before anything is collected again
        return read_books([(Path(path), read_book(path, limits=limits)) for path in paths], policy, as_of, salt=salt)


def read_books(books: Sequence[tuple[Path, Book]], policy: Policy, as_of: date, *, salt: str | None = None) -> Week:
    """Read workbooks that are already open; the path of each is only passed on."""
    with no_collecting():
        return _read(books, policy, as_of, salt)


def _read(books: Sequence[tuple[Path, Book]], policy: Policy, as_of: date, salt: str | None) -> Week:
    batches: list[Batch] = []
    beside: list[Problem] = []
    seen: list[dict[str, Any]] = []
    notes: list[Problem] = []
    for _, received in books:
        book = without_ours(received)
        kept = {sheet.name for sheet in book.sheets}
        seen += [_left_out(book, sheet) for sheet in received.sheets if sheet.name not in kept]
        for sheet in book.sheets:
            found, aside, entry = _sheet(book, sheet, policy, as_of)
            batches += found
            beside += aside
            seen.append(entry)
            notes += _notes(book, sheet, taken=bool(found))
    if not batches:
        names = ", ".join(book.file for _, book in books) or "the files"
        raise NothingToRead(
            names,
            "no table of claims or balances was found.",
            "Please send the claims list or the balances list, or tell us its headings on the sheet Column headings.",
        )
    practice_salt = salt if salt is not None else (policy.practice.code or policy.practice.name or "")
    claims = [batch for batch in batches if batch.holds == "claims"]
    balances = [batch for batch in batches if batch.holds == "balances"]
    identities = settle_claims(claims, practice_salt, tab_ranks(claims, policy))
    keys, copies = account_keys(balances, practice_salt)
    listener = Listener(policy.wording)
    told_of_claims, told_of_accounts = ([hear(one, listener) for one in batches] for batches in (claims, balances))
    frame, claim_tables, claim_problems = settle("claims", claims, identities.keys, identities.left_out, told_of_claims)
    owed, balance_tables, balance_problems = settle("balances", balances, keys, copies, told_of_accounts)
    by_batch = {
        id(batch): table for batch, table in zip([*claims, *balances], [*claim_tables, *balance_tables], strict=True)
    }
    tables = [by_batch[id(batch)] for batch in batches]
    gaps = layout_gaps(batches)
    return Week(
        claims=frame,
        balances=owed,
        problems=(*notes, *beside, *doubtful_headings(batches), *claim_problems, *balance_problems),
        tables=tuple(tables),
        sources=tuple(Source(path, book.file, book.kind, book.sha256) for path, book in books),
        gaps=gaps,
        warnings=(
            *(warning for _, book in books for warning in book.warnings),
            *(f"{one.address()}: {one.found}. {one.ask}" for one in beside),
            *_differences(tables),
        ),
        sheets=tuple(seen),
        wording=remarks(told_of_claims, identities.keys, listener) | remarks(told_of_accounts, keys, listener),
    )


def _left_out(book: Book, sheet: Sheet) -> dict[str, Any]:
    return {
        "file": book.file,
        "sheet": sheet.name,
        "hidden": sheet.hidden,
        "taken": False,
        "why": "it is a tab of ours",
    }


def _sheet(book: Book, sheet: Sheet, policy: Policy, as_of: date) -> tuple[list[Batch], list[Problem], dict[str, Any]]:
    """The tables of one sheet, what stands beside them unread, and the sheet's entry in `reading.json`."""
    entry: dict[str, Any] = {"file": book.file, "sheet": sheet.name, "hidden": sheet.hidden, "taken": False, "why": ""}
    note = source_note(policy, book.file, sheet.name)
    if note and (note.holds or "").casefold().startswith("ignore"):
        return [], [], entry | {"why": "the practice's Sources say to ignore it"}
    if sheet.hidden:
        return [], [], entry | {"why": "hidden sheets are not read"}
    words = frozenset(fold(row.heading) for row in policy.column_headings)
    batches, aside, why = [], [], "no table of claims or balances was found on it"
    for found in find_tables(sheet, words):
        table, page, others = part_abreast(found, sheet, policy, book.file)
        aside += [beside_problem(other, sheet, book.file) for other in others]
        mapping, why = holds_what(table, page, policy, book.file)
        if mapping is None:
            continue
        one_heading_each(mapping, page, book.file, policy)
        page = filled_down(page, mapping)
        lines = sort_lines(page, mapping)
        if mapping.holds == "claims":
            batch = read_claims(mapping, lines, page, policy, book.file, as_of)
            join_lines(batch, declared="procedure" in ((note.holds or "").casefold() if note else ""))
        else:
            batch = read_balances(mapping, lines, page, policy, book.file, as_of)
        batches.append(batch)
    return batches, aside, entry | {"taken": bool(batches), "why": why}


def _notes(book: Book, sheet: Sheet, *, taken: bool) -> list[Problem]:
    """What the reader of a summary should know about a sheet: hidden parts, and what was done with them."""
    found = []
    if sheet.hidden:
        found.append(("hidden_sheet", "This sheet is hidden and was not read. Show it if it matters."))
    elif taken and sheet.hidden_rows:
        found.append(("hidden_rows", f"{len(sheet.hidden_rows)} hidden rows were read like all others."))
    if taken and sheet.hidden_columns and not sheet.hidden:
        found.append(("hidden_columns", f"{len(sheet.hidden_columns)} hidden columns were read like all others."))
    return [Problem(code, "note", "", book.file, sheet.name, None, None, "", ask) for code, ask in found]


def _differences(tables: list[Any]) -> tuple[str, ...]:
    return tuple(
        f"{table.file}{f', sheet {table.sheet}' if table.sheet else ''}: the printed total of {total.column} is {total.printed}, {'the rows read' if total.unread else 'its rows'} add up to {total.read}.{total.why and f' {total.why}'}"
        for table in tables
        for total in table.control_totals
        if not total.matches
    )
