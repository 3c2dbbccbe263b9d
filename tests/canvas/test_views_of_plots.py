"""Plots of each library, and Gradio's own, from functions and from Spaces."""

from __future__ import annotations

import json

import altair
import bokeh.plotting
import gradio as gr
import matplotlib.figure
import pandas as pd
import plotly.graph_objects as go
import pytest

from daggr_fn.canvas.views import view
from daggr_fn.canvas.views.charts import chart
from daggr_fn.canvas.views.context import Context
from daggr_fn.canvas.views.models import bounds
from daggr_fn.canvas.views.plots import plot_spec
from tests.canvas.local_links import LocalLinks

CITIES = pd.DataFrame({"city": ["Lagos", "Cairo", "Lagos"], "people": [3.0, 2.0, 1.0], "land": ["NG", "EG", "NG"]})


@pytest.fixture
def links(tmp_path):
    return LocalLinks(tmp_path)


def matplotlib_figure():
    figure = matplotlib.figure.Figure((3, 2))
    figure.subplots().plot([1, 3, 2])
    return figure


def test_matplotlib_is_a_picture(links):
    for component in (gr.Plot(), None):
        vm = view(matplotlib_figure(), component, links=links)
        assert vm["view"] == "image"
        assert vm["width"] > 100


def test_matplotlib_from_a_space_is_a_picture(links):
    one_pixel = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
    value = {"type": "matplotlib", "plot": f"data:image/png;base64,{one_pixel}"}
    assert view(value, gr.Plot(), links=links)["width"] == 1


def test_plotly_is_drawn_in_a_slot(links):
    figure = go.Figure(go.Bar(x=["a", "b"], y=[1, 2]))
    for value in (figure, {"type": "plotly", "plot": figure.to_json()}):
        assert view(value, gr.Plot(), links=links)["slot"]
        assert plot_spec(value)["data"][0]["type"] == "bar"


def test_altair_and_bokeh_are_pages_of_their_own(links):
    drawn = altair.Chart(CITIES).mark_bar().encode(x="city", y="people")
    vm = view(drawn, gr.Plot(), links=links)
    assert (vm["view"], vm["frame"]) == ("html", True)
    assert "vegaEmbed" in links.texts[vm["more"]]()
    figure = bokeh.plotting.figure(width=200, height=100)
    figure.line([1, 2], [3, 4])
    vm = view(figure, gr.Plot(), links=links)
    assert vm["scripts"]
    assert "Bokeh" in links.texts[vm["more"]]()


def test_a_chart_has_a_series_for_each_colour_and_sums_as_the_component_says():
    made = chart(
        CITIES,
        Context(None, gr.BarPlot(x="city", y="people", color="land", y_aggregate="sum", color_map={"EG": "#00ff00"})),
    )
    assert [(one["name"], one["data"]) for one in made["series"]] == [
        ("NG", [["Lagos", 4.0]]),
        ("EG", [["Cairo", 2.0]]),
    ]
    assert made["series"][1]["itemStyle"] == {"color": "#00ff00"}
    json.dumps(made, allow_nan=False)


@pytest.mark.parametrize("component", [gr.BarPlot, gr.LinePlot, gr.ScatterPlot])
def test_a_native_plot_without_its_columns_is_shown_as_a_table(links, component):
    assert view(CITIES, component(x="city", y="people"), links=links)["view"] == "plot"
    assert view(CITIES, component(x="town", y="people"), links=links)["view"] == "table"
    from_a_space = {"columns": ["city", "people"], "data": [["Lagos", 3]], "mark": "bar"}
    assert view(from_a_space, component(x="city", y="people"), links=links)["view"] == "plot"


def test_the_camera_knows_how_large_a_model_is(tmp_path):
    path = tmp_path / "cube.stl"
    path.write_text("solid x\nouter loop\nvertex 0 0 0\nvertex 4 0 0\nvertex 0 3 0\nendloop\nendsolid\n")
    assert bounds(path) == ((2.0, 1.5, 0.0), 2.5)
    (tmp_path / "broken.glb").write_bytes(b"glTF nothing")
    assert bounds(tmp_path / "broken.glb") is None
