"""Projection: the latent of a generator whose picture is nearest to a given one."""
