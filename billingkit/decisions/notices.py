"""Lines for the front tab: what differs, what was assumed, what could not be read."""

from __future__ import annotations

import polars as pl

from billingkit.decisions.accounts import fresh
from billingkit.decisions.setting import Setting


def notices(facts: pl.DataFrame, accounts: pl.DataFrame, setting: Setting) -> tuple[str, ...]:
    """Plain sentences, the gravest first."""
    found = [*_totals(setting), *setting.week.warnings, *setting.policy.notices]
    doubtful = int(facts["quarantined"].fill_null(value=False).sum()) + int(accounts["quarantined"].sum())
    if doubtful:
        found.append(
            f"Rows that could not be taken as they stand: {doubtful:,}. Nothing is done with them before you have answered."
        )
    if setting.policy.shipped:
        found.append("The kit's own starting rules ran: no practice's agreement was given.")
    if setting.policy.calendar.weekends_only:
        found.append("Weekends are the only days off that are known: bank holidays count as working days.")
    assumed = facts.filter((pl.col("deadline_source") == "assumed") & pl.col("deadline").is_not_null()).height
    if assumed:
        found.append(f"Deadlines that rest on assumed timeframes, confirmed by no insurer: {assumed:,}.")
    found += _patients(accounts, setting)
    return tuple(dict.fromkeys(found))


def _totals(setting: Setting) -> list[str]:
    return [
        f"{'Sheet ' + table.sheet if table.sheet else table.file}: the printed totals are not what the rows add up to. "
        "Nobody is contacted from this list before that is cleared up."
        for table in setting.totals.tables
    ]


def _patients(accounts: pl.DataFrame, setting: Setting) -> list[str]:
    side = setting.policy.practice.patient_side
    if not accounts.height:
        return []
    if side is False:
        return ["The practice follows up its patients itself; balances are shown and not decided."]
    if side is None:
        return ["Nobody has said yet whether we follow up patients, so no patient is contacted."]
    if setting.payments_to is None:
        return ["We do not know up to which day payments are posted, so no statement goes out."]
    if not fresh(setting.policy, setting.as_of, setting.payments_to):
        return [f"Payments are posted up to {setting.payments_to:%d %b %Y} only, so no statement goes out."]
    return []
