"""What people decide about what others entered: cases, threads, decisions, measured times."""
