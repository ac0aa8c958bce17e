//! Events as a file that calendar programs read (RFC 5545).

use icalendar::{Calendar, Component as _, Event, Parameter, Property};
use jiff::Timestamp;

use super::entries::{Certainty, Entry};
use crate::units::Day;

/// How often a calendar program should ask again.
const REFRESH: &str = "PT1H";

/// `entries` as one calendar called `name`. The same entries give the same bytes.
pub fn written(name: &str, entries: &[Entry]) -> String {
    let mut calendar = Calendar::empty();
    calendar.append_property(Property::new("VERSION", "2.0"));
    calendar.append_property(Property::new("PRODID", "-//Ballast//Calendar feed//EN"));
    calendar.append_property(Property::new("CALSCALE", "GREGORIAN"));
    calendar.append_property(Property::new("METHOD", "PUBLISH"));
    // The type is told, since the library only escapes what it knows to be text.
    calendar.append_property(
        Property::new("NAME", name)
            .append_parameter(Parameter::new("VALUE", "TEXT"))
            .done(),
    );
    calendar.append_property(Property::new("X-WR-CALNAME", name));
    let refresh = Parameter::new("VALUE", "DURATION");
    calendar.append_property(
        Property::new("REFRESH-INTERVAL", REFRESH)
            .append_parameter(refresh)
            .done(),
    );
    calendar.append_property(Property::new("X-PUBLISHED-TTL", REFRESH));
    for entry in entries {
        calendar.push(event(entry));
    }
    calendar.to_string()
}

fn event(entry: &Entry) -> Event {
    let mut event = Event::new();
    event.uid(&entry.uid);
    event.add_property("DTSTAMP", moment(entry.changed_at));
    event.append_property(date("DTSTART", entry.first));
    // The end is the day after the last.
    event.append_property(date("DTEND", entry.last.plus(1)));
    event.summary(&entry.summary);
    if !entry.description.is_empty() {
        event.description(&entry.description);
    }
    let status = match entry.certainty {
        Certainty::Confirmed => "CONFIRMED",
        Certainty::Tentative => "TENTATIVE",
    };
    event.add_property("STATUS", status);
    // A date in somebody's calendar does not make them busy for the whole day.
    event.add_property("TRANSP", "TRANSPARENT");
    event.done()
}

fn date(name: &str, day: Day) -> Property {
    let text = day.to_string().replace('-', "");
    Property::new(name, text)
        .append_parameter(Parameter::new("VALUE", "DATE"))
        .done()
}

/// `20261118T120000Z`.
fn moment(milliseconds: i64) -> String {
    let at = Timestamp::from_millisecond(milliseconds).unwrap_or_default();
    at.strftime("%Y%m%dT%H%M%SZ").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn entry(summary: &str) -> Entry {
        Entry {
            uid: "deliverable-1@ballast".to_owned(),
            first: "2026-12-31".parse().unwrap(),
            last: "2026-12-31".parse().unwrap(),
            summary: summary.to_owned(),
            description: "Phase: DD\nDone".to_owned(),
            certainty: Certainty::Tentative,
            changed_at: 1_795_003_200_000,
        }
    }

    #[test]
    fn an_event_says_all_that_the_format_asks_for() {
        let text = written("Osei, Amara; team", &[entry("Harbour — DD (60 %)")]);
        for line in [
            "BEGIN:VCALENDAR",
            "VERSION:2.0",
            "NAME;VALUE=TEXT:Osei\\, Amara\\; team",
            "X-WR-CALNAME:Osei\\, Amara\\; team",
            "REFRESH-INTERVAL;VALUE=DURATION:PT1H",
            "UID:deliverable-1@ballast",
            "DTSTAMP:20261118T120000Z",
            "DTSTART;VALUE=DATE:20261231",
            "DTEND;VALUE=DATE:20270101",
            "SUMMARY:Harbour — DD (60 %)",
            "DESCRIPTION:Phase: DD\\nDone",
            "STATUS:TENTATIVE",
            "TRANSP:TRANSPARENT",
            "END:VCALENDAR",
        ] {
            assert!(
                text.split("\r\n").any(|one| one == line),
                "{line} is missing in\n{text}"
            );
        }
    }

    #[test]
    fn a_feed_without_events_is_still_a_calendar() {
        let text = written("Nobody", &[]);
        assert!(text.starts_with("BEGIN:VCALENDAR\r\n") && text.ends_with("END:VCALENDAR\r\n"));
    }

    proptest! {
        #[test]
        fn whatever_a_name_holds_reads_back_and_no_line_is_too_long(summary in "[^\\p{C}\\s]([^\\p{C}]{0,198}[^\\p{C}\\s])?") {
            let text = written(&summary, &[entry(&summary)]);
            for line in text.split("\r\n") {
                // 75 is what a line should have at most; the library gives the last piece of a folded one a byte more.
                prop_assert!(line.len() <= 76, "{} bytes: {line}", line.len());
                prop_assert!(!line.contains('\n'));
            }
            let read: Calendar = text.parse().unwrap();
            let event = read.events().next().unwrap();
            prop_assert_eq!(event.get_summary(), Some(summary.as_str()));
        }
    }
}
