#!/usr/bin/env python3
"""The appointment book of a hospital as a small HTTP service over SQLite, for the project `hospital-receptionist`.

usage: service.py [--port PORT] [--database FILE] [--seed] [--delay-ms MS]

Prints `ready http://127.0.0.1:PORT` when it accepts connections; port 0 takes a free one. It needs Python 3.9 and nothing
else. It is an example: it listens on this machine only, and has no log-in.

  GET    /availability?doctor=NAME&date=YYYY-MM-DD   check_availability: the hours that are still free
  POST   /appointments                               schedule_appointment: {patient, doctor, date, time, reason}
  DELETE /appointments/ID                            cancel_appointment
  GET    /patients?name=NAME                         get_patient_info: the patient and the appointments
  GET    /doctors?name=NAME or ?specialty=WORD       get_doctor_info; without either, all
  GET    /admin/state                                everything, for evaluations
  POST   /admin/reset                                the data of --seed again
  POST   /admin/delay                                {"ms": 500}: every answer outside /admin takes that much longer

A request with the header `Idempotency-Key` is carried out once. The same key with the same request gets the same answer
again, and with another request an error.
"""
import argparse
import contextlib
import datetime
import hashlib
import json
import re
import signal
import sqlite3
import sys
import threading
import time
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

HOURS = tuple(f"{hour:02}:{minute:02}" for hour in range(9, 17) for minute in (0, 30) if hour != 12)
LARGEST_BODY = 64 * 1024
LONGEST_TEXT = 500
LONGEST_DELAY_MS = 60_000
# Keys that are kept; the oldest are forgotten.
MOST_KEYS = 10_000

SCHEMA = """
CREATE TABLE IF NOT EXISTS doctors (name TEXT PRIMARY KEY, specialty TEXT NOT NULL, room TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS patients (name TEXT PRIMARY KEY, born TEXT, phone TEXT);
CREATE TABLE IF NOT EXISTS appointments (
    id INTEGER PRIMARY KEY AUTOINCREMENT, patient TEXT NOT NULL, doctor TEXT NOT NULL REFERENCES doctors (name),
    date TEXT NOT NULL, time TEXT NOT NULL, reason TEXT NOT NULL, status TEXT NOT NULL DEFAULT 'booked');
CREATE UNIQUE INDEX IF NOT EXISTS one_at_a_time ON appointments (doctor, date, time) WHERE status = 'booked';
CREATE TABLE IF NOT EXISTS keys (
    key TEXT PRIMARY KEY, request TEXT NOT NULL, status INTEGER NOT NULL, answer TEXT NOT NULL);
"""
DOCTORS = (
    ("Dr. Amara Okafor", "cardiology", "C 12"),
    ("Dr. Lena Brandt", "orthopaedics", "B 3"),
    ("Dr. Samuel Ortiz", "paediatrics", "A 7"),
)
PATIENTS = (("Maria Lopez", "1984-03-12", "555 0134"), ("John Miller", "1951-11-02", "555 0177"))
APPOINTMENTS = (("John Miller", "Dr. Amara Okafor", "2030-06-03", "10:00", "check-up"),)


class Problem(Exception):
    """What becomes an error in JSON: `{"error": {"code": …, "message": …}}`."""

    def __init__(self, status, code, message):
        super().__init__(message)
        self.status, self.code, self.message = status, code, message


class Book:
    """The data. One request at a time has it; what fails changes nothing."""

    def __init__(self, database, seed):
        self.lock = threading.Lock()
        self.connection = sqlite3.connect(database, check_same_thread=False, isolation_level=None)
        self.connection.row_factory = sqlite3.Row
        self.connection.executescript(SCHEMA)
        if seed:
            self.reset()

    @contextlib.contextmanager
    def transaction(self):
        with self.lock:
            self.connection.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self.connection.execute("ROLLBACK")
                raise
            self.connection.execute("COMMIT")

    def rows(self, query, *values):
        return [dict(row) for row in self.connection.execute(query, values)]

    def reset(self):
        with self.transaction():
            for table in ("appointments", "doctors", "patients", "keys"):
                self.connection.execute(f"DELETE FROM {table}")
            self.connection.execute("DELETE FROM sqlite_sequence")
            self.connection.executemany("INSERT INTO doctors VALUES (?, ?, ?)", DOCTORS)
            self.connection.executemany("INSERT INTO patients VALUES (?, ?, ?)", PATIENTS)
            self.connection.executemany(
                "INSERT INTO appointments (patient, doctor, date, time, reason) VALUES (?, ?, ?, ?, ?)", APPOINTMENTS
            )
        return 200, {"reset": True}

    def once(self, key, request, act):
        """Carries `act` out and keeps its answer under the key; or gives the answer that is kept."""
        with self.transaction():
            for kept in self.rows("SELECT * FROM keys WHERE key = ?", key) if key else ():
                if kept["request"] != request:
                    raise Problem(422, "key_reused", "this Idempotency-Key was used for another request")
                return kept["status"], json.loads(kept["answer"])
            # A refusal is an answer like any other: the same key gets it again.
            try:
                status, answer = act()
            except Problem as problem:
                status, answer = problem.status, error(problem)
            if key:
                self.connection.execute("INSERT INTO keys VALUES (?, ?, ?, ?)", (key, request, status, json.dumps(answer)))
                self.connection.execute(
                    "DELETE FROM keys WHERE rowid <= (SELECT max(rowid) FROM keys) - ?", (MOST_KEYS,)
                )
            return status, answer

    # The five tools

    def doctor(self, name):
        """The doctor whose name holds these words, whatever the title."""
        words = re.sub(r"\b(dr|doctor)\b\.?", " ", name.lower()).split()
        found = [doctor for doctor in self.rows("SELECT * FROM doctors ORDER BY name")
                 if words and all(word in doctor["name"].lower() for word in words)]
        if len(found) == 1:
            return found[0]
        names = ", ".join(doctor["name"] for doctor in found or self.rows("SELECT name FROM doctors ORDER BY name"))
        if found:
            raise Problem(409, "ambiguous_doctor", f"several doctors have that name: {names}")
        raise Problem(404, "unknown_doctor", f"there is no such doctor; there are: {names}")

    def availability(self, doctor, date):
        doctor = self.doctor(doctor)["name"]
        taken = {row["time"] for row in self.rows(
            "SELECT time FROM appointments WHERE doctor = ? AND date = ? AND status = 'booked'", doctor, date)}
        free = [] if is_weekend(date) else [hour for hour in HOURS if hour not in taken]
        return 200, {"doctor": doctor, "date": date, "available": bool(free), "times": free}

    def schedule(self, patient, doctor, date, time, reason):
        doctor = self.doctor(doctor)["name"]
        if is_weekend(date) or time not in HOURS:
            raise Problem(422, "closed", "appointments are on weekdays, every half hour from 09:00 to 16:30 but not from 12:00 to 13:00")
        self.connection.execute("INSERT OR IGNORE INTO patients (name) VALUES (?)", (patient,))
        try:
            cursor = self.connection.execute(
                "INSERT INTO appointments (patient, doctor, date, time, reason) VALUES (?, ?, ?, ?, ?)",
                (patient, doctor, date, time, reason),
            )
        except sqlite3.IntegrityError:
            raise Problem(409, "taken", f"{doctor} has another appointment then") from None
        return 201, self.appointment(cursor.lastrowid)

    def appointment(self, number):
        for row in self.rows("SELECT * FROM appointments WHERE id = ?", number):
            return row
        raise Problem(404, "unknown_appointment", f"there is no appointment {number}")

    def cancel(self, number):
        if self.appointment(number)["status"] == "cancelled":
            raise Problem(409, "already_cancelled", f"appointment {number} is cancelled already")
        self.connection.execute("UPDATE appointments SET status = 'cancelled' WHERE id = ?", (number,))
        return 200, self.appointment(number)

    def patient(self, name):
        for row in self.rows("SELECT * FROM patients WHERE lower(name) = lower(?)", name):
            return 200, row | {"appointments": self.rows(
                "SELECT * FROM appointments WHERE patient = ? ORDER BY date, time", row["name"])}
        raise Problem(404, "unknown_patient", "there is no patient of that name")

    def doctors(self, name, specialty):
        if name:
            return 200, {"doctors": [self.doctor(name)]}
        return 200, {"doctors": self.rows(
            "SELECT * FROM doctors WHERE instr(specialty, lower(?)) ORDER BY name", specialty)}

    def state(self):
        with self.lock:
            return 200, {
                "doctors": self.rows("SELECT * FROM doctors ORDER BY name"),
                "patients": self.rows("SELECT * FROM patients ORDER BY name"),
                "appointments": self.rows("SELECT * FROM appointments ORDER BY id"),
            }


def is_weekend(date):
    return datetime.date.fromisoformat(date).weekday() >= 5


def error(problem):
    return {"error": {"code": problem.code, "message": problem.message}}


class Fields:
    """The arguments of one request: each is taken, checked, and what is left over is an error."""

    def __init__(self, values):
        self.values = dict(values)

    def text(self, name, default=None):
        value = self.values.pop(name, default)
        if value is None:
            raise Problem(422, "missing", f"'{name}' is missing")
        if not isinstance(value, str) or (not value.strip() and default is None):
            raise Problem(422, "invalid", f"'{name}' must be text")
        if len(value) > LONGEST_TEXT:
            raise Problem(422, "invalid", f"'{name}' is longer than {LONGEST_TEXT} characters")
        return " ".join(value.split())

    def date(self, name):
        text = self.text(name)
        try:
            if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
                return datetime.date.fromisoformat(text).isoformat()
        except ValueError:
            pass
        raise Problem(422, "invalid", f"'{name}' must be a date as YYYY-MM-DD")

    def hour(self, name):
        text = self.text(name)
        if not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", text):
            raise Problem(422, "invalid", f"'{name}' must be a time as HH:MM")
        return text

    def done(self):
        if self.values:
            raise Problem(422, "unknown", f"unknown: {', '.join(sorted(self.values))[:LONGEST_TEXT]}")


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version, sys_version = "hospital", ""
    timeout = 60

    def do_GET(self):
        self.respond("GET")

    def do_POST(self):
        self.respond("POST")

    def do_DELETE(self):
        self.respond("DELETE")

    def respond(self, method):
        try:
            body = self.body()
            status, answer = self.answer(method, body)
        except Problem as problem:
            status, answer = problem.status, error(problem)
        data = json.dumps(answer, ensure_ascii=False).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json; charset=utf-8")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def body(self):
        length = self.headers.get("Content-Length", "0")
        if not length.isdecimal() or int(length) > LARGEST_BODY or "Transfer-Encoding" in self.headers:
            # What follows cannot be told from the next request.
            self.close_connection = True
            raise Problem(413, "too_large", f"a body needs a Content-Length of at most {LARGEST_BODY}")
        return self.rfile.read(int(length))

    def answer(self, method, body):
        book, url = self.server.book, urllib.parse.urlsplit(self.path)
        if (method, url.path) == ("GET", "/admin/state"):
            return book.state()
        if (method, url.path) == ("POST", "/admin/reset"):
            return book.reset()
        if (method, url.path) == ("POST", "/admin/delay"):
            return self.delay(self.object(body))
        time.sleep(self.server.delay_ms / 1000)
        act = self.tool(method, url, body)
        request = hashlib.sha256(f"{method} {self.path}\n".encode() + body).hexdigest()
        return book.once(self.headers.get("Idempotency-Key", "")[:LONGEST_TEXT], request, act)

    def tool(self, method, url, body):
        """What the request asks for, ready to be carried out."""
        book, query = self.server.book, Fields(urllib.parse.parse_qsl(url.query))
        number = re.fullmatch(r"/appointments/(\d{1,9})", url.path)
        if (method, url.path) == ("GET", "/availability"):
            doctor, date = query.text("doctor"), query.date("date")
            act = lambda: book.availability(doctor, date)
        elif (method, url.path) == ("POST", "/appointments"):
            given = Fields(self.object(body))
            values = given.text("patient"), given.text("doctor"), given.date("date"), given.hour("time"), given.text("reason", "")
            given.done()
            act = lambda: book.schedule(*values)
        elif method == "DELETE" and number:
            act = lambda: book.cancel(int(number[1]))
        elif (method, url.path) == ("GET", "/patients"):
            name = query.text("name")
            act = lambda: book.patient(name)
        elif (method, url.path) == ("GET", "/doctors"):
            name, specialty = query.text("name", ""), query.text("specialty", "")
            act = lambda: book.doctors(name, specialty)
        else:
            raise Problem(404, "unknown_path", "there is nothing here; see the beginning of service.py")
        query.done()
        return act

    def object(self, body):
        try:
            value = json.loads(body)
        except (ValueError, RecursionError):
            value = None
        if not isinstance(value, dict):
            raise Problem(400, "malformed", "the body must be a JSON object")
        return value

    def delay(self, values):
        ms = values.get("ms")
        if isinstance(ms, bool) or not isinstance(ms, int) or not 0 <= ms <= LONGEST_DELAY_MS:
            raise Problem(422, "invalid", f"'ms' must be a whole number from 0 to {LONGEST_DELAY_MS}")
        self.server.delay_ms = ms
        return 200, {"ms": ms}

    def log_message(self, *_):
        """Requests hold what patients say: they are not logged."""


def main():
    arguments = argparse.ArgumentParser(description="The appointment book of a hospital, over HTTP.")
    arguments.add_argument("--port", type=int, default=8099, help="0 takes a free one (8099)")
    arguments.add_argument("--database", default=":memory:", help="a file of SQLite (in memory)")
    arguments.add_argument("--seed", action="store_true", help="begin with three doctors, two patients, one appointment")
    arguments.add_argument("--delay-ms", type=int, default=0, help="every answer takes that much longer")
    chosen = arguments.parse_args()
    try:
        server = ThreadingHTTPServer(("127.0.0.1", chosen.port), Handler)
        server.book = Book(chosen.database, chosen.seed)
    except (OSError, OverflowError, sqlite3.Error) as problem:
        sys.exit(f"service.py: {problem}")
    server.daemon_threads, server.delay_ms = True, chosen.delay_ms
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    print(f"ready http://127.0.0.1:{server.server_port}", flush=True)
    with contextlib.suppress(KeyboardInterrupt):
        server.serve_forever()


if __name__ == "__main__":
    main()
