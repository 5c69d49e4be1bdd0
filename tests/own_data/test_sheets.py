"""Ugly files, one trait each: the exact table, or the exact message."""

from __future__ import annotations

import datetime
import io
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet
import pytest
import xlsxwriter
from typer.testing import CliRunner

from sim.cli import app
from sim.data import read_data
from sim.data.look import look
from sim.data.maps.write import map_text
from sim.data.times import exposure
from sim.scenario import ScenarioError
from sim.sheets import (
    SheetError,
    decimal_of,
    read_clocks,
    read_dates,
    read_moments,
    read_numbers,
    read_sheet,
    read_spans,
)


def written(folder: Path, text: str, name: str = "log.csv", encoding: str = "utf-8") -> Path:
    path = folder / name
    path.write_bytes(text.encode(encoding))
    return path


def refused(path: Path, **how: object) -> str:
    with pytest.raises(ScenarioError) as caught:
        read_data(path, **how)  # type: ignore[arg-type]
    return str(caught.value).replace(str(path.parent) + "/", "")


LOG = "arrived,status,waiting time (s),talk time (s)\n"


def seconds(frame: pd.DataFrame, column: str = "arrived") -> list[str]:
    return [str(one) for one in frame[column]]


# --- text files -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("encoding", "said"),
    [
        ("utf-8-sig", None),
        ("cp1252", "not UTF-8: read as Windows-1252 (line 2: `Süd`)"),
        ("utf-16", "UTF-16 text"),
        ("utf-16-le", "UTF-16 text without a mark"),
    ],
)
def test_encodings(tmp_path: Path, encoding: str, said: str | None) -> None:
    text = "queue;arrived;status\nSüd;2026-11-23 08:00;answered\n"
    data = read_data(written(tmp_path, text, encoding=encoding))
    assert list(data.contacts["queue"]) == ["Süd"]
    assert said is None or said in data.told


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiters_titles_before_the_header_and_blank_lines(
    tmp_path: Path, delimiter: str
) -> None:
    rows = ["Report of November", "", "arrived|status|wait (s)|", "2026-11-23 08:00|answered|5|"]
    rows += ["", "2026-11-23 08:01|abandoned|7"]
    data = read_data(written(tmp_path, "\r\n".join(rows).replace("|", delimiter)))
    assert list(data.contacts["wait"]) == [5, 7]
    assert "1 line before the header left out" in data.told
    assert "1 short line filled up" in data.told


def test_a_line_with_too_many_fields_is_left_out_aloud(tmp_path: Path) -> None:
    text = LOG + "2026-11-23 08:00,answered,5,100\n2026-11-23 08:01,answered,5,100,x\n"
    data = read_data(written(tmp_path, text))
    assert len(data.contacts) == 1
    assert "1 line with more fields than the header left out (first: line 3)" in data.told


# --- numbers ----------------------------------------------------------------------------------


def test_decimal_comma_and_thousands_are_decided_by_the_whole_file(tmp_path: Path) -> None:
    text = "Date;Interval;Offered;AHT;SL\n23/11/2026;08:00 - 08:30;1.044;245;81,2\n"
    data = read_data(written(tmp_path, text))
    assert list(data.intervals["offered"]) == [1044]
    assert data.intervals["within"][0] == pytest.approx(0.812 * 1044)
    assert "decimal comma, as in `81,2`" in data.told


def test_a_count_alone_tells_thousands_for_contacts_are_whole(tmp_path: Path) -> None:
    data = read_data(written(tmp_path, "from;count;to\n2026-11-23 08:00;1.044;2026-11-23 08:30\n"))
    assert list(data.intervals["offered"]) == [1044]
    assert "`1.044` offered are 1044, for contacts are whole numbers" in data.told


def test_a_point_with_three_digits_may_be_either_and_is_asked_for(tmp_path: Path) -> None:
    text = LOG.replace(",", ";") + "2026-11-23 08:00;answered;1.044;1.180\n"
    assert refused(written(tmp_path, text)) == (
        "log.csv: waiting time (s): `1.044` may be 1044 or 1.044; "
        'say `decimal: ","` or `decimal: "."`'
    )


def test_numbers_that_contradict_each_other() -> None:
    with pytest.raises(SheetError, match=r"has `1,25` beside `2\.5`"):
        decimal_of([pa.array(["1,25", "2.5"])])


@pytest.mark.parametrize("cell", ["e+0", ".e5", "-e1", "1e999", "9" * 400, "-", ".", "'"])
def test_what_only_looks_like_a_number_is_none(cell: str) -> None:
    numbers, bad = read_numbers(pa.array([cell, "2.5e1"]))
    assert numbers[1] == 25
    assert list(bad) == [True, False]


@pytest.mark.parametrize(
    ("cells", "unit", "expected"),
    [
        (["31", "62"], "s", [31, 62]),
        (["31000"], "ms", [31]),
        (["1:02:03", "4:12"], "s", [3723, 252]),
        (["0:04:12.5"], "s", [252.5]),
        (["1 days 00:00:01", "1.00:00:01"], "s", [86401, 86401]),
        (["PT4M12S", "4 min 12 s", "12s"], "s", [252, 252, 12]),
        (["4.2 min", "4,2 min", "0.5 h"], "s", [252, 252, 1800]),
        (["1:30"], "h", [5400]),
    ],
)
def test_durations(cells: list[str], unit: str, expected: list[float]) -> None:
    values, bad = read_spans(pa.array(cells), unit)
    assert values.tolist() == expected
    assert not bad.any()


def test_a_duration_without_a_unit_is_asked_for(tmp_path: Path) -> None:
    text = "arrived,status,talk time\n2026-11-23 08:00,answered,30\n"
    assert refused(written(tmp_path, text)) == (
        "log.csv: talk time: does not say its unit: write `talk: {column: talk time, unit: s}` "
        "in a map"
    )


def test_the_only_plausible_unit_is_taken_and_said(tmp_path: Path) -> None:
    text = "arrived,status,talk time\n2026-11-23 08:00,answered,245000\n"
    data = read_data(written(tmp_path, text))
    assert list(data.contacts["talk"]) == [245]
    assert any(one.startswith("talk time: milliseconds") for one in data.told)


# --- dates and times --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cells", "day"),
    [
        (["2026-11-02", "2026/11/23"], (2026, 11, 2)),
        (["02/11/2026", "23/11/2026"], (2026, 11, 2)),
        (["11/02/2026", "11/23/2026"], (2026, 11, 2)),
        (["02.11.26"], (2026, 11, 2)),
        (["Mon 2 Nov 2026", "3-Nov-26"], (2026, 11, 2)),
        (["November 2, 2026", "Tuesday, November 3, 2026"], (2026, 11, 2)),
        (["990102", "990131"], (1999, 1, 2)),
        (["20261102"], (2026, 11, 2)),
        (["02112026", "23112026"], (2026, 11, 2)),
    ],
)
def test_dates(cells: list[str], day: tuple[int, int, int]) -> None:
    found = read_dates(pa.array(cells))
    assert found.day[0] == (datetime.date(*day) - datetime.date(1970, 1, 1)).days
    assert not found.bad.any()


def test_day_and_month_are_decided_by_the_whole_column_or_asked_for(tmp_path: Path) -> None:
    assert read_dates(pa.array(["01/02/2026", "13/02/2026"])).why == (
        "day/month/year, as in `13/02/2026`"
    )
    # 2, 3 and 4 November are within three days; 11 February to April within two months
    assert read_dates(pa.array(["02/11/2026", "03/11/2026", "04/11/2026"])).order == "d/m/y"
    with pytest.raises(SheetError, match="have no order in common"):
        read_dates(pa.array(["13/01/2026", "01/13/2026"]))
    text = LOG + "01/02/2026 08:00,answered,5,100\n"
    assert refused(written(tmp_path, text)) == (
        "log.csv: arrived: `01/02/2026` may be day/month or month/day, and no other date decides; "
        "say `dates: d/m/y` or `dates: m/d/y`"
    )


def test_times_of_the_day() -> None:
    cells = pa.array(["8:30", "08:30:15.5", "8:30 PM", "12:10 AM", "0830", "24:00", "25:00", "x"])
    found = read_clocks(cells)
    expected = [30600, 30615.5, 73800, 600, 30600, 86400, np.nan, np.nan]
    np.testing.assert_array_equal(found.second, expected)
    assert found.bad.tolist() == [False] * 6 + [True] * 2


def test_serial_dates_and_native_times_of_spreadsheets(tmp_path: Path) -> None:
    # 46349.375: 9 o'clock on 2026-11-23, 46,349 days after 1899-12-30
    frame = pd.DataFrame(
        {
            "arrived": [46349.375, 46350.5],
            "status": ["answered", "abandoned"],
            "wait (s)": [5, 7.5],
        }
    )
    path = tmp_path / "log.xlsx"
    with pd.ExcelWriter(path, engine="xlsxwriter") as book:
        pd.DataFrame({"note": ["see the other sheet"]}).to_excel(
            book, sheet_name="Notes", index=False
        )
        frame.to_excel(book, sheet_name="Data", index=False)
    data = read_data(path)
    assert seconds(data.contacts) == ["2026-11-23 09:00:00", "2026-11-24 12:00:00"]
    assert "sheet `Data`, of 2 the one with most rows" in data.told
    assert "arrived: serial dates of a spreadsheet" in data.told
    frame["arrived"] = pd.to_datetime(["2026-11-23 09:00", "2026-11-24 12:00"])
    frame.to_excel(path, index=False, engine="xlsxwriter")
    pd.testing.assert_frame_equal(read_data(path).contacts, data.contacts)
    frame.to_parquet(tmp_path / "log.parquet")
    pd.testing.assert_frame_equal(read_data(tmp_path / "log.parquet").contacts, data.contacts)


def test_date_and_time_in_two_columns_and_a_call_past_midnight(tmp_path: Path) -> None:
    text = "call_id,type,date,q_start,q_exit,outcome,ser_time,server\n"
    text += "1,PS,1999-01-04,23:58:16,0:00:20,AGENT,300,AVI\n"
    text += "2,NE,1999-01-04,7:01:16,7:02:00,HANG,0,NO_SERVER\n"
    found = read_data(written(tmp_path, text)).contacts
    assert seconds(found) == ["1999-01-04 07:01:16", "1999-01-04 23:58:16"]
    assert list(found["wait"]) == [44, 124]
    assert list(found["outcome"]) == ["abandoned", "answered"]
    assert list(found["agent"]) == ["", "AVI"]


def test_utc_asks_for_the_zone_and_is_brought_to_it(tmp_path: Path) -> None:
    text = LOG + "2026-07-01T08:00:00Z,answered,5,100\n2026-12-01T08:00:00Z,answered,5,100\n"
    path = written(tmp_path, text)
    assert refused(path) == (
        "log.csv: arrived: times are in UTC: say the zone of the centre, `--zone Europe/Berlin` or "
        "`zone: Europe/Berlin` in a map; `UTC` if that is it"
    )
    found = read_data(path, zone="Europe/Berlin").contacts
    assert seconds(found) == ["2026-07-01 10:00:00", "2026-12-01 09:00:00"]


def test_the_doubled_hour_is_two_and_the_missing_one_none(tmp_path: Path) -> None:
    # in Berlin 2026-10-25 00:30 UTC is 2:30 summer time, 01:30 UTC is 2:30 again
    text = LOG + "2026-10-25T00:30:00Z,answered,5,100\n2026-10-25T01:30:00Z,answered,5,100\n"
    data = read_data(written(tmp_path, text), zone="Europe/Berlin")
    assert seconds(data.contacts) == ["2026-10-25 02:30:00"] * 2
    assert list(data.contacts["again"]) == [False, True]
    assert "1 row in the second pass of a doubled hour" in look(data).odd
    days = ["2026-03-29T02:00", "2026-10-25T02:00", "2026-10-25T03:00"]
    starts = np.array(days, "datetime64[s]").astype(float)
    assert exposure(starts, 1800.0, "Europe/Berlin").tolist() == [0, 2, 1]


def test_clocks_may_change_by_half_an_hour() -> None:
    # on Lord Howe Island clocks go from 2:00 to 2:30 on 2026-10-04, back to 1:30 on 2026-04-05
    days = ["2026-10-04T02:00", "2026-10-04T02:30", "2026-04-05T01:30", "2026-04-05T01:00"]
    starts = np.array(days, "datetime64[s]").astype(float)
    assert exposure(starts, 1800.0, "Australia/Lord_Howe").tolist() == [0, 1, 2, 1]


def test_interval_labels_totals_empty_counts_and_an_end_at_midnight(tmp_path: Path) -> None:
    text = "Queue;Date;Interval;Offered\nSales;23/11/2026;23:30 - 00:00;7\n"
    text += "Sales;23/11/2026;08:00 - 08:30;31\nHelp;23/11/2026;08:00 - 08:30;\nTotal;;;38\n"
    data = read_data(written(tmp_path, text))
    assert seconds(data.intervals, "start") == ["2026-11-23 08:00:00", "2026-11-23 23:30:00"]
    assert list(data.intervals["length"]) == [1800, 1800]
    assert data.left_out == {
        "total lines": 1,
        "rows without a number of contacts offered (unknown, not 0)": 1,
    }


# --- what is refused --------------------------------------------------------------------------


def test_what_is_unreadable_is_named_with_its_line(tmp_path: Path) -> None:
    text = LOG + "2026-11-23 08:00,answered,5,100\nlater,answered,5,100\n"
    assert refused(written(tmp_path, text)) == "log.csv:3: arrived: `later` is not a time"


def test_cells_that_were_merged_mean_what_stands_above_them(tmp_path: Path) -> None:
    # by hand: two queues in each half hour, the day and the half hour named once
    text = (
        "Date,Interval,Queue,Offered,Answered\n2026-11-23,08:00 - 08:30,sales,10,9\n"
        ",,service,20,19\n,08:30 - 09:00,sales,30,29\n,,service,40,39\nTotal,,,100,96\n"
    )
    data = read_data(written(tmp_path, text))
    assert data.intervals is not None
    found = data.intervals[["start", "queue", "offered"]].astype(str)
    assert found.to_numpy().tolist() == [
        ["2026-11-23 08:00:00", "sales", "10.0"],
        ["2026-11-23 08:00:00", "service", "20.0"],
        ["2026-11-23 08:30:00", "sales", "30.0"],
        ["2026-11-23 08:30:00", "service", "40.0"],
    ]
    assert "Interval: empty cells mean what stands above them" in data.told


def test_names_below_groups_of_columns_are_the_header(tmp_path: Path) -> None:
    text = (
        "Call,Call,Times,Times\nid,status,arrived,talk time (s)\n7,answered,2026-11-23 08:00,61\n"
    )
    data = read_data(written(tmp_path, text))
    assert data.contacts is not None
    assert data.contacts[["contact", "talk"]].to_numpy().tolist() == [["7", 61.0]]


def test_a_sheet_keeps_durations_as_parts_of_a_day(tmp_path: Path) -> None:
    # 61 s and 245 s; parts of an hour would be 2.5 s and 10 s, minutes and seconds even less
    frame = pd.DataFrame(
        {
            "arrived": pd.to_datetime(["2026-11-23 08:00", "2026-11-23 08:05"]),
            "status": "answered",
            "talk time": [61 / 86400, 245 / 86400],
        }
    )
    frame.to_excel(tmp_path / "log.xlsx", index=False)
    data = read_data(tmp_path / "log.xlsx")
    assert data.contacts is not None
    assert data.contacts["talk"].to_numpy() == pytest.approx([61, 245])


def test_columns_that_are_not_used_are_named(tmp_path: Path) -> None:
    text = "arrived,status,mood\n2026-11-23 08:00,answered,good\n"
    assert "columns not used: `mood`" in read_data(written(tmp_path, text)).told


def test_days_without_hours_are_refused(tmp_path: Path) -> None:
    text = "Date,Offered,Answered\n2026-11-23,310,300\n2026-11-24,290,280\n"
    assert refused(written(tmp_path, text)).startswith(
        "log.csv: `Date` holds dates without times of the day"
    )


def test_a_map_is_written_where_the_export_cannot_be_read_without(tmp_path: Path) -> None:
    log = written(tmp_path, "arrived,status\n2026-11-23 08:00,4\n2026-11-23 08:05,7\n")
    file = tmp_path / "map.yaml"
    assert "no known outcome" in refused(log)
    ended = CliRunner().invoke(app, ["data", str(log), "--map", str(file)])
    assert ended.exit_code == 2
    values = "{column: status, values: {4: answered, 7: abandoned}}"
    file.write_text(file.read_text().replace("outcome: status", f"outcome: {values}"))
    data = read_data(log, file)
    assert data.contacts is not None
    assert list(data.contacts["outcome"]) == ["answered", "abandoned"]


def test_an_unknown_outcome_is_asked_for(tmp_path: Path) -> None:
    text = LOG + "2026-11-23 08:00,XFER,5,100\n"
    assert refused(written(tmp_path, text)) == (
        "log.csv:2: outcome: `XFER` (1 row) is no known outcome; say what it means, "
        "`outcome: {column: ..., values: {XFER: ...}}`; "
        "allowed: answered, abandoned, flowed out, closed, none"
    )


def test_faults_of_a_map_are_told_as_those_of_a_scenario(tmp_path: Path) -> None:
    path = written(
        tmp_path, "map: x\nrows: contacts\nzone: Berlin\ncolumns:\n  arived: a\n", "map.yaml"
    )
    assert refused(path, map=path).splitlines() == [
        "map.yaml:3: zone: `Berlin` is no time zone; write one such as `Europe/Berlin`",
        "map.yaml:4: columns.arrived: is missing: when the contact joined the queue",
        "map.yaml:5: columns.arived: unknown role; did you mean `arrived`? allowed: queue, "
        "channel, contact, customer, direction, arrived, answered, left, ended, wait, talk, hold, "
        "wrap, handle, outcome, abandoned, silent, agent, previous, chain",
    ]


@pytest.mark.parametrize(
    ("said", "path"),
    [("{column: []}", ".column"), ("[]", ""), ("{date: a, time: []}", ".time")],
)
def test_a_list_of_no_columns_is_told(tmp_path: Path, said: str, path: str) -> None:
    text = f"map: x\nrows: contacts\ncolumns:\n  arrived: {said}\n"
    chosen = written(tmp_path, text, "map.yaml")
    assert refused(chosen, map=chosen) == f"map.yaml:4: columns.arrived{path}: names no column"


def test_a_column_that_is_not_there(tmp_path: Path) -> None:
    path = written(tmp_path, LOG + "2026-11-23 08:00,answered,5,100\n")
    chosen = written(tmp_path, "map: x\nrows: contacts\ncolumns: {arrived: arival}\n", "map.yaml")
    assert refused(path, map=chosen) == (
        "log.csv:1: there is no column `arival`; did you mean `arrived`? "
        "allowed: arrived, status, waiting time (s), talk time (s)"
    )


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is empty"),
        (b"PK\x03\x04zip", "is no spreadsheet that can be read"),
        (b"PAR1", "is no Parquet file that can be read"),
        (b"a,b\n\0\1\2\3,\0\0\n", "is no text, and no spreadsheet that can be read"),
    ],
)
def test_files_that_are_no_tables(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "log.csv"
    path.write_bytes(content)
    with pytest.raises(SheetError, match=message):
        read_sheet(path)


def test_a_spreadsheet_that_names_a_sheet_it_does_not_hold(tmp_path: Path) -> None:
    whole = io.BytesIO()
    with xlsxwriter.Workbook(whole) as book:
        book.add_worksheet().write(0, 0, "value")
    path = tmp_path / "values.xlsx"
    with zipfile.ZipFile(whole) as parts, zipfile.ZipFile(path, "w") as fewer:
        for name in parts.namelist():
            if not name.endswith("sheet1.xml"):
                fewer.writestr(name, parts.read(name))
    with pytest.raises(SheetError, match="is no spreadsheet that can be read"):
        read_sheet(path)


def test_texts_of_a_parquet_file_that_are_none(tmp_path: Path) -> None:
    lengths, half = pa.py_buffer(np.array([0, 1], np.int32)), pa.py_buffer(b"\xe4")
    texts = pa.Array.from_buffers(pa.string(), 1, [None, lengths, half])
    pyarrow.parquet.write_table(pa.table({"arrived": texts}), tmp_path / "log.parquet")
    with pytest.raises(SheetError, match="is no Parquet file that can be read"):
        read_sheet(tmp_path / "log.parquet")


def test_columns_of_a_parquet_file_that_hold_no_cells(tmp_path: Path) -> None:
    columns = {
        "arrived": ["2026-11-23 08:00", "2026-11-23 08:01"],
        "status": pa.array([b"answered", b"abandoned"]),
        "wait (s)": [5.0, float("inf")],
        "tags": [[1], [2]],
        "photo": pa.array([b"\xff\x00", b""]),
    }
    pyarrow.parquet.write_table(pa.table(columns), tmp_path / "log.parquet")
    sheet = read_sheet(tmp_path / "log.parquet")
    assert [*sheet.columns] == ["arrived", "status", "wait (s)"]
    assert [told.split(" (")[0] for told in sheet.told] == [
        "left out, for it holds no plain values: tags",
        "left out, for it holds no plain values: photo",
    ]
    assert refused(tmp_path / "log.parquet") == "log.parquet:2: wait (s): `inf` is not a duration"


def test_contacts_that_were_answered_before_they_arrived(tmp_path: Path) -> None:
    rows = "2026-11-23 08:00,answered,5,100\n2026-11-23 08:01,answered,-5,100\n"
    rows += "2026-11-23 08:02,answered,,100\n"
    told = read_data(written(tmp_path, LOG + rows)).told
    assert "answered before they arrive: 1 contact, wait 0" in told
    assert "without a word of how long they waited: 1 contact" in told


# --- maps, customers, transfers ---------------------------------------------------------------


def test_a_written_map_reads_the_same(tmp_path: Path) -> None:
    path = written(tmp_path, LOG + "23/11/2026 08:00,answered,5,100\n")
    data = read_data(path)
    chosen = written(tmp_path, map_text(data.map, data.evidence), "map.yaml")
    again = read_data(path, chosen)
    pd.testing.assert_frame_equal(again.contacts, data.contacts)


def test_customers_are_hashed_with_a_key_and_switchboards_are_nobody(tmp_path: Path) -> None:
    # one number makes 60 of 100 contacts; 20 are withheld; two customers make ten each
    numbers = ["555"] * 60 + ["anonymous"] * 20 + ["1"] * 10 + ["2"] * 10
    rows = [f"2026-11-23 08:{i % 60:02d},answered,{one}" for i, one in enumerate(numbers)]
    path = written(tmp_path, "arrived,status,caller\n" + "\n".join(rows))
    data = read_data(path, secret=b"one")
    known = data.contacts["customer"][data.contacts["customer"] != 0]
    assert sorted(known.value_counts()) == [10, 10]
    assert "20 contacts of withheld or unknown numbers" in data.told
    same = read_data(path, secret=b"one").contacts["customer"]
    other = read_data(path, secret=b"two").contacts["customer"]
    assert (same == data.contacts["customer"]).all()
    assert not set(other[other != 0]) & set(known)


def test_legs_of_a_transferred_contact_are_one_contact(tmp_path: Path) -> None:
    text = "contact id,previous id,queue,arrived,status,wait (s),talk (s)\n"
    text += "1,,desk,2026-11-23 08:00:00,answered,10,100\n"
    text += "2,1,expert,2026-11-23 08:01:50,answered,30,200\n"
    text += "3,,desk,2026-11-23 08:02:00,answered,0,60\n3,,desk,2026-11-23 08:02:00,answered,0,60\n"
    data = read_data(written(tmp_path, text))
    assert list(data.contacts["leg"]) == [0, 1, 0]
    assert data.contacts["chain"][0] == data.contacts["chain"][1] != data.contacts["chain"][2]
    assert data.left_out == {"rows that stand there twice": 1}


def test_outbound_contacts_do_not_count(tmp_path: Path) -> None:
    text = "arrived,status,direction\n2026-11-23 08:00,answered,Inbound\n"
    text += "2026-11-23 08:01,answered,Outbound\n"
    data = read_data(written(tmp_path, text))
    assert len(data.contacts) == 1
    assert data.left_out == {"outbound contacts": 1}


def test_gaps_and_a_last_day_that_breaks_off_are_said(tmp_path: Path) -> None:
    # four weeks of 40 contacts a day from 8:00 on, every 15 minutes; one day is missing
    rows = []
    for day in range(28):
        date = datetime.date(2026, 11, 2) + datetime.timedelta(day)
        for i in range(40 if day < 27 else 16):
            if day != 9:
                rows.append(f"{date} {8 + i // 4:02d}:{15 * (i % 4):02d},answered")
    found = look(read_data(written(tmp_path, "arrived,status\n" + "\n".join(rows)))).odd
    assert found == (
        "1 day without any contact, though their weekday usually has some: Wed 2026-11-11",
        "the last day, 2026-11-29, breaks off at 11:45",
        "clocks may have changed in this period: say `zone` to be sure",
        "nothing says how long contacts waited: neither patience nor service level",
    )


def test_tables_wider_than_any_export_are_refused(tmp_path):
    wide = tmp_path / "wide.csv"
    wide.write_text(",".join(f"c{i}" for i in range(3000)) + "\n")
    with pytest.raises(SheetError, match="has 3,000 columns; allowed: up to 2,000"):
        read_sheet(wide)
    short = tmp_path / "short.csv"
    short.write_text(",".join(f"c{i}" for i in range(1500)) + "\n" + "1,2\n" * 4000)
    with pytest.raises(SheetError, match="most lines are shorter than the header"):
        read_sheet(short)


@pytest.mark.parametrize("stuck", ["x", "garbage", "_", "5"])
@pytest.mark.parametrize("date", ["2026-11-23", "23.11.2026", "23 Nov 2026"])
def test_what_sticks_to_a_date_makes_it_none(date: str, stuck: str) -> None:
    dates, _ = read_moments(pa.array([f"{date}{stuck} 09:00:12"]))
    assert dates.bad.tolist() == [True]


@pytest.mark.parametrize("between", [" ", "T", "  ", ", ", " at "])
def test_what_may_stand_between_date_and_time(between: str) -> None:
    dates, clocks = read_moments(pa.array([f"2026-11-23{between}09:00:12"]))
    assert (dates.bad.tolist(), clocks.second.tolist()) == ([False], [9 * 3600 + 12.0])


UNSEEN = "arri\u200bved\x1b,status,wait (s),\u202ex\x1b[31m\n2026-11-23 08:00,answered,5,a\n"


@pytest.mark.parametrize("stuck", [" 08.30", " 8h30", " 0830", "T08.30", ", 8", " 08.30 Uhr"])
@pytest.mark.parametrize("date", ["2026-11-23", "23.11.2026", "11/23/2026", "23 Nov 2026"])
def test_what_follows_a_date_and_is_no_time_makes_it_none(date: str, stuck: str) -> None:
    """Else `08.30` would be lost, and the moment be midnight."""
    dates, _ = read_moments(pa.array([date + stuck]))
    assert np.isnan(dates.day).all()
    assert dates.bad.all()


def test_what_nobody_can_see_is_no_part_of_a_header(tmp_path: Path) -> None:
    """Nor does a terminal or a page obey what stands in names of files and columns."""
    file = written(tmp_path, UNSEEN, "ca\x1b[31mlls\u202e.csv")
    data = read_data(file)
    assert "characters that nobody can see were taken out of headers" in data.told
    assert "columns not used: `x[31m`" in data.told
    said = CliRunner().invoke(app, ["data", str(file)], color=True)
    assert said.exit_code == 0
    assert r"ca\x1b[31mlls\u202e.csv" in said.stdout
    assert not {"\x1b", "\u202e"} & {*said.output}
    page = look(data).to_html(tmp_path / "page.html").read_text(encoding="utf-8")
    assert r"ca\x1b[31mlls\u202e.csv" in page
    assert not {"\x1b", "\u202e"} & {*page}


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--zone", "Nowhere/X"), "zone: `Nowhere/X` is no time zone; write one such as"),
        (("--threshold", "inf"), "threshold: inf s is no time within which to answer"),
        (("--threshold", "1e300"), "threshold: 1e+300 s is no time within which to answer"),
        (("--out", "."), ".: is a folder; --out names the scenario to write"),
        (("--out", "none/fitted.yaml"), "none: there is no such folder"),
    ],
)
def test_options_of_a_fit_that_mean_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, options: tuple[str, str], message: str
) -> None:
    monkeypatch.chdir(tmp_path)
    file = written(tmp_path, LOG + "2026-11-23 08:00,answered,5,100\n")
    said = CliRunner().invoke(app, ["fit", str(file), *options])
    assert said.exit_code == 2
    assert said.output.startswith(message)
    assert said.output.count("\n") == 1


def test_only_moments_stand_in_two_columns(tmp_path: Path) -> None:
    text = "map: x\nrows: contacts\ncolumns:\n  arrived: when\n  wait: {date: a, time: b}\n"
    path = written(tmp_path, text, "map.yaml")
    assert refused(path, map=path) == (
        "map.yaml:5: columns.wait: stands in one column: only moments have `date` and `time`"
    )
