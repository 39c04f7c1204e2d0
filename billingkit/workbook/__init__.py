"""Excel packages in and out, as values; each name is loaded when it is first asked for."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from billingkit.workbook.cells import read_book as read_book
    from billingkit.workbook.cells import read_template as read_template
    from billingkit.workbook.limits import Limits as Limits

_HOMES = {  # public name: the module it lives in
    "Limits": "limits",
    "read_book": "cells",
    "read_template": "cells",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"billingkit.workbook has no {name}")
    return getattr(import_module(f"billingkit.workbook.{_HOMES[name]}"), name)
