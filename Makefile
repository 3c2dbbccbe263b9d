# Each target does all its own set-up, in .venv. `make` alone says what there is.
PYTHON ?=
BIN := .venv/bin

# The tests start hundreds of Pythons: where this is set, each of them compiles all that it imports anew.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help demo test check lint types docs build bench clean

help: ## Say what there is
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))
	@echo "  PYTHON=python3.12 chooses the Python (3.10 or newer) when .venv is made"

demo: .venv/ready-demo ## Run the example pipeline through two local Gradio apps, twice: the second time reuses; then show its canvas
	@$(BIN)/daggr-fn demo

test: .venv/ready-test ## Run the tests, a process per core; ARGS="-k name" goes to pytest
	@$(BIN)/python -m pytest --numprocesses auto --dist loadfile $(ARGS)

check: lint types docs ## Lint, types, docs: everything but the tests

lint: .venv/ready-lint
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check

types: .venv/ready-lint
	@$(BIN)/mypy
	@PYRIGHT_PYTHON_IGNORE_WARNINGS=1 $(BIN)/pyright

docs: .venv/ready-docs ## Build the documentation into site/
	@NO_MKDOCS_2_WARNING=1 $(BIN)/python -m mkdocs build --strict --quiet

build: .venv/ready-package ## Build the wheel and the source archive into dist/
	@rm -rf dist
	@$(BIN)/python -m build --outdir dist >/dev/null
	@ls dist

bench: .venv/ready-bench ## Measure the speed; prints a table
	@$(BIN)/python benchmarks/run.py $(ARGS)

clean: ## Remove .venv, caches and what was built
	@rm -rf .venv build dist site .pytest_cache .mypy_cache .ruff_cache .hypothesis .coverage*
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

# The interpreter that .venv was made with may be gone since: then everything is made anew.
$(shell test ! -d .venv || .venv/bin/python -c '' 2>/dev/null || rm -rf .venv)

# A stamp for each set of dependencies: the second call of a target installs nothing.
.venv/ready-demo: pyproject.toml scripts/setup.sh
	@PYTHON="$(PYTHON)" sh scripts/setup.sh
	@touch $@

.venv/ready-%: pyproject.toml scripts/setup.sh
	@PYTHON="$(PYTHON)" sh scripts/setup.sh $*
	@touch $@
