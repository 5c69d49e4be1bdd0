"""Vega, which draws the pictures of every page, as one script.

It is made of what vl_convert carries. That takes seconds, so the script is kept in the user's
folder for such things, with a seal; what is not whole, or of another version, is made again.
"""

from __future__ import annotations

from contextlib import suppress
from functools import cache
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path

from sim.experiment.folders import whole


@cache
def vega_script() -> str:
    """The script; safe to stand inside a page."""
    place = _place()
    with suppress(OSError, ValueError):
        seal, script = place.read_text(encoding="utf-8").split("\n", 1)
        if seal == _seal(script):
            return script
    script = _made()
    with suppress(OSError):  # the next page will wait for it again
        _keep(place, f"{_seal(script)}\n{script}")
    return script


def _made() -> str:
    import vl_convert

    script: str = vl_convert.javascript_bundle("window.vegaEmbed = vegaEmbed;")
    return script.replace("</script", "<\\/script").replace("<!--", "<\\!--")


def _seal(script: str) -> str:
    made_of = version("vl-convert-python")
    return f"// {sha256(f'{made_of} {script}'.encode()).hexdigest()}"


def _place() -> Path:
    from platformdirs import user_cache_path

    return user_cache_path("contact-center-sim") / "vega.js"


def _keep(place: Path, text: str) -> None:
    """The file appears whole or not at all."""
    place.parent.mkdir(parents=True, exist_ok=True)
    with whole(place) as part:
        part.write_text(text, encoding="utf-8", newline="\n")
