"""Who is signed in to Hugging Face, for as long as the server lives: tokens are never written anywhere."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from daggr_fn.gradio_http.tokens import Account, acting_for, ask_who

if TYPE_CHECKING:
    from contextlib import AbstractContextManager


class Accounts:
    """The accounts of a server's users."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._accounts: dict[str, Account] = {}

    def of(self, user: str) -> Account | None:
        """The account with which a user is signed in."""
        with self._lock:
            return self._accounts.get(user)

    def sign_in(self, user: str, token: str) -> Account:
        """Sign a user in with a token, in place of whichever account it was. Asks the Hub, so it blocks.

        Raises:
            SignInRefused: The Hub does not know the token, or can't be asked.
        """
        account = ask_who(token)
        with self._lock:
            self._accounts[user] = account
        return account

    def sign_out(self, user: str) -> None:
        """Forget a user's account. What runs goes on with it."""
        with self._lock:
            self._accounts.pop(user, None)

    def acting(self, user: str) -> AbstractContextManager[None]:
        """What is planned and begun within this is on a user's account, if they are signed in."""
        return acting_for(self.of(user))


def told_account(account: Account | None) -> dict[str, str] | None:
    """An account as pages show it."""
    if account is None:
        return None
    words = account.full_name.split() or [account.name]
    initials = words[0][:1] + (words[-1][:1] if len(words) > 1 else words[0][1:2])
    return {"name": account.name, "full": account.full_name, "initials": initials.upper()}
