"""Real Gradio apps for the tests, each served in a process of its own."""
