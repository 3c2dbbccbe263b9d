"""Maps, and lists again."""

from daggr_fn import each, gather, node, pipeline, product


@node
def words(text: str) -> list[str]:
    return text.split()


@node
def shout(word: str) -> str:
    return word.upper()


@node
def join(words: list[str]) -> str:
    return " ".join(words)


@node
def total(numbers: list[int]) -> int:
    return sum(numbers)


@node
def style(seed: int, name: str) -> str:
    return f"{name}{seed}"


@pipeline
def body(text: str, seeds: list[int]) -> str:
    shout(words(text))  # error: each is forgotten
    word = shout(each(words(text)))
    join(word)  # error: gather is forgotten
    total(gather(word))  # error: a list of the wrong items
    gather(word, errors="ignore")  # error: no such way to treat failures
    join(gather(word, errors="keep"))  # error: failures are not expected
    name, seed = product(words(text), seeds)
    style(name, seed)  # error: the wrong way round
    one, two, three = product(words(text), seeds)  # error: two lists
    return join(gather(word))
