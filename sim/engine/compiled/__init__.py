"""The model in machine code (numba). Rule numbers are those of RULES.md.

All state lies in the tables of `tables.py`, numpy arrays that Python makes; the machine code finds
them by the addresses in one record, the *centre*, which is all that the rules hand to each other.
The rules are plain functions of records and numbers and allocate nothing: when a table may become
too small, they return, Python makes it longer (`engine.py`), and they go on where they stopped.
Machine code is made of them twice: with all rules, and without those that most scenarios do without
(`RARE`), which therefore cost these nothing.

| file | what |
| --- | --- |
| `machine.py` | what becomes machine code |
| `tables.py`, `filling.py` | the tables: what a row is; filled from plan and draws |
| `numbers.py` | times on the grid |
| `doors.py` | rule 2: whether a door is open, and until when |
| `order.py` | rule 1: what is to come, in its order |
| `trunks.py` | rule 2c: lines |
| `agents.py` | rules 3 and 9: agents who are free, their shares (6), and when they leave |
| `waiting.py` | rules 4, 5, 10: queues, and the contact that is next in them |
| `offers.py` | rules 6b and 10: offers, and contacts that leave their queue unanswered |
| `interrupting.py` | rule 6c: who puts work down for a live contact |
| `chances.py` | rule 8: second chances |
| `outlook.py` | rule 2b: what a queue looks like, and its ways out |
| `passing.py` | rules 11 and 12: contacts passed on, AI agents |
| `calls.py` | rule 6: customers who are called, and whether they are reached |
| `hand.py` | rules 4, 6 and 6c: contacts in hand, and what is put down |
| `handing.py` | rule 6c: what is handed over at the end of a shift |
| `arrival.py` | rules 2 and 7: arrivals, doors, callbacks |
| `events.py` | rule 1: the next event and its handling (5, 6b, 7, 9) |
| `engine.py` | one replication, from Python |
| `making.py`, `kept.py` | what numba must be told; where machine code is kept |

Each file uses those above it only.
"""

from sim.engine.compiled.engine import is_ready, needs_compiling, prepare, simulate

__all__ = ["is_ready", "needs_compiling", "prepare", "simulate"]
