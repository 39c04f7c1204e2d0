"""A policy's cells for tests: the starting rows, with a few cells changed."""

from __future__ import annotations

from billingkit.policy import sheets


def starting():
    """The starting rows, free to be changed."""
    return sheets.starting_rows()


def put(rows, sheet, address, value):
    """Set one cell by its address, making room for it."""
    letters = address.rstrip("0123456789")
    row, column = int(address[len(letters) :]), 0
    for letter in letters:
        column = column * 26 + ord(letter) - 64
    while len(rows[sheet]) < row:
        rows[sheet].append([])
    cells = rows[sheet][row - 1]
    cells += [None] * (column - len(cells))
    cells[column - 1] = value
    return rows


def setting(rows, name, value):
    """Set one setting of the Practice sheet; gives its cell."""
    for number, row in enumerate(rows[sheets.PRACTICE], 1):
        if row[0] == name:
            row[1] = value
            return f"Practice!B{number}"
    raise KeyError(name)
