"""One run at a time in a practice's folder; the second is told who is in it."""

from __future__ import annotations

import getpass
import os
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from billingkit.problems import CannotRun, FolderInUse

# Where a live database file is copied or locked by another program, it was seen to break.
NETWORK: Final = {"nfs", "nfs4", "cifs", "smb3", "smbfs", "afpfs", "davfs", "fuse.sshfs", "fuse.rclone", "fuse.davfs2"}
SYNCED: Final = ("onedrive", "dropbox", "google drive", "googledrive", "icloud", "box sync", "nextcloud")

MARK: Final = ".in-use"  # who holds the folder stands in it

# Whoever only looks whether a folder is held, holds it for an instant: a run tries that long before it gives up.
TRIES: Final = 5
PAUSE: Final = 0.02

# Folders that this process holds: a run that writes inside a run does not wait for itself.
_MINE: Final[set[Path]] = set()


@contextmanager
def in_use_by_me(folder: Path) -> Iterator[None]:
    """Hold the folder while the block runs; the system lets go of it even if the process is killed.

    Raises:
        FolderInUse: somebody else is in the folder; the sentence names them.
        CannotRun: the folder cannot be written to.
    """
    if folder in _MINE:
        yield
        return
    path = folder / MARK
    try:
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError:
        raise CannotRun(f"{folder.name}: the folder cannot be written to. Check its permissions.") from None
    try:
        if not _lock(handle):
            raise _in_use(folder)
        _MINE.add(folder)
        os.ftruncate(handle, 0)
        os.pwrite(handle, _me().encode(), 0) if hasattr(os, "pwrite") else os.write(handle, _me().encode())
        yield
    finally:
        _MINE.discard(folder)
        os.close(handle)


def refuse_in_use(folder: Path) -> None:
    """Refuse a folder that somebody else is in; to look makes nothing and holds nothing.

    Raises:
        FolderInUse: the sentence names them.
    """
    if _is_held(folder):
        raise _in_use(folder)


def is_left(folder: Path) -> bool:
    """Whether somebody has held the folder once and nobody does now."""
    # The name is written under the lock: a folder without one is just being taken.
    named = (folder / MARK).exists() and (folder / MARK).stat().st_size > 0
    return named and folder not in _MINE and not _is_held(folder)


def refuse_shared(folder: Path) -> None:
    """Refuse a folder that another program synchronises or that lies on another machine.

    Raises:
        CannotRun: with the reason and what to do.
    """
    synced = [part for part in folder.resolve().parts if any(name in part.casefold() for name in SYNCED)]
    if synced:
        raise CannotRun(
            f'{folder.name}: the folder is synchronised ("{synced[0]}"), and copying a ledger while it is written '
            "breaks it. Keep practice folders on a local disk and back them up from there.",
        )
    kind = _file_system(folder)
    if kind in NETWORK:
        raise CannotRun(
            f"{folder.name}: the folder is on a network drive ({kind}), where a ledger can be damaged by two "
            "machines at once. Keep practice folders on a local disk.",
        )


def _in_use(folder: Path) -> FolderInUse:
    return FolderInUse(f"{folder.name}: {_holder(folder / MARK)} is running this practice now. Wait, then run again.")


def _is_held(folder: Path) -> bool:
    """Whether another process holds the folder."""
    if folder in _MINE:
        return False
    try:
        handle = os.open(folder / MARK, os.O_RDWR)
    except OSError:
        return False  # nobody was ever in it, or it may not be written: a run will say so itself
    try:
        return not _try_lock(handle)
    finally:
        os.close(handle)


def _lock(handle: int) -> bool:
    for _ in range(TRIES - 1):
        if _try_lock(handle):
            return True
        time.sleep(PAUSE)
    return _try_lock(handle)


def _me() -> str:
    try:
        user = getpass.getuser()
    except (OSError, KeyError):
        user = "somebody"
    return f"{user} on {socket.gethostname()} (process {os.getpid()})"


def _holder(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace").strip() or "another run"
    except OSError:
        return "another run"


def _try_lock(handle: int) -> bool:
    try:
        if os.name == "nt":
            import msvcrt

            os.lseek(handle, 1024, os.SEEK_SET)  # past the name, so that the second run can read it
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined,unused-ignore]
            os.lseek(handle, 0, os.SEEK_SET)
        else:
            import fcntl

            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _file_system(folder: Path) -> str:
    mounts = Path("/proc/mounts")
    if not mounts.exists():
        return "network" if str(folder.resolve()).startswith("\\\\") else ""
    target = str(folder.resolve())
    best, kind = "", ""
    for line in mounts.read_text(encoding="utf-8", errors="replace").splitlines():
        _, point, fstype, *_ = line.split()
        if (target == point or target.startswith(point.rstrip("/") + "/")) and len(point) >= len(best):
            best, kind = point, fstype
    return kind
