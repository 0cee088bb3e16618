"""How fast it is, beside what it could be: `python -m benchmarks`, what `make bench` runs."""
