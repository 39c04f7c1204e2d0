"""Python's search for garbage, paused while millions of cells are built that all stay."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def no_collecting() -> Iterator[None]:
    """Pause the collector and leave it as it was found, whatever happens inside."""
    # millions of cells live through the whole reading and none of them is garbage: looking again and
    # again for some took a third of the time
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()
