"""Our columns beside the practice's own rows: what each row's decision says, and notes on doubtful cells."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Final, Literal

from billingkit.exchange.rows import Decided, balances, claims
from billingkit.exchange.wording import ON_HOLD, action_label
from billingkit.terms import ACTION_BY_WORD

if TYPE_CHECKING:
    from billingkit.decided import Review
    from billingkit.week import TableRead

HEADINGS: Final = ("Next action", "Who", "Not before", "By when", "Priority", "Why", "Rule", "Ref")
# Her rows keep their height, so our texts get room across and need no second line.
WIDTHS: Final = (36, 22, 13, 13, 10, 100, 9, 13)
Fill = Literal["urgent", "high", "normal", "hold"]
FILLS: Final[dict[str, Fill]] = {"Urgent": "urgent", "High": "high", "Normal": "normal"}


@dataclass(frozen=True, slots=True)
class Remark:
    """A note on one of the practice's own cells."""

    row: int
    column: str  # letters
    text: str


@dataclass(frozen=True, slots=True)
class Addition:
    """What is added to one table on one sheet: per heading a value by Excel row, fills by row, and notes."""

    file: str
    sheet: str | None
    header_row: int | None
    last_row: int
    values: dict[str, dict[int, str | date]]
    fills: dict[int, Fill]
    remarks: tuple[Remark, ...]


def additions(review: Review) -> tuple[Addition, ...]:
    """One addition for each table that was read."""
    by_sheet: dict[tuple[str, str | None, str], list[Decided]] = {}
    for holds, decided in (("claims", claims(review)), ("balances", balances(review))):
        for one in decided:
            where = (one.row["source_file"], one.row["source_sheet"], holds)
            by_sheet.setdefault(where, []).append(one)
    return tuple(
        _addition(review, table, by_sheet.get((table.file, table.sheet, table.holds), []))
        for table in review.week.tables
    )


def _addition(review: Review, table: TableRead, decided: Sequence[Decided]) -> Addition:
    rows = [one for one in decided if table.first_row <= one.row["source_row"] <= table.last_row]
    said = {one.row["source_row"]: beside(one) for one in rows}
    return Addition(
        file=table.file,
        sheet=table.sheet,
        header_row=table.header_rows[-1] if table.header_rows else None,
        last_row=table.last_row,
        values={
            heading: {row: value for row, cells in said.items() if (value := cells.get(heading)) is not None}
            for heading in HEADINGS
        },
        fills={one.row["source_row"]: _fill(one) for one in rows},
        remarks=tuple(_remarks(review, table, {one.row["source_row"] for one in rows if one.held})),
    )


def beside(one: Decided) -> dict[str, Any]:
    """The eight cells beside one row. A row on hold says only that, never why."""
    told = one.decision
    if one.held:
        return {"Next action": ON_HOLD, "Ref": told["ref"]}
    action = ACTION_BY_WORD[told["action"]]
    return {
        "Next action": action_label(told),
        "Who": told["owner"] if action.word != "none" else None,
        "Not before": told["not_before"],
        "By when": told["by_when"],
        "Priority": told["priority"],
        "Why": told["reason"],
        "Rule": told["rule"],
        "Ref": told["ref"],
    }


def _fill(one: Decided) -> Fill:
    return "hold" if one.held else FILLS[one.decision["priority"]]


def _remarks(review: Review, table: TableRead, held_rows: set[int]) -> Iterable[Remark]:
    found: dict[tuple[int, str], list[str]] = {}
    for problem in review.week.problems:
        here = (problem.source_file, problem.source_sheet) == (table.file, table.sheet)
        # Problems of severity "ignored" and "note" ask for nothing; a row on hold says nothing but that.
        if not here or problem.severity not in {"asked", "quarantined"} or problem.source_row in held_rows:
            continue
        if problem.cell and problem.source_row is not None:
            letters = problem.cell.rstrip("0123456789")
            found.setdefault((problem.source_row, letters), []).append(f"{problem.found}. {problem.ask}".lstrip(". "))
    for (row, letters), sentences in sorted(found.items()):
        yield Remark(row, letters, "\n".join(dict.fromkeys(sentences)))
