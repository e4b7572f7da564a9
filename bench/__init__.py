"""Measured promises as ratios: each pair is our way and a bare way to the same end, taken in turn in one run."""
