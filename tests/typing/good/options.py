"""Options of nodes and pipelines, on the decorator and per use."""

from datetime import timedelta

from daggr_fn import node, pipeline


@node(cache=timedelta(days=1), version="2", timeout=10.0, limit=4, on_error="skip")
def translate(text: str, language: str) -> str:
    return text + language


def shout(text: str) -> str:
    return text.upper()


loud = node(shout, name="loud", cache=False)


@pipeline(name="Translations", cache=True, timeout=60)
def translations(text: str) -> tuple[str, str]:
    german = translate.named("german")(text, language="de")
    french = translate.options(name="french", after=german, timeout=timedelta(seconds=5))(text, language="fr")
    return loud(german), french


first: str = translations.options(fresh=True)(text="hi")[0]
second: str = translations.options(fresh=["german"], given={"french": "salut"}, workers=2)("hi")[1]
only: tuple[str, str] = translations.options(only="+german").named("One")("hi")
