"""A small table of claim rules for tests: its columns, outputs, and rows as cells."""

from __future__ import annotations

from datetime import date

import polars as pl

from billingkit.rules import Column, Output, parse_table

DAY = date(2026, 11, 23)
COLUMNS = (
    Column("status", "Status", "list", ("Submitted", "Resubmitted", "Pending", "Denied", "Paid")),
    Column("days", "Days to deadline", "number", unit="days", special="none stated"),
    Column("amount", "Amount outstanding", "money"),
    Column("contact", "Days since last contact", "number", unit="days", special="none yet", blank="none yet"),
)
OUTPUTS = (
    Output("action", "Action", "word", ("Hold", "None", "Wait", "Call insurer", "Refer")),
    Output("due", "Due in (working days)", "number"),
    Output("reason", "Reason", "text"),
)
HEADINGS = ["Rule", "Active", "Step", *(one.heading for one in (*COLUMNS, *OUTPUTS)), "From", "To", "Note"]


def rule(
    name,
    step,
    *,
    status=None,
    days=None,
    amount=None,
    contact=None,
    action="Wait",
    due=None,
    reason=None,
    starts=None,
    ends=None,
):
    """One row of cells under HEADINGS."""
    return [name, "yes", step, status, days, amount, contact, action, due, reason, starts, ends, None]


def read(*rows, **how):
    """The rows read below the headings, which stand in row 1."""
    kept = {"name": "claims", "sheet": "Claim rules", "columns": COLUMNS, "outputs": OUTPUTS} | how
    return parse_table([HEADINGS, *rows], **kept)


def sound(*rows, **how):
    """The same, for rows that must have no fault."""
    table, found = read(*rows, **how)
    assert not [one for one in found if one.severity == "error"], found
    return table


def claims(**columns):
    """Facts with one row per entry of the longest column, the others repeated."""
    length = max((len(one) for one in columns.values()), default=1)
    plain = {"status": ["Submitted"], "days": [100], "amount": [5000], "contact": [3]}
    made = {name: list(columns.get(name, values)) for name, values in plain.items()}
    made = {name: values * length if len(values) == 1 else values for name, values in made.items()}
    kinds = {name: pl.String if name == "status" else pl.Int64 for name in made}
    frame = pl.DataFrame(made, schema=kinds)
    extra = {name: values for name, values in columns.items() if name not in plain}
    return frame.with_columns(pl.Series(name, values * (length // len(values))) for name, values in extra.items())
