"""Which file of an inbox is what: the practice's own export, or a pack or worklist of ours that came back."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from billingkit.practice import PracticeFolder, sha256

if TYPE_CHECKING:
    from billingkit.workbook.book import Book


def opened(path: Path) -> Book:
    """A file as a workbook. A command opens each of its files once, however often it is looked at.

    Raises:
        Refused: it cannot be read as a workbook.
    """
    stamp = path.stat() if path.is_file() else None
    return _opened(path, stamp.st_mtime_ns if stamp else 0, stamp.st_size if stamp else 0)


@lru_cache(maxsize=4)
def _opened(path: Path, _changed: int, _size: int) -> Book:
    from billingkit.workbook import read_book

    return read_book(path)


def let_go() -> None:
    """Forget the opened workbooks: they may be large."""
    _opened.cache_clear()


def is_ours(path: Path) -> bool:
    """Whether a file is a pack or worklist of ours that came back, or a part of one, whatever became of its name."""
    from billingkit.exchange.returned import pack_id, tables

    book = _readable(path)
    return book is not None and (bool(pack_id(book)) or bool(tables(book)))


def is_practice_pack(path: Path) -> bool:
    """Whether a returned pack also carries the practice's own sheets, so that it is this week's data too."""
    from billingkit.workbook.ours import our_tabs

    if not is_ours(path):
        return False
    book = opened(path)
    tabs = our_tabs(book)
    return bool(tabs) and any(sheet.name not in tabs for sheet in book.sheets)


def known_files(folder: PracticeFolder) -> frozenset[str]:
    """Fingerprints of every file that was received or read before: none of them is opened again to be received."""
    received = {event.body["sha256"] for _, event in folder.ledger.of_kind("imported")}
    return frozenset(received.union(*(event.body.get("inputs", ()) for _, event in folder.ledger.of_kind("run"))))


def unseen(folder: PracticeFolder, week: Path) -> list[Path]:
    """The files of one inbox folder that came back to us and were not read yet."""
    from billingkit.practice import files_in

    known = known_files(folder)
    return [path for path in files_in(week) if sha256(path) not in known and is_ours(path)]


def _readable(path: Path) -> Book | None:
    from billingkit.problems import Refused

    try:
        return opened(path)
    except Refused:
        return None  # whatever it is, it is not ours: reading it as this week's data says what is wrong
