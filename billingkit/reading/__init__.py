"""Exports to canonical tables: finding tables, headings, values, identity, totals."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from billingkit.reading.output import write_reading as write_reading
    from billingkit.reading.sources import read_books as read_books
    from billingkit.reading.sources import read_sources as read_sources

_HOMES = {  # public name: the module it lives in, loaded when it is first asked for
    "read_books": "sources",
    "read_sources": "sources",
    "write_reading": "output",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"billingkit.reading has no {name}")
    return getattr(import_module(f"billingkit.reading.{_HOMES[name]}"), name)
