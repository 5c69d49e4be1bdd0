"""The random scenarios of the engine's tests are these tests' too."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "engine"))
