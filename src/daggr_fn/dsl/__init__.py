"""What users write: nodes, maps, options; and the trace of what they wrote."""
