"""The canvas: the page on which a pipeline is seen, run and looked at."""
