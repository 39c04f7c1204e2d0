"""The policy workbook's cells made into a policy, or into the list of everything that is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache

from billingkit import terms
from billingkit.calendar import WEEKENDS_ONLY
from billingkit.policy import lists, sheets
from billingkit.policy.agreement import Policy, StatusWord
from billingkit.policy.canonical import canonical, hash_of
from billingkit.policy.cells import Checker, nearest, plain
from billingkit.policy.days import read_calendar
from billingkit.policy.practice import read_practice
from billingkit.policy.tables import BALANCES, CLAIMS, ESCALATION, SHAPES, Shape
from billingkit.policy.wording import SHIPPED_WORDING
from billingkit.problems import BrokenPolicy
from billingkit.rules import Finding, Guarantee, Table, check, parse_guarantees, parse_table

Sheets = Mapping[str, Sequence[Sequence[object]]]

# Without these sheets nobody can say what the practice agreed to; any other may be missing.
INDISPENSABLE = (sheets.PRACTICE, CLAIMS.sheet, BALANCES.sheet, ESCALATION.sheet)
# Where one of these is missing the starting rows stand in, because going without would be the riskier reading.
STANDS_IN = (sheets.REQUIRED, sheets.ATTACHMENTS, sheets.GUARANTEES, sheets.AGREEMENTS, sheets.MEASURE)

# What approaches an insurer or a patient: missing data may never start one of these.
CONTACTS = tuple(action.label for action in terms.ACTIONS if action.contacts in ("insurer", "patient"))
# What lets a row rest: where missing data leads to one of these, nobody would ask for it.
IDLE = tuple(terms.ACTION_BY_WORD[word].label for word in ("none", "wait"))


def from_rows(given: Sheets, *, source: str) -> Policy:
    """A policy from the cells of its sheets, where `given[sheet][i][j]` is row i + 1, column j + 1.

    Raises BrokenPolicy with every fault of the workbook: its cell, what was found, what to write.
    Remarks that stop nothing travel with the policy as `notices`.
    """
    policy, found = _read(given)
    errors = tuple(str(one) for one in found if one.severity == "error")
    if errors:
        raise BrokenPolicy(source, errors)
    return replace(policy, notices=tuple(str(one) for one in found))


def faults(given: Sheets) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Everything there is to say about a policy's cells: what must be mended, and what should be looked at."""
    found = findings(given)
    errors = tuple(str(one) for one in found if one.severity == "error")
    return errors, tuple(str(one) for one in found if one.severity != "error")


def findings(given: Sheets) -> tuple[Finding, ...]:
    """The same as values: each with its cell, what was found, what to write and, for rules, an example row."""
    return _read(given)[1]


@cache
def shipped() -> Policy:
    """The kit's own starting policy, for a workbook that comes without one; weekends are the only days off."""
    rows = sheets.starting_rows()
    rows[sheets.STATUS_WORDS] += [[word, label, None] for word, label in sheets.PLAIN_STATUS_WORDS]
    policy, _ = _read(rows, checked=False)  # the tests hold the starting tables to every check
    return _hashed(replace(policy, calendar=WEEKENDS_ONLY, shipped=True))


def _read(given: Sheets, *, checked: bool = True) -> tuple[Policy, tuple[Finding, ...]]:
    checker = Checker()
    rows = _known_sheets(given, checker)
    tables, guarantees, ruled = _rules(rows, checked=checked)
    practice, weekend = read_practice(rows[sheets.PRACTICE], checker)
    policy = Policy(
        practice=practice,
        agreements=lists.read_agreements(rows[sheets.AGREEMENTS], checker),
        insurers=lists.read_insurers(rows[sheets.INSURERS], checker),
        required=lists.read_required(rows[sheets.REQUIRED], checker),
        attachments=lists.read_attachments(rows[sheets.ATTACHMENTS], checker),
        sources=lists.read_sources(rows[sheets.SOURCES], checker),
        ids=lists.read_ids(rows[sheets.IDS], checker),
        status_words=_with_tracker(lists.read_status_words(rows[sheets.STATUS_WORDS], checker)),
        column_headings=lists.read_column_headings(rows[sheets.COLUMN_HEADINGS], checker),
        wording=(*lists.read_wording(rows[sheets.WORDING], checker), *SHIPPED_WORDING),
        claim_rules=tables[CLAIMS.name],
        balance_rules=tables[BALANCES.name],
        escalation_rules=tables[ESCALATION.name],
        guarantees=guarantees,
        calendar=read_calendar(rows[sheets.CALENDAR], checker, weekend=weekend, region=practice.region),
        measures=lists.read_measures(rows[sheets.MEASURE], checker),
        hash="",
    )
    return _hashed(policy), (*checker.findings, *ruled)


def _with_tracker(own: tuple[StatusWord, ...]) -> tuple[StatusWord, ...]:
    """The practice's words, then those of the kit's tracker that the practice has not given a meaning itself."""
    said = {one.word.casefold() for one in own}
    ours = (StatusWord(word, status) for word, status in sheets.TRACKER_WORDS)
    return (*own, *(one for one in ours if one.word.casefold() not in said))


def _hashed(policy: Policy) -> Policy:
    return replace(policy, hash=hash_of(canonical(policy)))


def _known_sheets(given: Sheets, checker: Checker) -> dict[str, Sequence[Sequence[object]]]:
    """Every sheet of the policy by its own name; a missing one is said, and stands empty or as it starts."""
    by_name = {plain(name): rows for name, rows in given.items()}
    starting = sheets.starting_rows()
    spare = [name for name in given if plain(name) not in {plain(known) for known in sheets.ORDER}]
    found: dict[str, Sequence[Sequence[object]]] = {}
    for name in sheets.ORDER:
        if plain(name) in by_name:
            found[name] = by_name[plain(name)]
            continue
        missing = f'The sheet "{name}" is missing.{nearest(name, spare)}'
        found[name] = starting[name] if name in (*STANDS_IN, *INDISPENSABLE) else starting[name][:1]
        if name in INDISPENSABLE:
            checker.sheet_fault(name, missing, "Put it back; the template policy.xlsx has one to copy.")
        else:
            remedy = "The starting rows of the template stand in." if name in STANDS_IN else "It counts as empty."
            checker.sheet_remark(name, missing, remedy)
    return found


def _rules(rows: Sheets, *, checked: bool) -> tuple[dict[str, Table], tuple[Guarantee, ...], tuple[Finding, ...]]:
    read = {shape.name: _table(shape, rows[shape.sheet]) for shape in SHAPES}
    tables = {name: table for name, (table, _) in read.items()}
    guarantees, unread = parse_guarantees(rows[sheets.GUARANTEES], sheets.GUARANTEES, tuple(tables.values()))
    found = [finding for _, findings in read.values() for finding in findings] + list(unread)
    # A table with a cell that cannot be read would show gaps that are not there.
    whole = [table for table, findings in read.values() if not any(one.severity == "error" for one in findings)]
    for table in whole if checked else ():
        found += check(table, guarantees, contacts=CONTACTS, idle=IDLE)
    return tables, guarantees, tuple(found)


def _table(shape: Shape, rows: Sequence[Sequence[object]]) -> tuple[Table, tuple[Finding, ...]]:
    return parse_table(
        rows, name=shape.name, sheet=shape.sheet, columns=shape.columns, outputs=shape.outputs, steps=tuple(shape.steps)
    )
