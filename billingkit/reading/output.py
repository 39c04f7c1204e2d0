"""A reading written down: claims, balances, problems and `reading.json`, as the contract has them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Literal

import polars as pl

from billingkit.columns import PROBLEMS, schema
from billingkit.problems import Problem
from billingkit.week import TableRead, Week

Format = Literal["csv", "parquet"]


def write_reading(week: Week, out: Path | str, fmt: Format = "csv") -> list[Path]:
    """Write the week's tables and how they were understood; gives the files written.

    Dates are ISO, money is plain decimal text, empty means not known.
    """
    folder = Path(out)
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name, frame in (
        ("claims", week.claims),
        ("balances", week.balances),
        ("problems", problem_frame(week.problems)),
    ):
        path = folder / f"{name}.{fmt}"
        if fmt == "parquet":
            frame.write_parquet(path)
        else:
            frame.write_csv(path, date_format="%Y-%m-%d", null_value="", quote_style="necessary")
        written.append(path)
    path = folder / "reading.json"
    path.write_text(json.dumps(describe(week), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return [*written, path]


def problem_frame(problems: tuple[Problem, ...]) -> pl.DataFrame:
    """Problems as a frame in the contract's columns."""
    types = schema("problems")
    return pl.DataFrame(
        {
            column.name: pl.Series(
                column.name, [getattr(one, column.name) for one in problems], dtype=types[column.name]
            )
            for column in PROBLEMS
        }
    )


def describe(week: Week) -> dict[str, Any]:
    """What was understood, as `reading.json` holds it."""
    tables: dict[tuple[str, str | None], list[dict[str, Any]]] = {}
    for table in week.tables:
        tables.setdefault((table.file, table.sheet), []).append(_table(table))
    return {
        "files": [{"file": source.file, "kind": source.kind, "sha256": source.sha256} for source in week.sources],
        "sheets": [{**sheet, "tables": tables.get((sheet["file"], sheet["sheet"]), [])} for sheet in week.sheets],
        "asked_once": list(dict.fromkeys(gap.sentence for gap in week.gaps)),
        "warnings": list(week.warnings),
    }


def _table(table: TableRead) -> dict[str, Any]:
    return {
        "holds": table.holds,
        "header_rows": list(table.header_rows),
        "columns": table.columns,
        "why": table.why,
        "letters": table.letters,
        "unknown_columns": list(table.unknown_columns),
        "rows": table.rows,
        "accepted": table.accepted,
        "quarantined": table.quarantined,
        "ignored": table.ignored,
        "money": {
            column: {part: str(amount) for part, amount in parts.items()} for column, parts in table.money.items()
        },
        "control_totals": [
            {"column": total.column, "printed": str(total.printed), "read": str(total.read), "matches": total.matches}
            | ({"why": total.why} if total.why else {})
            for total in table.control_totals
        ],
    }
