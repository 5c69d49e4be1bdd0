"""The tables of a plan, by what they are about."""

import numpy as np

Table = dict[str, np.ndarray]
"""Some fields of `Plan`, by name."""
