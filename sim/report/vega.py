"""Vega, which draws the pictures of every page, as one script.

It is made of what vl_convert carries. That takes seconds, so the script is kept.
"""

from __future__ import annotations

from functools import cache
from importlib.metadata import version

from sim.kept import kept


@cache
def vega_script() -> str:
    """The script; safe to stand inside a page."""
    return kept("vega.js", version("vl-convert-python"), _made)


def _made() -> str:
    import vl_convert

    script: str = vl_convert.javascript_bundle("window.vegaEmbed = vegaEmbed;")
    return script.replace("</script", "<\\/script").replace("<!--", "<\\!--")
