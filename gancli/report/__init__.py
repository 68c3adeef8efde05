"""The report of a run, or of several: one HTML file that needs nothing else; made without torch.

Facts of a run are collected into plain dataclasses; sections make HTML of them, and a page holds the sections.
"""
