"""A kernel for one run: started lean, spoken to over local sockets, gone when the run is over."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any, Final

# jsonschema imports this optional package, which builds parsers for 1.5 s, in the runner and in every kernel.
# It only checks international web addresses, which no notebook's metadata here holds.
SLOW: Final = "rfc3987_syntax"
START: Final = (
    "import sys; sys.path[:] = [p for p in sys.path if p]; "
    f"sys.modules[{SLOW!r}] = None; "
    "from ipykernel.kernelapp import launch_new_instance; launch_new_instance()"
)


def lean_imports() -> None:
    """Keep the slow optional import out of this process; without effect where it was imported already."""
    sys.modules.setdefault(SLOW, None)  # type: ignore[arg-type]  # None is Python's own mark for "do not import"


def kernel_manager() -> tuple[Any, Path]:
    """A kernel manager for one run, and the folder of its sockets, to be removed afterwards.

    Local sockets need no free ports, so two runs can never take each other's; each run has its own folder.
    """
    lean_imports()
    from jupyter_client import AsyncKernelManager
    from jupyter_client.kernelspec import KernelSpec

    folder = Path(tempfile.mkdtemp(prefix="bk-"))
    options: dict[str, Any] = {"connection_file": str(folder / "k.json")}
    if os.name != "nt":
        options["transport"] = "ipc"
    manager = AsyncKernelManager(**options)
    argv = [sys.executable, "-c", START, "-f", "{connection_file}"]
    manager._kernel_spec = KernelSpec(argv=argv, display_name="billingkit", language="python")  # noqa: SLF001 -- the only way to start a kernel that no file describes
    return manager, folder


def forget(folder: Path) -> None:
    """Remove a run's sockets."""
    shutil.rmtree(folder, ignore_errors=True)
