"""Machine code is made once and kept: in one file, under a name that says what it was made of.

numba keeps machine code too, but looks at the one file in which a function stands, and trusts what
it finds on the disk. So numba gets an empty folder for the moment in which it compiles or loads,
and what it leaves there is put into one archive beside the package, or in the user's folder for
such things. The archive's name and comment are a hash of all source files of the engine, of the
libraries' versions and of the processor; every file in it has a checksum. What is not as it should
be is not there.
"""

from __future__ import annotations

import hashlib
import os
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import llvmlite
import numba
import numpy as np
from llvmlite import binding
from platformdirs import user_cache_dir

from sim.engine.compiled.machine import SETTINGS

HERE = Path(__file__).parent

_UNUSED = 30 * 86_400.0
"""Seconds after which machine code of another version may go."""


def compile_or_load(what: str, function: Callable[..., Any], *arguments: Any) -> Callable[..., Any]:
    """The function in machine code for arguments of these types, from the disk if it is there.

    Whatever is the matter with the disk, it is compiled.

    Args:
        what: a word for what is compiled, which tells it from what else is kept.
        function: of Python.
        arguments: some to call it with.
    """
    files = _kept(what)
    if files:
        with suppress(Exception):  # of whatever kind: numba cannot read it
            return _by_way_of_disk(what, files, function, arguments)
    with suppress(OSError):
        return _by_way_of_disk(what, {}, function, arguments)
    compiled: Any = numba.njit(nogil=True)(function)
    _compile(compiled, arguments)  # nowhere to write: compile in every process
    return compiled  # type: ignore[no-any-return]


def is_kept(what: str) -> bool:
    """Whether the machine code need not be made."""
    return bool(_kept(what))


def _kept(what: str) -> dict[str, bytes]:
    """What numba once wrote, by file name; empty if it is nowhere."""
    return next(filter(None, (_files_of(home, what) for home in _homes())), {})


def _by_way_of_disk(
    what: str,
    files: dict[str, bytes],
    function: Callable[..., Any],
    arguments: tuple[Any, ...],
) -> Callable[..., Any]:
    """The function in machine code; numba finds these files, or its own are kept."""
    with tempfile.TemporaryDirectory(prefix="sim-engine-") as folder:
        compiled: Any = _caching_in(folder, function)
        place = Path(compiled.stats.cache_path)
        if not place.is_relative_to(folder):
            raise OSError(f"numba does not write to {folder}")
        for name, content in files.items():
            (place / name).write_bytes(content)
        if _compile(compiled, arguments) and not compiled.stats.cache_hits:
            _keep(what, {file.name: file.read_bytes() for file in place.iterdir()})
        return compiled  # type: ignore[no-any-return]


def _caching_in(folder: str, function: Callable[..., Any]) -> Any:
    """Numba asks where to keep machine code when it is given a function."""
    before = SETTINGS.CACHE_DIR
    SETTINGS.CACHE_DIR = folder
    try:
        return numba.njit(nogil=True, cache=True)(function)
    finally:
        SETTINGS.CACHE_DIR = before


def _compile(compiled: Any, arguments: tuple[Any, ...]) -> bool:
    """Compile for arguments of these types; whether numba could write it down."""
    try:
        compiled.compile(tuple(map(numba.typeof, arguments)))
    except OSError:  # the disk is full, but the machine code is there
        if not compiled.signatures:
            raise
        return False
    return True


def _files_of(home: Path, what: str) -> dict[str, bytes]:
    """The same in one folder; empty if it is not there or not whole."""
    try:
        with zipfile.ZipFile(home / _name(what)) as archive:
            if archive.comment.decode() != _KEY:
                return {}
            return {name: archive.read(name) for name in archive.namelist()}
    except (OSError, ValueError, zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError):
        return {}


def _keep(what: str, files: dict[str, bytes]) -> None:
    """Put this into the first folder that takes it."""
    for home in _homes():
        try:
            home.mkdir(parents=True, exist_ok=True)
            _write(home / _name(what), files)
            _tidy(home)
        except OSError:
            continue
        return


def _write(place: Path, files: dict[str, bytes]) -> None:
    """The archive appears whole or not at all."""
    handle, unfinished = tempfile.mkstemp(
        dir=place.parent, prefix="sim-engine-", suffix=".unfinished"
    )
    try:
        with os.fdopen(handle, "wb") as file, zipfile.ZipFile(file, "w") as archive:
            archive.comment = _KEY.encode()
            for name, content in files.items():
                archive.writestr(name, content)
        os.chmod(unfinished, 0o644)
        os.replace(unfinished, place)
    except BaseException:
        os.unlink(unfinished)
        raise


def _tidy(home: Path) -> None:
    """Remove what other versions of the engine have not used for long."""
    for file in home.glob("sim-engine-*"):
        if file.stat().st_mtime < time.time() - _UNUSED and _KEY[:16] not in file.name:
            file.unlink(missing_ok=True)


def _homes() -> Iterator[Path]:
    """Where machine code may be kept, the best place first."""
    if SETTINGS.CACHE_DIR:
        yield Path(SETTINGS.CACHE_DIR)
    yield HERE / "__pycache__"
    yield Path(user_cache_dir("contact-center-sim"))


def _name(what: str) -> str:
    return f"sim-engine-{_KEY[:16]}-{what}.zip"


def _key() -> str:
    """A hash of all that the machine code depends on."""
    digest = hashlib.sha256()
    for file in sorted(HERE.glob("*.py")):
        digest.update(file.name.encode() + b"\0" + file.read_bytes())
    options = {name: value for name, value in os.environ.items() if name.startswith("NUMBA_")}
    options.pop("NUMBA_CACHE_DIR", None)
    versions = (sys.version, numba.__version__, llvmlite.__version__, np.__version__)
    processor = (binding.get_host_cpu_name(), binding.get_host_cpu_features().flatten())
    digest.update(repr((sys.platform, processor, versions, sorted(options.items()))).encode())
    return digest.hexdigest()


_KEY = _key()  # now: the source may change while the process runs
