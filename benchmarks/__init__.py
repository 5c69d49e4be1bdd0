"""How fast the engines are: `python -m benchmarks.bench`."""
