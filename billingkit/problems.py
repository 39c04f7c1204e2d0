"""A problem in a practice's data, with its address; and the few errors that stop a command.

Problems are values: they travel with the data and become questions. Only broken set-up or a file
that must not be read raises, always one of the classes below, always as one plain sentence that
names the place, what was found and what to do, and never a value from a patient's row.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

Severity = Literal["quarantined", "asked", "ignored", "note"]


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing the kit could not take as it stands, and what to do about it."""

    code: str
    severity: Severity
    table: str  # "claims", "balances" or "" for the file as a whole
    source_file: str
    source_sheet: str | None
    source_row: int | None  # the sheet's own row, 1-based
    column: str | None  # the practice's own heading
    found: str
    ask: str
    cell: str | None = None  # such as "F17", where one cell is meant

    def address(self) -> str:
        """The place in words: workbook, sheet, row and column, as far as they are known."""
        parts = [self.source_file]
        if self.source_sheet:
            parts.append(f'sheet "{self.source_sheet}"')
        if self.source_row is not None:
            parts.append(f"row {self.source_row}")
        return ", ".join(parts) + (f': "{self.column}"' if self.column else "")


class BillingkitError(Exception):
    """Something that stops a command with exit code 2: one sentence, nothing written."""

    exit_code: ClassVar[int] = 2


class Refused(BillingkitError):
    """A file that is not read: the place, what was found there, and what to do."""

    def __init__(self, place: str, found: str, remedy: str) -> None:
        self.place, self.found, self.remedy = place, found, remedy
        super().__init__(f"{place}: {found} {remedy}")


class NotAWorkbook(Refused):
    """The file is empty, cut short, damaged, or something else in disguise."""


class HostileFile(Refused):
    """The file would harm the machine: a zip bomb, an entity, a duplicate part, a cell at the far edge."""


class TooLarge(Refused):
    """Reading would pass the limits on size, time or memory."""


class NeedsPassword(Refused):
    """The workbook is protected by a password that was not given or does not fit."""


class NothingToRead(Refused):
    """No table of claims or balances was found, or the file is not there."""


class AmbiguousLayout(Refused):
    """The layout can be read in two ways that differ, such as two headings for one field."""


class UnsafeToPatch(Refused):
    """Annotating this workbook in place could lose something; said before anything is written."""


class BrokenPolicy(BillingkitError):
    """The policy workbook has faults; every one of them is listed with its cell."""

    def __init__(self, source: str, faults: tuple[str, ...]) -> None:
        self.source, self.faults = source, faults
        listed = "\n".join(f"  {number}. {fault}" for number, fault in enumerate(faults, 1))
        noun = "fault" if len(faults) == 1 else "faults"
        super().__init__(f"{source}: {len(faults)} {noun} to mend before it can run.\n{listed}")


class FolderInUse(BillingkitError):
    """Another run holds this practice's folder, or the folder cannot be used."""


class CannotRun(BillingkitError):
    """The command was asked for something that cannot be done, such as going back in time."""
