"""The folder of the benchmarks is not installed: find it from here, however pytest is started."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))
