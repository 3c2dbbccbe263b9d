"""Bodies about which there is nothing to say."""

from __future__ import annotations

from tests.dsl.lint_cases.case import Case

# a message is compared as it is read

INNOCENT = [
    Case(
        "plain wiring",
        """
def podcast(topic, host="a"):
    script = write_script(topic, host)
    return script.html, speak(script.lines)
""",
    ),
    Case(
        "repr to look at a port",
        """
def podcast(topic):
    seen.append(repr(topic))
    shown = repr(topic)
    return speak(topic)
""",
    ),
    Case(
        "static loop",
        """
def podcast(topic):
    clips = []
    for voice in ["a", "b"]:
        if voice == "a":
            clips.append(speak(topic, voice))
        else:
            clips.append(speak(topic, voice=voice.upper()))
    if len(clips) > 1:
        return join(clips)
    return clips[0]
""",
    ),
    Case(
        "static comprehension",
        """
def podcast(topic):
    return join([speak(topic, voice) for voice in NAMES if voice != "bob"])
""",
    ),
    Case(
        "loop over ports in a list",
        """
def podcast(topic):
    clips = [speak(topic), speak("b")]
    louder = {i: improve(clip) for i, clip in enumerate(clips)}
    return join([louder[i] for i in sorted(louder)])
""",
    ),
    Case(
        "first is None",
        """
def podcast(topic):
    best = None
    for name in NAMES:
        if best is None:
            best = speak(topic, name)
        else:
            best = improve(best, name)
    return best
""",
    ),
    Case(
        "while over plain values",
        """
def podcast(topic):
    turns = 0
    while turns < 3:
        topic = improve(topic)
        turns += 1
    return topic
""",
    ),
    Case(
        "map",
        """
def podcast(topic):
    script = write_script(topic)
    line = each(script.lines)
    return join(gather(speak(text=line["text"], voice=line.voice)))
""",
    ),
    Case(
        "product",
        """
def podcast(xs, ys):
    x, y = product(xs, ys)
    return gather(draw(x, seed=y))
""",
    ),
    Case(
        "templates",
        '''
def podcast(topic):
    text = textwrap.dedent(f"""
        About {topic:>10}.
        Nicely.
    """) + f"And {topic}" + "."
    return speak(text), speak("%s!" % topic), speak("{}".format(topic)), speak(str(topic))
''',
    ),
    Case(
        "strip of a text with ends of its own",
        '''
def podcast(topic):
    return speak(textwrap.dedent(f"""
        About {topic}, please.
    """).strip())
''',
    ),
    Case(
        "text lists",
        """
def podcast(topic):
    return speak("\\n".join([f"About {topic}", "Nicely"]))
""",
    ),
    Case(
        "sources",
        """
def podcast(topic):
    return draw(topic, seed=random.random), draw(topic, every_run(random.random)), draw(topic, RNG.random())
""",
    ),
    Case(
        "conditions",
        """
def podcast(topic, lang):
    voice = switch(lang, VOICES, default="c.wav")
    loud = when(apply(lambda t: len(t) > 3, topic), speak(topic, voice), topic)
    return repeat(improve, until=lambda draft: draft.score > 3, max_turns=3)(loud)
""",
    ),
    Case(
        "fallback and choice",
        """
def podcast(topic):
    return (speak(topic) | draw(topic)), speak(topic).or_else(draw(topic))
""",
    ),
    Case(
        "options",
        """
def podcast(topic) -> None:
    uploaded = upload.options(retries=3)(topic)
    notify.options(after=uploaded)()
""",
    ),
    Case(
        "record steps unpack",
        """
def podcast(topic):
    lines, html, size = write_script(topic)
    for part in write_script(topic):
        speak(part)
    width, height = write_script("x").size
    return [draw(side) for side in write_script("x").size], lines, html, width, height
""",
    ),
    Case(
        "a name becomes plain",
        """
def podcast(topic):
    text = speak(topic)
    voice = join([text])
    text = "done"
    if text:
        print(text)
    return voice
""",
    ),
    Case(
        "a plain name in one branch",
        """
DEBUG = False
def podcast(topic):
    text = speak(topic)
    if DEBUG:
        text = None
    if text is not None:
        return join([text])
    return text
""",
    ),
    Case(
        "dict of ports",
        """
def podcast(topic):
    clips = {"a": speak(topic), "b": speak("b")}
    clips["c"] = speak("c")
    if "a" in clips and clips.get("d") is None:
        return join(list(clips.values()))
    return clips
""",
    ),
    Case(
        "shadowed builtins",
        """
def podcast(topic):
    def len(x):
        return speak(x)
    return len(topic)
""",
    ),
    Case(
        "names not defined yet",
        """
def podcast(topic):
    if later(topic):
        return later(topic)
    return unknown.thing(topic)[0]
""",
    ),
    Case(
        "helpers that wire",
        """
def podcast(topic):
    return both(topic), both(text=f"a {topic}")
""",
    ),
    Case(
        "closures that wire",
        """
def podcast(topic):
    def say(text, voice="a"):
        return speak(f"{topic}: {text}", voice)
    again = lambda text: say(text)
    return join([say("a"), say("b"), again("c")]), sorted(NAMES, key=lambda name: len(name))
""",
    ),
    Case(
        "try around plain code",
        """
def podcast(topic):
    try:
        voices = json.loads("[]")
    except ValueError:
        voices = []
    return [speak(topic, voice) for voice in voices]
""",
    ),
    Case(
        "nested pipeline",
        """
def podcast(topic):
    first, second = teaser(topic)
    for output in teaser(topic):
        speak(output)
    return first, second
""",
    ),
    Case(
        "dotted nodes",
        """
def podcast(topic):
    return nodes.speak(nodes.each(nodes.write_script(topic).lines))
""",
    ),
    Case(
        "a step for its effect",
        """
def podcast(topic) -> None:
    saved = upload(topic)
""",
    ),
    Case(
        "identity",
        """
def podcast(topic):
    a = speak(topic)
    b = a
    return join([a, b, a is b, a in [a, b]])
""",
    ),
    Case(
        "generator of plain values",
        """
def podcast(topic):
    total = sum(len(name) for name in NAMES)
    first, *others = NAMES
    return draw(topic, seed=total), [speak(o) for o in others], speak(*NAMES), speak(**{"text": topic})
""",
    ),
    Case(
        "lists that change",
        """
def podcast(topic):
    xs = [speak(topic)]
    xs.append("plain")
    return join([x for x in xs if x == "plain"])
""",
    ),
    Case(
        "a counter of an inner function",
        """
def podcast(topic):
    best = speak(topic)
    def reset():
        nonlocal best
        best = None
    reset()
    return speak("a") if best is None else best
""",
    ),
    Case(
        "a body with a decorator, a docstring at the margin and comments",
        '''
def plain(f):
    return f

@plain
def podcast(
    topic: str = "AI",  # what about
):
    """Talk.

At the margin.
    """
    # speak
    return speak(topic)
''',
    ),
    Case(
        "random that is seeded",
        """
def podcast(topic):
    random.seed(7)
    return draw(topic, random.random())
""",
    ),
    Case(
        "parameters that are tuples",
        """
def podcast(size: tuple[int, int], made: nodes.Script, other: "Script"):
    width, height = size
    return [draw(side) for side in size], width, height
""",
    ),
    Case(
        "a parameter that is a named tuple",
        """
def podcast(made: Script):
    return join([speak(part) for part in made])
""",
    ),
]
