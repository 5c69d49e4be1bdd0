"""Machine code is made once and kept: in one file, under a name that says what it was made of.

LLVM alone loads it, in a tenth of the time that numba takes. It stands beside the package, or in
the user's folder for such things. Its name and its checksum hold a hash of all source files of the
engine, of the libraries' versions and of the processor. What is not as it should be is not there.
"""

from __future__ import annotations

import hashlib
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from ctypes import CFUNCTYPE, c_bool, c_ssize_t
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import llvmlite
import numpy as np
from llvmlite import binding

HERE = Path(__file__).parent

NAME = "sim_play"
"""By which it is called."""

_UNUSED = 30 * 86_400.0
"""Seconds after which machine code of another version may go."""


@dataclass(frozen=True)
class ObjectCode:
    """Machine code, not linked yet.

    alone: whether it needs nothing of numba, which may not be there when it is loaded.
    """

    code: bytes
    alone: bool


Machine = Callable[[np.ndarray], bool]


def machine_code(what: str, make: Callable[[], ObjectCode]) -> Machine:
    """The machine code for a centre, from the disk if it is there.

    Whatever is the matter with the disk, it is made.

    Args:
        what: a word for it, which tells it from what else is kept.
        make: makes it.
    """
    if (kept := _kept(what)) is None:
        made = make()
        if made.alone:
            _keep(what, made.code)
        kept = made.code
    return _linked(kept)


def is_kept(what: str) -> bool:
    """Whether the machine code need not be made."""
    return _kept(what) is not None


def target() -> Any:
    """What LLVM makes machine code for."""
    binding.initialize_native_target()
    binding.initialize_native_asmprinter()
    return binding.Target.from_triple(binding.get_process_triple())


def _linked(code: bytes) -> Machine:
    empty = binding.parse_assembly("")
    engine = binding.create_mcjit_compiler(empty, target().create_target_machine(jit=True))
    engine.add_object_file(binding.ObjectFileRef.from_data(code))
    engine.finalize_object()
    played: Any = CFUNCTYPE(c_bool, c_ssize_t)(engine.get_function_address(NAME))
    played.engine = engine  # it lives as long

    def play(centre: np.ndarray) -> bool:
        more: bool = played(centre.ctypes.data)
        return more

    return play


def _kept(what: str) -> bytes | None:
    return next(filter(None, (_read(home / _name(what)) for home in _homes())), None)


def _read(place: Path) -> bytes | None:
    """The machine code of a file; None if it is not there or not whole."""
    with suppress(OSError):
        content = place.read_bytes()
        code = content[hashlib.sha256().digest_size :]
        if content == _sum(code) + code:
            return code
    return None


def _sum(code: bytes) -> bytes:
    """Of the machine code and what it was made of."""
    return hashlib.sha256(_KEY.encode() + code).digest()


def _keep(what: str, code: bytes) -> None:
    """Put this into the first folder that takes it."""
    for home in _homes():
        try:
            home.mkdir(parents=True, exist_ok=True)
            _write(home / _name(what), _sum(code) + code)
            _tidy(home)
        except OSError:
            continue
        return


def _write(place: Path, content: bytes) -> None:
    """The file appears whole or not at all."""
    handle, unfinished = tempfile.mkstemp(
        dir=place.parent, prefix="sim-engine-", suffix=".unfinished"
    )
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
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
    if home := os.environ.get("NUMBA_CACHE_DIR"):
        yield Path(home)
    yield HERE / "__pycache__"
    from platformdirs import user_cache_dir

    yield Path(user_cache_dir("contact-center-sim"))


def _name(what: str) -> str:
    return f"sim-engine-{_KEY[:16]}-{what}.code"


def _key() -> str:
    """A hash of all that the machine code depends on."""
    digest = hashlib.sha256()
    for file in sorted(HERE.glob("*.py")):
        digest.update(file.name.encode() + b"\0" + file.read_bytes())
    options = {name: value for name, value in os.environ.items() if name.startswith("NUMBA_")}
    options.pop("NUMBA_CACHE_DIR", None)
    versions = (sys.version, version("numba"), llvmlite.__version__, np.__version__)
    processor = (binding.get_host_cpu_name(), binding.get_host_cpu_features().flatten())
    digest.update(repr((sys.platform, processor, versions, sorted(options.items()))).encode())
    return digest.hexdigest()


_KEY = _key()  # now: the source may change while the process runs
