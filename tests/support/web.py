"""The workspace for tests: one store, a client for each role, and the form token added to every write."""

import datetime as dt
import re
from concurrent.futures import Future

from starlette.testclient import TestClient

from pelvicrt.mdt import accounts, add_person, person
from pelvicrt.web import Service, make_app
from pelvicrt.web.assessor import Assessor, Job

PASSWORD = "calm exact honest"
PEOPLE = {
    "viewer": ("viewer", "nursing"),
    "contributor": ("contributor", "radiation_oncology"),
    "coordinator": ("contributor", "coordination"),
    "surgeon": ("contributor", "liver_surgery"),
    "chair": ("chair", "colorectal_surgery"),
    "chair2": ("chair", "medical_oncology"),
    "physicist": ("physicist", "medical_physics"),
    "admin": ("admin", "coordination"),
}
TOKEN = re.compile(r'name="csrf" content="(\w+)"')


class Waiting(Assessor):
    """An assessor that takes orders and never delivers; `begun` has the ids of the cases."""

    def __init__(self):
        super().__init__()
        self.begun = []

    def begin(self, case, letters, *, then=None):
        self.begun.append(case.id)
        return Job(since=dt.datetime.now(dt.UTC), future=Future())


class Client(TestClient):
    """A browser of one person; `post` sends the token of their pages unless told not to."""

    def csrf(self):
        return TOKEN.search(self.get("/help").text).group(1)

    def post(self, url, *, csrf=True, **more):
        if csrf:
            more["headers"] = {"X-CSRF": self.csrf(), **(more.get("headers") or {})}
        return super().post(url, **more)


class Workspace:
    """A service over a store; `client("chair")` is signed in as the person of that name."""

    def __init__(self, store, **service):
        self.store = store
        self.service = Service(store=store, **service)
        self.app = make_app(self.service)
        with store.writing("setup") as writing:
            for login, (role, discipline) in PEOPLE.items():
                if person(writing.session, login) is None:
                    add_person(writing, login=login, name=login.title(), role=role, discipline=discipline)

    def client(self, login=None, *, lang="en", **more):
        """A browser, signed in when a login is given; redirects are not followed."""
        made = Client(self.app, follow_redirects=False, headers={"Accept-Language": lang}, **more)
        if login:
            with self.store.writing(login) as writing:
                made.cookies.set("pelvicrt", accounts.sign_in(writing, person(writing.session, login)))
        return made


def workspace(store, **service):
    """A service over a migrated store, with a person of every role."""
    return Workspace(store, **service)
