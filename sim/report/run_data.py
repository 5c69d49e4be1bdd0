"""The data that several pictures of a run draw, as columns."""

from __future__ import annotations

from functools import cached_property

from sim.report.blocks import Dataset
from sim.report.run_findings import RunFindings
from sim.report.words import ENDINGS, hour_of


class RunData:
    """Made once, when the first picture asks."""

    def __init__(self, findings: RunFindings) -> None:
        self.findings = findings

    @cached_property
    def ends(self) -> Dataset:
        """Contacts an hour by hour of the week, window, channel, pool and ending."""
        ends = self.findings.ends.contacts
        keys = ("hour", "window", "channel", "pool", "ending")
        sums: dict[tuple[object, ...], list[float]] = {}
        for *key, contacts, in_time, waited in zip(
            *(ends[name].tolist() for name in (*keys, "contacts", "in_time", "waited")), strict=True
        ):
            total = sums.setdefault(tuple(key), [0.0, 0.0, 0.0])
            times = max(self.findings.times[int(key[0])], 1)
            for place, amount in enumerate((contacts, in_time, waited)):
                total[place] += amount / times
        columns = list(zip(*(key for key in sums), strict=True)) or [()] * len(keys)
        amounts = list(zip(*sums.values(), strict=True)) or [(), (), ()]
        _, _, channel, pool, ending = columns
        live = self.findings.result.scenario.channels
        return {
            **dict(zip(keys, columns, strict=True)),
            **dict(zip(("contacts", "in_time", "waited"), amounts, strict=True)),
            "all_of_them": [
                size * self.findings.times[int(str(hour))]
                for size, hour in zip(amounts[0], columns[0], strict=True)
            ],
            "end": [
                str(name) if one == "answered" else ENDINGS[str(one)].lower()
                for name, one in zip(pool, ending, strict=True)
            ],
            "live": [int(live[str(one)].live) for one in channel],
        }

    @cached_property
    def hours(self) -> Dataset:
        """Hour of the week by hour of the week, all channels together."""
        groups = self.findings.result.groups("hour")
        hours = [hour_of(group) for group in groups]
        window = self._window_of_hours()

        def plain(name: str) -> list[float]:
            return [self.findings.value(name, "hour", group) for group in groups]

        def per_hour(name: str) -> list[float]:
            return [
                v / max(self.findings.times[h], 1) for v, h in zip(plain(name), hours, strict=True)
            ]

        return {
            "hour": hours,
            "window": [window[hour] for hour in hours],
            "agents": plain("agents"),
            "occupancy": plain("occupancy"),
            "missed_buyers": per_hour("missed_buyers"),
            "margin": per_hour("margin"),
            "agent_hours": per_hour("hours"),
        }

    def _window_of_hours(self) -> list[str]:
        """The window in which most contacts of each hour come."""
        ends = self.findings.ends.contacts
        sizes: dict[tuple[int, str], float] = {}
        for hour, window, size in zip(ends["hour"], ends["window"], ends["contacts"], strict=True):
            sizes[int(hour), window] = sizes.get((int(hour), window), 0.0) + size
        best = [""] * 168
        for (hour, window), size in sizes.items():
            if not best[hour] or size > sizes[hour, best[hour]]:
                best[hour] = window
        return best
