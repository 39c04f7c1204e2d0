"""`Start here`: which week this is, what was read, what needs the manager first, and how to answer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby
from typing import TYPE_CHECKING, Final

from billingkit.exchange.action_list import ACTION_LIST, HOLDS, sorted_questions
from billingkit.exchange.drawing import LINE_HEIGHT, TITLE_HEIGHT, US_LETTER, breathe, lines_needed
from billingkit.exchange.wording import PRIORITY_RANK, count, day, money
from billingkit.terms import ANSWERS

if TYPE_CHECKING:
    from billingkit.decided import Question, Review
    from billingkit.week import ControlTotal, TableRead
    from billingkit.workbook.fresh import FreshBook, Tab
    from billingkit.workbook.looks import Look

START_HERE: Final = "Start here"
PAYMENTS_TO: Final = "Payments posted up to"
WE_WRITE_TO: Final = "We write to"
CONTACT_NOW: Final = "Somebody else now"
PACK: Final = "Pack"
PRACTICE: Final = "Practice"
PACK_NAME: Final = "billingkit_pack"
PAYMENTS_NAME: Final = "billingkit_payments_to"
CONTACT_NAME: Final = "billingkit_contact"
PARTS: Final = {
    "accepted": "taken",
    "quarantined": "in doubt",
    "ignored": "left out (totals, repeated rows)",
}
NOT_NAMED: Final = "not named yet"
FIRST_FEW: Final = 5
WIDTHS: Final = (22, 16, 10, 10, 10, 24, 44)
HOW_TO_ANSWER: Final = (
    f'1. Go to "{ACTION_LIST}". Each line is one question. Choose an Answer from the list in the yellow cells.',
    '2. "supplied" needs a Value where one is asked for; "will check by" needs a date under Until.',
    f'3. Then look at "{HOLDS}": we have stepped back there until you choose "resume".',
    "4. Save the workbook and send it back. To sort, first choose Review, Unprotect Sheet (there is no password).",
    "5. Leave a line empty if you do not know yet: we ask again next week. Nothing is taken for granted.",
)
MEANINGS: Final = {
    "supplied": "here is what you asked for",
    "not available": "we do not have it and cannot get it",
    "will check by": "we are finding out; ask again on the date under Until",
    "correct as it is": "what you doubt is right; use it",
    "do not chase": "leave it alone (until the date under Until, if you give one)",
    "resume": "go on; this lifts a hold",
    "practice decides": "the practice's own decision, in your words under Value",
}


@dataclass(frozen=True, slots=True)
class Need:
    """One line of what needs the manager: how urgent, and what it says."""

    priority: str
    text: str


def needs(review: Review) -> tuple[Need, ...]:
    """At most five lines, urgent first; related questions are one line."""
    lines = [_need(list(group)) for _, group in groupby(_grouped(review), key=_same)]
    new_holds = [one for one in review.holds if one.new]
    if new_holds:
        told = f'{count(len(new_holds), "patient or claim", "patients or claims")} newly on hold: say on "{HOLDS}" how to go on.'
        lines.insert(0, Need("High", told))
    asked = any(one.code == "payments_posted_to" for one in review.questions)
    if review.payments_to is None and review.policy.practice.patient_side is not False and not asked:
        lines.append(
            Need("High", "Tell us below up to which day payments are posted; until then we chase no balances.")
        )
    lines.sort(key=lambda one: PRIORITY_RANK[one.priority])
    if len(lines) > FIRST_FEW:
        rest = len(lines) - FIRST_FEW + 1
        lines = [*lines[: FIRST_FEW - 1], Need("Normal", f'And {count(rest, "other matter")} on "{ACTION_LIST}".')]
    return tuple(lines)


def _grouped(review: Review) -> list[Question]:
    ordered = sorted_questions(review)
    earliest: dict[tuple[str, str], int] = {}
    for place, one in enumerate(ordered):
        earliest.setdefault(_same(one), place)
    return sorted(ordered, key=lambda one: earliest[_same(one)])


def _same(one: Question) -> tuple[str, str]:
    return one.priority, one.code


def _need(group: list[Question]) -> Need:
    first = group[0]
    by = day(first.by_when, weekday=True)
    if len(group) == 1:
        return Need(first.priority, f"By {by}: {first.need} ({first.about})")
    return Need(first.priority, f"By {by}: {len(group)} questions of this kind, such as: {first.need} ({first.about})")


def start_here(
    book: FreshBook, review: Review, *, pack_id: str, made_of: tuple[str, ...], tab_name: str = START_HERE
) -> Tab:
    """The front tab; `made_of` says how each of the practice's files came into the pack."""
    tab = book.add_tab(tab_name, colour="#8B1A1A")
    breathe(book)
    for column, width in enumerate(WIDTHS, 1):
        tab.width(column, width)
    practice = review.policy.practice
    tab.text(1, 1, f"{practice.name or 'Your practice'}: week of {day(review.as_of)}", "title")
    tab.height(1, TITLE_HEIGHT)
    row = _facts(book, tab, review, pack_id)
    row = _prose(tab, row + 1, "What needs you this week, urgent first", [])
    row = _needs(tab, row, review)
    row = _payments(book, tab, row + 1, review)
    row = _prose(tab, row + 1, "How to answer", HOW_TO_ANSWER)
    row = _meanings(tab, row)
    row = _read(tab, row + 1, review)
    row = _prose(tab, row + 1, "Good to know", [*made_of, *_unread(review), *review.notices])
    tab.print_on(landscape=False)
    if practice.country in US_LETTER:
        tab.sheet.set_paper(1)
    tab.sheet.fit_to_pages(1, 1)
    tab.protect()
    tab.show_first()
    return tab


def _facts(book: FreshBook, tab: Tab, review: Review, pack_id: str) -> int:
    practice = review.policy.practice
    contact, team, lead = (_person(review, role) for role in ("named contact", "billing team", "team lead"))
    facts = (
        (PRACTICE, practice.name or practice.code or NOT_NAMED),
        ("As of", day(review.as_of, weekday=True)),
        (PACK, pack_id),
        (WE_WRITE_TO, ", ".join(part for part in (contact or NOT_NAMED, practice.contact_role) if part)),
        ("Whom to call", (team or "your billing team") + (f" (team lead: {lead})" if lead else "")),
    )
    row = 2
    for label, text in facts:
        tab.text(row, 1, label, "label")
        tab.text(row, 2, text, kind="code")
        row += 1
        if label == WE_WRITE_TO:
            row = _contact(book, tab, row)
    book.name(PACK_NAME, tab.name, (4, 2, 4, 2))
    return row


def _contact(book: FreshBook, tab: Tab, row: int) -> int:
    """Where the practice names another person, also when the policy names one already."""
    tab.text(row, 1, CONTACT_NOW, "label")
    tab.blank(row, 2, "answer")
    book.name(CONTACT_NAME, tab.name, (row, 2, row, 2))
    told = "If somebody else answers our questions from now on, type the name here. Else leave it empty."
    tab.text(row, 3, told, "beside")
    return row + 1


def _person(review: Review, role: str) -> str:
    return dict(review.policy.practice.people).get(role, "")


def _needs(tab: Tab, row: int, review: Review) -> int:
    looks: dict[str, Look] = {"Urgent": "urgent", "High": "high", "Normal": "normal"}
    lines = needs(review) or (Need("Normal", "Nothing needs you this week."),)
    for one in lines:
        tab.text(row, 1, one.priority, looks[one.priority])
        row = _paragraph(tab, row, one.text, first_column=2, look="beside wrapped")
    return row


def _payments(book: FreshBook, tab: Tab, row: int, review: Review) -> int:
    tab.text(row, 1, PAYMENTS_TO, "label")
    if review.payments_to is None:
        tab.blank(row, 2, "answer", kind="date")
    else:
        tab.date(row, 2, review.payments_to, "answer")
    tab.must_be_date(
        (row, 2, row, 2),
        review.as_of.replace(year=review.as_of.year - 1, day=1),
        "The last day whose payments are all in your system, such as 27 Nov 2026.",
    )
    book.name(PAYMENTS_NAME, tab.name, (row, 2, row, 2))
    told = "Please type the last day whose payments are all in your system. We chase no balance that may be paid."
    tab.text(row, 3, told, "beside")
    return row + 1


def _meanings(tab: Tab, row: int) -> int:
    for word in ANSWERS:
        tab.text(row, 1, word, "label")
        tab.text(row, 2, MEANINGS[word])
        row += 1
    return row


def _read(tab: Tab, row: int, review: Review) -> int:
    tab.text(row, 1, "What was read", "subtitle")
    tab.row(row + 1, ("Sheet", "Holds", "Rows", "Taken", "In doubt", "Left out", "Adds up"), "heading")
    row += 2
    for one in review.week.tables:
        left_out = "; ".join(_left_out(number, reason) for reason, number in one.ignored.items() if number) or "none"
        total = one.accepted + one.quarantined + sum(one.ignored.values())
        verdict = f"{one.accepted} + {one.quarantined} + {sum(one.ignored.values())} = {total}"
        verdict += (
            " rows, as in your sheet" if total == one.rows else f", but the sheet has {one.rows} rows: please tell us"
        )
        values = (one.sheet or one.file, one.holds, one.rows, one.accepted, one.quarantined, left_out, verdict)
        tab.row(row, values, "normal")
        tab.height(row, LINE_HEIGHT * max(lines_needed(str(v), w) for v, w in zip(values, WIDTHS, strict=True)))
        row += 1
        for sentence in added_up(one, review.policy.practice.currency):
            row = _paragraph(tab, row, sentence, first_column=2)
    return row


def _left_out(number: int, reason: str) -> str:
    return f"{number:,} joined" if reason == "joined" else count(number, reason)


def added_up(one: TableRead, currency: str | None) -> Iterator[str]:
    """What a table's money comes to, and whether the totals that are printed in it agree, a sentence each."""
    for column, parts in one.money.items():
        if not any(parts.values()):
            continue
        added = " + ".join(
            f"{money(amount, currency)} {PARTS.get(part, part)}" for part, amount in parts.items() if amount
        )
        yield f"{column.replace('_', ' ').capitalize()}: {added} = {money(sum(parts.values(), Decimal(0)), currency)} in all"
    for total in one.control_totals:
        if total.column == "rows":
            yield _rows_counted(total)
            continue
        printed, read = money(total.printed, currency), money(total.read, currency)
        name = total.column.replace("_", " ").capitalize()
        if total.matches:
            yield f"{name}: the total printed in your list, {printed}, is what its rows add up to."
        elif total.unread:
            yield f"{name}: your list prints {printed}; the rows we could read add up to {read}. {total.why}"
        else:
            known = total.why and f" {total.why}"
            yield f"{name}: your list prints {printed}, but its rows add up to {read}.{known} Please check."


def _rows_counted(total: ControlTotal) -> str:
    printed, read = f"{total.printed:,.0f}", f"{total.read:,.0f}"
    if total.matches:
        return f"Rows: the number printed in your list, {printed}, is how many there are."
    return f"Rows: your list prints {printed}, but there are {read}. Please check."


def _unread(review: Review) -> Iterator[str]:
    for sheet in review.week.sheets:
        if not sheet.get("taken"):
            yield f'Not read: sheet "{sheet.get("sheet")}" of {sheet.get("file")} ({sheet.get("why")}).'
    yield from review.week.warnings


def _prose(tab: Tab, row: int, title: str, sentences: tuple[str, ...] | list[str]) -> int:
    tab.text(row, 1, title, "subtitle")
    row += 1
    for sentence in sentences:
        row = _paragraph(tab, row, sentence, first_column=1)
    return row


def _paragraph(tab: Tab, row: int, text: str, *, first_column: int, look: Look = "wrap") -> int:
    tab.merge((row, first_column, row, len(WIDTHS)), text, look)
    tab.height(row, LINE_HEIGHT * lines_needed(text, sum(WIDTHS[first_column - 1 :])))
    return row + 1
