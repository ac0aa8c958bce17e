"""Reads a feed from standard input with a library that is not ours, and prints what it found as JSON."""

import datetime
import json
import sys

from icalendar import Calendar

calendar = Calendar.from_ical(sys.stdin.buffer.read())
assert calendar.name == "VCALENDAR", calendar.name
for needed in ("PRODID", "VERSION"):
    assert needed in calendar, needed + " is missing"

events = []
for part in calendar.walk():
    assert not part.errors, part.errors
    if part.name != "VEVENT":
        continue
    for needed in ("UID", "DTSTAMP", "DTSTART", "DTEND", "SUMMARY"):
        assert needed in part, needed + " is missing"
    first, end = part["DTSTART"].dt, part["DTEND"].dt
    assert type(first) is datetime.date and type(end) is datetime.date, "whole days only"
    assert part["DTSTAMP"].dt.utcoffset() == datetime.timedelta(0), "the stamp is not UTC"
    events.append(
        {
            "uid": str(part["UID"]),
            "first": first.isoformat(),
            "last": (end - datetime.timedelta(days=1)).isoformat(),
            "summary": str(part["SUMMARY"]),
            "description": str(part.get("DESCRIPTION", "")),
            "status": str(part.get("STATUS", "")),
            "stamp": part["DTSTAMP"].dt.isoformat(),
        }
    )

uids = [event["uid"] for event in events]
assert len(uids) == len(set(uids)), "a UID stands twice"
print(json.dumps({"name": str(calendar["X-WR-CALNAME"]), "events": events}))
