"""A kind of node that can't say what it is while it sleeps, as a Space can't that is asked for its revision."""

from __future__ import annotations

import threading

from daggr_fn import Node, pipeline
from daggr_fn.kinds import Identity, NodeSpec, Options, OutputPort, Parameter

_SECONDS = 30


class Sleeper:
    """The node, awake at first. `asked` is set when somebody asks what it is."""

    label = name = "sleeper"
    is_async = remembers = calls_sources = False

    def __init__(self):
        self.awake, self.asked = threading.Event(), threading.Event()
        self.awake.set()

    def sleep(self):
        self.awake.clear()
        self.asked.clear()

    def spec(self):
        return NodeSpec("sleeper", {"text": Parameter("text", str)}, {"output": OutputPort("output", str)}, "")

    def bind(self, args, kwargs):
        return {**dict(zip(("text",), args, strict=False)), **kwargs}

    def check(self, parameter, value):
        pass

    def identity(self):
        self.asked.set()
        assert self.awake.wait(_SECONDS)
        return Identity(("sleeper", "1"))

    def call(self, inputs, call):
        return inputs["text"].upper()

    def piped(self):
        """A pipeline of it alone."""
        node = Node(self, Options())

        @pipeline(name="Slow")
        def slow(text: str = "a"):
            return node(text)

        return slow
