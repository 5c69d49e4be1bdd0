"""Staffing: how many people, when, reach targets at the least cost or maximise the margin.

`goal` says what is wanted, `shape` what may be decided, `erlang` gives the start, `judge` reads
what a simulated plan came to, `search` looks for a better one. `sim.experiment.staff` is the study.
"""
