"""Excel packages in and out, as values; each name is loaded when it is first asked for."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from billingkit.workbook.cells import read_book as read_book
    from billingkit.workbook.cells import read_template as read_template
    from billingkit.workbook.column import Column as Column
    from billingkit.workbook.column import Note as Note
    from billingkit.workbook.limits import Limits as Limits
    from billingkit.workbook.patch import Annotated as Annotated
    from billingkit.workbook.patch import annotate as annotate
    from billingkit.workbook.patch import patch_sheet as patch_sheet
    from billingkit.workbook.undo import remove_ours as remove_ours
    from billingkit.workbook.unsafe import UnsafeToPatch as UnsafeToPatch

_HOMES = {  # public name: the module it lives in
    "Annotated": "patch",
    "Column": "column",
    "Limits": "limits",
    "Note": "column",
    "UnsafeToPatch": "unsafe",
    "annotate": "patch",
    "patch_sheet": "patch",
    "read_book": "cells",
    "read_template": "cells",
    "remove_ours": "undo",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"billingkit.workbook has no {name}")
    return getattr(import_module(f"billingkit.workbook.{_HOMES[name]}"), name)
