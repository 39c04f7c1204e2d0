"""A run's scratch folder, for the sockets over which it speaks with its kernel.

It lies among the system's temporary files, because the path of a socket must be short, and goes when the run is over.
Whatever a killed runner left is cleared away by the next one.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Final

PREFIX: Final = "bk-"


@contextmanager
def scratch() -> Iterator[Path]:
    """A folder for this run alone, held as long as the run lives."""
    from billingkit.ledger import in_use_by_me

    clear_once()
    folder = Path(tempfile.mkdtemp(prefix=PREFIX))
    try:
        with in_use_by_me(folder):
            yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@cache
def clear_once() -> None:
    """Clear away what killed runs have left: once for each process, because every look costs a little."""
    clear()


def clear() -> None:
    """Remove the scratch folders of runs whose process is gone.

    Only this user's own real folders of our name, only where a run has held one, and only where nobody holds it now:
    the system lets go of what a dead process held, on every machine and in every container alike.
    """
    from billingkit.ledger import is_left

    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        try:
            left = _is_mine(folder) and is_left(folder)
        except OSError:  # it went while we looked, or is none of our business
            continue
        if left:
            shutil.rmtree(folder, ignore_errors=True)


def _is_mine(folder: Path) -> bool:
    about = folder.lstat()  # of a link itself, never of what it points to
    mine = not hasattr(os, "getuid") or about.st_uid == os.getuid()
    return mine and folder.is_dir() and not folder.is_symlink()
