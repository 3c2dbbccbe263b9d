"""`daggr-fn stubs`: what it prints is Python that fits the API it was made from."""

from __future__ import annotations

import sys
import types
from typing import Any

import gradio as gr
import pytest

from daggr_fn import Node
from daggr_fn.dsl.stubs import model_stubs, space_stubs
from daggr_fn.errors import WiringError
from daggr_fn.gradio_http.remote import remote_app
from daggr_fn.nodes.model import ModelKind
from tests.cli.commands import daggr_fn
from tests.models.conftest import world  # noqa: F401  # a fixture
from tests.models.test_tasks import CASES
from tests.spaces.serve import served


@pytest.fixture(scope="module")
def url():
    with served("tests.spaces.apps.components") as address:
        yield address


def nodes_of(text: str) -> dict[str, Node[..., Any]]:
    """The nodes that the printed program makes."""
    module = types.ModuleType("pasted")
    sys.modules["pasted"] = module
    exec(compile(text, "pasted.py", "exec"), vars(module))
    return {name: value for name, value in vars(module).items() if isinstance(value, Node)}


def test_the_endpoints_of_an_app_are_functions_that_fit_it(url):
    nodes = nodes_of(space_stubs(url))
    assert len(nodes) == len(remote_app(url).known().description.endpoints)
    for node in nodes.values():
        assert node.spec.parameters or node.spec.outputs


def test_one_endpoint_is_enough(url):
    name = next(iter(nodes_of(space_stubs(url))))
    assert list(nodes_of(space_stubs(url, f"/{name}"))) == [name]
    with pytest.raises(WiringError, match="has no endpoint '/nothing'"):
        space_stubs(url, "/nothing")


def test_the_command_writes_them(url, tmp_path):
    assert nodes_of(daggr_fn("stubs", url, cwd=tmp_path).stdout)
    failed = daggr_fn("stubs", "http://127.0.0.1:9", cwd=tmp_path, code=1)
    assert "can't be reached" in failed.stderr


def test_a_model_is_a_function_with_the_parameters_of_its_task(world):  # noqa: F811
    text = model_stubs("artists/flux:together")
    assert '@model("artists/flux:together").typed' in text
    assert "prompt: str," in text
    assert "width: int | None = None," in text
    (node,) = nodes_of(text).values()
    assert node("a cat").suffix == ".png"


MODELS = ["meta/talker", "films/reel", "films/still", *(f"models/{task}" for task in CASES)]


@pytest.mark.parametrize("name", MODELS)
def test_models_of_all_tasks_fit_their_stubs(world, name):  # noqa: F811
    (node,) = nodes_of(model_stubs(name)).values()
    untyped = ModelKind(name).spec()
    assert node.spec.parameters.keys() == untyped.parameters.keys()
    assert node.spec.outputs.keys() == untyped.outputs.keys()


@pytest.mark.timeout(600)
def test_what_is_printed_passes_mypy(world, local_space, tmp_path, mypy):  # noqa: F811
    for number, name in enumerate(MODELS):
        (tmp_path / f"model_{number}.py").write_text(model_stubs(name), encoding="utf-8")
    (tmp_path / "app.py").write_text(space_stubs(local_space(files_app())), encoding="utf-8")
    assert not mypy(tmp_path, ".")


def files_app():
    with gr.Blocks() as app:
        inputs = [gr.File(file_count="multiple"), gr.MultimodalTextbox(), gr.Dataframe(), gr.Image()]
        gr.Button().click(lambda *_: ("a", "b"), inputs, [gr.Textbox(), gr.Textbox()], api_name="take")
    return app


def test_several_files_are_a_list_and_defaults_are_written_down(local_space):
    text = space_stubs(local_space(files_app()))
    assert "param_0: list[Path]," in text
    assert "param_1: Any = {'text': '', 'files': []}," in text
    assert "param_3: Path," in text
    (node,) = nodes_of(text).values()
    assert len(node.spec.parameters) == 4
