"""Cells that name a format which is not there: a format appended later would give them a meaning they never had.

A small program may write no list of formats at all and number its cells nonetheless; then all of them are plain, and
are kept so. A list that is too short for its cells is damaged, and such a workbook is refused.
"""

from __future__ import annotations

import copy
import re
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from billingkit.workbook import xmlparts as xml
from billingkit.workbook.package import Changes
from billingkit.workbook.sheets import list_sheets
from billingkit.workbook.unsafe import unsafe

OVERLAP: Final = 40  # bytes of one chunk looked at again with the next: an attribute may be cut by the end of a chunk
MOST: Final = 65_000  # Excel allows hardly more formats
_COLUMNS_END: Final = b"sheetData"


@dataclass(slots=True)
class Watch:
    """Looks at a sheet's bytes as they pass, for the highest cell format beyond the first `formats`; -1 if there is none."""

    formats: int
    highest: int = -1

    def over(self, chunks: Iterable[bytes]) -> Iterator[bytes]:
        """The same chunks, looked at on the way."""
        beyond = _at_least(max(self.formats, 1))
        # a search that starts with plain letters runs at the speed of memory; what it finds is then looked at closely
        quick, exact = re.compile(rb"s=[\"']" + beyond), re.compile(rb"\s(?:s|style)=[\"']" + beyond)
        rest, in_columns = b"", True
        for chunk in chunks:
            for text in (rest + chunk[:OVERLAP], chunk):
                if in_columns or quick.search(text):
                    self.highest = max([self.highest, *map(int, exact.findall(text))])
            in_columns = in_columns and _COLUMNS_END not in chunk
            rest = chunk[-OVERLAP:]
            yield chunk


def highest_loose(changes: Changes, formats: int, but: str) -> int:
    """The same over all sheets of the workbook as it came, but for one that was looked at before."""
    package = changes.package
    sheets = [sheet.part for sheet in list_sheets(changes) if sheet.kind == "worksheet" and package.has(sheet.part)]
    watch = Watch(formats)
    for part in sheets:
        if part != but:
            deque(watch.over(package.stream(part)), maxlen=0)
    return watch.highest


def _at_least(least: int) -> bytes:
    """The pattern of a number in quotes, without leading zeros, that is at least so large."""
    digits = str(least)
    same = [digits] + [
        digits[:at] + f"[{int(digit) + 1}-9]" + rf"\d{{{len(digits) - at - 1}}}"
        for at, digit in enumerate(digits)
        if digit != "9"
    ]
    return rf"({'|'.join(same)}|\d{{{len(digits) + 1},}})[\"']".encode()


def pad_formats(styles: xml.Element, highest: int) -> None:
    """Make a list that holds but the plain format reach that number with copies of it.

    Raises:
        UnsafeToPatch: the list holds more than that, or the number is larger than any workbook's.
    """
    group = xml.child(styles, "cellXfs")
    listed = list(xml.children(group)) if group is not None else []
    if group is None or len(listed) != 1 or highest > MOST:
        raise unsafe(
            f"Cells of the workbook point to formats that it does not have ({highest}, of {len(listed)}). "
            "Please open and save it in Excel first."
        )
    plain = copy.deepcopy(listed[0])
    plain.tail = None
    group.extend(copy.deepcopy(plain) for _ in range(highest + 1 - len(listed)))
    if group.get("count") is not None:
        group.set("count", str(highest + 1))
