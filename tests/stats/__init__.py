"""Tests of sim.stats."""
