"""Small Gradio apps with real image work: stand-ins for Spaces, so that the examples run without a network."""
