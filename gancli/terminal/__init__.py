"""What people see: results on stdout, and on stderr messages, tasks, a training as it runs, pictures and tables."""
