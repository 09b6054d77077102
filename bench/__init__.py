"""Benchmarks, side by side with the bare minimum in the same run; ratios first."""
