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


class Kernel:
    """One run's kernel: the class that nbclient starts it by, and a way to stop it from outside.

    Local sockets need no free ports, so two runs can never take each other's; each run has its own folder.
    """

    def __init__(self) -> None:
        lean_imports()
        self.folder = Path(tempfile.mkdtemp(prefix="bk-"))
        self.manager_class = _manager_class(self)
        self.started: Any = None

    def kill(self) -> None:
        """Stop the kernel's process at once."""
        process = getattr(getattr(self.started, "provisioner", None), "process", None)
        if process is not None:
            process.kill()

    def forget(self) -> None:
        """Remove the run's sockets."""
        shutil.rmtree(self.folder, ignore_errors=True)


def _manager_class(kernel: Kernel) -> type:
    from jupyter_client.kernelspec import KernelSpec
    from jupyter_client.manager import AsyncKernelManager

    class RunKernelManager(AsyncKernelManager):
        def __init__(self, **options: Any) -> None:  # noqa: ANN401 -- traitlets' own signature
            options["connection_file"] = str(kernel.folder / "k.json")
            if os.name != "nt":
                options["transport"] = "ipc"
            super().__init__(**options)
            kernel.started = self

        @property
        def kernel_spec(self) -> KernelSpec:
            argv = [sys.executable, "-c", START, "-f", "{connection_file}"]
            return KernelSpec(argv=argv, display_name="billingkit", language="python")

    return RunKernelManager
