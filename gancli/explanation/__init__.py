"""Explanations in words and formulas: of a component, of what a recipe trains, and of how a run went.

Nothing is imported here, so that ``gan plugin show`` imports no more than the component that it shows.
"""
