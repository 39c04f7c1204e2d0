"""A week as read: the practice's claims and balances on their true rows, and what could not be taken."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

import polars as pl

from billingkit.problems import Problem


@dataclass(frozen=True, slots=True)
class Source:
    """One file of the week, as it was received."""

    path: Path
    file: str  # its name, which is what problems and frames carry
    kind: str  # xlsx, xlsm, xls, xlsb, ods, csv
    sha256: str


@dataclass(frozen=True, slots=True)
class ControlTotal:
    """A total that the export prints, beside what its rows add up to."""

    column: str  # canonical column
    printed: Decimal
    read: Decimal
    unread: int = 0  # amounts among its rows that could not be read
    as_text: int = 0  # amounts stored as text, where they are exactly the difference

    @property
    def why(self) -> str:
        """What lies behind a difference, as a sentence; empty where nothing is known."""
        if self.unread:
            amounts = "1 amount" if self.unread == 1 else f"{self.unread:,} amounts"
            return f"{amounts} could not be read, so this total cannot be checked yet."
        if self.as_text:
            amounts = "1 amount" if self.as_text == 1 else f"{self.as_text:,} amounts"
            return f"The difference is exactly {amounts} stored as text, which Excel's SUM does not add."
        return ""

    @property
    def matches(self) -> bool:
        """Whether the rows add up to what is printed, to the cent."""
        return self.printed == self.read


@dataclass(frozen=True, slots=True)
class TableRead:
    """One table found on a sheet: how it was understood, and where every row of it went.

    rows = accepted + quarantined + the sum of `ignored`, and the same for each money column.
    """

    file: str
    sheet: str | None
    hidden: bool
    holds: Literal["claims", "balances"]
    header_rows: tuple[int, ...]
    first_row: int
    last_row: int
    columns: dict[str, str]  # the practice's heading -> canonical column
    why: dict[str, str]  # the practice's heading -> why it was taken so
    letters: dict[str, str]  # canonical column -> Excel column letters
    unknown_columns: tuple[str, ...]
    rows: int
    accepted: int
    quarantined: int
    ignored: dict[str, int]  # reason -> rows
    money: dict[str, dict[str, Decimal]]  # canonical column -> accepted / quarantined / ignored
    control_totals: tuple[ControlTotal, ...] = ()


@dataclass(frozen=True, slots=True)
class LayoutGap:
    """Something the layout never has, asked once for the practice and not row by row."""

    code: str  # such as "missing_member_id"
    table: str
    column: str  # canonical column
    file: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Week:
    """One practice's week: `claims` and `balances` hold the columns of `billingkit.columns`."""

    claims: pl.DataFrame
    balances: pl.DataFrame
    problems: tuple[Problem, ...]
    tables: tuple[TableRead, ...]
    sources: tuple[Source, ...]
    gaps: tuple[LayoutGap, ...] = ()
    warnings: tuple[str, ...] = ()
    sheets: tuple[dict[str, Any], ...] = field(default=())  # every sheet of every file: file, sheet, hidden, taken, why
    # claim_key or account_key -> a `category:fingerprint` for each remark that was heard as sensitive
    wording: dict[str, frozenset[str]] = field(default_factory=dict)
