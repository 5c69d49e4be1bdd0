"""Running scenarios and studies: replications, estimates, comparisons, files."""
