"""The ways of contacts: who answers, who is passed on where, in which order, never in a circle."""

from __future__ import annotations

import math
from collections import defaultdict
from functools import cached_property
from itertools import chain, product
from typing import Any

from sim.scenario.by import ByChannel
from sim.scenario.by_time import each_of, most_together
from sim.scenario.check_names import NamesChecker
from sim.scenario.distributions import CLOSE
from sim.scenario.model import Reason, Step
from sim.scenario.paths import (
    Leg,
    all_transfers,
    by_ai_agent,
    channels_reached,
    leg_steps,
    legs_of,
    route_of,
    steps_of,
)
from sim.scenario.transfers import Destination, Transfer


class WaysChecker(NamesChecker):
    """Notes ways that lead nowhere, or round and round."""

    # --- transfers ----------------------------------------------------------------------------

    def transfers(self) -> None:
        known = {
            name
            for name, one in self.scenario.transfers.items()
            if self._leads(one.to, "transfers", name, "to") and not self.faulty("transfers", name)
        }
        known |= self._ai_agents()
        every = all_transfers(self.scenario).values()
        to_pools = any(one.to.pool is not None for one in every)
        if to_pools and self.broken.tree.at("routing") is None:
            message = "say who takes contacts from outside, as in `routing: [{to: [first line]}]`: "
            self.add(message + "without it every pool does", "transfers")
        parts = ("transfers", "pools", "routing")
        if self.channels and not any(self.broken.touches(part) for part in parts):
            self._transfer_ways(known)

    def _ai_agents(self) -> set[str]:
        """An AI agent hands over to people, and is the only one on its channels.

        Returns:
            the names of what they hand over, where those to whom they do are known.
        """
        found: dict[str, str] = {}
        known: set[str] = set()
        for name, pool in self.scenario.pools.items():
            ai, at = pool.ai_agent, ("pools", name, "ai_agent")
            if ai is None:
                continue
            for channel in pool.answers:
                if channel in found:
                    self.add(f"`{found[channel]}` is one too, and answers {channel}", *at)
                found[channel] = name
            to = ai.hands_over_to
            if to is not None and self._leads(to, *at, "hands_over_to"):
                ahead = self.scenario.pools.get(to.pool or "")
                known.add(f"{name}: hands over")
                if ahead is not None and ahead.ai_agent is not None:
                    self.add("is an AI agent too; name people", *at, "hands_over_to")
        return known

    def _leads(self, to: Destination, *at: str) -> bool:
        """Whether a transfer leads to where somebody may answer, after noting if it does not."""
        pool = self.scenario.pools.get(to.pool or "")
        if pool is not None and any(one.answers for one in pool.people.values()):
            self.add(
                "has people who answer otherwise than their pool: name the reason or channel "
                "to which contacts are passed on, and route that",
                *at,
            )
        return not self.faulty(*at)

    def _no_talk_waits_to_be_called(self, legs: set[Leg]) -> None:
        for name, channel in {(leg.transfer, leg.channel) for leg in legs}:
            if self.scenario.channels[channel].outbound is not None:
                self.add(
                    f"passes contacts on to {channel}, where agents call: "
                    "name another channel for the customer who is on the line",
                    *("transfers", name),
                )

    def _transfer_ways(self, known: set[str]) -> None:
        """Somebody takes what is passed on, no talk is passed on twice, no transfer is in vain.

        known: transfers all of whose names are.
        """
        legs = legs_of(self.scenario)
        self._no_talk_waits_to_be_called({leg for leg in legs if leg.transfer in known})
        for leg in {leg[1:]: leg for leg in legs}.values():  # whoever the customers are
            if leg.transfer in known:
                self._somebody_takes(leg.transfer, leg)
        taken = {leg.transfer for leg in legs}
        for name, one in self.scenario.transfers.items():
            if name in known and name not in taken:
                by = " or ".join(f"`{pool}`" for pool in one.by or ()) or "anybody"
                self.add(f"passes nothing on: no such contact comes to {by}", "transfers", name)
        for reason in self.scenario.reasons if self._sharing else ():
            for channel in channels_reached(self.scenario, reason):
                self._add_up(reason, channel, steps_of(self.scenario, reason, channel))
        for leg in legs if self._sharing else ():
            self._add_up(leg.reason, leg.channel, leg_steps(self.scenario, leg))

    def _somebody_takes(self, name: str, leg: Leg) -> None:
        one, steps = all_transfers(self.scenario)[name], leg_steps(self.scenario, leg)
        pool = one.to.pool
        if not steps:
            self.add(self._nobody(leg.reason, leg.channel), *self._handing(name))
        back = by_ai_agent(self.scenario, name) and any(one.passes_on(step.pool) for step in steps)
        if back and pool is None:
            message = f"`{leg.reason}` by {leg.channel} comes back to this AI agent by `routing`"
            self.add(f"{message}; name the pool of people", *self._handing(name))
        answers = self.scenario.pools[pool].answers if pool is not None else {}
        if pool is not None and leg.channel not in answers:
            message = f"the pool `{pool}` does not answer {leg.channel}"
            self.add(f"{message}; it answers: {', '.join(answers)}", *self._handing(name))
        for field in ("warm", "conference"):
            if getattr(one, field) and not self.scenario.channels[leg.channel].live:
                message = (
                    f"{leg.channel} waits in a backlog, and no agent waits with it; leave this out"
                )
                self.add(message, "transfers", name, field)
        if pool is not None and (one.conference or one.warm):
            self._another_agent(name, pool, leg.channel)

    def _another_agent(self, name: str, pool: str, channel: str) -> None:
        """Two agents are with a customer: not the same one twice, and nobody who may decline."""
        ahead, one = self.scenario.pools[pool], self.scenario.transfers[name]
        field, alone = "conference", "be asked to join their own talk"
        if one.warm is not None:
            field, alone = "warm", "hand over to themselves"
        why = ""
        if one.conference is not None and ahead.ai_agent is not None:
            why = "is an AI agent; name people"
        elif one.conference is not None and ahead.offers is not None:
            why = "is offered contacts and may decline; nobody waits for that here"
        elif one.passes_on(pool) and ahead.answers.get(channel, 1) > 1:
            why = f"has several at once: its agents might {alone}"
        if why:
            self.add(f"`{pool}` {why}", "transfers", name, field)

    def _handing(self, name: str) -> tuple[str, ...]:
        """Where it stands to whom a transfer, or an AI agent, passes on."""
        if not by_ai_agent(self.scenario, name):
            return "transfers", name, "to"
        return "pools", name.partition(":")[0], "ai_agent", "hands_over_to"

    def _add_up(self, reason: str, channel: str, steps: list[Step]) -> None:
        for pool, mine in (
            (step.pool, some) for step in steps for some in self._sharing.get(step.pool, ())
        ):
            shares = [one.share.at(reason, channel) for one in mine.values()]
            total = most_together(shares, self.scenario.calendar)
            if total > 1 + CLOSE:
                joined = any(one.conference is not None for one in mine.values())
                does = "have conferences in" if joined else "pass on"
                message = f"`{pool}` would {does} {100 * total:.6g} % of `{reason}` by {channel}"
                self.add(f"{message}: {', '.join(mine)}", "transfers")

    @cached_property
    def _sharing(self) -> dict[str, list[dict[str, Transfer]]]:
        """The transfers of each pool that might pass on more than there is; conferences apart."""
        found: dict[str, list[dict[str, Transfer]]] = defaultdict(list)
        every = self.scenario.transfers.items()
        for pool, joined in product(self.scenario.pools, (False, True) if every else ()):
            mine = {
                name: one
                for name, one in every
                if one.passes_on(pool) and (one.conference is not None) == joined
            }
            said = (map(each_of, one.share.leaves()) for one in mine.values())
            if math.fsum(max(chain.from_iterable(some)) for some in said) > 1 + CLOSE:
                found[pool].append(mine)
        return found

    # --- the ways of contacts -----------------------------------------------------------------

    def ways(self) -> None:
        for name, reason in self.scenario.reasons.items():
            if not reason.channels and not self.broken.touches("reasons", name, "channels"):
                message = "is missing; say which share uses which, as in "
                example = "{" + ", ".join(f"{one}: ..." for one in self.channels) + "}"
                if not self.broken.touches("channels"):
                    self.add(message + f"`channels: {example}`", "reasons", name, "channels")
            reached = channels_reached(self.scenario, name)
            for channel in self.scenario.channels:
                if channel in reached and not self.scenario.channels[channel].unlimited:
                    self._way(name, channel)
        if not any(self.broken.touches(part) for part in ("transfers", "pools", "routing")):
            for leg in legs_of(self.scenario):
                self._leg(leg)

    def _leg(self, leg: Leg) -> None:
        """What is passed on needs a handle time, and values of those who take it."""
        reason = self.scenario.reasons[leg.reason]
        one = all_transfers(self.scenario)[leg.transfer]
        said = one.handle or one.conference
        if said is None and not reason.handle.says(leg.channel):
            message = f"is missing for {leg.channel}, to which `{leg.transfer}` passes on"
            self.add(f"{message}; say how long an agent needs", "reasons", leg.reason, "handle")
        for step in leg_steps(self.scenario, leg):
            if step.pool in self.scenario.pools:
                self._pool_values(step.pool, leg.whose, leg.channel)

    def _way(self, name: str, channel: str) -> None:
        reason = self.scenario.reasons[name]
        listed = self.broken.tree.at("reasons", name, "channels", channel) is not None
        path = ("reasons", name, *(("channels", channel) if listed else ()))
        pools = self._pools_on(name, channel)
        if pools is not None and not pools:
            later = "" if channel in reason.channels else "; these customers can come to it later"
            self.add(self._nobody(name, channel) + later, *path)
        if not reason.handle.says(channel) and not self._misspelt(name):
            message = (
                f"is missing for {channel}; say how long an agent needs"
                if reason.handle.entries and not self._alone(reason.handle)
                else "is missing; say how long an agent needs, as in `handle: 5 min`"
            )
            self.add(message, "reasons", name, "handle")
        for pool in pools or ():
            self._pool_values(pool, name, channel)

    def _misspelt(self, reason: str) -> bool:
        """Whether the reason has an unknown field, which may be the one that seems missing."""
        part = self.broken.paths
        known = Reason.field_names()
        return any(p[:2] == ("reasons", reason) and len(p) == 3 and p[2] not in known for p in part)

    def _alone(self, handle: ByChannel[Any]) -> bool:
        """Whether only self-service channels have a value: nothing was said."""
        channels = self.scenario.channels
        return all(name in channels and channels[name].unlimited for name, _ in handle.entries)

    def _pools_on(self, reason: str, channel: str) -> list[str] | None:
        """The pools that may take such a contact; None if a broken part leaves it open."""
        if self._open:
            return None
        route = route_of(self.scenario, reason, channel)
        if route is None:
            return []
        if any(step.pool not in self.scenario.pools for step in route.to):
            return None
        return [step.pool for step in steps_of(self.scenario, reason, channel)]

    @cached_property
    def _open(self) -> bool:
        """Whether a broken part leaves open who takes contacts."""
        if self.broken.touches("routing") or self.broken.touches("pools", "*", "answers"):
            return True
        return bool(set(self.pools) - set(self.scenario.pools))

    def orders(self) -> None:
        """In a pool, newest first and oldest first need unlike priorities: else, who is first?"""
        channels = self.scenario.channels
        for name, reason in self.scenario.reasons.items():
            for channel in channels_reached(self.scenario, name):
                if channel in channels and self._joined_later(name, channel):
                    self._overtaking(name, reason, channel)
        if any(one.order == "newest_first" for one in channels.values()):
            taken: dict[str, list[tuple[str, str]]] = {}
            for name in self.scenario.reasons:
                for channel in channels_reached(self.scenario, name) & channels.keys():
                    for pool in self._pools_on(name, channel) or ():
                        taken.setdefault(pool, []).append((name, channel))
            for pool, types in taken.items():
                self._order(pool, types)

    def _joined_later(self, reason: str, channel: str) -> bool:
        """Whether a pool joins for such contacts only after a wait."""
        if self.broken.touches("routing"):
            return False
        route = route_of(self.scenario, reason, channel)
        return route is not None and any(step.after > 0 for step in route.to)

    def _overtaking(self, name: str, reason: Reason, channel: str) -> None:
        """Who goes before others would hide from a pool those for whom it has joined."""
        message = (
            "has no meaning where pools join after a wait (`routing`); leave out `after` there"
        )
        if self.scenario.channels[channel].order == "newest_first":
            self.add(message, "channels", channel, "order")
        if any(reason.head_start.at(channel).of_causes()):
            self.add(message, "reasons", name, "head_start")
        for event, one in self.scenario.calendar.events.items():
            said = one.reasons.get(name)
            if said is not None and said.age is not None and channel in said.waiting:
                self.add(message, "calendar", "events", event, "reasons", name, "age")

    def _order(self, pool: str, taken: list[tuple[str, str]]) -> None:
        channels, reasons = self.scenario.channels, self.scenario.reasons
        seen: dict[tuple[float, bool], str] = {}
        for reason, channel in sorted(
            taken, key=lambda one: channels[one[1]].order == "newest_first"
        ):
            said, own = reasons[reason].priority, self.scenario.pools[pool].priority
            given, order = own.at(reason, channel), channels[channel].order
            if order == "newest_first" and given is None and said.varies:
                message = f"grows for those who wait longest, but {channel} serves the newest first"
                self.add(message, "reasons", reason, "priority")
            behind = given is None and not channels[channel].live
            ranks = [said.start] if given is None else each_of(given)
            if any(seen.setdefault((rank, behind), order) != order for rank in ranks):
                message = f"the pool `{pool}` serves others of the same priority oldest first; "
                hint = "give one of them another `priority`"
                self.add(message + hint, "channels", channel, "order")
                return

    def _nobody(self, reason: str, channel: str) -> str:
        answering = [n for n, pool in self.scenario.pools.items() if channel in pool.answers]
        if not answering:
            return f"no pool answers {channel}"
        if any(route.matches(reason, channel) for route in self.scenario.routing):
            listed = ", ".join(answering)
            return (
                f"the line of `routing` for {channel} names no pool that answers it: {listed} would"
            )
        return f"no line of `routing` takes contacts for `{reason}` by {channel}"

    def _pool_values(self, pool: str, reason: str, channel: str) -> None:
        parts = self.scenario.pools[pool]
        values = {
            ("satisfaction",): parts.satisfaction,
            ("sells", "revenue_per_contact"): parts.sells.revenue_per_contact,
        }
        for path, by in values.items():
            if by is not None and not by.says(reason, channel):
                message = f"is missing for `{reason}` by {channel}; add it, or `other`"
                self.add(message, "pools", pool, *path)

    # --- circles ------------------------------------------------------------------------------

    def circles(self) -> None:
        """Ways that lead back to where they began, with nothing that ends them."""
        channels = self.scenario.channels
        onward = {
            name: channel.otherwise
            for name, channel in channels.items()
            if channel.otherwise is not None and channel.resolved == 0
        }
        for name in _in_circle(onward):
            self.add("leads back to this channel: a circle", "channels", name, "otherwise")
        for name, reason in self.scenario.reasons.items():
            doors = {one: reason.closed.at(one) for one in channels}
            onward = {
                one: target
                for one, door in doors.items()
                for target, share in door.to.items()
                if share == 1
            }
            for one in _in_circle(onward):
                listed = (one,) if one in {entry[0] for entry in reason.closed.entries} else ()
                message = f"sends everybody from {one} back to {one} when both are closed"
                self.add(message, "reasons", name, "closed", *listed)


def _in_circle(onward: dict[str, str]) -> list[str]:
    """The first name of each circle."""
    found: list[str] = []
    done: set[str] = set()
    for first in onward:
        way: list[str] = []
        name: str | None = first
        while name is not None and name not in done and name not in way:
            way.append(name)
            name = onward.get(name)
        if name in way:
            found.append(name)
        done.update(way)
    return found
