#!/usr/bin/env python3
"""Whether a server in an empty root finds others by name and judges their certificates.

    image-talks.py URL LOG COMMAND…

Starts COMMAND three times with an identity provider at https://id.check.invalid, which a name server of ours on 127.0.0.77 knows:
before it knows the name, with a certificate whose issuer nobody knows, and with that issuer named in EXTRA_CA.
"""

import http.client
import http.server
import json
import pathlib
import re
import socket
import ssl
import struct
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse

NAME = "id.check.invalid"
NAMESERVER = "127.0.0.77"


def names(known):
    """Answers one name, and says of every other that it does not exist."""
    line = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    line.bind((NAMESERVER, 53))
    while True:
        question, who = line.recvfrom(512)
        at, labels = 12, []
        while question[at]:
            labels.append(question[at + 1 : at + 1 + question[at]].decode())
            at += question[at] + 1
        end = at + 5
        kind = struct.unpack(">H", question[at + 1 : at + 3])[0]
        found = known.is_set() and ".".join(labels) == NAME
        answer = found and kind == 1
        head = question[:2] + struct.pack(">HHHHH", 0x8180 if found else 0x8183, 1, int(answer), 0, 0)
        record = b"\xc0\x0c" + struct.pack(">HHIH", 1, 1, 5, 4) + socket.inet_aton("127.0.0.1")
        line.sendto(head + question[12:end] + (record if answer else b""), who)


class Provider(http.server.BaseHTTPRequestHandler):
    asked = 0

    def do_GET(self):
        Provider.asked += 1
        base = f"https://{NAME}:{self.server.server_port}"
        document = {"issuer": base, "authorization_endpoint": base + "/in", "token_endpoint": base + "/token", "jwks_uri": base + "/keys",
                    "response_types_supported": ["code"], "subject_types_supported": ["public"],
                    "id_token_signing_alg_values_supported": ["RS256"]}
        body = json.dumps({"keys": []} if self.path == "/keys" else document).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def provider(place):
    def make(*arguments):
        subprocess.run(["openssl", *arguments], check=True, capture_output=True, cwd=place)

    key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
    make("req", "-x509", *key, "-days", "2", "-subj", "/CN=nobody's authority", "-keyout", "ca.key", "-out", "ca.pem")
    make("req", *key, "-subj", "/CN=check", "-keyout", "leaf.key", "-out", "leaf.csr")
    (place / "leaf.ext").write_text(f"subjectAltName=DNS:{NAME}\nbasicConstraints=CA:FALSE\n")
    make("x509", "-req", "-in", "leaf.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", "2", "-extfile", "leaf.ext",
         "-out", "leaf.pem")
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Provider)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(place / "leaf.pem", place / "leaf.key")
    server.handle_error = lambda *_: None  # that it is refused is what is asked for
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server.server_port, (place / "ca.pem").read_text()


def went_out(url, command, settings, log):
    """Where the door of the provider leads: its own address, or None where it could not be asked."""
    at = command.index("-i") + 1
    server = subprocess.Popen(command[:at] + settings + command[at:], stdout=log, stderr=log)
    try:
        parts = urllib.parse.urlsplit(url)
        page = None
        for _ in range(400):
            try:
                line = http.client.HTTPConnection(parts.hostname, parts.port, timeout=20)
                line.request("GET", "/auth/login")
                page = line.getresponse().read().decode()
                break
            except OSError:
                time.sleep(0.02)
        door = re.search(r"/auth/oidc/[^\"'/]+/start[^\"']*", page or "")
        if not door:
            sys.exit("the sign-in page shows no provider")
        line.request("GET", door.group().replace("&amp;", "&"), headers={"Sec-Fetch-Site": "same-origin"})
        answer = line.getresponse()
        answer.read()
        lead = answer.getheader("Location") or ""
        return lead if lead.startswith(f"https://{NAME}") else None
    finally:
        pids = pathlib.Path(f"/proc/{server.pid}/task/{server.pid}/children").read_text().split()
        subprocess.run(["kill", *pids], check=False)
        server.wait(30)


def main():
    url, log, *command = sys.argv[1:]
    known = threading.Event()
    threading.Thread(target=names, args=(known,), daemon=True).start()
    with tempfile.TemporaryDirectory() as place, open(log, "w", encoding="utf-8") as log:
        port, certificate = provider(pathlib.Path(place))
        settings = [f"OIDC_ISSUER=https://{NAME}:{port}", "OIDC_CLIENT_ID=ballast", "EGRESS_ALLOW=127.0.0.1", f"PUBLIC_URL={url}"]
        if went_out(url, command, settings, log) or Provider.asked:
            sys.exit("a name that nobody knows was found")
        known.set()
        if went_out(url, command, settings, log) or Provider.asked:
            sys.exit("a certificate of nobody's was believed")
        if not went_out(url, command, [*settings, f"EXTRA_CA={certificate}"], log):
            sys.exit("a named issuer was not believed, or the name not found")
    print("names are looked up by /etc/resolv.conf; a certificate of an unknown issuer is refused, one of a named issuer believed")


if __name__ == "__main__":
    main()
