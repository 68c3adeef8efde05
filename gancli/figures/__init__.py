"""Figures: loss curves, galleries of samples, toy games."""
