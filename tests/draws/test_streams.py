"""One stream a name: the same for ever, independent of the others, a longer draw begins alike."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
from drawing import scenario_of, setting_of, told

from sim.draws import draw
from sim.draws.banks import _batches
from sim.draws.streams import Streams
from sim.scenario.distributions import Distribution, read_distribution
from sim.scenario.numbers import parse_duration
from sim.tables import Purpose

NAMES = [
    ("patience", "a", 0),
    ("patience", "a", 1),
    ("patience", "b", 0),
    ("a", "patience", 0),
    ("patience",),
    ("patience", "a0"),
    ("patiencea", 0),
    ("presence", "team", 11),
    ("presence", "team1", 1),
    (),
]


def test_a_name_says_all() -> None:
    # Made in whatever order, and however often.
    once = [Streams(1, 0)(*name).random(5).tolist() for name in NAMES]
    again = [Streams(1, 0)(*name).random(5).tolist() for name in reversed(NAMES)]
    assert once == again[::-1]
    assert len({tuple(values) for values in once}) == len(NAMES)


@pytest.mark.parametrize(("seed", "replication"), [(2, 0), (1, 1), (0, 1), (2**63 - 1, 10**6)])
def test_seed_and_replication_change_it(seed: int, replication: int) -> None:
    assert Streams(seed, replication)("a").random() != Streams(1, 0)("a").random()


def test_seed_and_replication_are_not_mixed_up() -> None:
    assert Streams(1, 2)("a").random() != Streams(2, 1)("a").random()


@pytest.mark.parametrize("variate", ["random", "standard_exponential", "standard_normal"])
@pytest.mark.parametrize("n", [0, 1, 7, 1000])
def test_a_longer_draw_begins_with_the_shorter(variate: str, n: int) -> None:
    short = getattr(Streams(1, 0)("a"), variate)(n)
    long = getattr(Streams(1, 0)("a"), variate)(2 * n + 5)
    assert short.tobytes() == long[:n].tobytes()


def test_streams_are_not_correlated() -> None:
    # The correlation of 10,000 pairs of independent uniforms is normal with sd 0.01: |r| > 0.054
    # in one of 1.5e7 pairs; 45 pairs here. A correlation of 0.1 is seen for certain.
    columns = np.array([Streams(1, 0)(*name).random(10_000) for name in NAMES])
    correlation = np.corrcoef(columns) - np.eye(len(NAMES))
    assert np.abs(correlation).max() < 0.054


HASHED = """
import hashlib, sys
sys.path.insert(0, sys.argv[1])
from test_streams import everything
print(hashlib.sha256(everything()).hexdigest())
"""


def everything() -> bytes:
    """The bytes of a replication that has a bit of each."""
    parts = {
        "reasons": {
            name: {
                "volume": "200 per week",
                "busyness": 0.3,
                "channels": {"phone": 0.5, "mail": 0.3, "web": 0.2},
                "handle": {"mixture": [[0.4, {"exponential": "1 min"}], [0.6, "2 min"]]},
                "patience": {"lognormal": {"mean": "1 min", "cv": 1}},
                "retry": {"chance": 0.5, "after": {"weibull": {"mean": "1 min", "cv": 2}}},
                "closed": {"returns": 0.5, "mail": 0.2},
            }
            for name in ("a", "b", "c")
        },
        "channels": {
            "phone": {},
            "mail": {"due": "1 h"},
            "web": {"unlimited": True, "resolved": 0.5, "otherwise": "phone"},
        },
        "pools": {"team": {"agents": {"daily 08:00-18:00": 9}, "presence": 0.8}},
    }
    setting = setting_of(**parts)
    found = told(draw(setting, 3, 4), scenario_of(**parts), setting)
    return b"".join(str(key).encode() + value for key, value in found.items())


def test_other_processes_draw_the_same() -> None:
    def in_process(hash_seed: str) -> str:
        run = subprocess.run(
            [sys.executable, "-c", HASHED, str(__file__).rpartition("/")[0]],
            env={"PYTHONHASHSEED": hash_seed, "PYTHONPATH": ":".join(sys.path)},
            capture_output=True,
            text=True,
            check=True,
        )
        return run.stdout

    first = in_process("0")
    assert len(first.strip()) == 64
    assert in_process("1") == first
    assert in_process("4711") == first


def test_two_purposes_do_not_read_one_stream() -> None:
    """Who comes back soon after one thing would come back soon after the other."""

    def after(mean: str) -> tuple[tuple[str, Distribution], ...]:
        return (("after", read_distribution({"exponential": mean}, parse_duration)),)

    retry = (Purpose.RETRY_AFTER, 0, after("4 min"))
    assert len(_batches([retry, (Purpose.RETRY_AFTER, 1, after("9 min"))])) == 1
    with pytest.raises(AssertionError, match="RETRY_AFTER and AGAIN_AFTER read the stream `after`"):
        _batches([retry, (Purpose.AGAIN_AFTER, 1, after("9 min"))])
