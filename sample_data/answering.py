"""Answer a practice pack as its manager would: by the words on the action list, in the yellow cells."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl


@dataclass(frozen=True)
class Reply:
    """What the manager puts beside a question."""

    answer: str
    value: object = None
    until: date | None = None
    by: str = "Nerys Calder"
    on: date = date(2026, 11, 19)
    comment: str | None = None


def answer(pack: Path, target: Path, replies: Mapping[str, Reply], *, payments_to: date | None = None) -> list[str]:
    """Fill in replies by reference and save the workbook elsewhere; returns the references that were answered."""
    book = openpyxl.load_workbook(pack)
    done = []
    for sheet in book.worksheets:
        done += _answer_sheet(sheet, replies)
    if payments_to is not None:
        _beside(book["Start here"], "Payments posted up to").value = payments_to
    target.parent.mkdir(parents=True, exist_ok=True)
    book.save(target)
    return done


def questions(pack: Path, tab: str = "Action list") -> list[dict[str, Any]]:
    """Every line of a tab as its headings say."""
    sheet = openpyxl.load_workbook(pack, read_only=False)[tab]
    head, columns = _heading_row(sheet)
    lines = []
    for row in sheet.iter_rows(min_row=head + 1, values_only=True):
        line = {heading: row[column - 1] for heading, column in columns.items()}
        if line["Ref"]:
            lines.append(line)
    return lines


def _answer_sheet(sheet: Any, replies: Mapping[str, Reply]) -> list[str]:
    found = _heading_row(sheet)
    if found is None or "Answer" not in found[1]:
        return []
    head, columns = found
    done = []
    for row in range(head + 1, sheet.max_row + 1):
        reference = sheet.cell(row, columns["Ref"]).value
        reply = replies.get(reference)
        if reply is None:
            continue
        told = {"Answer": reply.answer, "Value": reply.value, "Until": reply.until, "Answered by": reply.by}
        told |= {"Answered on": reply.on, "Comment": reply.comment}
        for heading, value in told.items():
            if heading in columns and value is not None:
                sheet.cell(row, columns[heading]).value = value
        done.append(reference)
    return done


def _heading_row(sheet: Any) -> Any:
    for row in sheet.iter_rows(min_row=1, max_row=12):
        headings = {cell.value: cell.column for cell in row if isinstance(cell.value, str)}
        if ("Ref" in headings and "Priority" in headings) or {"Ref", "Answer"} <= set(headings):
            return row[0].row, headings
    return None


def _beside(sheet: Any, label: str) -> Any:
    for row in sheet.iter_rows():
        for cell in row:
            if isinstance(cell.value, str) and cell.value.startswith(label):
                return sheet.cell(cell.row, cell.column + 1)
    raise KeyError(label)
