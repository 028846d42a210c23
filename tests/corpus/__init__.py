"""Realistic scripts with slices that were worked out by hand; `script.py` explains how they are written down."""
