"""A sign-in service of a made-up hospital: discovery, keys, tokens by the code flow with PKCE, on a port of its own."""

import base64
import hashlib
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

CLIENT, SECRET = "pelvicrt", "not a real secret"


class Provider:
    """Call `approve(url, login)` as the person who signs in there; what comes back is their redirect."""

    def __init__(self):
        self.key = RSAKey.generate_key(2048, {"kid": "one"})
        self.claims = {}
        self.codes = {}
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                self._answer(provider.documents().get(urlsplit(self.path).path))

            def do_POST(self):
                form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
                self._answer(provider.token({name: value[0] for name, value in form.items()}, self.headers))

            def _answer(self, document):
                body = json.dumps(document or {"error": "invalid_grant"}).encode()
                self.send_response(200 if document else 400)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.issuer = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def documents(self):
        return {
            "/.well-known/openid-configuration": {
                "issuer": self.issuer,
                "authorization_endpoint": f"{self.issuer}/authorize",
                "token_endpoint": f"{self.issuer}/token",
                "jwks_uri": f"{self.issuer}/keys",
                "id_token_signing_alg_values_supported": ["RS256"],
            },
            "/keys": {"keys": [self.key.as_dict(private=False)]},
        }

    def approve(self, url, login, **claims):
        """The query with which the service sends the browser back."""
        asked = {name: value[0] for name, value in parse_qs(urlsplit(url).query).items()}
        assert asked["code_challenge_method"] == "S256"
        code = f"code-{len(self.codes)}"
        self.codes[code] = asked | {"login": login, "claims": claims}
        return {"code": code, "state": asked["state"]}

    def token(self, form, headers):
        asked = self.codes.pop(form.get("code"), None)
        basic = base64.b64decode(headers.get("Authorization", "").removeprefix("Basic ")).decode()
        if asked is None or basic != f"{CLIENT}:{SECRET}" or form["redirect_uri"] != asked["redirect_uri"]:
            return None
        proof = base64.urlsafe_b64encode(hashlib.sha256(form["code_verifier"].encode()).digest()).rstrip(b"=").decode()
        if proof != asked["code_challenge"]:
            return None
        now = int(time.time())
        claims = {
            "iss": self.issuer,
            "sub": f"sub-of-{asked['login']}",
            "aud": CLIENT,
            "exp": now + 60,
            "iat": now,
            "nonce": asked["nonce"],
            "preferred_username": asked["login"],
        } | asked["claims"]
        signed = jwt.encode({"alg": "RS256", "kid": "one"}, claims, self.key)
        return {"access_token": "a", "token_type": "Bearer", "expires_in": 60, "id_token": signed}

    def stop(self):
        self.server.shutdown()
        self.server.server_close()
