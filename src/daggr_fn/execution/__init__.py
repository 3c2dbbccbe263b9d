"""The execution of a plan: the state of a run, the workers and loops that carry it out, what is remembered."""
