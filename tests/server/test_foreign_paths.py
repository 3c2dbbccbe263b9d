"""Text that comes over the network names no file of the server's, where a pipeline has it name a file for an app."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, TypedDict

import gradio as gr
import pytest

from daggr_fn import ItemList, accumulate, ask, choose_one, each, gather, node, pipeline, repeat, space
from daggr_fn.errors import InvalidInputError
from daggr_fn.foreign_paths import Gate
from daggr_fn.live import Desk
from daggr_fn.live.plans import InputsNeeded

REFUSED = "names a file: send the file itself"
APP = gr.Interface(lambda file: Path(file).read_text(), gr.File(label="File"), "text", api_name="read")


def reader():
    return space(APP, "/read")


@pytest.fixture
def secret(tmp_path):
    path = tmp_path / "secret.txt"
    path.write_text("the server's own")
    return str(path)


def direct():
    read = reader()

    @pipeline
    def reads(file: str = "", more: str = ""):
        return read(file)

    return reads


class Line(TypedDict):
    file: str
    text: str


def asked():
    read = reader()

    @pipeline
    def reads(file: str = ""):
        return read(ask(gr.Textbox(), value=file))

    return reads


def through_a_list():
    read = reader()

    @pipeline
    def reads(file: str = ""):
        return gather(read(each([file])))

    return reads


def picked():
    read = reader()

    @pipeline
    def reads(file: str = ""):
        return read(choose_one([file]))

    return reads


def in_a_template():
    read = reader()

    @pipeline
    def reads(file: str = ""):
        return read(f"{file}")

    return reads


def repeated():
    read = reader()

    @pipeline
    def reads(file: str = ""):
        return repeat(read, until=bool, max_turns=1)(file)

    return reads


def of_a_pipeline_repeated():
    inner = direct()

    @pipeline
    def reads(file: str = ""):
        return repeat(inner, until=bool, max_turns=1)(file=file)

    return reads


def of_a_part_in_a_pipeline_repeated():
    read = reader()

    @pipeline
    def inner(row: dict[str, str]):
        return read(row["file"])

    @pipeline
    def reads(file: str = ""):
        return repeat(inner, until=bool, max_turns=1)(row={"file": file})

    return reads


def folded():
    read = reader()

    @pipeline
    def longer(so_far: str, file: str):
        return read(file)

    @pipeline
    def reads(file: str = ""):
        return accumulate(longer, [file], "")

    return reads


ALL = [
    *(direct, asked, through_a_list, picked, in_a_template),
    *(repeated, of_a_pipeline_repeated, of_a_part_in_a_pipeline_repeated, folded),
]


@pytest.mark.parametrize("made", ALL)
def test_the_api_refuses_a_path_however_it_comes_to_the_app(serve, client, secret, made):
    url = serve(made()).url
    answer = client.post(url + "api/run", json={"inputs": {"file": secret}})
    assert answer.status_code == 422
    assert REFUSED in answer.text
    assert Path(secret).name not in answer.text  # nor does it say what there is


def test_a_path_that_leads_nowhere_is_refused_in_the_same_words(serve, client, secret):
    url = serve(direct()).url
    there, gone, relative = (
        client.post(url + "api/run", json={"inputs": {"file": path}}) for path in (secret, "/no/such", "secret.txt")
    )
    assert there.json() == gone.json() == relative.json()


@pytest.mark.parametrize("user", ["browser-x", "ann"])
def test_a_sheet_of_somebody_else_does_not_run_with_a_path(secret, user, store):
    desk = Desk(store)
    sheet = desk.open(direct(), user)
    sheet.set_input("file", secret)
    assert REFUSED in sheet.told_input("file")["note"]
    with pytest.raises(InputsNeeded, match=REFUSED):
        sheet.run("all")
    again = Desk(sheet.store).open(direct(), user)
    with pytest.raises(InputsNeeded, match=REFUSED):
        again.run("all")
    sheet.set_input("more", secret)
    assert "note" not in sheet.told_input("more")
    desk.close()


def test_ones_own_machine_reads_ones_own_files(secret, store):
    desk = Desk(store)
    sheet = desk.open(direct(), "local")
    sheet.set_input("file", secret)
    sheet.run("all")
    for run in sheet.going:
        run.execution.done.wait(30)
    assert "note" not in sheet.told_input("file")
    desk.close()
    assert sheet.output("read")[0] == "the server's own"


def test_a_user_of_an_app_who_is_called_local_does_not_own_the_machine(serve, client, secret):
    from tests.server.pages import contexts

    client.get(serve(direct(), users=lambda request: "local").url)
    with pytest.raises(InvalidInputError, match=REFUSED):
        Gate(direct().dag, contexts[-1].user).check_input("file", secret)


def test_answers_and_edited_lists_are_looked_at_too(secret):
    @node
    def script(topic: str) -> Annotated[list[Line], ItemList(file=gr.Textbox(), text=gr.Textbox())]:
        return [Line(file=str(Path(topic).with_name("made.txt")), text="hello")]

    read = reader()

    @pipeline
    def reads(topic: str):
        line = each(script(topic))
        return gather(read(line["file"])), read.named("answered")(ask(gr.Textbox(), value=topic))

    gate = Gate(reads.dag, "browser-x")
    with pytest.raises(InvalidInputError, match=REFUSED):
        gate.check_step("ask", secret)
    gate.check_step("ask", secret, secret)  # as the pipeline gave it
    gate.check_step("ask", "https://example.com/cat.png")
    rows = [Line(file="/made.txt", text="hello")]
    gate.check_step("script", [Line(file="/made.txt", text="/etc/passwd is no file here")], rows)
    with pytest.raises(InvalidInputError, match=REFUSED):
        gate.check_step("script", [Line(file=secret, text="hello")], rows)


def parts():
    read = reader()

    @pipeline
    def reads(rows: list[dict[str, str]], files: list[str], text: str, table: dict[str, list[dict[str, str]]]):
        of_rows = gather(read(each(rows)["index"]))  # lists have something of that name
        of_files = gather(read.named("some")(each(files[0:2])))
        return of_rows, of_files, read.named("rest")(text[1:]), read.named("cell")(table["rows"][1:][0]["count"])

    return reads


@pytest.mark.parametrize("name", ["rows", "files", "text", "table"])
def test_a_path_that_is_a_part_of_an_input_is_refused(secret, name):
    sent = {
        "rows": [{"index": secret}],
        "files": [secret],
        "text": f"x{secret}",
        "table": {"rows": [{}, {"count": secret}]},
    }
    with pytest.raises(InvalidInputError, match=REFUSED):
        Gate(parts().dag, None).check_input(name, sent[name])


def asked_in_a_turn():
    read = reader()

    @pipeline
    def turn(text: str = ""):
        return read(f"voices/{ask(gr.Textbox())}.txt")

    @pipeline
    def reads(text: str = ""):
        return repeat(turn, until=bool, max_turns=1)(text=text)

    return reads


def asked_for_each():
    read = reader()

    @pipeline
    def reads(text: str = ""):
        return gather(read(f"voices/{ask(gr.Textbox(), value=each([text]))}.txt"))

    return reads


@pytest.mark.parametrize(("made", "step"), [(asked_in_a_turn, "turn/ask"), (asked_for_each, "ask[0]")])
def test_the_api_takes_no_answer_that_leads_to_another_file(serve, client, made, step):
    url = serve(made()).url + "api/run"
    answer = client.post(url, json={"answers": {step: "../../no/such"}})
    assert answer.status_code == 422
    assert REFUSED in answer.text


def test_an_answer_in_a_turn_is_looked_at(secret):
    with pytest.raises(InvalidInputError, match=REFUSED):
        Gate(asked_in_a_turn().dag, "browser-x").check_step("turn", secret)


def test_what_the_author_has_written_and_files_that_were_sent_are_taken(secret):
    read = reader()

    @pipeline
    def reads(
        file: str = "examples/cat.txt",
        voice: Annotated[str, gr.Dropdown(["voices/a.wav", "voices/b.wav"], allow_custom_value=True)] = "voices/a.wav",
        name: str = "a",
        host: str = "example.com",
        sent: Path | None = None,
    ):
        own = read(file), read.named("voice")(voice), read.named("piece")(f"voices/{name}.wav")
        return *own, read.named("page")(f"https://{host}/x.txt"), read.named("sent")(sent)

    gate = Gate(reads.dag, None)
    gate.check_input("file", "examples/cat.txt")
    gate.check_input("voice", "voices/b.wav")
    gate.check_input("name", "mara")
    gate.check_input("host", "/any/thing")
    gate.check_input("sent", Path(secret))
    for name, value in {"file": secret, "voice": secret, "name": "../../etc/passwd", "sent": secret}.items():
        with pytest.raises(InvalidInputError, match=REFUSED):
            gate.check_input(name, value)


def test_a_function_may_name_a_file_that_it_made(serve, client, tmp_path):
    folder = str(tmp_path)

    @node
    def write(topic: str) -> str:
        path = Path(folder, "made.txt")
        path.write_text(f"about {topic}")
        return str(path)

    read = reader()

    @pipeline
    def reads(topic: str):
        return read(write(topic))

    answer = client.post(serve(reads).url + "api/run", json={"inputs": {"topic": "tea"}})
    assert answer.json()["outputs"] == {"read": "about tea"}
