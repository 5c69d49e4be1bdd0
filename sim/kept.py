"""What takes long to make is made once and kept, in the user's folder for such things.

Whatever is the matter with the disk, it is made.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from hashlib import sha256
from pathlib import Path


def kept(name: str, made_of: str, make: Callable[[], str]) -> str:
    """A text from its file, or made and put there.

    Args:
        name: of the file.
        made_of: all that the text depends on: a file that is not whole, or was made of something
            else, is made again.
        make: makes it.
    """
    place = _home() / name
    with suppress(OSError, ValueError):
        seal, text = place.read_text(encoding="utf-8").split("\n", 1)
        if seal == _seal(made_of, text):
            return text
    text = make()
    with suppress(OSError):  # the next one will wait for it again
        from sim.folders import whole

        place.parent.mkdir(parents=True, exist_ok=True)
        with whole(place) as part:
            part.write_text(f"{_seal(made_of, text)}\n{text}", encoding="utf-8", newline="\n")
    return text


def _home() -> Path:
    from platformdirs import user_cache_path

    return user_cache_path("contact-center-sim")


def _seal(made_of: str, text: str) -> str:
    return f"// {sha256(f'{made_of} {text}'.encode()).hexdigest()}"
