"""Which hosts may see the user's Hugging Face token, and what an address hides."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import unquote

from daggr_fn.gradio_http.tokens import HUB, fingerprint, user_token

if TYPE_CHECKING:
    import httpx

TOKEN_HEADER = "x-hf-authorization"  # noqa: S105  # the header's name; what gradio_client sends it in
_DOMAINS = (".huggingface.co", ".hf.space")


def is_hugging_face(url: httpx.URL | str) -> bool:
    """Whether an address is Hugging Face's own: https, and `huggingface.co`, a part of it, or a part of `hf.space`."""
    import httpx

    parsed = httpx.URL(url)
    host = parsed.raw_host.decode("ascii").rstrip(".").lower()  # as it goes over the wire: no letters that look alike
    return parsed.scheme == "https" and parsed.port in {None, 443} and (host == HUB or host.endswith(_DOMAINS))


@dataclass(frozen=True)
class Address:
    """Where an app lives, and with what its requests may be signed.

    Attributes:
        space: The app as the user names it, for messages.
        url: The address, ending in a slash, without user name and password.
        login: The user name and password of an app with `launch(auth=...)`.
        vouched: Whether a Hub that the user moved (`HF_ENDPOINT`) named this very address.
    """

    space: str
    url: str
    login: tuple[str, str] | None = field(default=None, repr=False)
    vouched: bool = False

    @classmethod
    def parse(cls, text: str) -> Address:
        """Take an address apart: `https://user:password@host/path`."""
        import httpx

        url = httpx.URL(text)
        login = (unquote(url.username), unquote(url.password)) if url.username else None
        clean = url.copy_with(username=None, password=None, query=None, fragment=None)
        plain = str(clean).rstrip("/")
        return cls(plain, plain + "/", login)

    def at(self, url: str) -> Address:
        """The same app at another address (the one that it redirected to)."""
        import httpx

        same = self.origin == _origin(httpx.URL(url))
        return Address(self.space, url.rstrip("/") + "/", self.login if same else None, self.vouched and same)

    @property
    def origin(self) -> tuple[str, str, int | None]:
        import httpx

        return _origin(httpx.URL(self.url))

    def token_for(self, url: httpx.URL) -> str | None:
        """The token that a request may carry; `None` for every host but Hugging Face's."""
        if is_hugging_face(url) or (self.vouched and _origin(url) == self.origin):
            return user_token()
        return None

    @property
    def user(self) -> str:
        """Who the app takes the caller for, as a digest; "" for nobody."""
        import httpx

        secret = self.token_for(httpx.URL(self.url)) or ":".join(self.login or ())
        return fingerprint(secret) if secret else ""

    def sign(self, request: httpx.Request) -> None:
        """Put the token into a request where it belongs, and take it out where it doesn't.

        The client calls this for each request that it sends, so also for each redirect.
        """
        request.headers.pop(TOKEN_HEADER, None)
        token = self.token_for(request.url)
        if token:
            request.headers[TOKEN_HEADER] = f"Bearer {token}"

    async def sign_async(self, request: httpx.Request) -> None:
        """`sign`, as httpx's asynchronous client wants it."""
        self.sign(request)


def _origin(url: httpx.URL) -> tuple[str, str, int | None]:
    return url.scheme, url.raw_host.decode("ascii"), url.port
