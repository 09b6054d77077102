"""Benchmarks. Each runs beside the bare minimum in the same run, and ratios come first."""
