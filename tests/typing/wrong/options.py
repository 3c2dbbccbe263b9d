"""Options of nodes and pipelines."""

from daggr_fn import Pool, Retry, new_file, node, pipeline, progress


@node(cahce=True)  # error: no such option
def first(text: str) -> str:
    return text


@node
def second(text: str) -> str:
    return text


@node
def measure(text: str) -> int:
    return len(text)


@pipeline
def body(text: str) -> str:
    second.options(limit="3")(text)  # error: an option of the wrong type
    second.options(retry=3)(text)  # error: no such option
    second.options(retries="3")(text)  # error: an option of the wrong type
    second.options(rate=3)(text)  # error: a rate is a text
    second.options(on_error="ignore")(text)  # error: not one of its values
    second.options(pool="gpu")(text)  # error: a pool is an object
    second.named(3)(text)  # error: a name is a text
    second(measure.options(postprocess=lambda size: [size])(text))  # error: what postprocess makes
    return second(text)


Pool("gpu")  # error: a pool has a limit
Retry(on="OSError")  # error: errors are named by their classes
new_file(3)  # error: a suffix is a text
progress("half")  # error: a fraction is a number
body.options(workers="two")  # error: an option of the wrong type
body.options(fersh=True)  # error: no such option
pipeline(body, nmae="x")  # error: no such option
