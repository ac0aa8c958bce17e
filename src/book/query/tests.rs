//! What is found by what is typed.

use proptest::prelude::*;

use super::*;
use crate::units::Minutes;

fn week(booked: u32, capacity: u32) -> PersonWeek {
    PersonWeek {
        booked: Minutes(booked * 60),
        capacity: Minutes(capacity * 60),
        ..PersonWeek::default()
    }
}

/// Whether a query holds for somebody with these words and hours, of forty a week.
fn finds(query: &str, text: &str, hours: &[u32]) -> bool {
    let weeks = || hours.iter().map(|hours| week(*hours, 40)).collect();
    SearchQuery::parse(query).fits(&Searched {
        text,
        weeks: Some(&weeks),
        bands: Bands::default(),
    })
}

#[test]
fn words_operators_quotes_and_brackets_find_what_they_say() {
    let ada = "ada osei engineer harbour substation";
    for (query, found) in [
        ("", true),
        ("ada", true),
        ("ADA  Harbour", true),
        ("ada AND harbour", true),
        ("ada quay", false),
        ("ada OR quay", true),
        ("quay OR ada", true),
        ("engineer harbour OR quay", true),
        ("engineer bridge OR quay", false),
        ("planner OR engineer bridge OR harbour", true),
        ("NOT quay", true),
        ("NOT ada", false),
        ("ada NOT engineer", false),
        ("quay OR NOT bridge", true),
        ("NOT NOT ada", true),
        ("(quay OR ada) harbour", true),
        ("quay OR (ada bridge)", false),
        ("NOT (ada bridge)", true),
        ("\"harbour sub\"", true),
        ("\"sub harbour\"", false),
        ("\"AND\"", false),
        ("ada and harbour", false),
        ("AND ada OR", true),
        ("OR", true),
        ("((ada", true),
        ("ada) harbour", true),
        ("ada) quay", false),
        ("\"ada", true),
        ("é", false),
    ] {
        assert_eq!(finds(query, ada, &[]), found, "{query}");
    }
}

#[test]
fn ands_nots_and_ors_combine_as_the_older_tool_did() {
    // The sets of a are 1, 2 and 3, those of b 2, 3 and 4, and that of c is 3.
    let texts = [(1, "a"), (2, "a b"), (3, "a b c"), (4, "b")];
    for query in ["a OR z AND b NOT c", "NOT c b a OR z", "b NOT c (a OR z)"] {
        let found: Vec<i32> = texts
            .iter()
            .filter(|(_, text)| finds(query, text, &[]))
            .map(|(id, _)| *id)
            .collect();
        assert_eq!(found, [2], "{query}");
    }
}

#[test]
fn load_words_follow_the_bands_of_the_organisation() {
    for (query, hours, found) in [
        ("available", 0, true),
        ("available", 27, true),
        ("available", 28, false),
        ("underloaded", 10, true),
        ("optimal", 28, true),
        ("optimal", 34, false),
        ("full", 34, true),
        ("full", 40, true),
        ("full", 41, false),
        ("overloaded", 40, false),
        ("Overallocated", 41, true),
        ("overloaded", 80, true),
        ("NOT overloaded", 80, false),
        ("<30", 29, true),
        ("<30", 30, false),
        ("<=30", 30, true),
        (">=14", 14, true),
        (">14", 14, false),
        ("=14", 14, true),
        ("10-20", 10, true),
        ("10-20", 20, true),
        ("10-20", 21, false),
        ("10–20", 15, true),
        (">39.5", 40, true),
        ("12h-20h", 12, true),
    ] {
        assert_eq!(finds(query, "", &[hours]), found, "{query} of {hours} h");
    }
}

#[test]
fn clauses_with_commas_hold_in_one_and_the_same_week() {
    assert!(finds(">14, <30", "", &[12, 24]));
    assert!(finds(">14,<30", "", &[12, 24]));
    assert!(!finds(">14, <20", "", &[12, 24]));
    assert!(
        finds(">14 <20", "", &[12, 24]),
        "without a comma each may have its own week"
    );
    assert!(finds(">14, available", "", &[40, 20]));
    assert!(finds("ada >14, <30 osei", "ada osei", &[20]));
    assert!(!finds("available", "", &[]), "no week is no free week");
}

#[test]
fn a_week_away_is_no_week_to_be_free_in() {
    let away = || vec![week(0, 0)];
    let subject = |weeks| Searched {
        text: "",
        weeks: Some(weeks),
        bands: Bands::default(),
    };
    assert!(!SearchQuery::parse("available").fits(&subject(&away)));
    assert!(!SearchQuery::parse("<10").fits(&subject(&away)));
    let booked_away = || vec![week(8, 0)];
    assert!(SearchQuery::parse("overloaded").fits(&subject(&booked_away)));
}

#[test]
fn what_only_looks_like_a_load_is_text() {
    for text in [
        "20-10", ">x", "10--20", "<", "<-3", "--", "7,5", ">14,x", "fully", "<0", "1e3-2e3",
    ] {
        assert!(!SearchQuery::parse(text).asks_for_load(), "{text}");
        assert!(finds(text, text, &[]), "{text}");
    }
    assert!(!SearchQuery::parse("\"available\"").asks_for_load());
}

#[test]
fn without_weeks_load_words_are_words() {
    let subject = |text| Searched {
        text,
        weeks: None,
        bands: Bands::default(),
    };
    assert!(SearchQuery::parse("full refit").fits(&subject("full refit of the quay")));
    assert!(!SearchQuery::parse("full refit").fits(&subject("refit of the quay")));
}

proptest! {
    #[test]
    fn any_text_is_read_and_plain_words_are_found_as_before(text in ".{0,200}", words in prop::collection::vec("[a-z]{1,6}", 1..5)) {
        let _ = finds(&text, "ada", &[10, 50]);
        let joined = words.join(" ");
        prop_assume!(words.iter().all(|word| Clause::parse(word).is_none()));
        prop_assert!(finds(&joined, &joined, &[]));
        prop_assert_eq!(finds(&joined, "xyz", &[]), words.iter().all(|word| "xyz".contains(word.as_str())));
    }

    #[test]
    fn brackets_of_any_depth_end(depth in 0usize..400) {
        let text = format!("{}ada{}", "(".repeat(depth), "NOT ".repeat(depth));
        let _ = SearchQuery::parse(&text);
    }
}
