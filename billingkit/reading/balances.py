"""Balances of one table: what each row says a patient or family owes, and what must be asked about it."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import Any, Final

from billingkit.policy.agreement import Policy
from billingkit.reading.claims import Batch, notes_of
from billingkit.reading.fold import NOTHING, as_text, fold, is_blank
from billingkit.reading.lines import Lines
from billingkit.reading.mapping import PAID_UP, Mapping, source_note
from billingkit.reading.money import ZERO
from billingkit.reading.people import numbered_names, part_number, whole_name
from billingkit.reading.values import Cellar, Column, Readers
from billingkit.workbook.book import Sheet, Value

DATES: Final = ("oldest_due_date", "last_statement_date", "last_payment_date", "plan_next_due")
# A list of debtors or of patients' own balances: nothing in it is expected from an insurer.
_DEBTORS: Final = re.compile(
    r"debtor|patient balance|patients? owing|patients? ow|in debt|patient accounts?\b|invoice|owed by patient|patient a/?r\b",
    re.IGNORECASE,
)
_ON: Final = frozenset(
    {"*", "y", "yes", "true", "x", "1", "stop", "hold", "on hold", "\u2713", "\u2714", "stopped", "on", "ja", "oui"}
)
_OFF: Final = frozenset({"n", "no", "false", "0", "off", "nein", "non"})
_NO_DATE: Final = re.compile(r"0?1[/.]0?1[/.]0001\b|0001-01-01\b")  # as a system writes that there is none
_PLANS: Final = {
    "none": "none no n false 0",
    "on track": "on_track ontrack up_to_date uptodate current paying active ok yes_on_track",
    "missed": "missed behind late overdue broken defaulted failed in_arrears missed_payment lapsed",
}
_PLAN_WORDS: Final = {word.replace("_", " "): plan for plan, words in _PLANS.items() for word in words.split()}
_NOT_A_DEBT: Final = frozenset({"settled", "in credit", "credit", "up to date", "clear", "paid up", "paid"})
_A_DEBT: Final = frozenset({"in debt", "debt", "owing", "in arrears", "overdue", "outstanding"})
# A list of single payments, each with its day.
_INSTALMENTS: Final = re.compile(r"\binstal|\bdays over(?:due)?\b")


def read_balances(mapping: Mapping, lines: Lines, sheet: Sheet, policy: Policy, file: str, as_of: date) -> Batch:
    """One table of balances as our columns; what is owed is positive whatever sign the system uses."""
    note = source_note(policy, file, sheet.name)
    _settle_balance(mapping)
    readers = Readers.of(policy, note, as_of)
    cellar = Cellar(sheet, mapping, lines.data, policy, readers)
    batch = Batch("balances", mapping, lines, sheet, file, lines.data, {}, cellar=cellar)
    _people(batch, cellar)
    _dates_and_counts(batch, cellar, as_of)
    _amounts(batch, cellar, as_of, owes_is=(note.owes_is or "").casefold() if note else "")
    _flags(batch, cellar)
    batch.columns["notes"] = notes_of(batch, cellar)
    _ask_missing(batch)
    return batch


def _people(batch: Batch, cellar: Cellar) -> None:
    count = len(batch.rows)

    def values(role: str) -> list[Any]:
        column = cellar.column(role)
        if column is None:
            return [None] * count
        for place, wrong in column.wrong.items():
            code = f"{'patient_id' if role == 'account_id' else role}_suspect" if wrong == "suspect" else wrong
            batch.doubt(place, code, role, _shown(cellar, role, place), stops=True)
        return list(column.values)

    roles = batch.mapping.positions
    names, guarantors = values("patient_name"), values("guarantor_name")
    if "surname" in roles:
        joined = [
            whole_name(surname, forename)
            for surname, forename in zip(values("surname"), values("forename"), strict=True)
        ]
        names = [name or one for name, one in zip(names, joined, strict=True)]
    ids = values("patient_id")
    if "account_id" in roles:
        ids = [one or other for one, other in zip(ids, values("account_id"), strict=True)]
    for people in (names, guarantors):
        if "patient_id" not in roles and "account_id" not in roles and numbered_names(people):
            split = [part_number(name) for name in people]
            ids, people[:] = [number for number, _ in split], [name for _, name in split]
    batch.columns["patient_id"], batch.columns["patient_name"], batch.columns["guarantor_name"] = ids, names, guarantors


def _shown(cellar: Cellar, role: str, place: int) -> str:
    return as_text(cellar.cell(role, place))[:40]


def _dates_and_counts(batch: Batch, cellar: Cellar, as_of: date) -> None:
    for role in (*DATES, "statements_sent"):
        column = cellar.column(role)
        batch.columns[role] = list(column.values) if column else [None] * len(batch.rows)
        for place, wrong in (column.wrong if column else {}).items():
            batch.doubt(
                place,
                wrong,
                role,
                _shown(cellar, role, place),
                stops=role in {"last_statement_date", "statements_sent"},
            )
    for role in ("last_statement_date", "last_payment_date"):
        for place, day in enumerate(batch.columns[role]):
            if day is not None and day > as_of:
                batch.doubt(place, "future_date", role, day.isoformat(), stops=True)


def _money(batch: Batch, cellar: Cellar, role: str, *, stops: bool) -> Column | None:
    column = cellar.column(role)
    for place, wrong in (column.wrong if column else {}).items():
        if wrong != "missing":
            batch.doubt(place, wrong, role, _shown(cellar, role, place), stops=stops)
    return column


def _settle_balance(mapping: Mapping) -> None:
    """Which column is the balance of a row: what is outstanding on an invoice, else the account's own balance."""
    roles = mapping.positions
    if "invoice_ref" in roles and {"outstanding", "patient_due"} <= set(roles) and "account_balance" not in roles:
        # beside what is unpaid on each invoice, a patient's balance is that of the whole account
        _rename(mapping, "patient_due", "account_balance")
    by_invoice = "invoice_ref" in roles or "account_balance" in roles
    if "outstanding" in roles and ("balance" not in roles or by_invoice):
        if "balance" in roles:
            _rename(mapping, "balance", "invoice_total")
        _rename(mapping, "outstanding", "balance")
    elif "balance" not in roles and "account_balance" in roles:
        _rename(mapping, "account_balance", "balance")


def _rename(mapping: Mapping, role: str, other: str) -> None:
    positions = mapping.positions.pop(role)
    mapping.positions[other] = positions
    mapping.role_of.update(dict.fromkeys(positions, other))


def _paid_is_nothing(mapping: Mapping, cellar: Cellar) -> None:
    """Where a column holds what is owed or the word paid, that word is nothing owed."""
    if mapping.or_paid is None:
        return
    column = cellar.at(mapping.or_paid, "balance")
    for place in list(column.wrong):
        if as_text(cellar.cells[mapping.or_paid][place]).casefold() in PAID_UP:
            column.values[place] = ZERO
            del column.wrong[place]


def _amounts(batch: Batch, cellar: Cellar, as_of: date, *, owes_is: str) -> None:
    count = len(batch.rows)
    roles = batch.mapping.positions
    _paid_is_nothing(batch.mapping, cellar)
    own = _money(batch, cellar, "balance", stops=True)
    due = _money(batch, cellar, "patient_due", stops=True)
    if own is not None:
        balance, batch.money["balance"] = list(own.values), list(roles["balance"])
    elif "aging" in roles:
        balance, batch.money["balance"] = _from_buckets(batch, cellar), list(roles["aging"])
    else:
        balance = list(due.values) if due else [None] * count
    if due is not None:
        batch.money["patient_due"] = list(roles["patient_due"])
    if owes_is == "negative" and "account_balance" not in roles:
        balance = [None if value is None else -value for value in balance]
        batch.turned = frozenset({"balance"})
        for position in batch.money.get("balance", []):
            batch.mapping.why[position] += "; below zero means owed"
    batch.columns["balance"] = balance
    for role in ("insurance_pending", "last_payment_amount"):
        column = _money(batch, cellar, role, stops=False)
        batch.columns[role] = list(column.values) if column else [None] * count
        if column is not None and role == "insurance_pending":
            batch.money[role] = list(roles[role])
    batch.columns["aging"] = _aging(batch, cellar)
    batch.columns["patient_due"] = _patient_due(batch, cellar, due, owes_is=owes_is)
    _not_yet_due(batch, as_of)


def _from_buckets(batch: Batch, cellar: Cellar) -> list[Decimal | None]:
    total: list[Decimal | None] = [None] * len(batch.rows)
    spoiled: set[int] = set()
    for position in batch.mapping.positions.get("aging", []):
        column = cellar.at(position, "aging")
        spoiled |= set(column.wrong)
        for place, value in enumerate(column.values):
            if value is not None:
                total[place] = value + (total[place] or ZERO)
    for place in spoiled:
        total[place] = None
        batch.doubt(place, "unreadable_amount", "aging", stops=True)
    return total


def _aging(batch: Batch, cellar: Cellar) -> list[str | None]:
    positions = batch.mapping.positions.get("aging", [])
    if not positions:
        return [None] * len(batch.rows)
    labels = [batch.mapping.heading(position) or "" for position in positions]
    columns = []
    for position in positions:
        column = cellar.at(position, "aging")
        columns.append(column.values)
        for place, wrong in column.wrong.items():
            if wrong != "missing":
                batch.doubt(place, wrong, "aging", as_text(cellar.cells[position][place])[:40])
    return [
        "|".join(f"{label}={value}" for label, value in zip(labels, row, strict=True) if value is not None) or None
        for row in zip(*columns, strict=True)
    ]


def _patient_due(batch: Batch, cellar: Cellar, given: Column | None, *, owes_is: str) -> list[Decimal | None]:
    """What the patient owes; never what is expected from an insurer, never an invoice whose money is there."""
    roles, balance = batch.mapping.positions, batch.columns["balance"]
    if given is not None:
        return list(given.values)
    if "account_balance" in roles or "account_state" in roles:
        account = _money(batch, cellar, "account_balance", stops=True)
        return _by_account(batch, cellar, account, owes_is=owes_is)
    if "insurance_pending" in roles:
        pending = batch.columns["insurance_pending"]
        return [
            None if owed is None or part is None else owed - abs(part)
            for owed, part in zip(balance, pending, strict=True)
        ]
    said = " ".join(
        (
            *batch.mapping.table.titles,
            batch.sheet.name or "",
            batch.file,
            *(h.name for h in batch.mapping.table.headings),
        )
    )
    if _DEBTORS.search(said):
        return list(balance)
    batch.gaps["missing_insurance_pending"] = "insurance_pending"
    return [None] * len(batch.rows)


def _not_yet_due(batch: Batch, as_of: date) -> None:
    """An instalment whose day is still to come is owed, but not yet due: what is due is then no longer a column's sum."""
    if not any(_INSTALMENTS.search(fold(heading.text)) for heading in batch.mapping.table.headings):
        return  # of another list nobody says that what falls due later is not owed yet
    due = batch.columns["patient_due"]
    for place, day in enumerate(batch.columns["oldest_due_date"]):
        if day is not None and day > as_of and due[place] is not None and due[place] > ZERO:
            due[place] = ZERO
            batch.money.pop("patient_due", None)


def _by_account(batch: Batch, cellar: Cellar, account: Column | None, *, owes_is: str) -> list[Decimal | None]:
    """An unpaid invoice is owed only while its account is in debt."""
    state = cellar.column("account_state")
    unsure = not owes_is and account is not None and _either_sign(batch.columns["balance"], account.values)
    due: list[Decimal | None] = []
    for place, owed in enumerate(batch.columns["balance"]):
        said = (state.values[place] or "").casefold() if state else ""
        standing = account.values[place] if account else None
        owing = None if standing is None else (-standing if owes_is == "negative" else standing) > 0
        if unsure and standing:
            owing = None
        by_words = False if said in _NOT_A_DEBT else True if said in _A_DEBT else None
        if by_words is not None and owing is not None and by_words != owing:
            batch.doubt(place, "account_state_conflict", "account_state", said[:40], stops=True)
            due.append(None)
            continue
        in_debt = by_words if by_words is not None else owing
        if in_debt is None and owed == ZERO:
            due.append(ZERO)
        elif in_debt is None:
            batch.doubt(place, "missing_patient_due", "account_state", said[:40], stops=True)
            due.append(None)
        else:
            due.append(owed if in_debt else (ZERO if owed is not None else None))
    return due


def _either_sign(owed: list[Decimal | None], standing: list[Decimal | None]) -> bool:
    """Whether an account below zero may be in debt or in credit: no unpaid invoice shows which.

    One whose account stands at exactly what is owed shows that debts are above zero.
    """
    pairs = [(one, account) for one, account in zip(owed, standing, strict=True) if one and account]
    above = any(one == account for one, account in pairs)
    below = any(one == -account for one, account in pairs)
    return any(account < 0 for _, account in pairs) and (below or not above)


def _flags(batch: Batch, cellar: Cellar) -> None:
    count = len(batch.rows)
    stop = batch.mapping.at("stop_flag")
    flags: list[bool | None] = [None] * count
    if stop is not None:
        for place, cell in enumerate(cellar.cells[stop]):
            flags[place] = _flag(cell)
            if flags[place] is None:
                batch.doubt(place, "unreadable_stop_flag", "stop_flag", as_text(cell)[:40], stops=True)
    batch.columns["stop_flag"] = flags
    plan = cellar.column("payment_plan")
    plans: list[str | None] = [None] * count
    for place, word in enumerate(plan.values if plan else []):
        plans[place] = _PLAN_WORDS.get(word.casefold().strip(". ")) if word else None
        if word and plans[place] is None and word.casefold() not in NOTHING:
            batch.doubt(place, "unknown_payment_plan", "payment_plan", word[:40])
    batch.columns["payment_plan"] = plans


def _flag(cell: Value) -> bool | None:
    if isinstance(cell, bool):
        return cell
    text = as_text(cell).casefold()
    if _NO_DATE.match(text):
        return False
    if is_blank(cell) or text in _OFF or text in NOTHING:
        return False
    return True if text in _ON else None


def _ask_missing(batch: Batch) -> None:
    columns = batch.columns
    for place, (number, name, guarantor, balance) in enumerate(
        zip(columns["patient_id"], columns["patient_name"], columns["guarantor_name"], columns["balance"], strict=True)
    ):
        listed = batch.doubts.get(place, [])
        if (
            number is None
            and name is None
            and guarantor is None
            and not any(one.code == "patient_id_suspect" for one in listed)
        ):
            batch.doubt(place, "missing_patient_name", "patient_name", stops=True)
        if balance is None and not any(
            one.role in {"balance", "account_balance", "aging", "patient_due"} for one in listed
        ):
            batch.doubt(place, "missing_balance", "balance", stops=True)
