"""Mutants of small workbooks, and a judge who reads each with another reader."""

from __future__ import annotations

import datetime as dt
import io
import random
import warnings
import zipfile
from pathlib import Path

import openpyxl
import xlsxwriter

from billingkit.problems import Refused
from billingkit.workbook import Limits, read_book
from billingkit.workbook.book import ErrorCell, NotCalculated

PATIENT = "Quillfeather"
LIMITS = Limits(seconds=20)


def seeds(folder: Path) -> list[tuple[str, bytes]]:
    """Small workbooks of several makers, each with the ending of its kind."""
    inline = {"constant_memory": True, "tmpdir": str(folder)}
    packages = [(".xlsx", data) for data in (_by_xlsxwriter({}), _by_xlsxwriter(inline), _by_openpyxl())]
    return [*packages * 3, (".csv", _text(",").encode("utf-8-sig")), (".txt", _text("\t").encode("cp1252"))]


def _rows() -> list[list[object]]:
    chance = random.Random(7)
    rows: list[list[object]] = [["Claim", "Patient", "Sent", "Billed", "Note", "Done"]]
    for n in range(14):
        sent = dt.date(2026, 1 + n % 9, 3 + n)
        note = None if n % 3 else "rang, <in> process & held"
        rows.append([f"00{n}", f"{PATIENT} {n}", sent, chance.randrange(10**6) / 100, note, bool(n % 2)])
    return [*rows, [], ["Total", None, None, 12]]


def _by_xlsxwriter(options: dict[str, object]) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": not options, **options}) as book:
        sheet = book.add_worksheet("Claims")
        day, padded = book.add_format({"num_format": "dd/mm/yyyy"}), book.add_format({"num_format": "00000"})
        for r, row in enumerate(_rows()):
            for c, value in enumerate(row):
                if isinstance(value, dt.date):
                    sheet.write_datetime(r, c, value, day)
                elif value is not None:
                    sheet.write(r, c, value)
        sheet.write_number(18, 0, 77, padded)
        sheet.write_formula(18, 1, "=SUM(D2:D9)", None, 41.5)
    return out.getvalue()


def _by_openpyxl() -> bytes:
    book, out = openpyxl.Workbook(), io.BytesIO()
    for row in _rows():
        book.active.append(row)
    book.active["H3"], book.active["H4"] = "#REF!", "=1+1"
    book.save(out)
    return out.getvalue()


def _text(delimiter: str) -> str:
    return "".join(
        delimiter.join("" if v is None else str(v).replace(",", ";") for v in row) + "\r\n" for row in _rows()
    )


def mutant(source: tuple[str, bytes], chance: random.Random) -> tuple[str, bytes]:
    """One harm done to one seed."""
    kind, data = source
    harms = (
        [_flip, _cut]
        if kind != ".xlsx"
        else [_flip, _flip, _cut, _double, _swap, _inside, _inside, _digit, _digit, _digit, _snip]
    )
    return kind, chance.choice(harms)(data, chance)


def _flip(data: bytes, chance: random.Random) -> bytes:
    harmed = bytearray(data)
    for _ in range(chance.choice([1, 1, 2, 5, 40])):
        harmed[chance.randrange(len(harmed))] ^= 1 << chance.randrange(8)
    return bytes(harmed)


def _cut(data: bytes, chance: random.Random) -> bytes:
    start = chance.randrange(len(data))
    return data[:start] + (data[start + chance.randrange(1, 200) :] if chance.random() < 0.5 else b"")


def _parts(data: bytes) -> list[tuple[str, bytes]]:
    with zipfile.ZipFile(io.BytesIO(data)) as source:
        return [(entry.filename, source.read(entry)) for entry in source.infolist()]


def _packed(parts: list[tuple[str, bytes]]) -> bytes:
    out = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        warnings.simplefilter("ignore", UserWarning)  # zipfile warns of the double names made here on purpose
        for name, content in parts:
            target.writestr(name, content)
    return out.getvalue()


def _double(data: bytes, chance: random.Random) -> bytes:
    parts = _parts(data)
    name, _ = chance.choice(parts)
    return _packed([*parts, (name, chance.choice(parts)[1])])


def _swap(data: bytes, chance: random.Random) -> bytes:
    parts = _parts(data)
    first, second = chance.sample(range(len(parts)), 2)
    (one, ones), (two, twos) = parts[first], parts[second]
    parts[first], parts[second] = (one, twos), (two, ones)
    return _packed(parts)


def _inside(data: bytes, chance: random.Random) -> bytes:
    parts = _parts(data)
    place = chance.choice([n for n, (name, _) in enumerate(parts) if "xl/" in name])
    name, content = parts[place]
    parts[place] = (name, _flip(content, chance) if chance.random() < 0.7 else _cut(content, chance))
    return _packed(parts)


def _digit(data: bytes, chance: random.Random) -> bytes:
    """Change a digit or a letter of a part for another, so that it stays XML more often."""
    parts = _parts(data)
    place = chance.choice([n for n, (name, _) in enumerate(parts) if name.startswith("xl/") and "theme" not in name])
    name, content = parts[place]
    spots = [n for n, sign in enumerate(content) if chr(sign).isalnum()]
    spot = chance.choice(spots)
    new = chance.choice(b"0123456789" if chr(content[spot]).isdigit() else b"abcsinrtABCS")
    parts[place] = (name, content[:spot] + bytes([new]) + content[spot + 1 :])
    return _packed(parts)


def _snip(data: bytes, chance: random.Random) -> bytes:
    """Take a few signs out of a sheet, or write them twice: closing tags, quotes, digits."""
    parts = _parts(data)
    place = next(n for n, (name, _) in enumerate(parts) if "sheet1.xml" in name and "worksheets/" in name)
    name, content = parts[place]
    start = chance.randrange(len(content))
    end = start + chance.randrange(1, 12)
    parts[place] = (name, content[:start] + content[start:end] * chance.choice([0, 2]) + content[end:])
    return _packed(parts)


def judge(data: bytes, path: Path, seed: bytes) -> str:
    """What became of one mutant; anything that starts with WRONG is a fault of ours."""
    path.write_bytes(seed)
    before = read_book(path, limits=LIMITS)
    path.write_bytes(data)
    try:
        book = read_book(path, limits=LIMITS)
    except Refused as refusal:
        said = str(refusal)
        told = PATIENT in said or "\n" in said or not said.startswith(path.name)
        return f"WRONG words of {type(refusal).__name__}: {said}" if told else f"refused: {type(refusal).__name__}"
    except Exception as error:  # noqa: BLE001  whatever else comes out is the fault this looks for
        return f"WRONG error {type(error).__name__}: {error}"
    if book.kind == "csv":
        return "read as text"
    if book.sheets == before.sheets:
        return "read; as the seed"
    return agree(book, path)


def agree(book, path: Path) -> str:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # openpyxl warns of what it leaves out
            other = openpyxl.load_workbook(path, data_only=True)
    except Exception:  # noqa: BLE001  openpyxl raises whatever its parsers raise
        return "read; openpyxl fails"
    seen = {sheet.title: list(sheet.iter_rows(values_only=True)) for sheet in other.worksheets}
    ours = {sheet.name: sheet.rows for sheet in book.sheets}
    if not seen:
        return "read; openpyxl fails"
    if list(seen) != list(ours):
        return f"WRONG sheets {list(ours)} and not {list(seen)}"
    for name, rows in ours.items():
        mine, theirs = _cells(rows), _cells(seen[name])
        mine |= {cell: "#VALUE!" for cell, said in theirs.items() if said == "#VALUE!" and _beyond(mine.get(cell))}
        if mine != theirs:
            place = next(cell for cell in sorted(mine.keys() | theirs) if mine.get(cell) != theirs.get(cell))
            return f"WRONG cell {place}: {mine.get(place)!r} and not {theirs.get(place)!r}"
    return "read; openpyxl agrees"


def _beyond(value: object) -> bool:
    """Whether a number is no date Excel can show: openpyxl puts an error there, we leave the number."""
    return isinstance(value, int | float) and not 0 <= value <= 2_958_465


def _cells(rows) -> dict[tuple[int, int], object]:
    return {(r, c): _said(v) for r, row in enumerate(rows, 1) for c, v in enumerate(row, 1) if _said(v) is not None}


def _said(value: object) -> object:
    """A value in the words both readers share."""
    if isinstance(value, ErrorCell):
        return value.text
    if isinstance(value, NotCalculated) or value == "":
        return None
    if isinstance(value, dt.datetime) and value.time() == dt.time():
        return value.date()
    return float(f"{value:.15g}") if isinstance(value, float) else value
