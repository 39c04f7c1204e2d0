"""Answers that come back: each is taken, held with its cell and reason, or in conflict, and nothing else.

An answer finds its question by its reference, never by where it stands; a reference is never matched
by likeness. Only what the practice itself wrote in the answer cells counts as an answer.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final, Literal

from billingkit.exchange import returned, typed
from billingkit.exchange.action_list import HOLD_ANSWERS
from billingkit.exchange.corrections import Correction, corrections
from billingkit.exchange.listing import ANSWER_HEADINGS
from billingkit.exchange.outcomes import Outcome, outcomes
from billingkit.exchange.returned import Returned, ReturnedTable
from billingkit.exchange.start_here import NOT_NAMED
from billingkit.exchange.typed import Doubt, Habits
from billingkit.refs import is_ref
from billingkit.terms import ANSWERS

if TYPE_CHECKING:
    from billingkit.decided import Review
    from billingkit.history import History
    from billingkit.workbook.book import Book, Value

AHEAD: Final = timedelta(days=366)  # nobody finds something out for longer; a slip of the year is more likely


@dataclass(frozen=True, slots=True)
class Asked:
    """What a reference asks, and what may be answered: all that is needed to read its answer."""

    ref: str
    kind: Literal["question", "hold"] = "question"
    answers: tuple[str, ...] = ANSWERS
    value_kind: str = "text"
    since: date | None = None  # first asked, or on hold since
    about: str = ""  # as it stood on the tab, to tell a copied line from a reference filled down
    digits: int | None = None  # how long a number is, where the policy says
    given: tuple[str, str, str] | None = None  # answer, value, until as already received for this round


@dataclass(frozen=True, slots=True)
class Taken:
    """An answer that is taken as it stands."""

    ref: str
    answer: str
    value: str  # ISO date, plain decimal, status word or text
    until: date | None
    by: str
    on: date | None
    comment: str
    cell: str
    kind: Literal["question", "hold"] = "question"

    @property
    def gist(self) -> tuple[str, str, str]:
        """What is answered, whoever said it and whenever: the same gist twice is one answer."""
        return self.answer, self.value, self.until.isoformat() if self.until else ""

    def to_json(self) -> dict[str, Any]:
        """The contract's form."""
        return {
            "ref": self.ref,
            "answer": self.answer,
            "value": self.value,
            "until": _iso(self.until),
            "by": self.by,
            "on": _iso(self.on),
            "cell": self.cell,
        }


@dataclass(frozen=True, slots=True)
class Held:
    """An answer that cannot be taken, with its cell and the reason in plain words; it is asked again."""

    ref: str
    cell: str
    found: str
    reason: str

    def to_json(self) -> dict[str, Any]:
        """The contract's form."""
        return {"ref": self.ref, "cell": self.cell, "found": self.found, "reason": self.reason}


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two different answers to one question: nobody here chooses between them."""

    ref: str
    answers: tuple[Taken, ...]

    def to_json(self) -> dict[str, Any]:
        """The contract's form."""
        return {"ref": self.ref, "answers": [one.to_json() for one in self.answers]}


@dataclass(frozen=True, slots=True)
class Answers:
    """Everything one returned workbook says. `found` answers = taken + held + those in conflict."""

    taken: tuple[Taken, ...]
    held: tuple[Held, ...]
    conflicts: tuple[Conflict, ...]
    corrections: tuple[Correction, ...]
    outcomes: tuple[Outcome, ...]
    missing: tuple[str, ...]  # asked, and their lines are gone from the workbook: they stay open
    warnings: tuple[str, ...]
    payments_to: date | None
    pack_id: str
    found: int

    def to_json(self) -> dict[str, Any]:
        """As `billingkit receive --json` prints it."""
        return {
            "taken": [one.to_json() for one in self.taken],
            "held": [one.to_json() for one in self.held],
            "conflicts": [one.to_json() for one in self.conflicts],
            "corrections": [one.to_json() for one in self.corrections],
            "outcomes": [one.to_json() for one in self.outcomes],
            "missing": list(self.missing),
            "warnings": list(self.warnings),
        }


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


def asked_in(review: Review) -> tuple[Asked, ...]:
    """What a review asks, as its own pack will bring it back."""
    digits = {one.column: one.digits for one in review.policy.ids}
    questions = (
        Asked(
            one.ref,
            answers=one.answers,
            value_kind=one.value_kind,
            since=one.waiting_since,
            about=one.about,
            digits=digits.get(one.column),
        )
        for one in review.questions
    )
    holds = (Asked(one.ref, "hold", HOLD_ANSWERS, "text", one.since, one.about) for one in review.holds)
    return (*questions, *holds)


def asked_before(history: History) -> tuple[Asked, ...]:
    """What was asked as far as the history tells; every answer word fits and any text is a value."""
    questions = (Asked(one.ref, since=one.first_asked) for one in history.questions)
    holds = (Asked(one.ref, "hold", HOLD_ANSWERS, "text", one.since) for one in history.holds)
    return (*questions, *holds)


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
    payments = _payments_to(reading, book)
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
        if not line.ref:
            reading.warnings.append(
                f'Row {line.number} of "{line.tab}" has no reference and no answer; it was not read.'
            )
        return
    reading.found += 1
    first = "Answer" if "Answer" in filled else filled[0]
    if reason := reading.refused or _doubled(table) or _wrong_ref(reading, line, same_ref):
        _hold(reading, line.ref, str(line.place(first)), line.cells[first], reason)
        return
    told = _take(reading, line, reading.asked[line.ref], filled)
    if isinstance(told, Taken):
        reading.taken.append(told)
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


def _take(reading: _Reading, line: Returned, asked: Asked, filled: list[str]) -> Taken | tuple[str, Doubt]:
    """The answer, or the heading of the first cell that cannot be taken and why."""
    for heading in filled:
        if heading in line.formulas:
            return heading, Doubt("a formula; please type the answer itself")
    if "Answer" not in filled:
        return _without_answer(filled)
    answer, rest = _answer(line.cells["Answer"], asked)
    if isinstance(answer, Doubt):
        return "Answer", answer
    value = rest or _value(reading, line, asked, answer)
    until, on = _until(reading, line, answer), _day(reading, line, "Answered on")
    if isinstance(value, Doubt) or isinstance(until, Doubt) or isinstance(on, Doubt):
        parts = (("Value", value), ("Until", until), ("Answered on", on))
        return next((heading, part) for heading, part in parts if isinstance(part, Doubt))
    if on and on > reading.as_of + timedelta(days=1):
        reading.warnings.append(
            f"{line.place('Answered on')}: the answer is dated {on.isoformat()}, which is still to come."
        )
    by, comment = (typed.shown(line.cells.get(heading)) for heading in ("Answered by", "Comment"))
    cell = str(line.place("Answer"))
    return Taken(line.ref, answer, value, until, by, on, comment, cell, asked.kind)


def _without_answer(filled: list[str]) -> tuple[str, Doubt]:
    first = filled[0]
    if set(filled) <= {"Answered by", "Answered on"}:
        return first, Doubt("a name or date without an answer; please choose an Answer")
    return first, Doubt(f'"{first}" is filled in, but no Answer is chosen; please choose one from the list')


def _answer(value: Value, asked: Asked) -> tuple[str | Doubt, str]:
    # "practice decides: write it off" in one cell says the same as the word and the decision under Value.
    if isinstance(value, str) and ":" in value:
        before, _, after = value.partition(":")
        if typed.plain(before) == "practice decides" and after.strip():
            return typed.word(before, asked.answers, ANSWERS), after.strip()
    return typed.word(value, asked.answers, ANSWERS), ""


def _value(reading: _Reading, line: Returned, asked: Asked, answer: str) -> str | Doubt:
    value = line.cells.get("Value")
    if typed.blank(value):
        return _no_value(line, asked, answer)
    if answer == "practice decides":
        return typed.text(value)
    if answer != "supplied":
        return Doubt(f'a Value beside "{answer}"; please use "supplied", or put it in Comment')
    return _supplied(reading.habits, value, asked)


def _no_value(line: Returned, asked: Asked, answer: str) -> str | Doubt:
    if answer == "supplied" and asked.value_kind:
        return Doubt('"supplied" needs the Value itself')
    if answer == "practice decides" and typed.blank(line.cells.get("Comment")):
        return Doubt('"practice decides" needs the decision under Value')
    return ""


def _supplied(habits: Habits, value: Value, asked: Asked) -> str | Doubt:
    if asked.value_kind == "date":
        told = typed.day(value, habits)
        return told if isinstance(told, Doubt) else told.isoformat()
    if asked.value_kind == "money":
        amount = typed.amount(value, habits)
        return amount if isinstance(amount, Doubt) else str(amount)
    if asked.value_kind == "status":
        return typed.status(value)
    return typed.text(value, digits=asked.digits, identifier=asked.value_kind == "id")


def _until(reading: _Reading, line: Returned, answer: str) -> date | Doubt | None:
    until = _day(reading, line, "Until")
    if isinstance(until, Doubt):
        return until
    if until is None:
        return Doubt('"will check by" needs a date under Until') if answer == "will check by" else None
    if answer not in {"will check by", "do not chase", "practice decides"}:
        return Doubt(f'an Until date beside "{answer}"; it fits "will check by" and "do not chase" only')
    if until < (reading.pack_date or reading.as_of - AHEAD):
        return Doubt("this date was over before the question was asked; please check the year")
    if until > reading.as_of + AHEAD:
        return Doubt("this date is more than a year away; please check the year")
    return until


def _day(reading: _Reading, line: Returned, heading: str) -> date | Doubt | None:
    value = line.cells.get(heading)
    return None if typed.blank(value) else typed.day(value, reading.habits)


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


def _iso(value: date | None) -> str:
    return value.isoformat() if value else ""
