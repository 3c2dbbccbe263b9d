"""Interactive plots and 3D models on the real page."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import gradio as gr
import pandas as pd
import plotly.graph_objects as go

from daggr_fn import new_file, node, pipeline


def test_plots_and_models_are_drawn_and_drawn_anew(page, faults):
    faults.expect("GPU stall due to ReadPixels")  # said by a machine without a graphics card

    @node
    def bars(height: int) -> Annotated[Any, gr.Plot(label="Bars")]:
        return go.Figure(go.Bar(x=["a", "b"], y=[1, height]), layout={"title": {"text": f"Up to {height}"}})

    @node
    def lines(height: int) -> Annotated[Any, gr.LinePlot(x="n", y="word", label="Lines")]:
        return pd.DataFrame({"n": [1, 2, 3], "word": [1, height, 2]})

    @node
    def shape(height: int) -> Annotated[Path, gr.Model3D(label="Shape")]:
        path = new_file(".stl")
        corners = f"vertex 0 0 0\nvertex 4 0 0\nvertex 0 {height} 1\n"
        path.write_text(f"solid x\nfacet normal 0 0 1\nouter loop\n{corners}endloop\nendfacet\nendsolid x\n")
        return path

    @pipeline
    def shown(height: int = 5):
        return {"bars": bars(height), "lines": lines(height), "shape": shape(height)}

    with shown.show(port=0, open_browser=False, block=False, persist=False) as handle:
        page.goto(handle.url)
        page.get_by_role("button", name="Run all").click()
        page.get_by_text("Up to 5").wait_for()
        page.locator("[data-card=lines] canvas").wait_for()
        page.locator("[data-card=shape] canvas").wait_for()
        page.get_by_label("Height").fill("7")
        page.get_by_label("Height").press("Tab")
        page.get_by_role("button", name="Run all").click()
        page.get_by_text("Up to 7").wait_for()
