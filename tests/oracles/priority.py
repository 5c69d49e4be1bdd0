"""Non-preemptive priorities and general service times: mean waits, nobody gives up.

Classes are listed from the most to the least urgent. Any one unit of time.
"""

from collections.abc import Sequence
from itertools import accumulate, pairwise

from sim.theory.checks import not_negative, positive
from sim.theory.erlang import erlang_c


def mmc_priority(arrival_rates: Sequence[float], mean_service: float, agents: int) -> list[float]:
    """Mean wait of each class, M/M/c, one exponential service time for all classes.

    Raises ValueError if a rate is not positive or the agents cannot keep up. Sources: Cobham
    (1954), Priority assignment in waiting line problems, Operations Research 2; Kella & Yechiali
    (1985), Waiting times in the non-preemptive priority M/M/c queue, Stochastic Models 1.
    """
    _same_length(arrival_rates=arrival_rates)
    rates = [positive("arrival_rate", rate) for rate in arrival_rates]
    p_wait = erlang_c(sum(rates), mean_service, agents).p_wait
    loads = [rate * mean_service / agents for rate in rates]
    return _cobham(p_wait * mean_service / agents, loads)


def mg1_priority(
    arrival_rates: Sequence[float], mean_services: Sequence[float], cv_services: Sequence[float]
) -> list[float]:
    """Mean wait of each class, one agent, service times by mean and coefficient of variation.

    Raises ValueError if a rate or mean is not positive, a coefficient is negative, the lists differ
    in length, or the agent cannot keep up. Source: Cobham (1954).
    """
    _same_length(arrival_rates=arrival_rates, mean_services=mean_services, cv_services=cv_services)
    loads, residual = [], 0.0
    for rate, mean, cv in zip(arrival_rates, mean_services, cv_services, strict=True):
        loads.append(positive("arrival_rate", rate) * positive("mean_service", mean))
        residual += loads[-1] * mean * (1.0 + not_negative("cv_service", cv) ** 2) / 2.0
    if sum(loads) >= 1:
        raise ValueError(f"unstable: load of {sum(loads):g} on one agent")
    return _cobham(residual, loads)


def mg1(arrival_rate: float, mean_service: float, cv_service: float) -> float:
    """Mean wait with one agent and one class: first come, first served.

    `cv_service`: standard deviation of the service time over its mean. Raises ValueError as
    `mg1_priority` does. Source: Pollaczek (1930), Khinchine (1932).
    """
    return mg1_priority([arrival_rate], [mean_service], [cv_service])[0]


def _cobham(residual: float, loads: Sequence[float]) -> list[float]:
    """Time until an agent is free, over what the more urgent and the equally urgent leave free."""
    free = (1.0 - taken for taken in accumulate(loads, initial=0.0))
    return [residual / (above * with_own) for above, with_own in pairwise(free)]


def _same_length(**lists: Sequence[object]) -> int:
    """The common length of the named lists, at least 1."""
    lengths = {name: len(values) for name, values in lists.items()}
    if len(set(lengths.values())) != 1 or 0 in lengths.values():
        raise ValueError(f"lists must be of one length of at least 1, got {lengths}")
    return next(iter(lengths.values()))
