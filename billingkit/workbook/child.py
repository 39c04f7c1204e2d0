"""Work in a child process, within limits on time and memory, that cannot take the caller down.

Unix sets limits on memory and processor time in the child; everywhere the caller ends the child when its
time is up. The child sends back either a value or one of our refusals; a crash becomes a refusal here.

A plain `python -m` process is used rather than multiprocessing, which would run the caller's own main
script again: that breaks scripts and notebooks without a guard, and costs their imports.
"""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from collections.abc import Callable
from typing import TypeVar, cast

from billingkit.problems import HostileFile, NotAWorkbook, Refused, TooLarge
from billingkit.workbook.limits import Limits

T = TypeVar("T")
_ASK_AGAIN = "Ask the practice to send the workbook again, saved as .xlsx."


def in_child(work: Callable[..., T], *given: object, place: str, limits: Limits) -> T:
    """The value of `work(*given)`, done in a fresh process; raises only refusals about `place`.

    `work` is a function of a module, so that the child can find it.
    """
    order = pickle.dumps(sys.path) + pickle.dumps((work, given, place, limits))
    command = [sys.executable, "-m", "billingkit.workbook.child"]
    path = os.pathsep.join([entry for entry in sys.path if entry])
    try:
        done = subprocess.run(  # noqa: S603  our own interpreter and module, nothing from outside
            command,
            input=order,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=limits.seconds,
            check=False,
            env={**os.environ, "PYTHONPATH": path},
        )
    except subprocess.TimeoutExpired:
        raise TooLarge(place, f"reading took longer than {limits.seconds:g} seconds.", _ASK_AGAIN) from None
    if done.returncode or not done.stdout:
        found = "reading this file ended its reader, as a hostile or badly damaged file does."
        raise HostileFile(place, found, _ASK_AGAIN)
    refusal, value = pickle.loads(done.stdout)  # noqa: S301  written by our own module in the child
    if refusal is None:
        return cast("T", value)
    raise refusal(*value)


def answer(work: Callable[..., object], given: tuple[object, ...], place: str) -> tuple[type[Refused] | None, object]:
    """What the child sends back: no refusal and a value, or a refusal's class and its words."""
    try:
        return None, work(*given)
    except Refused as refused:
        return type(refused), (refused.place, refused.found, refused.remedy)
    except MemoryError:
        return TooLarge, (place, "reading needs more memory than allowed.", "Send a smaller export.")
    except BaseException:  # noqa: BLE001  compiled readers raise panics of their own kind; their words may hold data
        return NotAWorkbook, (place, "the file is damaged or not of the kind it seems.", _ASK_AGAIN)


def limit(limits: Limits) -> None:
    """Bound this process's memory and processor time, where the system can."""
    if sys.platform == "win32":
        return
    import resource

    for kind, most in ((resource.RLIMIT_AS, limits.memory), (resource.RLIMIT_CPU, int(limits.seconds) + 1)):
        resource.setrlimit(kind, (most, most))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def main() -> None:
    """Read the order from standard input, do it, write the answer to standard output."""
    sys.path[:] = pickle.load(sys.stdin.buffer)  # noqa: S301  written by our own caller
    work, given, place, limits = pickle.load(sys.stdin.buffer)  # noqa: S301  the same
    out = os.dup(1)
    os.dup2(2, 1)  # whatever a reader prints goes nowhere: it may hold a patient's data
    limit(limits)
    with os.fdopen(out, "wb") as pipe:
        pickle.dump(answer(work, given, place), pipe, protocol=pickle.HIGHEST_PROTOCOL)


if __name__ == "__main__":
    main()
