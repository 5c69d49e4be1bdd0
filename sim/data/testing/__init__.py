"""Back-tests: weeks that a fit has not seen, simulated and compared with what happened."""
