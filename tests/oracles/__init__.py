"""Exact numerical solutions that only tests use: what a simulation is held against.

Any unit of time will do, as long as all rates and means of a call share it. Formulas that the
product uses too are in `sim.theory`.
"""

from oracles.chain import Move, Stationary, stationary
from oracles.chat import ChatPool, chat_pool
from oracles.priority import mg1, mg1_priority, mmc_priority
from oracles.retrial import Retrial, retrial
from oracles.routing import ClassResult, CustomerClass, Network, Pool, Step, network
from oracles.time_varying import Day, Period, day

__all__ = [
    "ChatPool",
    "ClassResult",
    "CustomerClass",
    "Day",
    "Move",
    "Network",
    "Period",
    "Pool",
    "Retrial",
    "Stationary",
    "Step",
    "chat_pool",
    "day",
    "mg1",
    "mg1_priority",
    "mmc_priority",
    "network",
    "retrial",
    "stationary",
]
