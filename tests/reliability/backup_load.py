"""The writers of backup_load.sh, and the comparison of two archives table by table."""

import http.client
import json
import os
import subprocess
import sys
import threading
import time
import urllib.parse

WRITERS = int(os.environ.get("WRITERS", "64"))
EACH = float(os.environ.get("SECONDS_EACH", "10"))


def manifest(path):
    plain = subprocess.run(["zstd", "-dcq", path], stdout=subprocess.PIPE, check=True).stdout
    length = int(plain[124:135].rstrip(b"\0 "), 8)
    return json.loads(plain[512 : 512 + length])


def same(one, other):
    one, other = manifest(one), manifest(other)
    assert one["tables"] == other["tables"], "a table is not what it was"
    rows = sum(table["rows"] for table in one["tables"])
    print(f"restored: {len(one['tables'])} tables with {rows} rows, each with the same digest")


class Session:
    def __init__(self, address):
        self.host = urllib.parse.urlparse(address).netloc
        self.line = http.client.HTTPConnection(self.host, timeout=120)
        self.head = {"Sec-Fetch-Site": "same-origin"}

    def ask(self, method, path, body=None, kind="application/json"):
        head = dict(self.head)
        if body is not None:
            head["Content-Type"] = kind
        self.line.request(method, path, body=body, headers=head)
        answer = self.line.getresponse()
        return answer, answer.read()

    def sign_in(self, phrase):
        fields = urllib.parse.urlencode({"email": "load@example.org", "password": phrase})
        answer, _ = self.ask("POST", "/admin/login", fields, "application/x-www-form-urlencoded")
        assert answer.status == 303, answer.status
        self.head["Cookie"] = answer.getheader("set-cookie").split(";")[0]


def percentile(times, part):
    return sorted(times)[min(len(times) - 1, int(len(times) * part))]


def main(address, phrase, ballast, size):
    first = Session(address)
    first.sign_in(phrase)
    _, body = first.ask("GET", "/api/v1/people?limit=1")
    people = json.loads(body)
    items = people if isinstance(people, list) else next(v for v in people.values() if isinstance(v, list))
    made = len(items)
    # Long notes fill the file: each is kept twice, in its row and in the history of it.
    note = "n" * 9_000
    file = os.path.join(os.environ["DATA_DIR"], "ballast.sqlite")
    number = 0

    def length():
        return sum(os.path.getsize(file + end) for end in ("", "-wal") if os.path.exists(file + end)) / 1_048_576

    began = time.monotonic()
    stop_at = size

    def fill(part):
        nonlocal number
        session = Session(address)
        session.head = dict(first.head)
        while length() < stop_at:
            number += 1
            body = json.dumps({"name": f"Filler {part} {number}", "notes": note, "active": False})
            answer, told = session.ask("POST", "/api/v1/people", body)
            assert answer.status in (200, 201), (answer.status, told[:200])

    fillers = [threading.Thread(target=fill, args=(part,)) for part in range(16)]
    for one in fillers:
        one.start()
    for one in fillers:
        one.join()
    print(f"filled to {length():.0f} MiB in {time.monotonic() - began:.0f} s, beside {made} people")

    times, lock, stop = [], threading.Lock(), threading.Event()

    def write(part):
        session = Session(address)
        session.head = dict(first.head)
        count = 0
        while not stop.is_set():
            count += 1
            body = json.dumps({"name": f"Role {part} {count} {time.monotonic_ns()}"})
            at = time.monotonic()
            answer, told = session.ask("POST", "/api/v1/roles", body)
            took = time.monotonic() - at
            assert answer.status in (200, 201), (answer.status, told[:200])
            with lock:
                times.append((at, took))

    writers = [threading.Thread(target=write, args=(part,)) for part in range(WRITERS)]
    for one in writers:
        one.start()
    time.sleep(EACH)
    begun = time.monotonic()
    backup = subprocess.run([ballast, "backup", "--reason", "under load"], stdout=subprocess.PIPE, check=True, text=True)
    ended = time.monotonic()
    time.sleep(1)
    stop.set()
    for one in writers:
        one.join()
    print(backup.stdout.strip())
    usual = [took for at, took in times if at < begun]
    meanwhile = [took for at, took in times if begun <= at <= ended]
    for what, part in (("usual", usual), ("meanwhile", meanwhile)):
        print(
            f"{what}: {len(part)} writes, p50 {percentile(part, 0.5) * 1000:.1f} ms, "
            f"p99 {percentile(part, 0.99) * 1000:.1f} ms, worst {max(part) * 1000:.0f} ms"
        )
    ratio = percentile(meanwhile, 0.99) / percentile(usual, 0.99)
    print(f"the backup took {ended - begun:.1f} s; p99 is {ratio:.2f} of the usual")
    if ratio >= 2:
        sys.exit("the writers were held up")


if sys.argv[1] == "--same":
    same(*sys.argv[2:4])
else:
    main(sys.argv[1], sys.argv[2], sys.argv[3], float(sys.argv[4]))
