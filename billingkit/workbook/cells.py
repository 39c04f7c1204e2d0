"""Any file a practice sends, as a Book: sniffed by content, checked first, read within limits.

Where a child process is used, and why: `.xls` and `.xlsb` go through compiled code, and a password is tried
with as many rounds as the file demands; both can be made to crash or run for hours. `.xlsx`, `.ods` and text
are read by plain Python over counted input in this process, which costs no start and no copying.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from billingkit.problems import NothingToRead
from billingkit.workbook.book import Book, Value
from billingkit.workbook.child import in_child
from billingkit.workbook.collecting import no_collecting
from billingkit.workbook.limits import MEBIBYTE, Limits
from billingkit.workbook.password import PASSWORD, decrypted, no_password
from billingkit.workbook.preflight import kind_of, open_package, too_large


def read_book(
    path: str | os.PathLike[str], *, limits: Limits | None = None, password: str | None = None, isolate: bool = True
) -> Book:
    """Read a whole file as typed cells on their true rows.

    `password` falls back to the environment variable BILLINGKIT_PASSWORD. With `isolate` off, compiled
    readers run in this process: only for files of our own making.

    Raises only refusals: NothingToRead, NotAWorkbook, HostileFile, TooLarge, NeedsPassword, AmbiguousLayout.
    """
    limits = limits or Limits()
    source = Path(path)
    data = file_bytes(source, limits)
    sha256 = hashlib.sha256(data).hexdigest()
    with no_collecting():
        return book_of(data, source.name, sha256, limits, password=password, isolate=isolate)


def read_template(path: str | os.PathLike[str], *, limits: Limits | None = None) -> dict[str, list[list[Value]]]:
    """A policy workbook's sheets by name: plain values on their true rows, hidden sheets included.

    A cell that Excel turned into a date stays a date, so that whoever reads it can refuse it.
    """
    return {sheet.name or "": sheet.rows for sheet in read_book(path, limits=limits).sheets}


def file_bytes(source: Path, limits: Limits) -> bytes:
    """The file's bytes; refused when it is not there or too large."""
    try:
        if not source.is_file():
            raise NothingToRead(source.name, "there is no such file.", "Check the name and the folder.")
        if source.stat().st_size > limits.file:
            raise too_large(source.name, f"the file is larger than {limits.file // MEBIBYTE} MiB.")
        return source.read_bytes()
    except OSError:
        found = "the file cannot be opened."
        raise NothingToRead(source.name, found, "Close it in Excel and check that you may read it.") from None


def book_of(data: bytes, file: str, sha256: str, limits: Limits, *, password: str | None, isolate: bool) -> Book:
    """The Book in a file's bytes, by what the content is."""
    kind = kind_of(data, file)
    if kind == "text":
        from billingkit.workbook.text import read_text

        return read_text(data, file, sha256, file, limits)
    if kind == "protected":
        data = opened(data, file, limits, password)
        kind = kind_of(data, file)
    if kind == "zip":
        from billingkit.workbook.xlsx import read_xlsx, workbook_kind

        package = open_package(data, file, limits)
        kind = workbook_kind(package)
        if kind in ("xlsx", "xlsm"):
            return read_xlsx(package, file, sha256, kind)
        if kind == "ods":
            from billingkit.workbook.ods import read_ods

            return read_ods(package, file, sha256)
        package.rest()
    from billingkit.workbook.native import read_native

    given = (data, file, sha256, file, kind, limits, password or os.environ.get(PASSWORD))
    return in_child(read_native, *given, place=file, limits=limits) if isolate else read_native(*given)


def opened(data: bytes, place: str, limits: Limits, password: str | None) -> bytes:
    """A protected workbook's bytes, opened with the password; in a child process."""
    password = password or os.environ.get(PASSWORD)
    if not password:
        raise no_password(place)
    return in_child(decrypted, data, place, password, place=place, limits=limits)
