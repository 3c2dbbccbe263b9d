"""Interactive plots and 3D models on the real page."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import gradio as gr
import pandas as pd
import plotly.graph_objects as go
import pytest

from daggr_fn import choice, each, gather, new_file, node, pipeline
from daggr_fn.canvas.neighbours import _PAGES
from tests.canvas import widget_pages
from tests.canvas.people import expect

HELD = """(() => {
  const real = globalThis.setTimeout, held = [];
  globalThis.setTimeout = (what, ms, ...more) =>
    held.holding && new Error().stack.includes("echart.js") ? held.push(() => what(...more)) : real(what, ms, ...more);
  globalThis.hold = () => (held.holding = true);
  globalThis.letGo = () => { held.holding = false; held.splice(0).forEach((one) => one()); };
  globalThis.held = held;
})()"""
"""Has charts wait for `letGo()` before they are made, as on a machine that is busy with other things."""


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

    with widget_pages.shown(page, shown, persist=False) as url:
        page.goto(url)
        page.get_by_role("button", name="Run all").click()
        page.get_by_text("Up to 5").wait_for()
        page.locator("[data-card=lines] canvas").wait_for()
        page.locator("[data-card=shape] canvas").wait_for()
        lines = page.locator(
            "[data-card=bars] .gridlayer path"
        ).first  # not those for white paper: they glare in the dark
        assert float(lines.evaluate("line => getComputedStyle(line).strokeOpacity")) < 0.5
        page.get_by_label("Height").fill("7")
        page.get_by_label("Height").press("Tab")
        page.get_by_role("button", name="Run all").click()
        page.get_by_text("Up to 7").wait_for()


@node
def broken(text: str, height: int) -> Annotated[Any, gr.Plot(label="Figure")]:
    raise ValueError("no figure")


@node
def titled(text: str, height: int) -> Annotated[Any, gr.Plot(label="Figure")]:
    return go.Figure(go.Bar(x=["a", "b"], y=[1, height]), layout={"title": {"text": f"{text} up to {height}"}})


def test_the_app_draws_plots_of_outputs_of_any_name(page):
    @pipeline
    def within(height: int):
        return titled("Inner", height)

    @pipeline
    def shown(height: int = 5):
        backed = broken.or_else(titled.named("backup"))("Backup", height)
        return {"chart": titled("Plain", height), "group": within(height), "backed": backed}

    with shown.show(port=0, open_browser=False, block=False, persist=False) as handle:
        page.goto(handle.url + "?view=app")
        page.get_by_role("button", name="Run", exact=True).click()
        for name, title in {"chart": "Plain", "group": "Inner", "backed": "Backup"}.items():
            expect(page.locator(f'[data-output="{name}"]').get_by_text(f"{title} up to 5")).to_be_visible()
        page.get_by_role("tab", name="Canvas").click()
        page.get_by_role("button", name="Run all").wait_for()
        expect(page.locator("[data-card=broken]").get_by_text("Backup up to 5")).to_be_visible()
        page.get_by_role("button", name="Fold within").click()
        expect(page.locator("[data-card=within]").get_by_text("Inner up to 5")).to_be_visible()


def test_of_a_choice_the_plot_of_the_picked_variant_is_drawn(page):
    @node
    def bars(height: int) -> Annotated[Any, gr.Plot(label="Figure")]:
        return go.Figure(go.Bar(x=["a"], y=[height]), layout={"title": {"text": "These are bars"}})

    @node
    def lines(height: int) -> Annotated[Any, gr.Plot(label="Figure")]:
        return go.Figure(go.Scatter(x=[1, 2], y=[1, height]), layout={"title": {"text": "These are lines"}})

    @pipeline
    def shown(height: int = 5):
        return {"chart": choice(bars, lines, name="how")(height)}

    with shown.show(port=0, open_browser=False, block=False, persist=False) as handle:
        page.goto(handle.url)
        card, output = page.locator("[data-card=how]"), page.locator('[data-output="chart"]')
        for picked in ("bars", "lines", "bars"):
            card.get_by_role("tab", name=picked).click()
            page.get_by_role("button", name="Run all").click()
            expect(card.get_by_text(f"These are {picked}")).to_be_visible()
            page.get_by_role("tab", name="App").click()
            expect(output.get_by_text(f"These are {picked}")).to_be_visible()
            page.get_by_role("tab", name="Canvas").click()


def points(height: int) -> Any:
    return pd.DataFrame({"n": [1, 2, 3], "word": [1, height, 2]}) if height < 9 else "no points"


def show_lines(page):
    """Show a pipeline whose chart is still to be made when it was run."""

    @node
    def lines(height: int) -> Annotated[Any, gr.LinePlot(x="n", y="word", label="Lines")]:
        return points(height)

    @pipeline
    def shown(height: int = 5):
        return lines(height)

    page.add_init_script(HELD)
    return widget_pages.shown(page, shown, persist=False)


def run(page, height: int) -> None:
    page.get_by_label("Height", exact=True).fill(str(height))
    page.get_by_label("Height", exact=True).press("Tab")
    page.get_by_role("button", name="Run all").click()


def test_a_chart_that_leaves_before_it_is_made_breaks_nothing(page):
    with show_lines(page) as url:
        page.goto(url)
        page.evaluate("hold()")
        run(page, 5)
        page.wait_for_function("held.length")
        run(page, 9)  # no chart any more: the one that was not there yet leaves
        expect(page.locator("[data-card=lines] .out")).to_contain_text("no points")
        page.evaluate("letGo()")
        run(page, 6)
        expect(page.locator("[data-card=lines] canvas")).to_have_count(1)
        expect(page.locator("[data-card=lines] .out")).not_to_contain_text("can't be shown")


def test_a_chart_that_is_looked_away_from_before_it_is_made_is_there_later(page):
    with show_lines(page) as url:
        page.goto(url)
        page.evaluate("hold()")
        run(page, 5)
        page.wait_for_function("held.length")
        page.get_by_role("tab", name="App").click()
        page.get_by_role("tab", name="Canvas").click()
        page.wait_for_function("held.length >= 2")
        page.evaluate("letGo()")
        expect(page.locator("[data-card=lines] canvas")).to_have_count(1)
        expect(page.locator("[data-card=lines] .out")).not_to_contain_text("can't be shown")


def test_a_result_that_the_page_has_is_not_drawn_twice(page):
    with show_lines(page) as url:
        page.goto(url)
        run(page, 5)
        page.locator("[data-card=lines] canvas").evaluate("canvas => (canvas.dataset.mine = 'yes')")
        shown = next(one for one in list(_PAGES) if set(one.sheet.graph.steps) == {"lines"})
        shown._pump(
            {"cards": {"lines": {"rev": shown.sheet.state_of("lines")["rev"]}}}
        )  # what it showed before it was told
        run(page, 6)
        expect(page.locator("[data-card=lines] .status")).to_contain_text("Done")
        expect(page.locator("[data-card=lines] .hist")).to_contain_text("2/2")
        expect(page.locator("[data-card=lines] canvas[data-mine=yes]")).to_have_count(1)


@pytest.mark.parametrize("count", [3, 14], ids=["boxes", "squares"])
def test_the_plot_of_the_item_that_is_looked_at_is_drawn(page, count):
    @node
    def bars(height: int) -> Annotated[Any, gr.Plot(label="Bars")]:
        return go.Figure(go.Bar(x=["a", "b"], y=[1, height]), layout={"title": {"text": f"Up to {height}."}})

    @pipeline
    def shown(heights: list[int] = list(range(count))):  # noqa: B006
        return gather(bars(each(heights)))

    with widget_pages.shown(page, shown, persist=False) as url:
        page.goto(url)
        page.get_by_role("button", name="Run all").click()
        card = page.locator("[data-card=bars]")
        expect(card).to_contain_text(f"{count} of {count}")
        expect(page.locator(".df-page")).to_have_attribute("data-run", "done")
        look = "Show item {} in full" if count < 13 else "Item {}, done"
        for number in (2, 3, 2):
            card.get_by_role("button", name=look.format(number)).click()
            expect(card.locator(".item.opened")).to_contain_text(f"Up to {number - 1}.")
            expect(card.locator(".js-plotly-plot")).to_have_count(1)
        page.get_by_label("Heights").fill(str([7] * count))
        page.get_by_label("Heights").press("Tab")
        page.get_by_role("button", name="Run all").click()
        expect(card.locator(".item.opened")).to_contain_text("Up to 7.")
