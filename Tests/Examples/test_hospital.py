"""The appointment book of examples/hospital, from outside."""

import concurrent.futures
import json
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

SERVICE = Path(__file__).resolve().parents[2] / "examples" / "hospital" / "service.py"
BOOKING = {"patient": "Maria Lopez", "doctor": "Dr. Okafor", "date": "2030-06-04", "time": "10:30", "reason": "check-up"}


class Service:
    def __init__(self, *options):
        self.process = subprocess.Popen(
            [sys.executable, SERVICE, "--port", "0", *map(str, options)], stdout=subprocess.PIPE, text=True
        )
        self.url = self.process.stdout.readline().removeprefix("ready ").strip()
        assert self.url.startswith("http://127.0.0.1:")

    def ask(self, method, path, body=None, **headers):
        """The status and the JSON of the answer."""
        data = body if isinstance(body, bytes) else None if body is None else json.dumps(body).encode()
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        request = urllib.request.Request(self.url + path, data, headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as problem:
            return problem.code, json.load(problem)

    @property
    def appointments(self):
        return self.ask("GET", "/admin/state")[1]["appointments"]

    def end(self):
        self.process.terminate()
        assert self.process.wait(10) == 0
        self.process.stdout.close()


@pytest.fixture
def service():
    service = Service("--seed")
    yield service
    service.end()


def test_the_five_tools(service):
    status, free = service.ask("GET", "/availability?doctor=okafor&date=2030-06-03")
    assert status == 200 and free["doctor"] == "Dr. Amara Okafor" and "10:00" not in free["times"] and "10:30" in free["times"]
    status, booked = service.ask("POST", "/appointments", BOOKING)
    assert status == 201 and booked["status"] == "booked" and booked["doctor"] == "Dr. Amara Okafor"
    assert "10:30" not in service.ask("GET", "/availability?doctor=Okafor&date=2030-06-04")[1]["times"]
    status, patient = service.ask("GET", "/patients?name=maria%20lopez")
    assert status == 200 and [one["id"] for one in patient["appointments"]] == [booked["id"]]
    assert service.ask("DELETE", f"/appointments/{booked['id']}")[1]["status"] == "cancelled"
    assert "10:30" in service.ask("GET", "/availability?doctor=Okafor&date=2030-06-04")[1]["times"]
    status, found = service.ask("GET", "/doctors?specialty=Paediatrics")
    assert status == 200 and [doctor["name"] for doctor in found["doctors"]] == ["Dr. Samuel Ortiz"]
    assert len(service.ask("GET", "/doctors")[1]["doctors"]) == 3


def test_a_key_is_done_once(service):
    answers = [service.ask("POST", "/appointments", BOOKING, Idempotency_Key="call-1") for _ in range(3)]
    assert answers[0][0] == 201 and answers[1:] == answers[:1] * 2
    assert len(service.appointments) == 2
    other = BOOKING | {"time": "11:00"}
    assert service.ask("POST", "/appointments", other, Idempotency_Key="call-1")[1]["error"]["code"] == "key_reused"
    assert len(service.appointments) == 2
    # A refusal is kept as well: that the hour is free afterwards does not turn the same call into a booking.
    taken = service.ask("POST", "/appointments", BOOKING, Idempotency_Key="call-2")
    assert taken[0] == 409
    service.ask("DELETE", f"/appointments/{answers[0][1]['id']}")
    assert service.ask("POST", "/appointments", BOOKING, Idempotency_Key="call-2") == taken


def test_a_key_is_done_once_by_many_at_the_same_time(service):
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: service.ask("POST", "/appointments", BOOKING, Idempotency_Key="k"), range(24)))
    assert answers == answers[:1] * 24 and answers[0][0] == 201
    assert len(service.appointments) == 2


def test_an_hour_is_given_away_once(service):
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda n: service.ask("POST", "/appointments", BOOKING, Idempotency_Key=f"k{n}"), range(16)))
    assert sorted(status for status, _ in answers) == [201] + [409] * 15


@pytest.mark.parametrize(
    "change, code",
    [
        ({"patient": ""}, "invalid"), ({"patient": 7}, "invalid"), ({"patient": None}, "missing"),
        ({"patient": "x" * 501}, "invalid"), ({"doctor": "Dr. Nobody"}, "unknown_doctor"), ({"doctor": "Dr."}, "unknown_doctor"),
        ({"doctor": "a"}, "ambiguous_doctor"), ({"date": "tomorrow"}, "invalid"), ({"date": "2030-02-30"}, "invalid"),
        ({"date": "2030-06-08"}, "closed"), ({"time": "25:00"}, "invalid"), ({"time": "10:17"}, "closed"),
        ({"time": "12:30"}, "closed"), ({"colour": "red"}, "unknown"),
    ],
)
def test_a_wrong_booking_changes_nothing(service, change, code):
    before = service.ask("GET", "/admin/state")
    body = {name: value for name, value in (BOOKING | change).items() if value is not None}
    status, answer = service.ask("POST", "/appointments", body)
    assert 400 <= status < 500 and answer["error"]["code"] == code and answer["error"]["message"]
    assert service.ask("GET", "/admin/state") == before


@pytest.mark.parametrize(
    "method, path, body, status, code",
    [
        ("POST", "/appointments", b"{", 400, "malformed"), ("POST", "/appointments", b"[1]", 400, "malformed"),
        ("POST", "/appointments", b"[" * 50_000, 400, "malformed"), ("POST", "/appointments", b" " * 70_000, 413, "too_large"),
        ("GET", "/nowhere", None, 404, "unknown_path"), ("DELETE", "/appointments/99", None, 404, "unknown_appointment"),
        ("DELETE", "/appointments/x", None, 404, "unknown_path"), ("GET", "/patients?name=Nobody", None, 404, "unknown_patient"),
        ("GET", "/patients", None, 422, "missing"), ("GET", "/availability?doctor=Ortiz&date=x", None, 422, "invalid"),
        ("POST", "/admin/delay", b'{"ms": -1}', 422, "invalid"), ("POST", "/admin/delay", b'{"ms": true}', 422, "invalid"),
    ],
)
def test_errors_are_json(service, method, path, body, status, code):
    answer = service.ask(method, path, body)
    assert answer[0] == status and answer[1]["error"]["code"] == code


def test_an_appointment_is_cancelled_once(service):
    assert service.ask("DELETE", "/appointments/1")[0] == 200
    assert service.ask("DELETE", "/appointments/1")[1]["error"]["code"] == "already_cancelled"


def test_the_delay_holds_up_tools_and_not_the_rest(service):
    assert service.ask("POST", "/admin/delay", {"ms": 300}) == (200, {"ms": 300})
    began = time.monotonic()
    service.ask("GET", "/doctors")
    assert time.monotonic() - began >= 0.3
    service.ask("POST", "/admin/delay", {"ms": 60_000})
    assert service.ask("GET", "/admin/state")[0] == 200
    assert service.ask("POST", "/admin/delay", {"ms": 0})[0] == 200


def test_a_file_keeps_the_data_and_reset_begins_anew(tmp_path):
    file = tmp_path / "book.sqlite"
    service = Service("--seed", "--database", file)
    first = service.ask("POST", "/appointments", BOOKING, Idempotency_Key="k")
    service.end()
    service = Service("--database", file)
    try:
        assert service.ask("POST", "/appointments", BOOKING, Idempotency_Key="k") == first
        assert len(service.appointments) == 2
        assert sqlite3.connect(file).execute("SELECT count(*) FROM appointments").fetchone() == (2,)
        service.ask("POST", "/admin/reset")
        assert [one["id"] for one in service.appointments] == [1]
    finally:
        service.end()
