"""New packages for authors of plugins: one of each kind, complete, from the templates beside this file."""
