"""The data that several pictures of a run draw, as columns."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from sim.report.blocks import Dataset
from sim.report.run_findings import RunFindings
from sim.report.words import ENDINGS, hour_of

if TYPE_CHECKING:
    import pandas as pd

AMOUNTS = ["contacts", "in_time", "waited"]


class RunData:
    """Made once, when the first picture asks."""

    def __init__(self, findings: RunFindings) -> None:
        self.findings = findings
        self.times = np.maximum(findings.times, 1)

    def _sums(self, *keys: str) -> pd.DataFrame:
        """What became of contacts, added up by these."""
        import pandas as pd

        ends = pd.DataFrame(self.findings.ends.contacts)
        return ends.groupby([*keys], sort=False, as_index=False)[AMOUNTS].sum()

    @cached_property
    def ends(self) -> Dataset:
        """Contacts an hour by hour of the week, window, channel, pool and ending."""
        found = self._sums("hour", "window", "channel", "pool", "ending")
        found["all_of_them"] = found["contacts"]
        found[AMOUNTS] = found[AMOUNTS].div(self.times[found["hour"].astype(int)], axis=0)
        named = found["ending"].map(ENDINGS).str.lower()
        found["end"] = found["pool"].where(found["ending"] == "answered", named)
        live = {name: int(one.live) for name, one in self.findings.scenario.channels.items()}
        found["live"] = found["channel"].map(live)
        return {str(name): column.tolist() for name, column in found.items()}

    @cached_property
    def hours(self) -> Dataset:
        """Hour of the week by hour of the week, all channels together."""
        groups = self.findings.result.groups("hour")
        hours = [hour_of(group) for group in groups]
        sums = self._sums("hour", "window")
        largest = sums.loc[sums.groupby("hour")["contacts"].idxmax()]
        window = dict(zip(largest["hour"], largest["window"], strict=True))

        def values(name: str, each: np.ndarray | int = 1) -> list[float]:
            found = np.array([self.findings.value(name, "hour", group) for group in groups])
            return [float(one) for one in found / each]

        often = self.times[hours]
        return {
            "hour": hours,
            "window": [window.get(hour, "") for hour in hours],  # in which most contacts come
            "agents": values("agents"),
            "occupancy": values("occupancy"),
            "missed_buyers": values("missed_buyers", often),
            "margin": values("margin", often),
            "agent_hours": values("hours", often),
        }
