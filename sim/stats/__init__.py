"""Intervals, ratios, quantiles, pairing, selection; knows no contacts.

The first axis of every array is the replication; every interval function returns an `Estimate`.
"""
