//! Calendar files as they come.

use super::*;

fn file(events: &str) -> String {
    format!("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{events}END:VCALENDAR\r\n")
}

fn event(lines: &str) -> String {
    file(&format!("BEGIN:VEVENT\r\n{lines}END:VEVENT\r\n"))
}

fn days(text: &str) -> Vec<String> {
    let contents = read(text).unwrap();
    assert_eq!(contents.faults, []);
    let rules = contents.rules.iter().map(|rule| {
        let years = [rule.first_year, rule.last_year]
            .map(|year| year.map_or_else(String::new, |year| year.to_string()));
        format!("{} {} {}", rule.rule, years.join("-"), rule.name)
    });
    let days = contents
        .days
        .iter()
        .map(|day| format!("{} {}", day.day, day.name));
    days.chain(rules).collect()
}

#[test]
fn whole_days_read_however_they_are_written() {
    for (lines, found) in [
        (
            "DTSTART;VALUE=DATE:20261225\r\nSUMMARY:Christmas\r\n",
            &["2026-12-25 Christmas"][..],
        ),
        (
            "DTSTART:20261225\nDTEND:20261226\nSUMMARY:Christmas\n",
            &["2026-12-25 Christmas"],
        ),
        (
            "DTSTART;VALUE=DATE:20261225\r\nDTEND;VALUE=DATE:20261225\r\nSUMMARY:X\r\n",
            &["2026-12-25 X"],
        ),
        (
            "DTSTART;VALUE=DATE:20261231\r\nDTEND;VALUE=DATE:20270102\r\nSUMMARY:Turn\r\n",
            &["2026-12-31 Turn", "2027-01-01 Turn"],
        ),
        (
            "DTSTART;VALUE=DATE:20261231\r\nDURATION:P2D\r\nSUMMARY:Turn\r\n",
            &["2026-12-31 Turn", "2027-01-01 Turn"],
        ),
        (
            "DTSTART;VALUE=DATE:20261225\r\nSUMMARY;LANGUAGE=en:All saints\\, all\r\n  souls\r\n",
            &["2026-12-25 All saints, all souls"],
        ),
        ("DTSTART;VALUE=DATE:20261225\r\n", &["2026-12-25 Holiday"]),
        (
            "dtstart;value=date:20261225\r\nsummary:Low\r\n",
            &["2026-12-25 Low"],
        ),
        ("DTSTART;VALUE=DATE:20261225\r\nSTATUS:CANCELLED\r\n", &[]),
        (
            "DTSTART;VALUE=DATE:20261225\r\nSUMMARY:A\r\nBEGIN:VALARM\r\nSUMMARY:No\r\nDTSTART:x\r\nEND:VALARM\r\n",
            &["2026-12-25 A"],
        ),
    ] {
        assert_eq!(days(&event(lines)), found, "{lines}");
        let marked = format!("\u{feff}{}", event(lines));
        assert_eq!(days(&marked), found, "with a byte order mark");
    }
}

#[test]
fn what_comes_each_year_becomes_a_rule() {
    for (lines, found) in [
        (
            "DTSTART;VALUE=DATE:20200517\r\nRRULE:FREQ=YEARLY\r\nSUMMARY:N\r\n",
            &["05-17 2020- N"][..],
        ),
        (
            "DTSTART:20200517\r\nRRULE:FREQ=YEARLY;COUNT=5\r\nSUMMARY:N\r\n",
            &["05-17 2020-2024 N"],
        ),
        (
            "DTSTART:20200517\r\nRRULE:FREQ=YEARLY;UNTIL=20250517T000000Z\r\nSUMMARY:N\r\n",
            &["05-17 2020-2025 N"],
        ),
        (
            "DTSTART:20200517\r\nRRULE:FREQ=YEARLY;UNTIL=20250516\r\nSUMMARY:N\r\n",
            &["05-17 2020-2024 N"],
        ),
        (
            "DTSTART:20201225\r\nDTEND:20201227\r\nRRULE:FREQ=YEARLY;INTERVAL=1;BYMONTH=12;BYMONTHDAY=25\r\nSUMMARY:C\r\n",
            &["12-25 2020- C", "12-26 2020- C"],
        ),
        (
            "DTSTART:20261126\r\nRRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=4TH\r\nSUMMARY:T\r\n",
            &["thu>=11-22 2026- T"],
        ),
        (
            "DTSTART:20260525\r\nRRULE:FREQ=YEARLY;BYMONTH=5;BYDAY=-1MO\r\nSUMMARY:M\r\n",
            &["mon>=05-25 2026- M"],
        ),
    ] {
        assert_eq!(days(&event(lines)), found, "{lines}");
    }
}

#[test]
fn what_is_not_understood_is_told_by_its_line_and_the_rest_is_read() {
    let good = "BEGIN:VEVENT\r\nDTSTART:20261225\r\nSUMMARY:C\r\nEND:VEVENT\r\n";
    for (lines, line, told) in [
        ("DTSTART:20261224T180000Z\r\n", 8, "time of day"),
        ("DTSTART:20260230\r\n", 8, "not a day"),
        ("SUMMARY:x\r\n", 7, "no DTSTART"),
        ("DTSTART:20261224\r\nRRULE:FREQ=WEEKLY\r\n", 9, "each year"),
        (
            "DTSTART:20261224\r\nRRULE:FREQ=YEARLY;INTERVAL=2\r\n",
            9,
            "INTERVAL=2",
        ),
        (
            "DTSTART:20261224\r\nRRULE:FREQ=YEARLY;BYDAY=MO\r\n",
            9,
            "BYDAY=MO",
        ),
        (
            "DTSTART:20261224\r\nSUMMARY:a\r\n b\r\nEXDATE:20271224\r\n",
            11,
            "exceptions",
        ),
        ("DTSTART:20261224\r\nDTEND:20261223\r\n", 9, "before it begins"),
        ("DTSTART:20260101\r\nDTEND:20270101\r\n", 9, "365 days"),
        ("DTSTART:20261224\r\n=;=nonsense\r\n", 9, "not a property"),
    ] {
        let text = file(&format!("{good}BEGIN:VEVENT\r\n{lines}END:VEVENT\r\n{good}"));
        let contents = read(&text).unwrap();
        assert_eq!(contents.days.len(), 2, "{lines}");
        let faults: Vec<_> = contents.faults.iter().map(|fault| fault.line).collect();
        assert_eq!(faults, [line], "{lines}: {:?}", contents.faults);
        assert!(contents.faults[0].text.contains(told), "{:?}", contents.faults);
    }
}

#[test]
fn what_is_no_calendar_is_refused_with_its_line() {
    for (text, told) in [
        ("", "line 1: this is not an iCalendar file"),
        (
            "\r\n\r\nday,name\r\n2026-12-25,Christmas\r\n",
            "line 3: this is not an iCalendar file",
        ),
        ("BEGIN:VEVENT\r\n", "line 1: the file begins with VEVENT"),
        (
            "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART:20261225\r\n",
            "line 3: the file ends before its VEVENT",
        ),
        ("BEGIN:VCALENDAR\r\nEND:VEVENT\r\n", "line 2: VEVENT ends here"),
    ] {
        let fault = read(text).unwrap_err();
        assert!(fault.starts_with(told), "{fault}");
    }
    let large = "BEGIN:VCALENDAR\r\n".repeat(40_000);
    assert!(read(&large).unwrap_err().contains("512 KiB"));
    let deep = "BEGIN:VCALENDAR\r\n".repeat(40);
    assert!(read(&deep).unwrap_err().starts_with("line 10:"));
    let many = file(&"BEGIN:VEVENT\r\nDTSTART:20261225\r\nEND:VEVENT\r\n".repeat(1_001));
    assert!(read(&many).unwrap_err().contains("more than 1000"));
}

#[test]
fn days_that_a_calendar_has_are_not_brought_twice() {
    let text = file(
        "BEGIN:VEVENT\r\nDTSTART:20261225\r\nSUMMARY:C\r\nEND:VEVENT\r\n\
         BEGIN:VEVENT\r\nDTSTART:20261226\r\nSUMMARY:B\r\nEND:VEVENT\r\n\
         BEGIN:VEVENT\r\nDTSTART:20261226\r\nSUMMARY:Again\r\nEND:VEVENT\r\n\
         BEGIN:VEVENT\r\nDTSTART:20200517\r\nRRULE:FREQ=YEARLY\r\nSUMMARY:N\r\nEND:VEVENT\r\n",
    );
    let compared = Comparison::of(read(&text).unwrap(), |day| {
        let (_, month, of_month) = day.ymd();
        (month, of_month) == (5, 17) || day.to_string() == "2026-12-25"
    });
    let names: Vec<&str> = compared.days.iter().map(|day| day.name.as_str()).collect();
    assert_eq!((names, compared.rules.len()), (vec!["B"], 0));
    assert_eq!(
        compared.known,
        ["C, 25 December 2026", "Again, 26 December 2026", "N, each year"]
    );
}
