"""One training run: started or resumed, saved, verified."""
