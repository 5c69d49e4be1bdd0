"""Contact-centre simulation: a scenario file in, an honest answer out."""

__version__ = "0.1.0"
