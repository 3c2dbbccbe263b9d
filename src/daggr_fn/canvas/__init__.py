"""The canvas: a pipeline as a page, on NiceGUI and Vue Flow. It reads descriptions, and knows no kind of node."""
