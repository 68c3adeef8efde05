"""Drawing samples from a generator, and writing them as images."""
