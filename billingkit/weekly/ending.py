"""How one practice's run ended: its result, and in one plain sentence what went wrong and of which kind that is."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any, Final

# Why a run did not end well. The first two say the same thing again until somebody mends something.
REFUSED: Final = "refused"  # the kit takes a file, a policy or a folder not as it is, and says what to do
NOTEBOOK: Final = "notebook"  # an error in the notebook or in the kit
IN_USE: Final = "in use"  # somebody else was in the practice's folder
TIME: Final = "time"
MACHINE: Final = "machine"


@dataclass(frozen=True, slots=True)
class Result:
    """How one practice's run ended."""

    code: str
    folder: str
    status: str  # done, failed, refused (nothing of it was run), skipped
    said: str = ""  # one plain sentence where it did not end well, or where a file has another name than it should
    cause: str = ""  # of which kind a bad end is: one of the words above
    seconds: float = 0.0
    summary: dict[str, Any] = field(default_factory=dict)
    files: tuple[str, ...] = ()

    def data(self) -> dict[str, Any]:
        """The result as plain data."""
        return asdict(self)


def of_cell_error(ename: str, evalue: str) -> tuple[str, str]:
    """What is said of an error in a cell, and its cause: in its own words where it is a refusal of ours, else its kind."""
    from billingkit import problems

    known = getattr(problems, ename, None)
    if not (isinstance(known, type) and issubclass(known, problems.BillingkitError)):
        return f"The notebook failed with {ename}; the failed copy shows where.", NOTEBOOK
    return evalue, IN_USE if known is problems.FolderInUse else REFUSED


def of_fault(error: Exception, *, over: int | None, cell_timeout: int) -> tuple[str, str]:
    """What is said of an end that no error in a cell explains, and its cause.

    `over` is the whole run's limit in seconds where that has ended it.
    """
    kind = type(error).__name__
    if over is not None:
        return f"The run took longer than {over} seconds and was stopped.", TIME
    if kind == "CellTimeoutError":
        return f"A cell took longer than {cell_timeout} seconds and was stopped.", TIME
    if kind == "DeadKernelError":
        return "The notebook's Python stopped unexpectedly (often too little memory).", MACHINE
    if kind == "RuntimeError":  # nbclient's, of a kernel that died before it answered
        return "The notebook's Python could not be started.", MACHINE
    # What is left happened around the notebook: no room on the disk, no socket, no process.
    return f"The notebook could not be run ({kind}).", MACHINE if isinstance(
        error, OSError | RuntimeError
    ) else NOTEBOOK
