"""The preloaded Python as the runner sees it: ask it for a process, hear when that process has ended."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections import deque
from types import TracebackType
from typing import Any, Self

SECONDS_TO_START = 60.0


class NoFork(RuntimeError):
    """The preloaded Python is gone or does not answer: the run starts in the ordinary way."""


class Forked:
    """One forked process, with what `subprocess.Popen` offers to whoever waits for it or ends it."""

    stdin = stdout = stderr = None

    def __init__(self, forks: Forks, pid: int) -> None:
        self._forks, self.pid = forks, pid
        self.returncode: int | None = None
        self._over = threading.Event()

    def poll(self) -> int | None:
        """The exit code, or None while it runs."""
        return self.returncode

    def wait(self, timeout: float | None = None) -> int | None:
        """Wait for its end and return its exit code."""
        self._over.wait(timeout)
        return self.returncode

    def kill(self) -> None:
        """End it at once, with all that it started."""
        self._forks.kill(self.pid)

    def ended(self, code: int) -> None:
        """Its parent has said that it ended."""
        self.returncode = code
        self._over.set()


class Forks:
    """A preloaded Python, started when it is first asked for a process, ended with the `with` block.

    `threads` is how many of polars' own each process may use, where the user has not said: runs that share the
    cores gain nothing by each using all of them. Safe to ask from several threads.
    """

    def __init__(self, threads: int = 1) -> None:
        self._threads = threads
        self.closed = False  # the `with` block is over: whatever still waits is not to start
        self._lock = threading.Lock()
        self._server: subprocess.Popen[bytes] | None = None
        self._asking: deque[tuple[threading.Event, list[Forked]]] = deque()
        self._running: dict[int, Forked] = {}
        self._reader: threading.Thread | None = None

    @staticmethod
    def possible() -> bool:
        """Whether this system's libraries survive a fork: those of macOS may not, and Windows has none."""
        return sys.platform == "linux"

    def start(self, connection_file: str) -> Forked:
        """A fresh process that runs the kernel of that connection file.

        Raises:
            NoFork: there is no preloaded Python to ask.
        """
        told, got = threading.Event(), list[Forked]()
        with self._lock:
            self._asking.append((told, got))
            self._order({"start": connection_file})
        if not told.wait(SECONDS_TO_START) or not got:
            raise NoFork("The preloaded Python does not answer.")
        return got[0]

    def kill(self, pid: int) -> None:
        """Have a process ended; without effect where it has ended already."""
        with self._lock:
            if pid in self._running and not self.closed:
                self._order({"kill": pid})

    def __enter__(self) -> Self:
        """Itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the preloaded Python, and with it every process that still runs."""
        self.closed = True
        if self._server is None or self._reader is None:
            return
        _pipe(self._server.stdin).close()
        self._server.wait()
        self._reader.join()

    def _order(self, what: dict[str, Any]) -> None:
        if self.closed:
            raise NoFork("The run is over.")
        server = self._serving()
        try:
            _pipe(server.stdin).write(json.dumps(what).encode() + b"\n")
        except OSError:
            raise NoFork("The preloaded Python is gone.") from None

    def _serving(self) -> subprocess.Popen[bytes]:
        if self._server is None:
            # -P: nothing is imported from the folder in which the command happens to be called.
            command = [sys.executable, "-P", "-m", "billingkit.weekly.preloaded"]
            # A session of its own: Ctrl+C stops the runner, and the end of the runner ends this.
            self._server = subprocess.Popen(  # noqa: S603
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                bufsize=0,
                env={"POLARS_MAX_THREADS": str(self._threads), **os.environ},
                start_new_session=True,
            )
            self._reader = threading.Thread(target=self._listen, args=(self._server,), daemon=True)
            self._reader.start()
        return self._server

    def _listen(self, server: subprocess.Popen[bytes]) -> None:
        with _pipe(server.stdout) as answers:
            for line in answers:
                self._hear(json.loads(line))
        with self._lock:
            for told, _ in self._asking:
                told.set()
            for forked in self._running.values():
                forked.ended(-1)
            self._running.clear()

    def _hear(self, answer: dict[str, int]) -> None:
        with self._lock:
            if "started" in answer:
                told, got = self._asking.popleft()
                got.append(Forked(self, answer["started"]))
                self._running[got[0].pid] = got[0]
                told.set()
            elif "ended" in answer:
                self._running.pop(answer["ended"]).ended(answer["code"])


def _pipe(pipe: Any) -> Any:  # noqa: ANN401 -- typed as perhaps missing; both are opened above
    return pipe
