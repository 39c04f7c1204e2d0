"""Work in a child process, within limits on time and memory, that cannot take the caller down.

Unix sets limits on memory and processor time in the child; everywhere the caller ends the child when its
time is up. The child sends back either a value or one of our refusals; a crash becomes a refusal here.
"""

from __future__ import annotations

import multiprocessing
import os
import sys
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import TypeVar, cast

from billingkit.problems import HostileFile, NotAWorkbook, Refused, TooLarge
from billingkit.workbook.limits import Limits

T = TypeVar("T")
_ASK_AGAIN = "Ask the practice to send the workbook again, saved as .xlsx."


def in_child(work: Callable[..., T], *given: object, place: str, limits: Limits) -> T:
    """The value of `work(*given)`, done in a fresh process; raises only refusals about `place`."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe(duplex=False)
    child = context.Process(target=_within, args=(theirs, work, given, place, limits), daemon=True)
    child.start()
    theirs.close()
    try:
        if not ours.poll(limits.seconds):
            raise TooLarge(place, f"reading took longer than {limits.seconds:g} seconds.", _ASK_AGAIN)
        answer: tuple[type[Refused] | None, T | tuple[str, str, str]] = ours.recv()
    except EOFError:
        found = "reading this file ended its reader, as a hostile or badly damaged file does."
        raise HostileFile(place, found, _ASK_AGAIN) from None
    finally:
        ours.close()
        child.kill()
        child.join()
    refusal, value = answer
    if refusal is None:
        return cast("T", value)
    raise refusal(*cast("tuple[str, str, str]", value))


def _within(pipe: Connection, work: Callable[..., T], given: tuple[object, ...], place: str, limits: Limits) -> None:
    _limit(limits)
    _quiet()
    answer: tuple[type[Refused] | None, object]
    try:
        answer = None, work(*given)
    except Refused as refused:
        answer = type(refused), (refused.place, refused.found, refused.remedy)
    except MemoryError:
        answer = TooLarge, (place, "reading needs more memory than allowed.", "Send a smaller export.")
    except BaseException:  # noqa: BLE001  compiled readers raise panics of their own kind; their words may hold data
        answer = NotAWorkbook, (place, "the file is damaged or not of the kind it seems.", _ASK_AGAIN)
    pipe.send(answer)
    pipe.close()


def _limit(limits: Limits) -> None:
    if sys.platform == "win32":
        return
    import resource

    for kind, most in ((resource.RLIMIT_AS, limits.memory), (resource.RLIMIT_CPU, int(limits.seconds) + 1)):
        resource.setrlimit(kind, (most, most))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _quiet() -> None:
    """A crash in compiled code prints what it was reading: nothing of that may be seen."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (1, 2):
        os.dup2(nowhere, stream)
    os.close(nowhere)
