"""What the kit writes belongs to the person who runs it and to nobody else."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def private() -> Iterator[None]:
    """Files and folders made inside are for this user alone, also where an analyst's notebook makes them.

    The setting is the process's own and comes back at the end; a system without such modes keeps its own rules.
    """
    before = os.umask(0o077)
    try:
        yield
    finally:
        os.umask(before)
