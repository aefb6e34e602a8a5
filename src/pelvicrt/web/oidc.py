"""How does a person sign in with the hospital's own account? OpenID Connect, code flow with PKCE, by authlib.

What must be remembered between leaving and coming back is in a signed cookie of ten minutes, so nothing is kept here.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from typing import Any, Final

from authlib.integrations.base_client import BaseApp
from authlib.integrations.base_client.sync_app import OAuth2Mixin
from authlib.integrations.base_client.sync_openid import OpenIDMixin
from authlib.integrations.httpx_client import OAuth2Client
from itsdangerous import BadSignature, URLSafeTimedSerializer

KEPT_SECONDS: Final = 600
_TIMEOUT_SECONDS: Final = 10


class SignInFailed(Exception):
    """The sign-in service did not answer, or what came back is not to be believed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Who somebody is at the sign-in service."""

    issuer: str
    subject: str
    login: str


class _Client(OAuth2Mixin, OpenIDMixin, BaseApp):  # type: ignore[misc]
    client_cls = OAuth2Client


@dataclass(slots=True)
class Hospital:
    """One sign-in service; `claim` is what its accounts call the login an administrator enters here."""

    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    claim: str = "preferred_username"
    _signer: URLSafeTimedSerializer = field(
        default_factory=lambda: URLSafeTimedSerializer(secrets.token_hex(), salt="oidc"), repr=False
    )

    def begin(self, back: str, *, then: str) -> tuple[str, str]:
        """Where to send the browser, and what it must keep until it is back.

        Raises:
            SignInFailed: when the service does not answer.
        """
        try:
            made = self._client().create_authorization_url(back)
        except Exception as error:
            raise SignInFailed from error
        kept = {name: made[name] for name in ("state", "nonce", "code_verifier")} | {"then": then}
        return str(made["url"]), str(self._signer.dumps(kept))

    def finish(self, back: str, *, kept: str, state: str, code: str) -> tuple[Identity, str]:
        """Who came back, and the page they wanted.

        Raises:
            SignInFailed: when it was not this browser that left, or the service says otherwise.
        """
        try:
            left = self._signer.loads(kept, max_age=KEPT_SECONDS)
        except BadSignature as error:
            raise SignInFailed from error
        if not secrets.compare_digest(left["state"].encode(), state.encode()):
            raise SignInFailed
        client = self._client()
        try:
            token = client.fetch_access_token(back, code=code, state=state, code_verifier=left["code_verifier"])
            claims = client.parse_id_token(token, nonce=left["nonce"])
        except Exception as error:
            raise SignInFailed from error
        if not claims or not claims.get(self.claim):
            raise SignInFailed
        return Identity(issuer=claims["iss"], subject=claims["sub"], login=str(claims[self.claim])), left["then"]

    def _client(self) -> Any:
        return _Client(
            framework=None,
            client_id=self.client_id,
            client_secret=self.client_secret,
            server_metadata_url=f"{self.issuer.rstrip('/')}/.well-known/openid-configuration",
            client_kwargs={"scope": "openid profile", "code_challenge_method": "S256", "timeout": _TIMEOUT_SECONDS},
        )
