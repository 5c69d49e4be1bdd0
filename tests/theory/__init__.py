"""Tests of `sim.theory`."""
