"""The program of a Python that has imported what a week needs, and forks one fresh process for each run; Linux only.

    python -m billingkit.weekly.preloaded

It opens no practice's file and runs nothing of polars, whose threads would not survive a fork: importing is all it
does, so a run finds here what it would have imported itself, and nothing of the run before. Orders come in as lines
of JSON, `{"start": connection_file}` and `{"kill": pid}`; answers go out as `{"started": pid}` and
`{"ended": pid, "code": n}`. When its input ends, so do its children and itself.
"""

from __future__ import annotations

import gc
import json
import os
import selectors
import signal
import socket
from importlib import import_module
from pkgutil import walk_packages
from typing import Any, Final, NoReturn

import billingkit
from billingkit.weekly.kernel import lean_imports, run_kernel

# What a weekly run imports while it goes, beside our own modules. A module missing here costs its run the import.
NEEDED: Final = ("ipykernel.kernelapp", "sqlalchemy.dialects.sqlite", "vl_convert")
# What no notebook imports: the commands, and the Monday that starts them.
OTHERS: Final = ("billingkit.__main__", "billingkit.cli", "billingkit.commands", "billingkit.weekly")


def preload() -> None:
    """Import what a run needs; what is not installed is left to the run that wants it."""
    lean_imports()
    ours = (module.name for module in walk_packages(billingkit.__path__, "billingkit."))
    for name in (*NEEDED, *(name for name in ours if not name.startswith(OTHERS))):
        try:
            import_module(name)
        except ModuleNotFoundError:
            continue
    gc.collect()
    gc.freeze()  # what is shared stays shared: the children's collector leaves these objects alone


def serve(orders: int, answers: int) -> None:
    """Fork as ordered until the orders end; then end the children that are left."""
    waker, woken = socket.socketpair()
    for end in (waker, woken):
        end.setblocking(False)
    signal.set_wakeup_fd(waker.fileno())
    signal.signal(signal.SIGCHLD, lambda *_: None)  # the wake-up tells; the loop below does the waiting
    children: set[int] = set()
    awaited = selectors.DefaultSelector()
    awaited.register(orders, selectors.EVENT_READ)
    awaited.register(woken, selectors.EVENT_READ)
    unread = b""
    while True:
        ready = {key.fileobj for key, _ in awaited.select()}
        if woken in ready:
            woken.recv(4096)
            for pid, code in _ended(children):
                _say(answers, {"ended": pid, "code": code})
        if orders in ready:
            piece = os.read(orders, 65536)
            if not piece:
                break
            *lines, unread = (unread + piece).split(b"\n")
            for line in lines:
                _obey(json.loads(line), answers, children)
    for pid in children:
        _kill(pid)
        os.waitpid(pid, 0)  # no dead process is left to a system that may not clear it away


def _obey(order: dict[str, Any], answers: int, children: set[int]) -> None:
    if "kill" in order:
        # Only a child that was not waited for yet: its number cannot be another process's.
        if order["kill"] in children:
            _kill(order["kill"])
        return
    pid = os.fork()
    if pid == 0:
        _become_kernel(order["start"])
    children.add(pid)
    _say(answers, {"started": pid})


def _become_kernel(connection_file: str) -> NoReturn:
    """The child: let go of everything of the parent's, and run one kernel to its end."""
    code = 1
    try:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        os.setsid()
        _let_go()
        run_kernel(connection_file)
        code = 0
    finally:
        os._exit(code)


def _let_go() -> None:
    """Close what the parent listens and speaks on; what a run prints outside its cells goes nowhere."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(nowhere, standard)
    os.closerange(3, os.sysconf("SC_OPEN_MAX"))


def _ended(children: set[int]) -> list[tuple[int, int]]:
    found = []
    for child in sorted(children):
        pid, status = os.waitpid(child, os.WNOHANG)
        if pid:
            children.discard(pid)
            found.append((pid, os.waitstatus_to_exitcode(status)))
    return found


def _kill(pid: int) -> None:
    try:
        os.killpg(pid, signal.SIGKILL)
    except ProcessLookupError:  # it has not made its own group yet
        os.kill(pid, signal.SIGKILL)


def _say(answers: int, what: dict[str, int]) -> None:
    os.write(answers, json.dumps(what).encode() + b"\n")


def main() -> None:
    """Import, say so, serve."""
    os.environ["JPY_PARENT_PID"] = str(os.getpid())  # a kernel whose parent is gone goes too
    answers = os.dup(1)
    os.dup2(2, 1)  # what an import prints is no answer
    preload()
    _say(answers, {"ready": os.getpid()})
    serve(0, answers)


if __name__ == "__main__":
    main()
