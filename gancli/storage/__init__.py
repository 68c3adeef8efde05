"""Files of a run: its folder, its checkpoints, its history."""
