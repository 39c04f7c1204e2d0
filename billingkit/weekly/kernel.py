"""A kernel for one run: started lean, spoken to over local sockets, gone when the run is over.

Where the system can, it is forked from a Python that has its imports behind it (`preloaded`); else it is started as
any kernel is. Either way it is a fresh process of its own, with a folder of its own.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from billingkit.weekly.forks import Forks

# jsonschema imports this optional package, which builds parsers for 1.5 s, in the runner and in every kernel.
# It only checks international web addresses, which no notebook's metadata here holds.
SLOW: Final = "rfc3987_syntax"
# The path of a local socket is at most 103 bytes (macOS; Linux has 107), and six more follow the file's name.
LONGEST: Final = 97
START: Final = (
    "import sys; sys.path[:] = [p for p in sys.path if p]; "
    "from billingkit.weekly.kernel import run_kernel; run_kernel(sys.argv[1])"
)


def lean_imports() -> None:
    """Keep the slow optional import out of this process; without effect where it was imported already."""
    sys.modules.setdefault(SLOW, None)  # type: ignore[arg-type]  # None is Python's own mark for "do not import"


def run_kernel(connection_file: str) -> None:
    """Be the kernel of that connection file until it is shut down.

    It keeps no history and reads no settings of the user's: a run depends on its inputs alone, and leaves its
    parameters in no file that the next one shares.
    """
    lean_imports()
    from ipykernel.kernelapp import IPKernelApp

    settings = Path(connection_file).with_name("ipython")
    settings.mkdir(exist_ok=True)
    argv = ["-f", connection_file, f"--ipython-dir={settings}", "--HistoryManager.enabled=False"]
    IPKernelApp.launch_instance(argv=argv)


class Kernel:
    """One run's kernel: the class that nbclient starts it by, and a way to stop it from outside.

    Local sockets need no free ports, so two runs can never take each other's; each kernel has its own folder for them.
    Where the system keeps temporary files too deep for them, ports of this machine are used.
    """

    def __init__(self, folder: Path, forks: Forks | None = None) -> None:
        lean_imports()
        self.folder = folder
        folder.mkdir()
        self.manager_class = _manager_class(self, forks)
        self.started: Any = None

    def kill(self) -> None:
        """Stop the kernel's process at once."""
        process = getattr(getattr(self.started, "provisioner", None), "process", None)
        if process is not None:
            process.kill()


def _manager_class(kernel: Kernel, forks: Forks | None) -> type:
    from jupyter_client.kernelspec import KernelSpec
    from jupyter_client.manager import AsyncKernelManager

    class RunKernelManager(AsyncKernelManager):
        def __init__(self, **options: Any) -> None:  # noqa: ANN401 -- traitlets' own signature
            options["connection_file"] = str(kernel.folder / "k.json")
            if os.name != "nt" and len(options["connection_file"].encode()) <= LONGEST:
                options["transport"] = "ipc"
            super().__init__(**options)
            if forks is not None:
                self.provisioner = _forking(forks, options["connection_file"])(
                    kernel_spec=self.kernel_spec, parent=self
                )
            kernel.started = self

        @property
        def kernel_spec(self) -> KernelSpec:
            argv = [sys.executable, "-c", START, "{connection_file}"]
            return KernelSpec(argv=argv, display_name="billingkit", language="python")

    return RunKernelManager


def _forking(forks: Forks, connection_file: str) -> type:
    from jupyter_client.provisioning.local_provisioner import LocalProvisioner

    class ForkedProvisioner(LocalProvisioner):
        async def launch_kernel(self, cmd: list[str], **_: Any) -> Any:  # noqa: ANN401, ARG002 -- as jupyter_client has it
            forked = forks.start(connection_file)
            self.process: Any = forked  # it is waited for and ended as a Popen is
            self.pid = forked.pid
            return self.connection_info

        async def send_signal(self, signum: int) -> None:  # noqa: ARG002 -- jupyter_client's own signature
            if self.process:
                self.process.kill()  # a run is never interrupted and carried on: whatever stops it, ends it

    return ForkedProvisioner
