"""What lies on the disk: a run's folder, its checkpoints, its history."""
