"""Models that inference providers host: their names, their tasks, one call of them, what can go wrong."""
