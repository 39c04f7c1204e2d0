"""Tabs of ours to graft in tests: one of each thing that a tab can carry."""

from __future__ import annotations

import zipfile
from datetime import date
from decimal import Decimal
from io import BytesIO
from pathlib import Path

from billingkit.workbook.fresh import Heading, Series, open_workbook
from billingkit.workbook.graft import Grafted, graft, ungraft
from billingkit.workbook.host import Host, look_at
from billingkit.workbook.marks import clear_marks, set_marks
from billingkit.workbook.package import Changes, open_package, save
from billingkit.workbook.xmlparts import canonical

HEADINGS = [
    Heading("Ref", kind="code"),
    Heading("Amount"),
    Heading("By when", note="agreed days"),
    Heading("Answer", look="answer", width=20),
]


def build_tabs(host: Host, rows: int = 2) -> bytes:
    buffer = BytesIO()
    start, actions, measures = (host.free_tab(name) for name in ("Start here", "Action list", "Measures"))
    with open_workbook(
        buffer, as_of=date(2026, 11, 23), normal_font=host.normal_font, date_1904=host.date_1904
    ) as book:
        tab = book.add_tab(start)
        tab.text(1, 1, "Start here", "title")
        tab.merge((2, 1, 2, 5), "This week in five lines")
        tab.link(3, 1, actions, "To the action list")
        tab.show_first()
        tab = book.add_tab(actions)
        listed = [[f"Q{number:03}", Decimal(10 + number), date(2026, 12, 1), None] for number in range(rows)]
        first, left, last, right = tab.table("ActionList", 3, 1, HEADINGS, listed, row_looks=["urgent", "high"])
        tab.drop_down((first + 1, right, last, right), ["supplied", "not available"], "Please choose from the list.")
        tab.drop_down((first + 1, left, last, left), ["a, b", "x" * 250], "Please choose from the list.")
        tab.highlight((first + 1, left, last, right), f'=$D{first + 1}="supplied"', "hold")
        tab.note(4, 1, "A note of ours")
        total = Decimal(sum(10 + number for number in range(rows)))
        tab.formula(last + 2, 2, "=SUM(ActionList[Amount])", total, "total", kind="money")
        tab.freeze(4, 2)
        tab.print_on(title_row=3)
        tab.protect()
        tab = book.add_tab(measures)
        places = Series("Amount", actions, (4, 1, last, 1), (4, 2, last, 2))
        tab.chart("column", 2, 1, "Money", [places])
        tab.chart("line", 20, 1, "Money", [places, places])
        book.name("billingkit_first_answer", actions, (4, 4, 4, 4))
    return buffer.getvalue()


def put_in(source: Path, target: Path, *, rows: int = 2, first: bool = True, pack: str = "RV-2026-11-23") -> Grafted:
    package = open_package(source)
    changes = Changes(package)
    done = graft(package, changes, build_tabs(look_at(package, changes), rows), first=first)
    set_marks(package, changes, {"pack": pack})
    save(package, changes, target)
    return done


def take_out(source: Path, target: Path) -> tuple[str, ...]:
    package = open_package(source)
    changes = Changes(package)
    said = ungraft(package, changes)
    clear_marks(package, changes)
    save(package, changes, target)
    return said


def members(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def differing(before: Path, after: Path) -> list[str]:
    """The members that are not the same bytes, nor the same XML."""
    one, other = members(before), members(after)
    found = sorted(one.keys() ^ other.keys())
    return found + [
        name for name in one if name in other and one[name] != other[name] and not _same(one[name], other[name])
    ]


def _same(one: bytes, other: bytes) -> bool:
    is_xml = one.lstrip().startswith((b"<", b"\xff\xfe", b"\xfe\xff"))
    return is_xml and canonical(one) == canonical(other)
