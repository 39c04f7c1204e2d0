"""A practice's policy as rows, from plain Python values; the starting rows wherever nothing is given."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from billingkit import terms
from billingkit.columns import BALANCES, CLAIMS, PARTS
from billingkit.policy import sheets
from billingkit.policy.agreement import ColumnHeading, IdRule, Insurer, SourceNote, StatusWord, Wording
from billingkit.policy.questions import SETTLED_FIRST
from billingkit.policy.settings import BY_TEXT
from billingkit.templates.bank_holidays import bank_holidays

HEADING = {column.name: column.heading for column in (*BALANCES, *CLAIMS)}
HELD = HEADING | PARTS


def policy_rows(  # noqa: PLR0913 - one argument for each sheet of the workbook
    *,
    settings: Mapping[str, object] | None = None,
    agreements: Mapping[str, object] | None = None,
    agreed: tuple[str, date] | None = None,
    insurers: Sequence[Insurer] = (),
    status_words: Sequence[StatusWord] = (),
    column_headings: Sequence[ColumnHeading] = (),
    sources: Sequence[SourceNote] = (),
    ids: Sequence[IdRule] = (),
    wording: Sequence[Wording] = (),
    country: str | None = None,
    region: str | None = None,
    years: Sequence[int] = (),
    closures: Sequence[tuple[date, str]] = (),
) -> dict[str, sheets.Rows]:
    """Every sheet of a policy as rows of cells, its headings first.

    `settings` goes by the words of the `Practice` sheet, `agreements` by their key or question; `agreed`
    says by whom and when they were agreed. With `country` the bank holidays of `years` are listed.
    A status or column left empty stays blank for the practice to choose. Raises KeyError for a setting
    or question that does not exist, CannotRun for a country or region without known holidays.
    """
    rows = sheets.starting_rows()
    wanted = dict(settings or {})
    wanted |= {name: value for name, value in (("Country", country), ("Region", region)) if value}
    _fill(rows[sheets.PRACTICE], wanted, set(BY_TEXT))
    _agree(rows[sheets.AGREEMENTS], agreements or {}, agreed)
    rows[sheets.INSURERS] += [_insurer(one) for one in insurers]
    rows[sheets.STATUS_WORDS] += [
        [one.word, terms.STATUS_LABEL.get(one.status or ""), one.where] for one in status_words
    ]
    rows[sheets.COLUMN_HEADINGS] += [[one.heading, HELD.get(one.column or ""), one.where] for one in column_headings]
    rows[sheets.SOURCES] += [_source(one) for one in sources]
    rows[sheets.IDS] += [[HEADING[one.column], one.digits, _yes_no(one.text)] for one in ids]
    rows[sheets.WORDING] += [[one.phrase, one.category, one.stops, "; ".join(one.not_when) or None] for one in wording]
    listed = bank_holidays(country, region, years) if country and years else []
    rows[sheets.CALENDAR] += [[day, name, "Bank holiday"] for day, name in listed]
    rows[sheets.CALENDAR] += [[day, name, "Closure"] for day, name in closures]
    return rows


def _fill(rows: sheets.Rows, wanted: Mapping[str, object], known: set[str]) -> None:
    unknown = [name for name in wanted if name not in known]
    if unknown:
        raise KeyError(f'"{unknown[0]}" is not a setting of the sheet Practice.')
    for row in rows[1:]:
        value = wanted.get(str(row[0]))
        row[1] = _yes_no(value) if isinstance(value, bool) else value


def _agree(rows: sheets.Rows, answers: Mapping[str, object], agreed: tuple[str, date] | None) -> None:
    questions = {settled.key: settled.question for settled in SETTLED_FIRST}
    by_question = {questions.get(key, key): answer for key, answer in answers.items()}
    unknown = [question for question in by_question if question not in questions.values()]
    if unknown:
        raise KeyError(f'"{unknown[0]}" is not a question of the sheet Agreements.')
    for row in rows[1:]:
        answer = by_question.get(str(row[0]))
        if answer is not None:
            row[1] = _yes_no(answer) if isinstance(answer, bool) else answer
            row[2:4] = agreed or (None, None)


def _insurer(one: Insurer) -> list[object]:
    days = (one.first_check_after, one.chase_every, one.filing_limit, one.answer_window, one.appeal_window)
    return [one.name, "; ".join(one.aliases) or None, one.channel, *days, one.source, one.confirmed_on]


def _source(one: SourceNote) -> list[object]:
    told: list[Any] = [one.where, one.holds, one.amount_is, one.owes_is, one.decimal_sign, one.date_order]
    return [*told, _yes_no(one.newest_tab_wins), one.note]


def _yes_no(value: object) -> str | None:
    return None if value is None else "yes" if value else "no"
