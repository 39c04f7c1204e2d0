"""What an executed notebook may keep: no parameters in its metadata, and no patient's value in a failure.

An error's message may hold a cell of the practice's data: of an error that is not ours only its kind and the
places in the code are kept. What was printed to standard error goes too, because libraries report there.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from billingkit.weekly.ending import of_cell_error

if TYPE_CHECKING:
    from billingkit.weekly.execution import Task

COLOUR: Final = re.compile(r"\x1b\[[0-9;]*m")
FRAME: Final = re.compile(r"(File|Cell) (?P<place>[^\n]*)")
CODE: Final = re.compile(r"^(-+> *)?\d+( .*)?$")


def clean(notebook: Any, task: Task, *, failed: bool) -> None:  # noqa: ANN401 -- nbformat has no types
    """Leave the practice's code and the as-of date in the metadata, and no data in what an error said."""
    notebook.metadata.pop("papermill", None)
    notebook.metadata["billingkit"] = {"practice": task.code, "as_of": task.as_of}
    for cell in notebook.cells:
        if "injected-parameters" in cell.metadata.get("tags", []):
            cell["id"] = "given-parameters"  # papermill draws one by chance; the same run leaves the same file
        cell.metadata.pop("papermill", None)
        cell.metadata.pop("execution", None)
        if failed and cell.cell_type == "code":
            cell.outputs = [_discreet(output) for output in cell.outputs if output.get("name") != "stderr"]


def _discreet(output: Any) -> Any:  # noqa: ANN401
    if output.get("output_type") == "error":
        said, _ = of_cell_error(output["ename"], output["evalue"])
        output["evalue"] = said
        output["traceback"] = [*_places(output["traceback"]), f"{output['ename']}: {said}"]
    return output


def _places(traceback: list[str]) -> list[str]:
    """The frames of a traceback: where, and the lines of code; the messages between them are left out."""
    entries = (COLOUR.sub("", entry) for entry in traceback)
    return [_frame(entry) for entry in entries if FRAME.match(entry)]


def _frame(entry: str) -> str:
    first, *rest = entry.splitlines()
    return "\n".join([first, *(line for line in rest if CODE.match(line.strip()))])
