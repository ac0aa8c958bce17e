//! The public holidays of some countries, as rules. What only some towns or cantons keep is left to the team to add.

use super::RuleDraft;

/// One rule of a country: when, its name, the first year and the last year in which it holds.
type Built = (&'static str, &'static str, Option<i32>, Option<i32>);

const fn rule(when: &'static str, name: &'static str) -> Built {
    (when, name, None, None)
}

/// A country, or a part of one, whose holidays are built in.
#[derive(Clone, Copy, Debug)]
pub struct Country {
    /// `NO`, `DE-BY`.
    pub code: &'static str,
    /// `Norway`, `Germany: Bavaria`.
    pub name: &'static str,
    all: &'static [Built],
    more: &'static [Built],
}

impl Country {
    /// Its rules.
    #[must_use]
    pub fn rules(&self) -> Vec<RuleDraft> {
        let all = self.all.iter().chain(self.more);
        all.filter_map(|(when, name, first_year, last_year)| {
            Some(RuleDraft {
                name: (*name).to_owned(),
                rule: when.parse().ok()?,
                half: false,
                first_year: *first_year,
                last_year: *last_year,
            })
        })
        .collect()
    }
}

const NEW_YEAR: Built = rule("01-01", "New Year’s Day");
const EPIPHANY: Built = rule("01-06", "Epiphany");
const MAUNDY_THURSDAY: Built = rule("easter-3", "Maundy Thursday");
const GOOD_FRIDAY: Built = rule("easter-2", "Good Friday");
const EASTER_SUNDAY: Built = rule("easter", "Easter Sunday");
const EASTER_MONDAY: Built = rule("easter+1", "Easter Monday");
const LABOUR_DAY: Built = rule("05-01", "Labour Day");
const ASCENSION: Built = rule("easter+39", "Ascension Day");
const WHIT_SUNDAY: Built = rule("easter+49", "Whit Sunday");
const WHIT_MONDAY: Built = rule("easter+50", "Whit Monday");
const CORPUS_CHRISTI: Built = rule("easter+60", "Corpus Christi");
const ASSUMPTION: Built = rule("08-15", "Assumption Day");
const REFORMATION: Built = rule("10-31", "Reformation Day");
const ALL_SAINTS: Built = rule("11-01", "All Saints’ Day");
const IMMACULATE: Built = rule("12-08", "Immaculate Conception");
const CHRISTMAS: Built = rule("12-25", "Christmas Day");
const SECOND_CHRISTMAS: Built = rule("12-26", "Second Day of Christmas");

const GERMANY: &[Built] = &[
    NEW_YEAR,
    GOOD_FRIDAY,
    EASTER_MONDAY,
    LABOUR_DAY,
    ASCENSION,
    WHIT_MONDAY,
    rule("10-03", "German Unity Day"),
    CHRISTMAS,
    SECOND_CHRISTMAS,
];

/// Women's Day, since a year.
const fn womens_day(since: i32) -> Built {
    ("03-08", "International Women’s Day", Some(since), None)
}

const fn whole(code: &'static str, name: &'static str, all: &'static [Built]) -> Country {
    Country {
        code,
        name,
        all,
        more: &[],
    }
}

const fn land(code: &'static str, name: &'static str, more: &'static [Built]) -> Country {
    Country {
        code,
        name,
        all: GERMANY,
        more,
    }
}

/// Reformation Day in the north, which keeps it since 2018.
const REFORMATION_NORTH: Built = ("10-31", "Reformation Day", Some(2018), None);

#[rustfmt::skip]
static COUNTRIES: [Country; 28] = [
    whole("AT", "Austria", &[
        NEW_YEAR, EPIPHANY, EASTER_MONDAY, LABOUR_DAY, ASCENSION, WHIT_MONDAY, CORPUS_CHRISTI, ASSUMPTION,
        rule("10-26", "National Day"), ALL_SAINTS, IMMACULATE, CHRISTMAS, rule("12-26", "St Stephen’s Day"),
    ]),
    whole("BE", "Belgium", &[
        NEW_YEAR, EASTER_MONDAY, LABOUR_DAY, ASCENSION, WHIT_MONDAY, rule("07-21", "National Day"), ASSUMPTION,
        ALL_SAINTS, rule("11-11", "Armistice Day"), CHRISTMAS,
    ]),
    whole("DK", "Denmark", &[
        NEW_YEAR, MAUNDY_THURSDAY, GOOD_FRIDAY, EASTER_SUNDAY, EASTER_MONDAY,
        ("easter+26", "Great Prayer Day", None, Some(2023)),
        ASCENSION, WHIT_SUNDAY, WHIT_MONDAY, CHRISTMAS, SECOND_CHRISTMAS,
    ]),
    whole("FI", "Finland", &[
        NEW_YEAR, EPIPHANY, GOOD_FRIDAY, EASTER_SUNDAY, EASTER_MONDAY, rule("05-01", "May Day"), ASCENSION, WHIT_SUNDAY,
        rule("sat>=06-20", "Midsummer Day"), rule("sat>=10-31", "All Saints’ Day"), rule("12-06", "Independence Day"),
        CHRISTMAS, SECOND_CHRISTMAS,
    ]),
    whole("FR", "France", &[
        NEW_YEAR, EASTER_MONDAY, LABOUR_DAY, rule("05-08", "Victory Day"), ASCENSION, WHIT_MONDAY,
        rule("07-14", "Bastille Day"), ASSUMPTION, ALL_SAINTS, rule("11-11", "Armistice Day"), CHRISTMAS,
    ]),
    whole("DE", "Germany: kept everywhere", GERMANY),
    land("DE-BW", "Germany: Baden-Württemberg", &[EPIPHANY, CORPUS_CHRISTI, ALL_SAINTS]),
    land("DE-BY", "Germany: Bavaria", &[EPIPHANY, CORPUS_CHRISTI, ALL_SAINTS]),
    land("DE-BE", "Germany: Berlin", &[womens_day(2019)]),
    land("DE-BB", "Germany: Brandenburg", &[EASTER_SUNDAY, WHIT_SUNDAY, REFORMATION]),
    land("DE-HB", "Germany: Bremen", &[REFORMATION_NORTH]),
    land("DE-HH", "Germany: Hamburg", &[REFORMATION_NORTH]),
    land("DE-HE", "Germany: Hesse", &[CORPUS_CHRISTI]),
    land("DE-NI", "Germany: Lower Saxony", &[REFORMATION_NORTH]),
    land("DE-MV", "Germany: Mecklenburg-Vorpommern", &[womens_day(2023), REFORMATION]),
    land("DE-NW", "Germany: North Rhine-Westphalia", &[CORPUS_CHRISTI, ALL_SAINTS]),
    land("DE-RP", "Germany: Rhineland-Palatinate", &[CORPUS_CHRISTI, ALL_SAINTS]),
    land("DE-SL", "Germany: Saarland", &[CORPUS_CHRISTI, ASSUMPTION, ALL_SAINTS]),
    land("DE-SN", "Germany: Saxony", &[REFORMATION, rule("wed>=11-16", "Repentance Day")]),
    land("DE-ST", "Germany: Saxony-Anhalt", &[EPIPHANY, REFORMATION]),
    land("DE-SH", "Germany: Schleswig-Holstein", &[REFORMATION_NORTH]),
    land("DE-TH", "Germany: Thuringia", &[
        ("09-20", "World Children’s Day", Some(2019), None), REFORMATION,
    ]),
    whole("NL", "Netherlands", &[
        NEW_YEAR, EASTER_SUNDAY, EASTER_MONDAY, ("04-27 sun-1 move", "King’s Day", Some(2014), None),
        rule("05-05 every5", "Liberation Day"), ASCENSION, WHIT_SUNDAY, WHIT_MONDAY, CHRISTMAS, SECOND_CHRISTMAS,
    ]),
    whole("NO", "Norway", &[
        NEW_YEAR, MAUNDY_THURSDAY, GOOD_FRIDAY, EASTER_SUNDAY, EASTER_MONDAY, LABOUR_DAY,
        rule("05-17", "Constitution Day"), ASCENSION, WHIT_SUNDAY, WHIT_MONDAY, CHRISTMAS, SECOND_CHRISTMAS,
    ]),
    whole("SE", "Sweden", &[
        NEW_YEAR, EPIPHANY, GOOD_FRIDAY, EASTER_SUNDAY, EASTER_MONDAY, LABOUR_DAY, ASCENSION, WHIT_SUNDAY,
        ("06-06", "National Day", Some(2005), None), rule("sat>=06-20", "Midsummer Day"),
        rule("sat>=10-31", "All Saints’ Day"), CHRISTMAS, SECOND_CHRISTMAS,
    ]),
    whole("CH", "Switzerland: kept in every canton", &[
        NEW_YEAR, ASCENSION, rule("08-01", "National Day"), CHRISTMAS,
    ]),
    whole("GB", "United Kingdom: England and Wales", &[
        rule("01-01 sat+2 sun+1", "New Year’s Day"), GOOD_FRIDAY, EASTER_MONDAY,
        rule("mon>=05-01", "Early May bank holiday"), rule("mon>=05-25", "Spring bank holiday"),
        rule("mon>=08-25", "Summer bank holiday"), rule("12-25 sat+2 sun+2", "Christmas Day"),
        rule("12-26 sat+2 sun+2", "Boxing Day"),
    ]),
    whole("US", "United States: federal", &[
        rule("01-01 sat-1 sun+1", "New Year’s Day"), rule("mon>=01-15", "Martin Luther King Jr. Day"),
        rule("mon>=02-15", "Washington’s Birthday"), rule("mon>=05-25", "Memorial Day"),
        ("06-19 sat-1 sun+1", "Juneteenth", Some(2021), None), rule("07-04 sat-1 sun+1", "Independence Day"),
        rule("mon>=09-01", "Labor Day"), rule("mon>=10-08", "Columbus Day"), rule("11-11 sat-1 sun+1", "Veterans Day"),
        rule("thu>=11-22", "Thanksgiving Day"), rule("12-25 sat-1 sun+1", "Christmas Day"),
    ]),
];

/// Every country that is built in, by name.
#[must_use]
pub fn countries() -> &'static [Country] {
    &COUNTRIES
}

/// The country with this code.
#[must_use]
pub fn country(code: &str) -> Option<&'static Country> {
    COUNTRIES.iter().find(|country| country.code == code)
}

#[cfg(test)]
mod tests {
    use super::super::days_of;
    use super::*;
    use crate::units::Day;

    /// The days of a country in a year that fall on Monday to Friday, as `MM-DD`.
    fn weekdays(code: &str, year: i32) -> Vec<String> {
        let (first, last) = (
            Day::from_ymd(year, 1, 1).unwrap(),
            Day::from_ymd(year, 12, 31).unwrap(),
        );
        let rules = country(code).unwrap().rules();
        let mut days: Vec<Day> = rules
            .iter()
            .flat_map(|rule| days_of(rule, first, last))
            .map(|falls| falls.day)
            .filter(|day| day.weekday() < 5)
            .collect();
        days.sort_unstable();
        days.dedup();
        days.iter().map(|day| day.to_string()[5..].to_owned()).collect()
    }

    #[test]
    fn every_rule_reads_and_every_code_is_there_once() {
        for one in countries() {
            assert_eq!(one.rules().len(), one.all.len() + one.more.len(), "{}", one.name);
            assert_eq!(country(one.code).unwrap().name, one.name);
        }
    }

    /// Days from Monday to Friday, as the governments' own lists have them.
    #[rustfmt::skip]
    const PUBLISHED: [(&str, i32, &str); 25] = [
            ("GB", 2024, "01-01 03-29 04-01 05-06 05-27 08-26 12-25 12-26"),
            ("GB", 2025, "01-01 04-18 04-21 05-05 05-26 08-25 12-25 12-26"),
            ("GB", 2026, "01-01 04-03 04-06 05-04 05-25 08-31 12-25 12-28"),
            ("GB", 2027, "01-01 03-26 03-29 05-03 05-31 08-30 12-27 12-28"),
            ("GB", 2028, "01-03 04-14 04-17 05-01 05-29 08-28 12-25 12-26"),
            (
                "US",
                2024,
                "01-01 01-15 02-19 05-27 06-19 07-04 09-02 10-14 11-11 11-28 12-25",
            ),
            (
                "US",
                2026,
                "01-01 01-19 02-16 05-25 06-19 07-03 09-07 10-12 11-11 11-26 12-25",
            ),
            (
                "US",
                2027,
                "01-01 01-18 02-15 05-31 06-18 07-05 09-06 10-11 11-11 11-25 12-24 12-31",
            ),
            (
                "US",
                2028,
                "01-17 02-21 05-29 06-19 07-04 09-04 10-09 11-10 11-23 12-25",
            ),
            (
                "DE",
                2024,
                "01-01 03-29 04-01 05-01 05-09 05-20 10-03 12-25 12-26",
            ),
            ("DE", 2026, "01-01 04-03 04-06 05-01 05-14 05-25 12-25"),
            ("DE-BY", 2027, "01-01 01-06 03-26 03-29 05-06 05-17 05-27 11-01"),
            ("DE-SN", 2026, "01-01 04-03 04-06 05-01 05-14 05-25 11-18 12-25"),
            (
                "AT",
                2025,
                "01-01 01-06 04-21 05-01 05-29 06-09 06-19 08-15 12-08 12-25 12-26",
            ),
            ("CH", 2025, "01-01 05-29 08-01 12-25"),
            (
                "NO",
                2024,
                "01-01 03-28 03-29 04-01 05-01 05-09 05-17 05-20 12-25 12-26",
            ),
            (
                "NO",
                2028,
                "04-13 04-14 04-17 05-01 05-17 05-25 06-05 12-25 12-26",
            ),
            (
                "SE",
                2025,
                "01-01 01-06 04-18 04-21 05-01 05-29 06-06 12-25 12-26",
            ),
            ("DK", 2023, "04-06 04-07 04-10 05-05 05-18 05-29 12-25 12-26"),
            ("DK", 2024, "01-01 03-28 03-29 04-01 05-09 05-20 12-25 12-26"),
            ("NL", 2025, "01-01 04-21 05-05 05-29 06-09 12-25 12-26"),
            ("NL", 2026, "01-01 04-06 04-27 05-14 05-25 12-25"),
            (
                "FR",
                2026,
                "01-01 04-06 05-01 05-08 05-14 05-25 07-14 11-11 12-25",
            ),
            ("BE", 2027, "01-01 03-29 05-06 05-17 07-21 11-01 11-11"),
            ("FI", 2026, "01-01 01-06 04-03 04-06 05-01 05-14 12-25"),
    ];

    #[test]
    fn the_days_are_those_that_the_countries_publish() {
        for (code, year, days) in PUBLISHED {
            assert_eq!(weekdays(code, year).join(" "), days, "{code} in {year}");
        }
    }

    #[test]
    fn midsummer_and_all_saints_are_saturdays_in_the_north() {
        let falls = |name: &str, year: i32| {
            let rules = country("SE").unwrap().rules();
            let rule = rules.iter().find(|rule| rule.name == name).unwrap();
            rule.rule.in_year(year)[0].day.to_string()
        };
        for (year, midsummer, saints) in [
            (2024, "2024-06-22", "2024-11-02"),
            (2025, "2025-06-21", "2025-11-01"),
            (2026, "2026-06-20", "2026-10-31"),
            (2027, "2027-06-26", "2027-11-06"),
        ] {
            assert_eq!(falls("Midsummer Day", year), midsummer);
            assert_eq!(falls("All Saints’ Day", year), saints);
        }
    }
}
