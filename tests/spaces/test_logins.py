"""Apps with `launch(auth=...)`: the user name and password stand in the address, and are seen nowhere else."""

from __future__ import annotations

from urllib.parse import quote

import pytest

from daggr_fn.gradio_http.errors import SpaceAuthError
from daggr_fn.nodes.space import SpaceKind

PASSWORD = "p:ss/wörd"


def with_login(url, password):
    return url.replace("http://", f"http://ann:{quote(password, safe='')}@")


def test_without_a_login_the_error_says_where_it_goes(locked_url):
    with pytest.raises(
        SpaceAuthError, match=r"user name and password wants them in its address: https://user:password@host"
    ):
        SpaceKind(locked_url, "/greet").spec()


def test_with_the_login_the_app_opens(locked_url, ask):
    assert ask(with_login(locked_url, PASSWORD), "/greet", "you").value == "hello you"


def test_a_wrong_password_is_said_to_be_wrong_without_saying_it(locked_url):
    with pytest.raises(SpaceAuthError, match="does not take the password of 'ann'") as caught:
        SpaceKind(with_login(locked_url, "sesame"), "/greet").spec()
    assert "sesame" not in str(caught.value)


def test_the_password_is_nowhere_but_in_the_request(locked_url, ask, home, caplog):
    caplog.set_level("DEBUG", logger="daggr_fn")
    kind = SpaceKind(with_login(locked_url, PASSWORD), "/greet")
    ask(kind, None, "you")
    identity = kind.identity()
    assert identity.what[1] == locked_url
    assert identity.user
    for text in (repr(kind.spec()), repr(identity), repr(kind._app.known()), caplog.text, kind.spec().link):
        assert PASSWORD not in text
        assert quote(PASSWORD, safe="") not in text
    for file in home.rglob("*"):
        assert not file.is_file() or (PASSWORD.encode() not in file.read_bytes() and b"ann" not in file.read_bytes())
