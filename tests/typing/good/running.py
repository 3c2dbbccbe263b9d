"""All that a pipeline can do."""

from typing import Any

from daggr_fn import InvalidInputError, Plan, Run, StepFailed, events, node, pipeline


@node
def halve(number: int) -> float:
    return number / 2


@pipeline
def half(number: int = 4) -> float:
    return halve(number)


value: float = half(number=4)
again: float = half(4)
stepwise: float = half.eager(number=4)
run: Run[float] = half.run(number=4)
result: float = run.value
seconds: float = run.steps["halve"].seconds
plan: Plan = half.plan(number=4)
reason: str = plan.explain("halve")
to_run: list[str] = plan.marked("run")
schema: dict[str, Any] = half.schema()
drawn: str = half.to_mermaid()
half.check()

for event in half.stream(number=4):
    if isinstance(event, events.StepFinished):
        finished: str = event.step

try:
    half(number=1)
except StepFailed as error:
    name: str = error.step
    error.reproduce()
except InvalidInputError as error:
    text: str = str(error)
