"""The page of a pipeline: its cards, what they show, and how it is drawn."""
