"""How soon the live page answers: from a change to the first numbers with intervals painted.

    python -m benchmarks.live [--moves 60]

Drives the real page on the shipped shop in headless Chromium. Every move is to a value not played
before; the time runs from the slider's event to the frame in which the figures of that move are
painted, and to the scenario's full number of replications. Prints the median and the value that
95 in 100 stay below, in milliseconds; and, since other work on the machine makes all of it longer,
the processor time of the server (its helpers' left out) and the load.
"""

from __future__ import annotations

import argparse
import os
import shutil
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

import numpy as np
from playwright.sync_api import Page, sync_playwright

from sim.live.server import serving

SHOP = Path(__file__).parent.parent / "scenarios" / "shop" / "base.yaml"
PATH = "reasons.tracking.volume"

MOVE = """async ([path, volume]) => {
  const knob = document.querySelector(`.knob[data-path="${path}"]`);
  const value = knob.querySelector("input.value");
  const results = document.querySelector("#results");
  const before = Number(results.dataset.number);
  const after = (good) => new Promise((told) => {
    const painted = () => setTimeout(() => told(performance.now()));
    const look = () => requestAnimationFrame(good() ? painted : look);
    look();
  });
  const begun = performance.now();
  value.value = `${volume} per week`;
  value.dispatchEvent(new Event("change"));
  const first = await after(() => Number(results.dataset.number) > before);
  const last = await after(() => document.querySelector("#status").textContent === "Done");
  return [first - begun, last - begun];
}"""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--moves", type=int, default=60)
    moves = parser.parse_args().moves
    with tempfile.TemporaryDirectory() as state:
        os.environ["XDG_STATE_HOME"] = state
        ready = serving(SHOP, port=None)
        thread = threading.Thread(target=ready.run, daemon=True)
        thread.start()
        while not ready.server.started:
            time.sleep(0.01)
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=shutil.which("chromium") or shutil.which("google-chrome"),
                args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
            )
            page = browser.new_page(viewport={"width": 1280, "height": 900})
            page.goto(ready.address)
            first, last, busy = np.array(_moved(page, moves)).T
            browser.close()
        ready.server.should_exit = True
        thread.join()
    for what, times in [("first numbers painted", first), ("all replications", last)]:
        median, most = np.quantile(times, [0.5, 0.95])
        print(f"{what}: median {median:.0f} ms, 95 in 100 under {most:.0f} ms ({moves} moves)")
    print(
        f"processor time of the server itself: median {np.median(busy):.0f} ms a move; "
        f"load of the machine: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"
    )


def _moved(page: Page, moves: int) -> list[Any]:
    done = "document.querySelector('#status').textContent === 'Done'"
    page.wait_for_function(done, timeout=120_000)
    page.evaluate(MOVE, [PATH, 1999])  # the first one loads what is loaded once
    return [_move(page, 2003 + 7 * number) for number in range(moves)]


def _move(page: Page, volume: int) -> list[float]:
    busy = time.process_time()
    times = page.evaluate(MOVE, [PATH, volume])
    return [*times, 1000.0 * (time.process_time() - busy)]


if __name__ == "__main__":
    main()
