//! Holidays out of an iCalendar file: whole days, over several days too, each year too. What cannot be understood is told
//! by its line, and the rest is read all the same.

use icalendar::parser::Property;

use super::{Rule, RuleDraft, days_of};
use crate::units::{Day, Name};

/// How large a file may be.
pub const MOST_BYTES: usize = 512 * 1_024;
/// How many days and rules one file may bring.
const MOST_DAYS: usize = 1_000;
/// How many days one event may last.
const MOST_OF_ONE: i32 = 31;
/// How long one line may be, once it is put together again.
const LONGEST_LINE: usize = 8_192;
/// How many lines are told of.
const MOST_FAULTS: usize = 50;

/// A holiday on one day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IcsDay {
    /// When.
    pub day: Day,
    /// What it is called.
    pub name: String,
}

/// A line that was not understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineFault {
    /// Its number in the file, from 1.
    pub line: usize,
    /// What is wrong.
    pub text: String,
}

/// What a file says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Contents {
    /// Single days.
    pub days: Vec<IcsDay>,
    /// Days that come again each year.
    pub rules: Vec<RuleDraft>,
    /// What was not understood; the events in which it stands are left out.
    pub faults: Vec<LineFault>,
}

/// What of a file is new to a calendar.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Comparison {
    /// Single days that it does not have.
    pub days: Vec<IcsDay>,
    /// Days each year that it does not have.
    pub rules: Vec<RuleDraft>,
    /// The days that it has already, the yearly ones by their name.
    pub known: Vec<String>,
    /// What was not understood.
    pub faults: Vec<LineFault>,
}

impl Comparison {
    /// Compares a file with a calendar. `is_known` says whether a day is a holiday of it already.
    #[must_use]
    pub fn of(contents: Contents, is_known: impl Fn(Day) -> bool) -> Self {
        let mut compared = Self {
            faults: contents.faults,
            ..Self::default()
        };
        for day in contents.days {
            let again = compared.days.iter().any(|other| other.day == day.day);
            if is_known(day.day) || again {
                compared.known.push(format!("{}, {}", day.name, day.day.long()));
            } else {
                compared.days.push(day);
            }
        }
        for rule in contents.rules {
            let falls = days_of(&rule, Day::MIN, Day::MAX);
            let all_known = !falls.is_empty() && falls.iter().all(|falls| is_known(falls.day));
            if all_known || compared.rules.contains(&rule) {
                compared.known.push(format!("{}, each year", rule.name));
            } else {
                compared.rules.push(rule);
            }
        }
        compared
    }
}

/// Reads a file.
///
/// # Errors
/// Why it is no calendar at all, with the line.
pub fn read(text: &str) -> Result<Contents, String> {
    if text.len() > MOST_BYTES {
        return Err(format!("a calendar file may have {} KiB", MOST_BYTES >> 10));
    }
    let lines = unfolded(text.strip_prefix('\u{feff}').unwrap_or(text));
    let mut reading = Reading::default();
    let mut last = 0;
    for (number, line) in &lines {
        last = *number;
        reading.line(*number, line)?;
    }
    if !reading.begun {
        return Err("line 1: this is not an iCalendar file; one begins with BEGIN:VCALENDAR".to_owned());
    }
    if let Some(open) = reading.open.last() {
        return Err(format!(
            "line {last}: the file ends before its {open} does; it may be cut off"
        ));
    }
    let contents = reading.contents;
    if contents.days.len() + contents.rules.len() > MOST_DAYS {
        return Err(format!(
            "the file has more than {MOST_DAYS} days; that is too many for one calendar"
        ));
    }
    Ok(contents)
}

/// The lines that are not blank, put together where they were folded, each with the number of its first one.
fn unfolded(text: &str) -> Vec<(usize, String)> {
    let mut lines: Vec<(usize, String)> = Vec::new();
    for (number, line) in (1..).zip(text.split('\n')) {
        let line = line.strip_suffix('\r').unwrap_or(line);
        match (line.strip_prefix([' ', '\t']), lines.last_mut()) {
            (Some(rest), Some((_, whole))) => {
                // One over the limit is refused as a line; the rest of it is not kept.
                if whole.len() <= LONGEST_LINE {
                    whole.push_str(rest);
                }
            }
            _ if line.trim().is_empty() => {}
            _ => lines.push((number, line.to_owned())),
        }
    }
    lines
}

#[derive(Default)]
struct Reading {
    begun: bool,
    /// The components that are open, outermost first.
    open: Vec<String>,
    event: Event,
    contents: Contents,
}

/// The event that is being read, each value with its line.
#[derive(Default)]
struct Event {
    line: usize,
    start: Option<(usize, String)>,
    end: Option<(usize, String)>,
    duration: Option<(usize, String)>,
    rule: Option<(usize, String)>,
    exception: Option<usize>,
    name: String,
    cancelled: bool,
    /// A line of it was told of already, so it is left out.
    faulty: bool,
}

impl Reading {
    fn fault(&mut self, line: usize, text: impl Into<String>) {
        self.event.faulty = true;
        if self.contents.faults.len() < MOST_FAULTS {
            let text = text.into();
            self.contents.faults.push(LineFault { line, text });
        }
    }

    fn line(&mut self, number: usize, line: &str) -> Result<(), String> {
        let upper = line.trim().to_ascii_uppercase();
        if let Some(name) = upper.strip_prefix("BEGIN:") {
            if !self.begun && name != "VCALENDAR" {
                return Err(format!(
                    "line {number}: the file begins with {name}, not with a calendar"
                ));
            }
            self.begun = true;
            if self.open.len() > 8 {
                return Err(format!("line {number}: components stand too deep in each other"));
            }
            if name == "VEVENT" {
                self.event = Event {
                    line: number,
                    ..Event::default()
                };
            }
            self.open.push(name.chars().take(40).collect());
            return Ok(());
        }
        if !self.begun {
            return Err(format!(
                "line {number}: this is not an iCalendar file; one begins with BEGIN:VCALENDAR"
            ));
        }
        if let Some(name) = upper.strip_prefix("END:") {
            let open = self.open.pop();
            if open.as_deref() != Some(name) {
                let open = open.unwrap_or_else(|| "nothing".to_owned());
                let name: String = name.chars().take(40).collect();
                return Err(format!("line {number}: {name} ends here, but {open} is open"));
            }
            if name == "VEVENT" {
                self.end_event();
            }
            return Ok(());
        }
        if self.open.last().is_some_and(|open| open == "VEVENT") {
            self.property(number, line);
        }
        Ok(())
    }

    fn property(&mut self, number: usize, line: &str) {
        if line.len() > LONGEST_LINE {
            return self.fault(number, "the line is too long");
        }
        let property = Property::try_from(line).ok().filter(|_| line.contains(':'));
        let Some(property) = property else {
            return self.fault(
                number,
                "this is not a property such as DTSTART;VALUE=DATE:20261225",
            );
        };
        let value = property.val.as_str().trim().to_owned();
        match property.name.as_str().to_ascii_uppercase().as_str() {
            "DTSTART" => self.event.start = Some((number, value)),
            "DTEND" => self.event.end = Some((number, value)),
            "DURATION" => self.event.duration = Some((number, value)),
            "RRULE" => self.event.rule = Some((number, value)),
            "RDATE" | "EXDATE" | "EXRULE" | "RECURRENCE-ID" => self.event.exception = Some(number),
            "SUMMARY" => self.event.name = value,
            "STATUS" => self.event.cancelled = value.eq_ignore_ascii_case("CANCELLED"),
            _ => {}
        }
    }

    fn end_event(&mut self) {
        let event = std::mem::take(&mut self.event);
        if event.faulty || event.cancelled {
            return;
        }
        match event.holidays() {
            Ok((days, rules)) => {
                self.contents.days.extend(days);
                self.contents.rules.extend(rules);
            }
            Err((line, text)) => self.fault(line, text),
        }
    }
}

type Fault = (usize, String);
type Found = (Vec<IcsDay>, Vec<RuleDraft>);

impl Event {
    fn holidays(&self) -> Result<Found, Fault> {
        if let Some(line) = self.exception {
            return Err((
                line,
                "exceptions from a repetition are not understood; add these days by hand".to_owned(),
            ));
        }
        let Some((line, start)) = &self.start else {
            return Err((self.line, "the event has no DTSTART".to_owned()));
        };
        let first = whole_day(*line, start)?;
        let length = self.length(first)?;
        let name = Name::parse(&self.name.chars().take(Name::MOST).collect::<String>())
            .map_or_else(|_| "Holiday".to_owned(), String::from);
        let days = (0..length).map(|offset| first.plus(offset));
        match &self.rule {
            None => {
                let days = days.map(|day| IcsDay {
                    day,
                    name: name.clone(),
                });
                Ok((days.collect(), Vec::new()))
            }
            Some((line, rule)) => {
                let repeated = Repeated::read(rule, first).map_err(|text| (*line, text))?;
                if repeated.weekday.is_some() && length > 1 {
                    return Err((
                        *line,
                        "several days on a weekday of a month are not understood".to_owned(),
                    ));
                }
                Ok((Vec::new(), days.map(|day| repeated.draft(day, &name)).collect()))
            }
        }
    }

    /// How many days it lasts.
    fn length(&self, first: Day) -> Result<i32, Fault> {
        let (line, length) = match (&self.end, &self.duration) {
            (Some((line, end)), _) => (*line, whole_day(*line, end)?.number() - first.number()),
            (None, Some((line, text))) => {
                let days = duration(text).ok_or_else(|| {
                    (
                        *line,
                        "a duration of whole days is written like P1D or P1W".to_owned(),
                    )
                })?;
                (*line, days)
            }
            (None, None) => (self.line, 1),
        };
        // Some programs write the first day as the end of a single day.
        let length = length.max(i32::from(length == 0));
        if length < 1 {
            return Err((line, "the event ends before it begins".to_owned()));
        }
        if length > MOST_OF_ONE {
            return Err((
                line,
                format!("the event lasts {length} days; {MOST_OF_ONE} at most are taken for holidays"),
            ));
        }
        Ok(length)
    }
}

/// `20261225`.
fn whole_day(line: usize, text: &str) -> Result<Day, Fault> {
    if text.len() > 8 && text.get(8..9) == Some("T") {
        let text = "the event has a time of day; only whole days are taken for holidays";
        return Err((line, text.to_owned()));
    }
    compact_day(text).ok_or_else(|| {
        let told: String = text.chars().take(40).collect();
        (line, format!("“{told}” is not a day such as 20261225"))
    })
}

fn compact_day(text: &str) -> Option<Day> {
    if text.len() != 8 || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let part = |from: usize, to: usize| text.get(from..to)?.parse::<u32>().ok();
    let year = i32::try_from(part(0, 4)?).ok()?;
    Day::from_ymd(year, part(4, 6)?, part(6, 8)?).filter(|day| *day >= Day::MIN && *day <= Day::MAX)
}

/// `P1D`, `P2W`.
fn duration(text: &str) -> Option<i32> {
    let rest = text.trim_start_matches('+').strip_prefix('P')?;
    let (number, unit) = rest.split_at_checked(rest.len().checked_sub(1)?)?;
    let number: i32 = number.parse().ok().filter(|number| (1..=366).contains(number))?;
    match unit {
        "D" => Some(number),
        "W" => Some(number * 7),
        _ => None,
    }
}

/// A repetition each year.
struct Repeated {
    /// A weekday and from which day of which month on, in place of the day of the year.
    weekday: Option<(usize, u32, u32)>,
    years: Option<i32>,
    until: Option<Day>,
}

impl Repeated {
    fn read(text: &str, first: Day) -> Result<Self, String> {
        let (_, month, day) = first.ymd();
        let mut read = Self {
            weekday: None,
            years: None,
            until: None,
        };
        let (mut yearly, mut by_day) = (false, None);
        for part in text.split(';').filter(|part| !part.is_empty()) {
            let (key, value) = part.split_once('=').unwrap_or((part, ""));
            match key.to_ascii_uppercase().as_str() {
                "FREQ" => yearly = value.eq_ignore_ascii_case("YEARLY"),
                "INTERVAL" if value == "1" => {}
                "WKST" => {}
                "COUNT" => {
                    let count = value.parse().ok().filter(|count| (1..=1_000).contains(count));
                    read.years = Some(count.ok_or("COUNT is not a number of years")?);
                }
                "UNTIL" => {
                    let day = value.get(..8).and_then(compact_day);
                    read.until = Some(day.ok_or("UNTIL is not a day such as 20301225")?);
                }
                "BYMONTH" if value.parse() == Ok(month) => {}
                "BYMONTHDAY" if value.parse() == Ok(day) => {}
                "BYDAY" => by_day = Some(value.to_owned()),
                _ => return Err(format!("{} is not understood in a repetition", shown(part))),
            }
        }
        if !yearly {
            return Err("only repetitions each year (FREQ=YEARLY) are understood".to_owned());
        }
        if let Some(text) = by_day {
            let found = nth_weekday(&text, first)
                .ok_or_else(|| format!("BYDAY={} is not understood in a repetition", shown(&text)))?;
            read.weekday = Some(found);
        }
        Ok(read)
    }

    fn draft(&self, day: Day, name: &str) -> RuleDraft {
        let (year, month, of_month) = day.ymd();
        let rule = match self.weekday {
            Some((weekday, month, from)) => Rule::on_or_after(weekday, month, from),
            None => Rule::yearly(month, of_month),
        };
        let until = self.until.map(|until| {
            let (last, ..) = until.ymd();
            let in_time = rule.in_year(last).first().is_some_and(|falls| falls.day <= until);
            if in_time { last } else { last - 1 }
        });
        RuleDraft {
            name: name.to_owned(),
            rule,
            half: false,
            first_year: Some(year),
            last_year: self.years.map(|years| year + years - 1).or(until),
        }
    }
}

fn shown(text: &str) -> String {
    text.chars().take(40).collect()
}

/// `4TH` of the month of `first`, as the day of the month from which on the weekday is looked for; `-1MO` is the last one.
fn nth_weekday(text: &str, first: Day) -> Option<(usize, u32, u32)> {
    const NAMES: [&str; 7] = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"];
    let at = text.len().checked_sub(2)?;
    let (number, name) = text.split_at_checked(at)?;
    let weekday = NAMES.iter().position(|known| known.eq_ignore_ascii_case(name))?;
    let (year, month, _) = first.ymd();
    let from = match number.trim_start_matches('+').parse::<i32>().ok()? {
        number @ 1..=4 => u32::try_from(1 + 7 * (number - 1)).ok()?,
        // The last week of February is not the same in each year.
        -1 if month != 2 => (28..=31)
            .rev()
            .find(|day| Day::from_ymd(year, month, *day).is_some())?
            .checked_sub(6)?,
        _ => return None,
    };
    Some((weekday, month, from))
}

#[cfg(test)]
mod tests;
