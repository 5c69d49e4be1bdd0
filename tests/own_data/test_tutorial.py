"""From an ugly export of 20,000 rows to a fitted scenario and a back-test, by the command line."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from known_centre import centre, log_of
from typer.testing import CliRunner

import sim
from sim.cli import app


def ugly_export(path: Path) -> int:
    """A log as some systems write it: German, semicolons, decimal commas, dd/mm/yyyy, cp1252.

    One contact in twenty is transferred; what an abandoned contact does not have is empty. Returns
    the number of rows.
    """
    log = log_of(centre())
    answered = (log["outcome"] == "answered").to_numpy()

    def comma(values: pd.Series) -> pd.Series:
        return values.round(1).map(lambda x: "" if pd.isna(x) else f"{x:.1f}".replace(".", ","))

    frame = pd.DataFrame(
        {
            "Anruf-ID": 1000 + np.arange(len(log)),
            "Vorherige ID": "",
            "Warteschlange": "Verkauf Süd",
            "Rufnummer": log["customer"].map(lambda x: f"0171{x:07d}"),
            "Anrufzeit": log["arrived"].dt.strftime("%d/%m/%Y %H:%M:%S"),
            "Wartezeit (s)": comma(log["wait"]),
            "Gespräch (s)": comma(log["talk"]),
            "Nachbearbeitung (s)": comma(log["wrap"]),
            "Ergebnis": np.where(answered, "angenommen", "aufgelegt"),
            "Mitarbeiter": log["agent"].astype(object),
        }
    )
    moved = frame[answered].iloc[::20].copy()
    moved["Vorherige ID"] = moved["Anruf-ID"]
    moved["Anruf-ID"] = moved["Anruf-ID"] + 1_000_000
    ended = log["arrived"] + pd.to_timedelta(log["wait"] + log["talk"].fillna(0), unit="s")
    moved["Anrufzeit"] = ended[moved.index].dt.strftime("%d/%m/%Y %H:%M:%S")
    moved["Warteschlange"], moved["Mitarbeiter"] = "Technik", "Fachfrau Groß"
    whole = pd.concat([frame, moved])
    path.write_bytes(whole.to_csv(sep=";", index=False).encode("cp1252"))
    return len(whole)


def run(*arguments: object) -> str:
    result = CliRunner().invoke(app, [str(one) for one in arguments])
    assert result.exit_code == 0, result.output
    return " ".join(result.output.split())  # lines break where the terminal ends


def test_an_ugly_export_becomes_a_scenario(tmp_path: Path) -> None:
    calls, scenario = tmp_path / "anrufe.csv", tmp_path / "my-centre.yaml"
    rows = ugly_export(calls)
    looked = run("data", calls, "--map", tmp_path / "map.yaml")
    assert f"{rows:,} rows read, {rows:,} contacts" in looked
    for said in (
        "not UTF-8: read as Windows-1252 (line 1: `Gespräch`)",
        "fields are separated by semicolons",
        "decimal comma, as in",
        "arrived: day/month/year, as in",
        "rows of legs after a transfer",
    ):
        assert said in looked
    run("fit", calls, "--map", tmp_path / "map.yaml", "-o", scenario)
    fitted = sim.load(scenario)
    assert list(fitted.reasons) == ["Verkauf Süd", "Technik"]
    # of 2,400 customers a week; a day factor of 12 % leaves 5 % of it unknown
    volume = fitted.reasons["Verkauf Süd"].volume
    assert volume is not None
    assert volume.amount == pytest.approx(2400, rel=0.1)
    written = scenario.read_text("utf-8")
    assert 'share: {"Verkauf Süd": 5 %}' in written
    assert fitted.transfers["Verkauf Süd to Technik"].to.reason == "Technik"
    assert fitted.reasons["Technik"].volume.amount == 0
    assert (tmp_path / "my-centre.inputs.parquet").exists()
    # a week that it was not fitted on: the verdict, and a page beside the scenario
    tested = run(
        *("backtest", scenario, calls, "--map", tmp_path / "map.yaml", "--report"),
        *("--weeks", 1, "--replications", 20),
    )
    assert re.search(r"Of \d+ half hours \d+ % lay inside the 80 % band of offered", tested)
    assert (tmp_path / "my-centre.backtest.html").exists()
    # the decision: two agents more in the morning; what is not known is varied without being asked
    pool = next(name for name, one in fitted.pools.items() if 7 in dict(one.agents).values())
    more = {f"pools.{pool}.agents": {"mon-fri 08:00-12:00": 9}}
    options = {"as it is": fitted, "two more": sim.load(scenario, overrides=more)}
    levels = [sim.run(one, replications=10).get("service_level").value for one in options.values()]
    assert levels[1] > levels[0] + 0.02


def test_a_map_that_is_wrong_ends_with_its_message(tmp_path: Path) -> None:
    calls = tmp_path / "calls.csv"
    calls.write_text("arrived,status\n01/02/2026 08:00,answered\n")
    result = CliRunner().invoke(app, ["data", str(calls)])
    assert result.exit_code == 2
    assert "say `dates: d/m/y` or `dates: m/d/y`" in result.output
