"""Files are fetched by ids that nobody can guess, by the viewer alone, and do no harm in a browser."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest

from daggr_fn.files import keep_bytes
from tests.server.pages import contexts, shout

DATA = bytes(range(256)) * 40


@pytest.fixture
def viewer(serve):
    """The address of a server whose users are told by a header, and the links of one of them."""
    url = serve(shout, users=lambda request: request.headers.get("x-user")).url
    httpx.get(url, headers={"x-user": "ada"})

    def get(link, user="ada", **more):
        return httpx.get(url + link, headers={"x-user": user, **more})

    return get, contexts[0].links


def test_a_viewer_gets_the_file_with_its_type_and_name(viewer):
    get, links = viewer
    link = links.file(keep_bytes(DATA, "käse 1.png"))
    answer = get(link)
    assert answer.content == DATA
    assert answer.headers["content-type"] == "image/png"
    assert answer.headers["content-disposition"] == "inline; filename*=utf-8''k%C3%A4se%201.png"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "private" in answer.headers["cache-control"]
    assert get(link + "?download").headers["content-disposition"].startswith("attachment;")
    assert links.file(keep_bytes(DATA, "käse 1.png")) == link  # so that the browser has it already


def test_parts_of_a_file_can_be_asked_for_as_players_do(viewer):
    get, links = viewer
    link = links.file(keep_bytes(DATA, "talk.mp4"))
    part = get(link, range="bytes=100-199")
    assert (part.status_code, part.content) == (206, DATA[100:200])
    assert part.headers["content-range"] == f"bytes 100-199/{len(DATA)}"
    assert get(link, range="bytes=-10").content == DATA[-10:]
    assert get(link, range="bytes=999999-").status_code == 416


def test_a_file_that_the_browser_has_is_not_sent_again(viewer):
    get, links = viewer
    link = links.file(keep_bytes(DATA, "a.png"))
    tag = get(link).headers["etag"]
    again = get(link, **{"if-none-match": f'W/{tag}, "other"'})
    assert (again.status_code, again.content) == (304, b"")
    assert get(link, **{"if-none-match": '"other"'}).status_code == 200


@pytest.mark.parametrize(
    ("name", "how", "scripts"),
    [
        ("page.html", "inline", True),
        ("page.htm", "inline", True),
        ("page.xhtml", "attachment", False),
        ("drawing.svg", "inline", False),
        ("data.xml", "attachment", False),
        ("paper.pdf", "attachment", False),
        ("code.js", "inline", False),
        ("style.css", "attachment", False),
        ("notes.txt", "inline", False),
        ("program.exe", "attachment", False),
        ("nameless", "attachment", False),
    ],
)
def test_what_could_be_a_page_of_ours_is_sandboxed_or_saved(viewer, name, how, scripts):
    get, links = viewer
    answer = get(links.file(keep_bytes(b"<script>parent.x = 1</script>", name)))
    assert answer.headers["content-disposition"].startswith(how)
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("sandbox")
    assert "default-src 'none'" in policy
    assert "allow-same-origin" not in policy
    assert ("allow-scripts" in policy) is scripts
    assert answer.headers["content-type"].partition(";")[0] not in ("text/javascript", "application/javascript")


def test_a_page_that_a_step_made_cannot_reach_the_server(serve, page, faults):
    faults.expect("Content Security Policy")  # the browser says in its console that it refuses
    handle = serve(shout)
    page.goto(handle.url)
    html = (
        "<body><script>let said = 'origin ' + window.origin;"
        "fetch('../api/run', {method: 'POST', body: '{}', headers: {'content-type': 'application/json'}})"
        ".then(() => 'ran', () => 'refused').then(x => { document.body.textContent = said + ' ' + x })</script>"
    )
    page.goto(handle.url + contexts[0].links.file(keep_bytes(html.encode(), "evil.html")))
    page.get_by_text("origin null refused").wait_for()


def test_nobody_else_gets_it(viewer):
    get, links = viewer
    link = links.file(keep_bytes(b"secret", "diary.txt"))
    assert get(link).status_code == 200
    refused = get(link, user="eve")
    assert (refused.status_code, refused.text) == (404, "There is no such file.\n")


def test_the_same_file_has_another_id_for_each_user_and_server(serve):
    path = keep_bytes(b"x", "x.txt")
    found = set()
    for _ in range(2):
        url = serve(shout, users=lambda request: request.headers["x-user"]).url
        for user in ("ada", "eve"):
            httpx.get(url, headers={"x-user": user})
            found.add(contexts[-1].links.file(path))
    assert len(found) == 4
    assert all(len(link) >= len("files/") + 24 for link in found)


@pytest.mark.parametrize(
    "path",
    [
        "files/",
        "files/x",
        "files/..%2f..%2f..%2fetc%2fpasswd",
        "files/../../../../etc/passwd",
        "files/%2fetc%2fpasswd",
        "files/" + "A" * 24,
        "files/" + "A" * 5000,
        "files/%00",
    ],
)
def test_nothing_is_served_by_its_path(viewer, path, tmp_path):
    get, links = viewer
    links.file(keep_bytes(b"x", "x.txt"))
    assert get(path).status_code == 404


def test_a_kept_file_is_not_served_by_its_place_in_the_store(viewer, home):
    get, links = viewer
    kept = keep_bytes(b"x", "x.txt")
    links.file(kept)
    for text in (str(kept), str(kept.relative_to(home / "files")), kept.parent.name):
        assert get(f"files/{text.lstrip('/')}").status_code == 404


def test_a_text_that_names_a_file_is_no_file(viewer, tmp_path):
    get, links = viewer
    secret = tmp_path / "secret.txt"
    secret.write_text("secret")
    with pytest.raises(LookupError):
        links.file(str(secret))
    with pytest.raises(LookupError):
        links.file("/etc/passwd")
    kept = keep_bytes(b"mine", "mine.txt")
    assert get(links.file(str(kept))).content == b"mine"
    with pytest.raises(LookupError):
        links.file(f"{kept.parent.parent.parent}/../server.key")


def test_a_path_of_elsewhere_is_kept_as_it_is_now(viewer, tmp_path):
    get, links = viewer
    file = tmp_path / "cat.png"
    file.write_bytes(b"now")
    link = links.file(file, "Cat.png")
    file.write_bytes(b"later")
    assert get(link).content == b"now"
    for wrong in (tmp_path, tmp_path / "gone.png", Path("/dev/null"), 7, None):
        with pytest.raises(LookupError):
            links.file(wrong)


def test_a_link_on_disk_is_not_followed(viewer, tmp_path, home):
    _, links = viewer
    kept = keep_bytes(b"x", "x.txt")
    trap = kept.with_name("trap.txt")
    trap.symlink_to("/etc/passwd")
    with pytest.raises(LookupError):
        links.file(str(trap))


def test_a_name_can_do_nothing_in_a_header(viewer):
    get, links = viewer
    answer = get(links.file(keep_bytes(b"x", "x.txt"), 'a"\r\nSet-Cookie: x=1\r\n../../\\b;.txt'))
    assert "set-cookie" not in answer.headers
    assert answer.headers["content-disposition"] == "inline; filename*=utf-8''b%3B.txt"


def test_a_file_that_is_gone_is_not_there(viewer):
    get, links = viewer
    kept = keep_bytes(b"x", "x.txt")
    link = links.file(kept)
    kept.unlink()
    assert get(link).status_code == 404


def test_a_whole_text_is_made_when_it_is_asked_for(viewer):
    get, links = viewer
    made = []

    def make():
        made.append(1)
        return "all of it ✓"

    link = links.text(make, "value.json", "application/json")
    assert made == []
    answer = get(link)
    assert answer.text == "all of it ✓"
    assert answer.headers["content-type"].startswith("application/json")
    assert answer.headers["content-disposition"].endswith("value.json")
    assert "sandbox" in answer.headers["content-security-policy"]
    assert get(link, user="eve").status_code == 404
