"""Options of nodes and pipelines, on the decorator and per use."""

from datetime import timedelta

from daggr_fn import Pool, Retry, node, pipeline


@node(cache=timedelta(days=1), version="2", timeout=10.0, limit=4, on_error="skip")
def translate(text: str, language: str) -> str:
    return text + language


def shout(text: str) -> str:
    return text.upper()


loud = node(shout, name="loud", cache=False)
patient = translate.options(retries=3, rate="30/minute").options(retries=None, rate=None)
careful = translate.options(retries=Retry(5, wait=timedelta(seconds=2), jitter=0.5, on=(OSError, TimeoutError)))
growing = translate.options(retries=Retry(wait=lambda state: state.attempt_number * 2.0))
picky = translate.options(retries=Retry(on=lambda error: "busy" in str(error)))
api = translate.options(pool=Pool("api", rate="10/s"))
both = translate.options(pool=Pool("api", limit=2, rate="10/s"))


@pipeline(name="Translations", cache=True, timeout=60)
def translations(text: str) -> tuple[str, str]:
    german = translate.named("german")(text, language="de")
    french = translate.options(name="french", after=german, timeout=timedelta(seconds=5))(text, language="fr")
    return loud(german), french


first: str = translations.options(fresh=True)(text="hi")[0]
second: str = translations.options(fresh=["german"], given={"french": "salut"}, workers=2)("hi")[1]
only: tuple[str, str] = translations.options(only="+german").named("One")("hi")
