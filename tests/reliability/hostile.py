#!/usr/bin/env python3
"""What nobody sends who means well.

    hostile.py smuggle URL            requests that two servers would read differently; each must be refused, alone, and once
    hostile.py head URL               heads without end
    hostile.py slow URL LINES SECONDS connections that say a little and then nothing
    hostile.py reset URL              HTTP/2 streams that are taken back as soon as they were opened
"""

import socket
import struct
import sys
import time
import urllib.parse

HOST = "Host: 127.0.0.1\r\n"
GET = "GET /auth/login HTTP/1.1\r\n" + HOST

# Each with a second request behind it that must never be answered as one of its own.
SMUGGLED = "GET /livez HTTP/1.1\r\n" + HOST + "\r\n"
CORPUS = {
    "length and chunks": "POST /auth/login HTTP/1.1\r\n" + HOST + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "two lengths": "POST /auth/login HTTP/1.1\r\n" + HOST + "Content-Length: 0\r\nContent-Length: 44\r\n\r\n",
    "a length with a sign": "POST /auth/login HTTP/1.1\r\n" + HOST + "Content-Length: +0\r\n\r\n",
    "lengths in a list": "POST /auth/login HTTP/1.1\r\n" + HOST + "Content-Length: 0, 44\r\n\r\n",
    "a blank before the colon": "POST /auth/login HTTP/1.1\r\n" + HOST + "Content-Length : 0\r\n\r\n",
    "a folded head": GET + "X-One: a\r\n Transfer-Encoding: chunked\r\n\r\n",
    "chunks that are no chunks": "POST /auth/login HTTP/1.1\r\n" + HOST + "Transfer-Encoding: xchunked\r\n\r\n",
    "chunks in the middle": "POST /auth/login HTTP/1.1\r\n" + HOST + "Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
    "a chunk without a number": "POST /auth/login HTTP/1.1\r\n" + HOST + "Transfer-Encoding: chunked\r\n\r\nZZ\r\n\r\n",
    "a chunk beyond all numbers": "POST /auth/login HTTP/1.1\r\n" + HOST + "Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n",
    "a zero byte": "GET /healthz\0 HTTP/1.1\r\n" + HOST + "\r\n",
    "a zero byte in a head": GET + "X-One: a\0b\r\n\r\n",
    "no version": "GET /healthz\r\n",
    "another version": "GET /healthz HTTP/3.7\r\n" + HOST + "\r\n",
    "a naked line feed in a head": GET + "X-One: a\nX-Two\r\n\r\n",
    "two hosts": GET + "Host: somewhere.else\r\n\r\n",
    "no host": "GET /auth/login HTTP/1.1\r\n\r\n",
    "a hundred heads": GET + "".join(f"X-{n}: y\r\n" for n in range(100)) + "\r\n",
    "a path beyond all": "GET /" + "a" * 20_000 + " HTTP/1.1\r\n" + HOST + "\r\n",
}
# Refused for what they say and not for how they are cut, so that the next one may be answered.
PLAIN = {"two hosts", "no host"}


def line(url, source="127.0.0.1", timeout=5):
    parts = urllib.parse.urlsplit(url)
    one = socket.socket()
    one.settimeout(timeout)
    one.bind((source, 0))
    one.connect((parts.hostname, parts.port))
    return one


def all_of(one):
    got = b""
    try:
        while part := one.recv(65_536):
            got += part
    except OSError:
        pass
    return got


def smuggle(url):
    faults = []
    for name, text in CORPUS.items():
        one = line(url, timeout=2)
        try:
            one.sendall((text + SMUGGLED).encode("latin-1"))
        except OSError:
            pass
        got = all_of(one)
        one.close()
        words = [part.split(b"\r\n", 1)[0].decode("latin-1") for part in got.split(b"HTTP/1.")[1:]]
        first = words[0].split()[1] if words else "closed"
        # Answered with a refusal, or not at all; and what stands behind is answered by nobody.
        if first.startswith("2") or (len(words) > 1 and name not in PLAIN):
            faults.append(f"{name}: {words}")
    if faults:
        sys.exit("taken: " + "; ".join(faults))
    print(f"{len(CORPUS)} ambiguous requests refused")


def head(url):
    """A head of a GiB, a piece after the other, until it is told that it is enough."""
    sent = 0
    one = line(url)
    try:
        one.sendall(GET.encode())
        while sent < 1 << 30:
            one.sendall(b"X-Long: " + b"a" * 8_192 + b"\r\n")
            sent += 8_202
    except OSError:
        pass
    one.close()
    if sent > 8 << 20:
        sys.exit(f"{sent} bytes of a head were taken")
    print(f"a head without end refused after {sent // 1024} KiB at most")


def slow(url, count, seconds):
    lines = []
    for number in range(count):
        try:
            one = line(url, source=f"127.0.{number // 50 % 250 + 1}.{number % 50 + 2}")
            one.sendall(GET.encode() if number % 2 else b"G")
            lines.append(one)
        except OSError:
            pass
    print(f"{len(lines)} of {count} slow lines", flush=True)
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        time.sleep(1)
        for one in lines[::7]:
            try:
                one.sendall(b"X-A: b\r\n")
            except OSError:
                pass


def frame(kind, flags, stream, body=b""):
    return struct.pack(">I", len(body))[1:] + bytes([kind, flags]) + struct.pack(">I", stream) + body


def reset(url, count=20_000):
    authority = urllib.parse.urlsplit(url).netloc.encode()
    # :method GET, :scheme http, :path /, :authority, from the static table and as a literal.
    block = b"\x82\x86\x84\x41" + bytes([len(authority)]) + authority
    one = line(url)
    opened = 0
    try:
        one.sendall(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + frame(4, 0, 0))
        for number in range(count):
            stream = 2 * number + 1
            one.sendall(frame(1, 5, stream, block) + frame(3, 0, stream, struct.pack(">I", 8)))
            opened += 1
    except OSError:
        pass
    got = all_of(one)
    one.close()
    # Frame by frame: was it told to go away?
    told, at = False, 0
    while at + 9 <= len(got):
        length = int.from_bytes(got[at : at + 3], "big")
        told = told or got[at + 3] == 7
        at += 9 + length
    if opened == count and not told:
        sys.exit(f"{count} streams were opened and taken back, and nobody minded")
    print(f"rapid resets ended after {opened} streams at most")


if __name__ == "__main__":
    command, url, *rest = sys.argv[1:]
    {"smuggle": smuggle, "head": head, "slow": slow, "reset": reset}[command](url, *map(int, rest))
