#!/usr/bin/env python3
"""The load of the reliability tests, and the judge of what is left after them.

    client.py prepare URL STATE           signs in and makes a project with a row for each client
    client.py load URL STATE [options]    writes numbered records; notes one as acknowledged only when its answer was read
    client.py judge STATE DATABASE        holds what was acknowledged against a copy of the database

A record is one gesture: three cells of hours in three weeks that no other record touches, sent with what the client saw in them.
Sent again after an unknown outcome it is either done now or was done before, and never twice. STATE is a folder: `client.json` says
who the client is and where each of its rows stands, `acknowledged` has a line for each record: row, number, change set.
"""

import argparse
import datetime
import http.client
import json
import os
import pathlib
import shutil
import sqlite3
import statistics
import sys
import tempfile
import threading
import time
import urllib.parse

EMAIL = "load@example.org"
PASSWORD = "correct horse battery"
ROWS = 64
CELLS = 3
# So many records of three weeks fit into the weeks that the calendar has.
MOST = 1_800
MONDAY = datetime.date(1970, 1, 5)


class Wire:
    """One kept connection that signs its requests. Another is made where it broke; nothing is sent twice by itself."""

    def __init__(self, url, cookie="", timeout=30):
        parts = urllib.parse.urlsplit(url)
        self.address, self.port = parts.hostname, parts.port
        self.cookie, self.timeout, self.line = cookie, timeout, None

    def ask(self, method, path, body=None, form=None):
        """Status and body. OSError or HTTPException: the outcome is not known."""
        head = {"Sec-Fetch-Site": "same-origin"}
        if self.cookie:
            head["Cookie"] = self.cookie
        data = None
        if body is not None:
            data, head["Content-Type"] = json.dumps(body), "application/json"
        if form is not None:
            data, head["Content-Type"] = urllib.parse.urlencode(form), "application/x-www-form-urlencoded"
        if self.line is None:
            self.line = http.client.HTTPConnection(self.address, self.port, timeout=self.timeout)
        try:
            self.line.request(method, path, body=data, headers=head)
            answer = self.line.getresponse()
            text = answer.read()
        except (OSError, http.client.HTTPException):
            self.line.close()
            self.line = None
            raise
        self.head = answer.headers
        return answer.status, text


def prepare(url, state):
    state = pathlib.Path(state)
    state.mkdir(parents=True, exist_ok=True)
    wire = Wire(url)
    status, _ = wire.ask("POST", "/auth/login", form={"email": EMAIL, "password": PASSWORD})
    cookies = [cookie.split(";")[0] for cookie in wire.head.get_all("Set-Cookie", [])]
    wire.cookie = next((cookie for cookie in cookies if cookie.split("=")[0].endswith("ballast")), "")
    if status != 303 or not wire.cookie:
        sys.exit(f"nobody is let in: {status}")

    def make(path, body):
        status, text = wire.ask("POST", path, body=body)
        if status != 201:
            sys.exit(f"{path} answered {status}: {text[:300]}")
        return json.loads(text)["id"]

    project = make("/api/v1/projects", {"name": "Reliability"})
    rows = []
    for number in range(ROWS):
        person = make("/api/v1/people", {"name": f"Row {number}"})
        rows.append(make("/api/v1/assignments", {"project": project, "person": person}))
    keep(state, {"cookie": wire.cookie, "rows": rows, "next": [0] * ROWS})


def known(state):
    return json.loads((pathlib.Path(state) / "client.json").read_text())


def keep(state, what):
    (pathlib.Path(state) / "client.json").write_text(json.dumps(what))


def weeks_of(number):
    return range(number * CELLS, (number + 1) * CELLS)


def hours_of(number):
    return number % 100 + 1


class Load:
    """What the writers and readers share."""

    def __init__(self, arguments):
        self.arguments = arguments
        self.state = known(arguments.state)
        self.journal = open(pathlib.Path(arguments.state) / "acknowledged", "a", encoding="ascii")
        self.lock = threading.Lock()
        self.over = threading.Event()
        self.acknowledged = self.found = self.unknown = 0
        self.refused = {}
        self.writes, self.reads, self.read_faults = [], [], 0
        self.first_fault = self.first_again = None
        self.began = time.monotonic()

    def since(self):
        return time.monotonic() - self.began

    def write(self, row):
        wire = Wire(self.arguments.url, self.state["cookie"], self.arguments.timeout)
        number = self.state["next"][row]
        while not self.over.is_set() and number < MOST:
            cells = [
                {
                    "assignment": self.state["rows"][row],
                    "week": str(MONDAY + datetime.timedelta(weeks=week)),
                    "hours": hours_of(number),
                    "seen": 0,
                }
                for week in weeks_of(number)
            ]
            began = time.monotonic()
            try:
                status, text = wire.ask("POST", "/api/v1/hours", body={"cells": cells})
            except (OSError, http.client.HTTPException):
                with self.lock:
                    self.unknown += 1
                    self.first_fault = self.first_fault or self.since()
                if self.arguments.patient:
                    self.over.wait(0.2)
                    continue
                break
            took = time.monotonic() - began
            with self.lock:
                change_set = json.loads(text)["changeSet"] if status == 200 else None
                if change_set:
                    self.acknowledged += 1
                    self.writes.append(took)
                    if self.first_fault and not self.first_again:
                        self.first_again = self.since()
                    self.journal.write(f"{row} {number} {change_set}\n")
                    self.journal.flush()
                elif status == 200 or (status == 409 and self.is_mine(text, number)):
                    # Sent before, and its answer was lost: it is there, once.
                    self.found += 1
                    self.journal.write(f"{row} {number} -\n")
                    self.journal.flush()
                else:
                    self.refused[status] = self.refused.get(status, 0) + 1
                    self.first_fault = self.first_fault or self.since()
            if status in (200, 409):
                number += 1
                self.state["next"][row] = number
                if self.arguments.records and self.acknowledged + self.found >= self.arguments.records:
                    self.over.set()
                if self.arguments.think:
                    self.over.wait(self.arguments.think / 1000)
            else:
                self.over.wait(0.1)

    @staticmethod
    def is_mine(text, number):
        conflicts = json.loads(text).get("conflicts", [])
        return len(conflicts) == CELLS and all(float(one["now"]) == hours_of(number) for one in conflicts)

    def read(self, _):
        wire = Wire(self.arguments.url, self.state["cookie"], self.arguments.timeout)
        while not self.over.is_set():
            began = time.monotonic()
            try:
                status, _ = wire.ask("GET", self.arguments.page)
            except (OSError, http.client.HTTPException):
                status = 0
            with self.lock:
                if status == 200:
                    self.reads.append(time.monotonic() - began)
                else:
                    self.read_faults += 1
            self.over.wait(0.02 if status == 200 else 0.2)

    def run(self):
        workers = [
            threading.Thread(target=self.write, args=(row,), daemon=True)
            for row in range(self.arguments.first, self.arguments.first + self.arguments.clients)
        ]
        readers = [threading.Thread(target=self.read, args=(n,), daemon=True) for n in range(self.arguments.readers)]
        for one in workers + readers:
            one.start()
        until = self.began + self.arguments.seconds
        while time.monotonic() < until and any(one.is_alive() for one in workers or readers):
            time.sleep(0.02)
        self.over.set()
        for one in workers + readers:
            one.join(self.arguments.timeout + 1)
        keep(self.arguments.state, self.state)
        self.tell()

    def tell(self):
        def spread(values):
            if len(values) < 2:
                return "-"
            cuts = statistics.quantiles(values, n=100)
            return f"p50 {cuts[49] * 1000:.1f} ms, p99 {cuts[98] * 1000:.1f} ms, most {max(values) * 1000:.1f} ms"

        figures = {
            "acknowledged": self.acknowledged,
            "found": self.found,
            "unknown": self.unknown,
            "refused": self.refused,
            "writes": spread(self.writes),
            "write_p99_ms": round(statistics.quantiles(self.writes, n=100)[98] * 1000, 1) if len(self.writes) > 1 else None,
            "reads": spread(self.reads),
            "read_p99_ms": round(statistics.quantiles(self.reads, n=100)[98] * 1000, 1) if len(self.reads) > 1 else None,
            "read_count": len(self.reads),
            "read_faults": self.read_faults,
            "again_after_s": round(self.first_again - self.first_fault, 2) if self.first_again else None,
        }
        print(json.dumps(figures), flush=True)


def copied(database, place):
    """A copy with its log, so that what judges changes nothing. The engine of the machine never opens the database itself."""
    copy = pathlib.Path(place) / "copy.sqlite"
    shutil.copy(database, copy)
    log = pathlib.Path(f"{database}-wal")
    if log.exists():
        shutil.copy(log, f"{copy}-wal")
    return sqlite3.connect(copy)


def judge(state, database):
    """Exits 1 with what is wrong; prints the figures."""
    faults = []
    journal = pathlib.Path(state) / "acknowledged"
    acknowledged = {}
    for line in journal.read_text().splitlines() if journal.exists() else []:
        row, number, change_set = line.split()
        if (row, number) in acknowledged:
            faults.append(f"record {row}/{number} was acknowledged twice")
        acknowledged[row, number] = change_set
    who = known(state)
    with tempfile.TemporaryDirectory() as place:
        base = copied(database, place)
        found = base.execute("pragma integrity_check").fetchall()
        if found != [("ok",)]:
            faults.append(f"integrity_check: {found[:3]}")
        if base.execute("pragma foreign_key_check").fetchone():
            faults.append("foreign_key_check: a row points to one that is gone")
        cells = {(row, week): minutes for row, week, minutes in base.execute("select assignment_id, week, minutes from booking")}
        # How often each cell was written, as the history tells it.
        written = {}
        for change_set, row, week in base.execute(
            "select change_set_id, entity_id, part from change where entity = 'booking' and after is not null"
        ):
            written.setdefault((row, week), []).append(change_set)
        base.close()
    lost = twice = partial = 0
    for (row, number), change_set in acknowledged.items():
        for week in weeks_of(int(number)):
            cell = (who["rows"][int(row)], week)
            if cells.get(cell) != hours_of(int(number)) * 60:
                lost += 1
                faults.append(f"record {row}/{number} was acknowledged and its week {week} holds {cells.get(cell)}")
            sets = written.get(cell, [])
            if len(sets) != 1:
                twice += 1
                faults.append(f"record {row}/{number}: its week {week} was written {len(sets)} times")
            elif change_set != "-" and str(sets[0]) != change_set:
                faults.append(f"record {row}/{number}: acknowledged as {change_set}, kept as {sets[0]}")
    known_cells = {
        (who["rows"][int(row)], week) for row, number in acknowledged for week in weeks_of(int(number))
    }
    # What was under way when the connection broke may be there or not, but not in part.
    extra = {}
    for row, week in cells:
        if row in who["rows"] and (row, week) not in known_cells:
            extra.setdefault((row, week // CELLS), []).append(cells[row, week])
    for (row, number), minutes in extra.items():
        if minutes != [hours_of(number) * 60] * CELLS:
            partial += 1
            faults.append(f"row {row}, record {number} is there in part: {minutes}")
    print(
        f"acknowledged {len(acknowledged)}, lost {lost}, twice {twice}, in part {partial}, "
        f"unanswered but there {len(extra)}, integrity {'ok' if not faults else 'see below'}"
    )
    if faults:
        print("\n".join(faults[:20]), file=sys.stderr)
        sys.exit(1)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    one = commands.add_parser("prepare")
    one.add_argument("url")
    one.add_argument("state")
    one = commands.add_parser("load")
    one.add_argument("url")
    one.add_argument("state")
    one.add_argument("--clients", type=int, default=ROWS)
    one.add_argument("--first", type=int, default=0, help="the first row; so that two loads do not meet")
    one.add_argument("--seconds", type=float, default=600)
    one.add_argument("--records", type=int, default=0, help="ends after so many")
    one.add_argument("--readers", type=int, default=0)
    one.add_argument("--page", default="/api/v1/me")
    one.add_argument("--think", type=float, default=0, help="milliseconds between two writes of a client")
    one.add_argument("--timeout", type=float, default=30)
    one.add_argument("--patient", action="store_true", help="comes again after a broken connection")
    one = commands.add_parser("judge")
    one.add_argument("state")
    one.add_argument("database")
    arguments = parser.parse_args()
    if arguments.command == "prepare":
        prepare(arguments.url, arguments.state)
    elif arguments.command == "load":
        Load(arguments).run()
    else:
        judge(arguments.state, arguments.database)


if __name__ == "__main__":
    os.umask(0o077)
    main()
