"""The Python of the README and the docs runs as it stands, warnings as errors, with local apps in place of Spaces."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.docs.local_models import running_models
from tests.docs.local_spaces import running_apps, running_hub
from tests.docs.pages import PageError, blocks, run

ROOT = Path(__file__).parents[2]
# Gradio's queue, with pandas 3, in the pages that serve an app themselves.
GRADIOS_OWN = "ignore:'future.no_silent_downcasting' is deprecated"
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


@pytest.fixture(scope="module")
def hub():
    with running_apps() as urls, running_hub(urls) as url:
        yield url


@pytest.fixture(scope="module")
def models():
    with running_models() as url:
        yield url


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_page_runs(page: Path, tmp_path: Path, request: pytest.FixtureRequest):
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "src")])}
    text = page.read_text(encoding="utf-8")
    if "space(" in text:
        environment["HF_ENDPOINT"] = request.getfixturevalue("hub")
    if " model(" in text:
        environment |= {"MODELS_AT": request.getfixturevalue("models"), "HF_TOKEN": "hf_for_the_docs"}
    command = [sys.executable, "-W", "error", "-W", GRADIOS_OWN, "-m", "tests.docs.pages", str(page), str(tmp_path)]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_python_that_is_only_shown_is_python(page: Path):
    for block in blocks(page.read_text(encoding="utf-8")):
        compile(block.code, f"{page.name}:{block.line}", "exec")


PAGE = """# A page

```python
import inspect
def double(x): return 2 * x
print(double(4), inspect.getsource(double))
```

<!-- output -->
```text
8 def double...
```

```python
double(None)
```

<!-- error -->
```text
TypeError: unsupported operand...NoneType...
```
"""


def test_a_page_that_keeps_its_word_passes(tmp_path: Path):
    page = tmp_path / "a_true_page.md"
    page.write_text(PAGE)
    run(page, tmp_path)


def test_a_page_that_says_another_output_fails(tmp_path: Path):
    page = tmp_path / "a_false_page.md"
    page.write_text(PAGE.replace("8 def", "9 def"))
    with pytest.raises(PageError, match=r"a_false_page\.md:4 prints\n8 def"):
        run(page, tmp_path)


def test_a_page_whose_code_fails_unannounced_fails_at_its_line(tmp_path: Path):
    page = tmp_path / "a_broken_page.md"
    page.write_text(PAGE.partition("<!-- error -->")[0])
    with pytest.raises(TypeError) as failed:
        run(page, tmp_path)
    assert str(failed.traceback[-1].path).endswith("a_broken_page.py")
    assert failed.traceback[-1].lineno + 1 == 5
