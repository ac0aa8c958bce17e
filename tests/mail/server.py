"""A mail server for tests: says its port, then one line of JSON for each letter and for each connection that ended.

server.py MODE CERTIFICATE KEY
MODE: open, starttls, implicit, or busy (open, and asks for the first letter once more)
"""

import asyncio
import json
import ssl
import sys
import warnings

from aiosmtpd.smtp import SMTP, AuthResult

warnings.filterwarnings("ignore")
MODE, CERTIFICATE, KEY = sys.argv[1:4]
refusals = 1 if MODE == "busy" else 0


def say(**what):
    print(json.dumps(what), flush=True)


class Handler:
    async def handle_DATA(self, server, session, envelope):
        global refusals
        if refusals:
            refusals -= 1
            say(event="refused")
            return "451 come again"
        say(
            event="letter",
            to=envelope.rcpt_tos,
            sender=envelope.mail_from,
            user=session.auth_data,
            encrypted=session.ssl is not None or MODE == "implicit",
            content=envelope.content.decode(),
        )
        return "250 taken"


class Server(SMTP):
    def connection_lost(self, error):
        say(event="gone")
        super().connection_lost(error)


def authenticate(server, session, envelope, mechanism, given):
    right = given.login == b"plan" and given.password == b"an open one"
    return AuthResult(success=right, auth_data="plan" if right else None)


def context():
    made = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    made.load_cert_chain(CERTIFICATE, KEY)
    return made


async def main():
    signs_in = MODE in ("starttls", "implicit")
    starttls = context() if MODE == "starttls" else None

    def protocol():
        return Server(
            Handler(),
            hostname="localhost",
            tls_context=starttls,
            require_starttls=starttls is not None,
            authenticator=authenticate if signs_in else None,
            auth_required=signs_in,
            auth_require_tls=MODE == "starttls",
        )

    outer = context() if MODE == "implicit" else None
    server = await asyncio.get_running_loop().create_server(protocol, "127.0.0.1", 0, ssl=outer)
    say(event="listening", port=server.sockets[0].getsockname()[1])
    await server.serve_forever()


asyncio.run(main())
