"""Gradio apps over HTTP: what they say of themselves, their queue, their files, their errors."""
