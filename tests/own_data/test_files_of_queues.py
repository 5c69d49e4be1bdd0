"""Interval reports of which each queue has a file of its own, and exports that overlap."""

from __future__ import annotations

from pathlib import Path

from sim.data import read_data

HEADER = "Interval,Offered,Answered,AHT (s)"


def report(folder: Path, name: str, days: range, offered: int) -> Path:
    """Ten to twelve of some days, in half hours."""
    rows = [
        f"2026-02-{day:02d} {hour:02d}:{minute:02d},{offered + day},{offered},240"
        for day in days
        for hour in (10, 11)
        for minute in (0, 30)
    ]
    (folder / name).write_text("\n".join([HEADER, *rows]))
    return folder / name


def test_files_with_the_same_intervals_are_queues(tmp_path: Path) -> None:
    files = [report(tmp_path, f"{name}.csv", range(2, 9), n) for name, n in (("a", 9), ("b", 4))]
    data = read_data(files)
    said = "queues are called as their files, which have the same intervals and no column of queues"
    assert said in data.told
    table = data.intervals
    assert table.groupby("queue", observed=True)["answered"].sum().to_dict() == {
        "a": 28 * 9,
        "b": 28 * 4,
    }


def test_files_of_one_month_each_are_one_queue(tmp_path: Path) -> None:
    data = read_data(
        [report(tmp_path, "1.csv", range(2, 9), 9), report(tmp_path, "2.csv", range(9, 16), 9)]
    )
    assert set(data.intervals["queue"]) == {"contacts"}
    assert len(data.intervals) == 56


def test_what_two_exports_both_have_counts_once(tmp_path: Path) -> None:
    # the second begins on the day on which the first ends: four half hours stand in both
    data = read_data(
        [report(tmp_path, "1.csv", range(2, 9), 9), report(tmp_path, "2.csv", range(8, 16), 9)]
    )
    assert data.left_out == {"rows that another file has too": 4}
    assert set(data.intervals["queue"]) == {"contacts"}
    assert len(data.intervals) == 56


def test_logs_that_overlap_count_once(tmp_path: Path) -> None:
    rows = [f"2026-02-0{day} 10:0{n}:07,sales,Ana,5,200" for day in (2, 3, 4) for n in range(4)]
    for name, some in (("1", rows[:8]), ("2", [rows[3], *rows[4:]])):
        text = "\n".join(["Start,Queue,Agent,Wait (s),Talk (s)", *some])
        (tmp_path / f"{name}.csv").write_text(text)
    data = read_data([tmp_path / "1.csv", tmp_path / "2.csv"])
    assert data.left_out == {"rows that another file has too": 5}
    assert len(data.contacts) == 12


def test_alike_rows_of_two_queues_both_count(tmp_path: Path) -> None:
    # on every other day both have the same numbers: that happens in quiet queues
    first = report(tmp_path, "quiet.csv", range(2, 9), 9)
    text = first.read_text().replace("2026-02-03 10:00,12,9", "2026-02-03 10:00,13,8")
    other = tmp_path / "other.csv"
    other.write_text(
        "\n".join(
            [
                text.split("\n")[0],
                *(
                    line if n % 8 == 0 else line.replace(",240", ",300")
                    for n, line in enumerate(text.split("\n")[1:])
                ),
            ]
        )
    )
    table = read_data([first, other]).intervals
    assert table["queue"].value_counts().to_dict() == {"quiet": 28, "other": 28}
