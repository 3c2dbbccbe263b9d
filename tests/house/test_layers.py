"""The layers of ARCHITECTURE.md hold, and heavy libraries are imported where it says, inside functions."""

from __future__ import annotations

import pytest

from tests.house.source import Import, Source, named, package_sources, table

LAYERS = {named(row[1])[0]: int(row[0]) for row in table("The layers")}
HEAVY = {named(row[0])[0]: named(row[1]) for row in table("Heavy libraries")}
AT_MODULE_LEVEL = {named(row[0])[0]: named(row[2]) for row in table("Heavy libraries")}

UPWARD = {("pipelines", "server/"): {"show", "mount"}}
"""The one import upward: a pipeline shows itself, in these methods."""

sources = pytest.mark.parametrize("source", package_sources(), ids=lambda source: source.module)


def row_of(module: str) -> str | None:
    """The row of the layer table that a module belongs to: its own, or that of a package around it."""
    return max((row for row in LAYERS if is_within(module, row)), key=len, default=None)


def name_within(found: Import) -> str | None:
    """The name of an imported module within daggr_fn; `None` for other people's modules."""
    if found.module == "daggr_fn":
        return "__init__"
    return found.module.removeprefix("daggr_fn.") if found.module.startswith("daggr_fn.") else None


def is_within(module: str, place: str) -> bool:
    """Whether a module is the one that a table names (`graph`), or in the package that it names (`execution/memo/`)."""
    package = place.strip("/").replace("/", ".")
    return module == package or module.startswith(package + ".")


def wrong_imports(source: Source) -> list[str]:
    own = row_of(source.module)
    wrong = []
    for found in dict.fromkeys(source.imports()):
        name = name_within(found)
        other = None if name is None else row_of(name)
        if own is None or name is None or other == own:
            continue
        if found.within in UPWARD.get((own, other or ""), ()):
            continue
        if other is None or LAYERS[other] >= LAYERS[own]:
            layer = "none" if other is None else LAYERS[other]
            wrong.append(f"{source.where}:{found.line} (layer {LAYERS[own]}) imports {name} (layer {layer})")
    return wrong


@sources
def test_every_module_has_a_layer(source: Source):
    assert row_of(source.module), (
        f"{source.where} is not in the layer table of ARCHITECTURE.md: add a row for `{source.module}`, in the lowest "
        "layer that it can live in"
    )


@sources
def test_a_module_imports_only_from_lower_layers(source: Source):
    wrong = wrong_imports(source)
    assert not wrong, (
        "\n".join(wrong)
        + "\na module imports only from layers with a lower number, or from its own package: move what is "
        "needed down, or change the table in ARCHITECTURE.md and say why"
    )


@sources
def test_heavy_libraries_are_imported_late_and_where_the_table_says(source: Source):
    wrong = []
    for found in source.imports():
        library = found.module.split(".")[0]
        if library not in HEAVY:
            continue
        at = f"{source.where}:{found.line} imports {library}"
        if not found.late and not any(is_within(source.module, place) for place in AT_MODULE_LEVEL[library]):
            wrong.append(f"{at} at module level: import it in the function that needs it")
        if not any(is_within(source.module, place) for place in HEAVY[library]):
            wrong.append(f"{at}: ARCHITECTURE.md allows that in {', '.join(HEAVY[library]) or 'no module'}")
    assert not wrong, "\n".join(wrong)


def test_the_table_names_modules_that_exist():
    rows = {row_of(source.module) for source in package_sources()}
    gone = set(LAYERS) - rows
    assert not gone, f"the layer table of ARCHITECTURE.md has rows for modules that don't exist: {sorted(gone)}"


def test_what_stands_for_type_checkers_only_is_no_import(tmp_path):
    path = tmp_path / "some.py"
    path.write_text(
        "from typing import TYPE_CHECKING\n"
        "if TYPE_CHECKING:\n    import gradio\nelse:\n    import json\n"
        "def late():\n    try:\n        import networkx as nx\n    finally:\n        pass\n"
    )
    found = [(one.module, one.late) for one in Source(path).imports()]
    assert found == [("typing", False), ("json", False), ("networkx", True)]
