"""Files that are no scenarios, sizes beyond reason, and what a start may cost."""

from __future__ import annotations

import subprocess
import sys

import pytest

from sim.scenario import Fault, ScenarioError, load, loads
from sim.scenario.source import MOST_BYTES, resolve_plain

SHORTEST = """
reasons: {calls: {volume: 1000 per day, handle: 3 min}}
pools: {team: {agents: 12}}
"""


def refused(path) -> str:
    with pytest.raises(ScenarioError) as caught:
        load(path)
    return str(caught.value)


def test_no_file_and_no_file_name(tmp_path):
    assert refused(tmp_path / "none.yaml").endswith("none.yaml: there is no such file")
    assert refused(tmp_path).endswith("is a folder, not a file")
    assert "cannot be read" in refused("a\0b")
    assert "cannot be read" in refused("a" * 5000)


def test_a_file_in_a_file(tmp_path):
    (tmp_path / "a.yaml").write_text(SHORTEST)
    assert "not a file" in refused(tmp_path / "a.yaml" / "b.yaml")


def test_a_file_beyond_20_mb(tmp_path):
    file = tmp_path / "large.yaml"
    file.write_bytes(b"#" * (MOST_BYTES + 1))
    assert refused(file).endswith("is larger than 20 MB")
    with pytest.raises(ScenarioError, match="is larger than 20 MB"):
        loads("#" * (MOST_BYTES + 1))


def test_a_byte_order_mark_and_windows_lines_are_fine(tmp_path):
    file = tmp_path / "windows.yaml"
    file.write_bytes(b"\xef\xbb\xbf" + SHORTEST.replace("\n", "\r\n").encode())
    assert load(file) == loads(SHORTEST)


def test_a_directive_of_yaml_1_1_changes_nothing():
    text = "%YAML 1.1\n---\nname: on\n" + SHORTEST.lstrip()
    assert loads(text).name == "on"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("18:00", "18:00"),
        ("on", "on"),
        ("yes", "yes"),
        ("1_000", "1_000"),
        ("2026-01-05", "2026-01-05"),
        ("12", 12),
        ("0x1F", 31),
        ("0o17", 15),
        ("017", 17),
        ("1e3", 1000.0),
        (".5", 0.5),
        ("true", True),
        ("~", None),
        ("", None),
    ],
)
def test_plain_scalars_by_yaml_1_2(text, value):
    found = resolve_plain(text)
    assert found == value
    assert type(found) is type(value)


def test_the_error_is_sorted_and_says_everything():
    faults = [Fault("b", 1, "x", "wrong"), Fault("a", 10, "y", "wrong"), Fault("a", 9, "", "bad")]
    error = ScenarioError(faults)
    assert str(error) == "a:9: bad\na:10: y: wrong\nb:1: x: wrong"
    assert error.faults == sorted(faults)


def test_importing_and_loading_needs_nothing_heavy(tmp_path):
    (tmp_path / "a.yaml").write_text(SHORTEST)
    code = (
        "import sys, sim.scenario as s; s.load(sys.argv[1]);"
        "print([m for m in ('numpy', 'pandas', 'scipy', 'holidays') if m in sys.modules])"
    )
    command = [sys.executable, "-c", code, str(tmp_path / "a.yaml")]
    ran = subprocess.run(command, capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"


def test_thousands_of_faulty_lines_are_all_looked_at():
    """Each line is compared with the different lines before it, and each fault with the others."""
    lines = "\n".join("  - {channel: 3, to: [team]}" for _ in range(3000))
    with pytest.raises(ScenarioError) as caught:
        loads(f"{SHORTEST}\nrouting:\n{lines}\n")
    assert len(caught.value.faults) >= 3000
