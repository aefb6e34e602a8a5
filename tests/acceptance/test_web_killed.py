"""The server is killed by signal during 200 writes of 8 clients: is every acknowledged write there, and no half one?

And a row changed behind the program: is it found and named? On both databases.
"""

import itertools
import threading

import httpx
import pytest
from sqlalchemy import text
from tests.support.command import pelvicrt
from tests.support.databases import KINDS, database_url
from tests.support.filled import patients
from tests.support.served import add_people, form_token, serving, token_of

from pelvicrt.mdt import Store, add_case, history, person
from pelvicrt.mdt.tables import AuditEntry

CLIENTS, WRITES = 8, 200
FACT = "labs.cea_ng_ml"


def audit_verify(url):
    return pelvicrt("audit", "verify", "--database", url)


class Writer(threading.Thread):
    """One client; writes a number of its own over and over to a case of its own, and remembers what was acknowledged."""

    def __init__(self, server, token, case, numbers, told):
        super().__init__()
        self.server, self.token, self.case, self.numbers, self.told = server, token, case, numbers, told
        self.acknowledged = []

    def run(self):
        try:
            with self.server.client(self.token) as client:
                client.headers["X-CSRF"] = form_token(client)
                for number in self.numbers:
                    version = 1 + len(self.acknowledged)
                    data = {f"v:{FACT}": version, FACT: number}
                    answer = client.post(f"/cases/{self.case}/facts/one", data=data)
                    assert answer.status_code == 200, answer.text
                    self.acknowledged.append(float(number))
                    self.told.release()
        except httpx.TransportError:
            pass  # the server is gone, as it should be


@pytest.mark.parametrize("kind", KINDS)
def test_a_server_killed_during_writes_loses_none_it_acknowledged_and_keeps_no_half_one(kind, tmp_path):
    url = database_url(kind, tmp_path)
    store = Store(url)
    store.migrate()
    add_people(store)
    cases = [case.id for case in itertools.islice(patients(), CLIENTS)]
    with store.writing("chair") as writing:
        for case in itertools.islice(patients(), CLIENTS):
            add_case(writing, case, person(writing.session, "chair"))
    each = WRITES // CLIENTS
    acknowledged = {case: [] for case in cases}
    with serving(url, tmp_path) as server:
        told = threading.Semaphore(0)
        writers = [
            Writer(server, token_of(store, "chair"), case, [f"{n + 1}.5" for n in range(each)], told) for case in cases
        ]
        for writer in writers:
            writer.start()
        for _ in range(WRITES // 2):
            assert told.acquire(timeout=60)
        server.kill()
        for writer in writers:
            writer.join()
            acknowledged[writer.case] = writer.acknowledged
    done = sum(map(len, acknowledged.values()))
    assert WRITES // 2 <= done < WRITES
    store.close()

    store = Store(url)
    with serving(url, tmp_path):  # starts over what the killed one left
        with store.reading() as session:
            for case in cases:
                kept = [item.case.labs.cea_ng_ml for item in history(session, case)][1:]
                written = acknowledged[case]
                assert kept[: len(written)] == written
                assert len(kept) <= len(written) + 1  # one may have been kept whose answer never came
            saves = session.query(AuditEntry).filter(AuditEntry.action == "case.save").count()
            versions = sum(len(history(session, case)) - 1 for case in cases)
            assert saves == versions
        code, _, error = audit_verify(url)
        assert code == 0, error
    store.close()


@pytest.mark.parametrize("kind", KINDS)
def test_a_row_changed_behind_the_program_is_found_and_named(kind, tmp_path):
    url = database_url(kind, tmp_path)
    store = Store(url)
    store.migrate()
    add_people(store)
    case = next(patients())
    with store.writing("chair") as writing:
        add_case(writing, case, person(writing.session, "chair"))
    assert audit_verify(url)[0] == 0
    with store.engine.begin() as connection:
        connection.execute(text("UPDATE case_versions SET note = 'another' WHERE case_id = :case"), {"case": case.id})
    code, _, error = audit_verify(url)
    assert code == 3
    assert "case_versions" in error
    assert case.id in error
    store.close()
