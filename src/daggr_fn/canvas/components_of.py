"""Which Gradio component says how a value is shown, by where it comes from."""

from __future__ import annotations

from typing import Any

from daggr_fn.expressions import Output, Part


def component_of(expression: Any) -> Any:
    """The component of the output that an expression is, if it is one."""
    if isinstance(expression, Output):
        outputs = expression.step.spec.outputs
        return next(iter(outputs.values())).component if len(outputs) == 1 else None
    if isinstance(expression, Part) and expression.port and isinstance(expression.of, Output):
        output = expression.of.step.spec.outputs.get(str(expression.key))
        return output.component if output is not None else None
    return None
