"""Answers that come back: each is taken, held with its cell and reason, or in conflict, and nothing else.

An answer finds its question by its reference, never by where it stands; a reference is never matched
by likeness. Only what the practice itself wrote in the answer cells counts as an answer.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

from billingkit.exchange import returned, typed
from billingkit.exchange.agreement import AGREEMENT
from billingkit.exchange.corrections import corrections
from billingkit.exchange.listing import ANSWER_HEADINGS
from billingkit.exchange.one_answer import Around, one_answer
from billingkit.exchange.outcomes import Outcome, outcomes
from billingkit.exchange.received import Answers, Asked, Conflict, Held, Taken
from billingkit.exchange.returned import Returned, ReturnedTable
from billingkit.exchange.start_here import NOT_NAMED
from billingkit.exchange.typed import Doubt, Habits
from billingkit.refs import is_ref

if TYPE_CHECKING:
    from billingkit.workbook.book import Book, Value


@dataclass(slots=True)
class _Reading:
    """What was found so far, in the order of the workbook."""

    asked: dict[str, Asked]
    as_of: date
    own_habits: Habits  # the practice's, as it told us
    pack_date: date | None
    refused: str  # why no answer of this workbook counts, if so
    habits: Habits  # of the table that is being read
    taken: list[Taken] = field(default_factory=list)
    held: list[Held] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)
    found: int = 0


def read_answers(
    book: Book,
    *,
    asked: Iterable[Asked],
    pack_ids: Mapping[str, date],
    practice: str,
    as_of: date,
    date_order: str | None = None,
    decimal_sign: str | None = None,
    sent: Book | None = None,
) -> Answers:
    """Read a returned pack or worklist, or any part of one.

    `asked` are the questions and holds that stand open or were answered; `pack_ids` are the packs sent to this
    practice with their as-of dates; `practice` is its name as the pack shows it; `sent` is the pack as it went out,
    where it is still there, so that changes outside the answer cells are seen.
    """
    found = returned.tables(book)
    pack = returned.pack_id(book)
    refused, warned = _which_pack(book, pack, pack_ids, practice)
    known = {one.ref: one for one in asked}
    reading = _Reading(
        asked=known,
        as_of=as_of,
        own_habits=Habits(date_order, decimal_sign),
        habits=Habits(date_order, decimal_sign),
        pack_date=pack_ids.get(pack),
        refused=refused,
        warnings=[*book.warnings, *warned],
    )
    for table in found:
        if table.kind == "answers":
            _read_table(reading, table)
    told_outcomes = _read_outcomes(reading, found)
    payments, contact = _payments_to(reading, book), _contact(reading, book)
    taken, conflicts = _settle(reading)
    changed = corrections(found, sent) if sent is not None else ()
    return Answers(
        taken=taken,
        held=tuple(reading.held),
        conflicts=conflicts,
        corrections=changed,
        outcomes=told_outcomes,
        missing=_missing(reading, found),
        warnings=tuple(dict.fromkeys(reading.warnings)),
        payments_to=payments,
        contact=contact,
        pack_id=pack,
        found=reading.found,
    )


def _which_pack(book: Book, pack: str, pack_ids: Mapping[str, date], practice: str) -> tuple[str, list[str]]:
    """Why the whole workbook is refused, if so, and what to say about it otherwise."""
    named = returned.practice_name(book)
    others = bool(named) and typed.plain(named) not in {typed.plain(practice), NOT_NAMED}
    # A pack we know is ours, whatever the practice is called by now.
    if pack not in pack_ids:
        if others:
            return f"this pack is for another practice ({named})", []
        if pack:
            return f"pack {pack} was not sent to this practice", []
        return "", ["The workbook does not say which pack it is; its answers were read by their references alone."]
    newest = max(pack_ids.values())
    if pack_ids[pack] < newest:
        told = f"This is the pack of {pack_ids[pack]:%d %b %Y}; a newer one of {newest:%d %b %Y} has gone out since."
        return "", [f"{told} Its answers count where the same question is still open."]
    return "", []


def _read_table(reading: _Reading, table: ReturnedTable) -> None:
    reading.habits = _habits(reading, table)
    if table.gone:
        listed = ", ".join(f'"{one}"' for one in table.gone)
        reading.warnings.append(f'On "{table.tab}" these columns are gone: {listed}.')
    if table.doubled:
        reading.warnings.append(f'On "{table.tab}" two columns are called "{table.doubled[0]}".')
    by_ref: dict[str, list[Returned]] = defaultdict(list)
    for line in table.lines:
        by_ref[line.ref].append(line)
    for line in table.lines:
        reading.seen.add(line.ref)
        _read_line(reading, table, line, by_ref[line.ref])


def _habits(reading: _Reading, table: ReturnedTable) -> Habits:
    """How dates are written in this table: our own dates in it show what became of all of them."""
    numbers = returned.days_as_numbers(table)
    if numbers:
        reading.warnings.append(
            f'The dates on "{table.tab}" had lost their formats; they were read from their numbers.'
        )
    order = returned.date_order(table)
    if order is None:
        return replace(reading.own_habits, days_as_numbers=numbers)
    return replace(reading.own_habits, date_order=None if order == "unclear" else order)


def _answered(line: Returned) -> list[str]:
    return [heading for heading in ANSWER_HEADINGS if not typed.blank(line.cells.get(heading))]


def _read_line(reading: _Reading, table: ReturnedTable, line: Returned, same_ref: Sequence[Returned]) -> None:
    for column, value in line.strays:
        reading.found += 1
        place = returned.Place(line.tab, line.number, column)
        _hold(
            reading, line.ref, str(place), value, "typed outside the answer columns; please move it under its heading"
        )
    filled = _answered(line)
    if not filled:
        # most lines of the agreement ask nothing, so nobody need hear that they hold no answer
        if not line.ref and not line.tab.startswith(AGREEMENT):
            reading.warnings.append(
                f'Row {line.number} of "{line.tab}" has no reference and no answer; it was not read.'
            )
        return
    reading.found += 1
    first = "Answer" if "Answer" in filled else filled[0]
    if reason := reading.refused or _doubled(table) or _wrong_ref(reading, line, same_ref):
        _hold(reading, line.ref, str(line.place(first)), line.cells[first], reason)
        return
    around = Around(reading.as_of, reading.pack_date, reading.habits)
    told = one_answer(around, line, reading.asked[line.ref], filled)
    if isinstance(told, Taken):
        reading.taken.append(told)
        if told.on and told.on > reading.as_of + timedelta(days=1):
            reading.warnings.append(f"{told.cell}: it is dated {told.on.isoformat()}, which is still to come.")
        if not told.by:
            reading.warnings.append(f"{told.cell}: nobody is named under Answered by.")
    else:
        heading, doubt = told
        place = line.place(heading if heading in line.columns else "Ref")
        _hold(reading, line.ref, str(place), line.cells.get(heading), doubt.reason)


def _doubled(table: ReturnedTable) -> str:
    return f'two columns are called "{table.doubled[0]}", so it is not clear which one counts' if table.doubled else ""


def _wrong_ref(reading: _Reading, line: Returned, same_ref: Sequence[Returned]) -> str:
    """Why the reference cannot be trusted, or nothing."""
    asked = reading.asked.get(line.ref)
    if not line.ref:
        return "there is no reference on this line, so we cannot tell which question it answers"
    if asked is None and not is_ref(line.ref):
        return "the reference was changed; please copy it from the pack"
    if asked is None:
        return "this is no reference of a question that we asked this practice"
    if reading.pack_date and asked.since and asked.since > reading.pack_date:
        return "this answers an older pack, from before the question was asked; please answer it in the newest one"
    return _shared_ref(reading, line, same_ref, asked)


def _shared_ref(reading: _Reading, line: Returned, same_ref: Sequence[Returned], asked: Asked) -> str:
    about = typed.shown(line.cells.get("About"))
    lines_apart = {typed.shown(one.cells.get("About")) for one in same_ref}
    if len(lines_apart) > 1 and about != asked.about:
        return f"the reference stands on {len(same_ref)} different lines; it seems to have been filled down"
    others = {one.about for one in reading.asked.values() if one.about and one.ref != line.ref}
    if asked.about and about != asked.about and about in others:
        return "the reference and the line do not belong together; please sort whole lines only"
    return ""


def _hold(reading: _Reading, ref: str, cell: str, value: Value, reason: str) -> None:
    reading.held.append(Held(ref, cell, typed.shown(value), reason))


def _read_outcomes(reading: _Reading, found: Sequence[ReturnedTable]) -> tuple[Outcome, ...]:
    told: list[Outcome] = []
    for table in found:
        if table.kind != "outcomes":
            continue
        reading.habits = _habits(reading, table)
        for line in table.lines:
            reading.seen.add(line.ref)
            told.extend(_outcome(reading, table, line))
    return tuple(told)


def _outcome(reading: _Reading, table: ReturnedTable, line: Returned) -> list[Outcome]:
    read = outcomes(line, reading.habits, known=line.ref in reading.asked)
    if read is None:
        return []
    reading.found += 1
    if reading.refused or table.doubled:
        _hold(reading, line.ref, str(line.place("Ref")), line.ref, reading.refused or _doubled(table))
    elif isinstance(read, Outcome):
        return [read]
    else:
        heading, doubt = read
        _hold(reading, line.ref, str(line.place(heading)), line.cells.get(heading), doubt.reason)
    return []


def _payments_to(reading: _Reading, book: Book) -> date | None:
    cell = returned.payments_cell(book)
    if cell is None or typed.blank(cell[1]):
        return None
    place, value = cell
    told = typed.day(value, reading.own_habits)
    if isinstance(told, date) and told > reading.as_of:
        told = Doubt("payments cannot be posted up to a day that is still to come")
    if reading.refused:
        told = Doubt(reading.refused)
    if isinstance(told, Doubt):
        reading.found += 1
        _hold(reading, "", str(place), value, told.reason)
        return None
    return told


def _contact(reading: _Reading, book: Book) -> str:
    cell = returned.contact_cell(book)
    if cell is None or typed.blank(cell[1]):
        return ""
    place, value = cell
    told = Doubt(reading.refused) if reading.refused else typed.person(value)
    if isinstance(told, Doubt):
        reading.found += 1
        _hold(reading, "", str(place), value, told.reason)
        return ""
    return told


def _settle(reading: _Reading) -> tuple[tuple[Taken, ...], tuple[Conflict, ...]]:
    """What is taken, and what contradicts itself or an answer that came before."""
    by_ref: dict[str, list[Taken]] = defaultdict(list)
    for one in reading.taken:
        by_ref[one.ref].append(one)
    clashing = {ref: answers for ref, answers in by_ref.items() if _clash(answers, reading.asked[ref])}
    taken = tuple(one for one in reading.taken if one.ref not in clashing)
    return taken, tuple(_conflict(ref, answers, reading.asked[ref]) for ref, answers in clashing.items())


def _clash(answers: Sequence[Taken], asked: Asked) -> bool:
    gists = {one.gist for one in answers}
    if asked.given is not None:
        gists.add(asked.given)
    return len(gists) > 1


def _conflict(ref: str, answers: Sequence[Taken], asked: Asked) -> Conflict:
    if asked.given is None:
        return Conflict(ref, tuple(answers))
    answer, value, until = asked.given
    day = date.fromisoformat(until) if until else None
    earlier = Taken(ref, answer, value, day, "", None, "", "received before", asked.kind)
    return Conflict(ref, (earlier, *answers))


def _missing(reading: _Reading, found: Sequence[ReturnedTable]) -> tuple[str, ...]:
    """Refs whose lines are gone; only kinds that this workbook has a table for can be missed in it."""
    if reading.refused or not any(table.kind == "answers" for table in found):
        return ()
    kinds = {reading.asked[ref].kind for ref in reading.seen if ref in reading.asked}
    due = [one for one in reading.asked.values() if one.kind in kinds and one.given is None]
    in_pack = [one for one in due if not (reading.pack_date and one.since and one.since > reading.pack_date)]
    return tuple(sorted(one.ref for one in in_pack if one.ref not in reading.seen))
