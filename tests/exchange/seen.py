"""A workbook as text that a person can review: every cell that holds something, tab by tab."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import openpyxl


def seen(path: Path, *, tabs: tuple[str, ...] | None = None) -> str:
    """One line per row: its number, then its cells as they are read, with what may be typed marked `[ ]`."""
    book = openpyxl.load_workbook(path)
    lines: list[str] = []
    for sheet in book:
        if tabs is not None and sheet.title not in tabs:
            continue
        lines.append(f"== {sheet.title}")
        for row in sheet.iter_rows():
            cells = [_cell(cell) for cell in row]
            while cells and not cells[-1]:
                cells.pop()
            if cells:
                lines.append(f"{row[0].row:>3} " + " | ".join(cells))
        lines += [
            f"    choices {rule.sqref}: {rule.type} {rule.formula1 or ''}".rstrip()
            for rule in sorted(sheet.data_validations.dataValidation, key=lambda rule: str(rule.sqref))
        ]
    return "\n".join(lines) + "\n"


def _cell(cell) -> str:
    value = cell.value
    if isinstance(value, datetime | date):
        return f"{value:%Y-%m-%d}"
    if value is None:
        return "" if cell.protection.locked or not cell.has_style else "[ ]"
    return str(value)
