"""Which keys are there, and what is this? The page of help, open to everybody."""

from __future__ import annotations

from starlette.responses import Response

from pelvicrt.web.routes import PUBLIC, SIGNED_IN, Ask, Pages

pages = Pages()


@pages.get("/help", right=PUBLIC)
def help_page(ask: Ask) -> Response:
    """Keys, and what this is."""
    return ask.page("help.html.jinja")


@pages.get("/", right=SIGNED_IN)
def first_page(ask: Ask) -> Response:
    """Where one begins: an administrator with the accounts, all others with the meetings."""
    return ask.go("/admin" if ask.user.role == "admin" else "/meetings")
