"""The kinds of nodes; each module knows one kind, and nothing outside asks which it is."""
