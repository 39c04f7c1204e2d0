"""Single cells of the policy workbook: their address, and what they say once read without guessing.

A cell that cannot be read becomes a fault with its address, what was found there and what to write
instead; reading goes on, so that every fault is listed at once.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from difflib import get_close_matches
from typing import TYPE_CHECKING, Final

from billingkit.rules.finding import Finding

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

SPACES: Final = re.compile(r"\s+")
COUNT: Final = re.compile(r"(\d{1,6})\s*(d|day|days|digit|digits)?", re.IGNORECASE)
LONGER: Final = re.compile(r"(\d{1,4})\s*(week|weeks|wk|wks|w|month|months|year|years)", re.IGNORECASE)
AMOUNT: Final = re.compile(r"[£$€]?\s*(\d{1,3}(?:,\d{3})+|\d+)(\.\d{1,2})?")
ISO_DATE: Final = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
NAMED_DATE: Final = re.compile(r"(\d{1,2})\s+([A-Za-z]{3,9})\.?,?\s+(\d{4})")
MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
YES: Final = ("yes", "y", "true", "on", "x")
NO: Final = ("no", "n", "false", "off")


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell as it stands: its sheet, 1-based row and column, and value."""

    sheet: str
    row: int
    column: int
    value: object

    @property
    def address(self) -> str:
        """The cell's name in Excel, such as `B7`."""
        return f"{letters(self.column)}{self.row}"

    @property
    def blank(self) -> bool:
        """Whether nothing, or nothing but spaces, stands in the cell."""
        return self.value is None or (isinstance(self.value, str) and not self.value.strip())


def letters(column: int) -> str:
    """Excel's letters of a 1-based column number: 1 is A, 27 is AA."""
    name = ""
    while column:
        column, place = divmod(column - 1, 26)
        name = chr(65 + place) + name
    return name


def plain(text: str) -> str:
    """Text for comparing words: spaces joined, case folded, dashes and underscores read as spaces."""
    return SPACES.sub(" ", text.replace("_", " ").replace("-", " ").replace("\u2019", "'")).strip().casefold()


def nearest(word: str, among: Iterable[str]) -> str:
    """The sentence `did you mean "..."?` for a word close to one of the others, else nothing."""
    known = {plain(other): other for other in among}
    close = get_close_matches(plain(word), list(known), n=1, cutoff=0.7)
    return f' Did you mean "{known[close[0]]}"?' if close else ""


@dataclass(slots=True)
class Checker:
    """Reads cells and lists what is wrong with them. Every reader gives None for a blank or a faulty cell."""

    findings: list[Finding] = field(default_factory=list)

    def fault(self, cell: Cell, found: str, remedy: str) -> None:
        """Put a fault on the list."""
        self.findings.append(Finding("error", "cell", found, f"{cell.sheet}!{cell.address}", remedy))

    def remark(self, cell: Cell, found: str, remedy: str) -> None:
        """Put something on the list that does not stop the policy."""
        self.findings.append(Finding("warning", "cell", found, f"{cell.sheet}!{cell.address}", remedy))

    def sheet_fault(self, sheet: str, found: str, remedy: str) -> None:
        """Put a fault of a whole sheet on the list."""
        self.findings.append(Finding("error", "sheet", found, sheet, remedy))

    def sheet_remark(self, sheet: str, found: str, remedy: str) -> None:
        """Put something about a whole sheet on the list that does not stop the policy."""
        self.findings.append(Finding("warning", "sheet", found, sheet, remedy))

    def text(self, cell: Cell) -> str | None:
        """The cell's words, spaces joined; a number as its digits, a date as ISO."""
        value = cell.value
        if cell.blank or self._broken(cell):
            return None
        if isinstance(value, datetime):
            value = value.date() if value.time() == datetime.min.time() else value
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        if isinstance(value, bool):
            return "yes" if value else "no"
        return SPACES.sub(" ", str(value)).strip()

    def whole(self, cell: Cell, low: int, high: int, unit: str) -> int | None:
        """A whole number from `low` to `high`, such as 21 or `21 days`."""
        if cell.blank or self._broken(cell):
            return None
        if isinstance(cell.value, date):
            self.fault(cell, "Excel turned this cell into a date.", f"Type the number of {unit}, such as 21.")
            return None
        written = self.text(cell) or ""
        found = COUNT.fullmatch(written)
        if found is None:
            self.fault(cell, f'"{written}" is not a whole number of {unit}.', _in_days(written, unit))
            return None
        number = int(found[1])
        if not low <= number <= high:
            self.fault(cell, f'"{written}" is out of range.', f"Write a whole number of {unit} from {low} to {high}.")
            return None
        return number

    def money(self, cell: Cell) -> Decimal | None:
        """An amount of nothing or more, to the cent, such as 25 or `£25.00`."""
        if cell.blank or self._broken(cell):
            return None
        written = self.text(cell) or ""
        found = AMOUNT.fullmatch(written)
        if found is None or isinstance(cell.value, bool | date):
            self.fault(cell, f'"{written}" is not an amount.', "Write it with a point and two places, such as 25.00.")
            return None
        try:
            return Decimal(found[1].replace(",", "") + (found[2] or "")).quantize(Decimal("0.01"))
        except InvalidOperation:
            self.fault(cell, "The amount has too many digits.", "Check it; amounts have at most 16 digits.")
            return None

    def yes_no(self, cell: Cell) -> bool | None:
        """Yes or no."""
        written = self.text(cell)
        if written is None:
            return None
        if plain(written) in YES:
            return True
        if plain(written) in NO:
            return False
        self.fault(
            cell, f'"{written}" is neither yes nor no.', "Write yes or no, or leave it blank if it is not settled."
        )
        return None

    def choice(self, cell: Cell, words: Mapping[str, str] | tuple[str, ...], what: str) -> str | None:
        """One of a closed list; a mapping gives the word meant by each spelling taken."""
        written = self.text(cell)
        if written is None:
            return None
        meant = words if not isinstance(words, tuple) else {word: word for word in words}
        folded = {plain(word): meaning for word, meaning in meant.items()}
        if plain(written) in folded:
            return folded[plain(written)]
        # The first spelling of each meaning is the one to write.
        shown = {meaning: word for word, meaning in reversed(list(meant.items()))}
        listed = ", ".join(shown[meaning] for meaning in dict.fromkeys(meant.values()))
        self.fault(cell, f'"{written}" is not {what}.{nearest(written, shown.values())}', f"Write one of: {listed}.")
        return None

    def day(self, cell: Cell) -> date | None:
        """A date: a date cell, `2026-12-25` or `25 December 2026`; nothing that could be read two ways."""
        if cell.blank or self._broken(cell):
            return None
        if isinstance(cell.value, datetime):
            return cell.value.date()
        if isinstance(cell.value, date):
            return cell.value
        written = self.text(cell) or ""
        parts = _date_parts(written)
        if parts is not None:
            try:
                return date(*parts)
            except ValueError:
                self.fault(cell, f'"{written}" is not a day of the calendar.', "Check the day and the month.")
                return None
        remedy = "Type it as a date, or as 2026-12-25 (year, month, day)."
        self.fault(cell, f'"{written}" is not a date that can be read only one way.', remedy)
        return None

    def _broken(self, cell: Cell) -> bool:
        value = cell.value
        if isinstance(value, str) and re.fullmatch(r"#[A-Z0-9/]+[!?]?", value.strip()):
            self.fault(cell, f"Excel shows the error {value.strip()}.", "Type the value itself.")
            return True
        if isinstance(value, str | int | float | date | Decimal) or value is None:
            return False
        shown = getattr(value, "text", None)
        found = f"Excel shows the error {shown}." if shown else "This cell holds no value that can be read here."
        self.fault(cell, found, "Type the value itself.")
        return True


def _in_days(written: str, unit: str) -> str:
    longer = LONGER.fullmatch(written)
    if longer is None:
        return f"Write a whole number of {unit}, such as 21."
    if longer[2].casefold().startswith("w"):
        return f"Write the days: {int(longer[1]) * 7}."
    return "Write it in days, as your agreement counts them."


def _date_parts(written: str) -> tuple[int, int, int] | None:
    if iso := ISO_DATE.fullmatch(written):
        return int(iso[1]), int(iso[2]), int(iso[3])
    named = NAMED_DATE.fullmatch(written)
    if named and named[2][:3].casefold() in MONTHS:
        return int(named[3]), MONTHS.index(named[2][:3].casefold()) + 1, int(named[1])
    return None
