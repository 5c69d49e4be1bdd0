"""Folders and files that appear whole or not at all, and what dead runs have left of theirs.

A folder is built as `.unfinished-*` beside its place and renamed when all of it is written; what
stood there is `.replaced-*` meanwhile. Its builder holds a lock on it, which ends with the process:
so the next one knows which of these are left over, and puts things right.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from errno import EDQUOT, EEXIST, EFBIG, ENOENT, ENOSPC
from pathlib import Path

try:
    import fcntl
except ImportError:  # a system without such locks: nothing is cleaned up there
    fcntl = None  # type: ignore[assignment]

UNFINISHED, REPLACED = ".unfinished-", ".replaced-"
NO_ROOM = (ENOSPC, EDQUOT, EFBIG)
RANDOM = 8
"""Characters that `tempfile` appends to a prefix, to make a name that nothing has."""


@contextmanager
def building(target: Path, ours: Collection[str]) -> Iterator[Path]:
    """A folder to be filled, that takes the name `target` at the end.

    On an error nothing is left behind, and what stood there stays as it was. Of a folder that is
    replaced the files that are not `ours` are kept.

    Raises:
        OSError: if it cannot be made.
    """
    parent = target.parent
    if target.exists() and not target.is_dir():
        raise FileExistsError(EEXIST, "is already there, and is no folder", str(target))
    parent.mkdir(parents=True, exist_ok=True)
    with unfinished(parent, ours) as path:
        path.chmod(0o755)
        with _about(target, path):
            yield path
            with _locked(parent):
                _replace(path, target, ours)


@contextmanager
def whole(file: Path) -> Iterator[Path]:
    """A file to be written beside its place; it takes that when all of it is written, else goes.

    Those of dead runs go first, as with `unfinished`.

    Raises:
        OSError: if it cannot be written; then what was there stays as it was.
    """
    with _locked(file.parent, wait=False) as alone:
        if alone:
            _clear(file.parent)
        try:
            handle, name = tempfile.mkstemp(dir=file.parent, prefix=UNFINISHED, suffix=file.suffix)
        except OSError as error:
            raise OSError(error.errno, error.strerror, str(file)) from None
        part = Path(name)
        lock = _lock(part)
        os.close(handle)
    try:
        with _about(file, file.parent):
            yield part
            part.chmod(0o644)
            part.replace(file)
    finally:
        part.unlink(missing_ok=True)
        if lock is not None:
            os.close(lock)


@contextmanager
def unfinished(parent: Path, ours: Collection[str] = (), *, wait: bool = True) -> Iterator[Path]:
    """A folder within another until something is finished; those of dead runs go first.

    Without `wait` they stay if somebody has the other folder, as whoever is building it has.
    """
    with _locked(parent, wait=wait) as alone:
        if alone or wait:
            _put_right(parent, ours)
        path = Path(tempfile.mkdtemp(prefix=UNFINISHED, dir=parent))
        lock = _lock(path)
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)
        if lock is not None:
            os.close(lock)


@contextmanager
def _about(target: Path, path: Path) -> Iterator[None]:
    """Whoever hears of a full disk, or of a folder that is gone, hears of the one they know."""
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        if not path.is_dir():
            reason = "was taken away while it was being written; run it again"
            raise FileNotFoundError(ENOENT, reason, str(target)) from None
        if error.errno in NO_ROOM:
            raise OSError(error.errno, os.strerror(error.errno), str(target)) from None
        raise


def put_right(parent: Path, ours: Collection[str]) -> None:
    """Clean up what dead runs have left in a folder of results, and bring back what they took."""
    if parent.is_dir():
        with suppress(OSError), _locked(parent):
            _put_right(parent, ours)


def _replace(path: Path, target: Path, ours: Collection[str]) -> None:
    old = Path(tempfile.mkdtemp(prefix=f"{REPLACED}{target.name}-", dir=target.parent))
    old.rmdir()
    with suppress(FileNotFoundError):
        target.rename(old)
    try:
        os.rename(path, target)
    except OSError:
        with suppress(OSError):
            old.rename(target)
        raise
    _finish(old, target, ours)


def _finish(old: Path, target: Path, ours: Collection[str]) -> None:
    """Bring the files of others into the folder that has replaced theirs."""
    for entry in old.iterdir() if old.is_dir() else ():
        if entry.name not in ours and not (target / entry.name).exists():
            entry.rename(target / entry.name)
    shutil.rmtree(old, ignore_errors=True)


def _put_right(parent: Path, ours: Collection[str]) -> None:
    if fcntl is None:
        return
    _clear(parent)
    for old in parent.glob(f"{REPLACED}?*-{'?' * RANDOM}"):
        target = parent / old.name[len(REPLACED) : -RANDOM - 1]
        with suppress(OSError):
            if target.exists():
                _finish(old, target, ours)
            else:
                old.rename(target)


def _clear(parent: Path) -> None:
    for path in parent.glob(f"{UNFINISHED}*"):
        lock = _lock(path)
        if lock is not None:  # whoever built it is dead
            if path.is_dir():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink(missing_ok=True)
            os.close(lock)


@contextmanager
def _locked(parent: Path, *, wait: bool = True) -> Iterator[bool]:
    """Alone among those who rename within a folder, or not: somebody has it."""
    lock = _lock(parent, wait=wait)
    try:
        yield lock is not None
    finally:
        if lock is not None:
            os.close(lock)


def _lock(folder: Path, *, wait: bool = False) -> int | None:
    """A lock on a folder, open until it is closed; None if somebody has it, or there are none."""
    if fcntl is None:
        return None
    handle = None
    try:
        handle = os.open(folder, os.O_RDONLY)
        fcntl.flock(handle, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
    except OSError:
        if handle is not None:
            os.close(handle)
        return None
    return handle
