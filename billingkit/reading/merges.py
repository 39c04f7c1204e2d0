"""Cells merged over several rows: what they say of each row they cover; never an amount, which stands once."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from billingkit.reading.fold import is_blank
from billingkit.reading.mapping import Mapping
from billingkit.workbook.book import Sheet

# What is equally true of every row that such a cell covers.
_OF_EACH_ROW: Final = (
    "claim_id",
    "patient_id",
    "patient_name",
    "surname",
    "forename",
    "date_of_birth",
    "guarantor_name",
    "account_id",
    "insurer",
    "member_id",
    "group_number",
    "coverage",
    "subscriber_name",
    "relationship",
    "provider",
    "service_date",
    "submitted_date",
    "status",
)


def filled_down(sheet: Sheet, mapping: Mapping) -> Sheet:
    """The sheet with each cell that is merged down over rows standing on every filled row it covers."""
    table = mapping.table
    places = {position for role in _OF_EACH_ROW for position in mapping.positions.get(role, [])}
    areas = [
        (first_row, column - 1, min(last_row, table.last_row))
        for first_row, column, last_row, last in sheet.merged
        if column == last and last_row > first_row >= table.first_row and column - 1 in places
    ]
    covered = sum(last - first for first, _, last in areas if last > first)
    if not covered or covered > len(places) * len(sheet.rows):  # areas that overlap are no layout
        return sheet
    rows, formats = list(sheet.rows), dict(sheet.number_formats)
    for first, position, last in areas:
        source = rows[first - 1]
        said = source[position] if position < len(source) else None
        for number in range(first + 1, last + 1):
            row = rows[number - 1]
            if is_blank(said) or all(map(is_blank, row)) or (position < len(row) and not is_blank(row[position])):
                continue
            rows[number - 1] = [*row[:position], *[None] * (position - len(row)), said, *row[position + 1 :]]
            if (first, position + 1) in formats:
                formats[number, position + 1] = formats[first, position + 1]
    return replace(sheet, rows=rows, number_formats=formats)
