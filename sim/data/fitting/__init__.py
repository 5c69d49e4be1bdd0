"""From the canonical tables to the numbers of a scenario, each with its interval."""
