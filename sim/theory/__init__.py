"""Formulas and exact numerical solutions: a user's shortcut and the oracle of the tests.

Any unit of time will do, as long as all rates and means of a call share it.
"""

from sim.theory.chain import Move, Stationary, stationary
from sim.theory.chat import ChatPool, chat_pool
from sim.theory.erlang import agents_needed, erlang_a, erlang_b, erlang_c
from sim.theory.patience import erlang_g, mixture
from sim.theory.priority import mg1, mg1_priority, mmc_priority
from sim.theory.retrial import Retrial, retrial
from sim.theory.routing import ClassResult, CustomerClass, Network, Pool, Step, network
from sim.theory.steady import SteadyState
from sim.theory.time_varying import Day, Period, day

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
    "SteadyState",
    "Step",
    "agents_needed",
    "chat_pool",
    "day",
    "erlang_a",
    "erlang_b",
    "erlang_c",
    "erlang_g",
    "mg1",
    "mg1_priority",
    "mixture",
    "mmc_priority",
    "network",
    "retrial",
    "stationary",
]
