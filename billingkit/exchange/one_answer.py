"""One line's answer: what its six cells say together, or the first cell that cannot be taken and why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from billingkit.exchange import typed
from billingkit.exchange.received import Asked, Taken
from billingkit.exchange.returned import Returned
from billingkit.exchange.typed import Doubt, Habits
from billingkit.terms import ANSWERS

if TYPE_CHECKING:
    from billingkit.workbook.book import Value

AHEAD: Final = timedelta(days=366)  # nobody finds something out for longer; a slip of the year is more likely


@dataclass(frozen=True, slots=True)
class Around:
    """What an answer is read against: the day it is received, its pack's day, how dates are written there."""

    as_of: date
    pack_date: date | None
    habits: Habits


def one_answer(around: Around, line: Returned, asked: Asked, filled: list[str]) -> Taken | tuple[str, Doubt]:
    """The answer, or the heading of the first cell that cannot be taken and why."""
    for heading in filled:
        if heading in line.formulas:
            return heading, Doubt("a formula; please type the answer itself")
    if "Answer" not in filled:
        return _without_answer(filled)
    answer, rest = _answer(line.cells["Answer"], asked)
    if isinstance(answer, Doubt):
        return "Answer", answer
    value = _value(around, line, asked, answer) if not rest else _decided_twice(line) or rest
    until, on = _until(around, line, answer), _day(around, line, "Answered on")
    if isinstance(value, Doubt) or isinstance(until, Doubt) or isinstance(on, Doubt):
        parts = (("Value", value), ("Until", until), ("Answered on", on))
        return next((heading, part) for heading, part in parts if isinstance(part, Doubt))
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


def _decided_twice(line: Returned) -> Doubt | None:
    if typed.blank(line.cells.get("Value")):
        return None
    return Doubt("the decision stands under Answer and something else under Value; please give one of them")


def _value(around: Around, line: Returned, asked: Asked, answer: str) -> str | Doubt:
    value = line.cells.get("Value")
    if typed.blank(value):
        return _no_value(line, asked, answer)
    if answer == "practice decides":
        return typed.text(value)
    if answer != "supplied":
        return Doubt(f'a Value beside "{answer}"; please use "supplied", or put it in Comment')
    return _supplied(around.habits, value, asked)


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
    if asked.value_kind in typed.CLOSED:
        return typed.closed(value, asked.value_kind)
    return typed.text(value, digits=asked.digits, identifier=asked.value_kind == "id")


def _until(around: Around, line: Returned, answer: str) -> date | Doubt | None:
    until = _day(around, line, "Until")
    if isinstance(until, Doubt):
        return until
    if until is None:
        return Doubt('"will check by" needs a date under Until') if answer == "will check by" else None
    if answer not in {"will check by", "do not chase", "practice decides"}:
        return Doubt(f'an Until date beside "{answer}"; it fits "will check by" and "do not chase" only')
    if until < (around.pack_date or around.as_of - AHEAD):
        return Doubt("this date was over before the question was asked; please check the year")
    if until > around.as_of + AHEAD:
        return Doubt("this date is more than a year away; please check the year")
    return until


def _day(around: Around, line: Returned, heading: str) -> date | Doubt | None:
    value = line.cells.get(heading)
    return None if typed.blank(value) else typed.day(value, around.habits)
