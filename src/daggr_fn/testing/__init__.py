"""What tests of pipelines need; `pytest_plugin` makes fixtures of it."""
