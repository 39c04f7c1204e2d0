"""Excel's numbers as dates and times, and what a number format says about its numbers."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from typing import Literal

Look = Literal["number", "moment", "clock", "span"]

_BUILTIN: dict[int, str] = {
    1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 9: "0%", 10: "0.00%", 11: "0.00E+00", 12: "# ?/?", 13: "# ??/??",
    14: "mm-dd-yy", 15: "d-mmm-yy", 16: "d-mmm", 17: "mmm-yy", 18: "h:mm AM/PM", 19: "h:mm:ss AM/PM", 20: "h:mm",
    21: "h:mm:ss", 22: "m/d/yy h:mm", 37: "#,##0 ;(#,##0)", 38: "#,##0 ;[Red](#,##0)", 39: "#,##0.00;(#,##0.00)",
    40: "#,##0.00;[Red](#,##0.00)", 45: "mm:ss", 46: "[h]:mm:ss", 47: "mmss.0", 48: "##0.0E+0", 49: "@",
}  # fmt: skip
_BUILTIN |= dict.fromkeys((*range(27, 32), 36, *range(50, 59)), "yyyy-mm-dd")  # East Asian dates
_BUILTIN |= dict.fromkeys(range(32, 36), "h:mm")

_LITERAL = re.compile(r'"[^"]*"|\\.|_.|\*.')  # text in quotes, one escaped sign, a width, a filler
_SPAN = re.compile(r"\[(h+|m+|s+)\]", re.IGNORECASE)
_BRACKETS = re.compile(r"\[[^\]]*\]")  # colours, conditions, currencies and locales
_PLAIN = re.compile(r"^[#,]*0?(\.0*)?$")  # an ordinary number, with or without thousands and decimals
_FIRST_1904 = date(1904, 1, 1)
_BEFORE_MARCH_1900 = date(1899, 12, 31)
_FROM_MARCH_1900 = date(1899, 12, 30)  # Excel counts a 29 February 1900 that never was
_LAST_SERIAL = 2_958_465  # 31/12/9999


def format_code(number: int, own: dict[int, str]) -> str:
    """The code of a number format id: the workbook's own, else Excel's built-in, else General."""
    return own.get(number) or _BUILTIN.get(number, "General")


def look_of(code: str) -> Look:
    """Whether a format shows its numbers as numbers, dates (with or without a time), times, or spans."""
    bare = _LITERAL.sub("", code.split(";", maxsplit=1)[0])
    if _SPAN.search(bare):
        return "span"
    bare = _BRACKETS.sub("", bare).lower().replace("general", "")
    if "e+" in bare or "e-" in bare:
        return "number"
    if re.search(r"[yd]|mmm", bare):
        return "moment"
    if re.search(r"[hs]", bare):
        return "clock"
    return "moment" if "m" in bare and not re.search(r"[0#?]", bare) else "number"


def meaning_of(code: str) -> str | None:
    """The format's code where it tells more than the number: padded zeros, text, a prefix, a currency."""
    if code.lower() == "general" or look_of(code) != "number":
        return None
    first = _LITERAL.sub(lambda found: found[0] if found[0][0] in '"\\' else "", code.split(";", maxsplit=1)[0])
    first = re.sub(r"\[(red|black|blue|green|cyan|magenta|white|yellow|color ?\d+)\]", "", first, flags=re.IGNORECASE)
    return None if _PLAIN.match(first.strip(" ()\\-+")) else code


def moment(serial: float, look: Look, *, since_1904: bool) -> date | datetime | time | timedelta | float:
    """The date, time or span a serial number shows; the number itself where Excel shows no date.

    Whole days are dates; parts of days are rounded to the second, or the millisecond if it has one.
    """
    if look == "span":
        return timedelta(milliseconds=round(serial * 86_400_000)) if abs(serial) <= _LAST_SERIAL else serial
    days, part = divmod(round(serial * 86_400_000), 86_400_000)
    if look == "clock" and days == 0:
        return (datetime.combine(_FIRST_1904, time()) + timedelta(milliseconds=part)).time()
    if not _shown_as_date(days, since_1904=since_1904):
        return serial
    day = _first_day(days, since_1904=since_1904) + timedelta(days=days)
    return datetime.combine(day, time()) + timedelta(milliseconds=part) if part else day


def _shown_as_date(days: int, *, since_1904: bool) -> bool:
    if since_1904:
        return 0 <= days <= _LAST_SERIAL - 1_462
    return 1 <= days <= _LAST_SERIAL and days != 60


def _first_day(days: int, *, since_1904: bool) -> date:
    if since_1904:
        return _FIRST_1904
    return _BEFORE_MARCH_1900 if days < 60 else _FROM_MARCH_1900


def iso_moment(text: str) -> date | datetime | time | str:
    """The date or time of a cell that stores ISO text (`t="d"`); the text itself if it is none."""
    bare = text.strip().removesuffix("Z")
    for read in (date.fromisoformat, datetime.fromisoformat, time.fromisoformat):
        try:
            found = read(bare)
        except ValueError:
            continue
        if isinstance(found, datetime) and found.time() == time():
            return found.date()
        return found
    return text
