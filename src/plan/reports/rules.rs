//! What an address may ask of the reports.

use super::period::{Period, chosen};
use crate::book::{Book, CountsAs, Dimension, Figures, Query, Report, ReportRow, Slices};
use crate::error::FieldError;
use crate::plan::forecast::{read_department, read_role};
use crate::units::{Day, Tenths};
use crate::web::{Fields, Reader};

/// What the rows are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum By {
    /// Sums by whom or by what.
    Dimension(Dimension),
    /// The people who have too much or too little.
    Balance,
}

impl By {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Dimension(Dimension::Person),
        Self::Dimension(Dimension::Department),
        Self::Dimension(Dimension::Role),
        Self::Dimension(Dimension::Client),
        Self::Dimension(Dimension::Project),
        Self::Dimension(Dimension::Phase),
        Self::Dimension(Dimension::Status),
        Self::Balance,
    ];

    /// As an address and JSON write it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Dimension(dimension) => dimension.as_str(),
            Self::Balance => "balance",
        }
    }

    const fn is_of_people(self) -> bool {
        match self {
            Self::Dimension(dimension) => dimension.is_of_people(),
            Self::Balance => true,
        }
    }
}

/// What the cells say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Measure {
    /// Planned hours, those of open places included.
    Hours,
    /// What people can carry.
    Capacity,
    /// Booked of capacity; in rows of work, their share of all planned hours.
    Utilisation,
}

impl Measure {
    /// All three.
    pub const ALL: [Self; 3] = [Self::Utilisation, Self::Hours, Self::Capacity];

    /// As an address and JSON write it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Hours => "hours",
            Self::Capacity => "capacity",
            Self::Utilisation => "utilisation",
        }
    }

    /// Whether rows by `by` have it: work has no capacity.
    #[must_use]
    pub const fn fits(self, by: By) -> bool {
        by.is_of_people() || !matches!(self, Self::Capacity)
    }
}

/// What one cell says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Value {
    /// Hours.
    Hours(crate::units::Minutes),
    /// A percentage; none where there is nothing to be a share of.
    Share(Option<Tenths>),
}

/// A report that somebody asks for: all of it stands in the address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Asked {
    /// What the rows are.
    pub by: By,
    /// What the cells say.
    pub measure: Measure,
    /// By which name the period was asked for.
    pub period: Period,
    /// The rows in the plan's order, and not the largest first.
    pub by_name: bool,
    /// Everything that the book has to know.
    pub query: Query,
}

impl Asked {
    /// What there is to see where nothing is asked.
    #[must_use]
    pub fn plain(book: &Book, today: Day) -> Self {
        let (from, weeks) = Period::default().weeks(today, book.plan.organisation.week_start);
        Self {
            by: By::Dimension(Dimension::default()),
            measure: Measure::Utilisation,
            period: Period::default(),
            by_name: false,
            query: Query {
                dimension: Dimension::default(),
                slices: Slices::default(),
                from,
                weeks,
                department: None,
                role: None,
                client: None,
                status: None,
                counts_as: None,
            },
        }
    }

    /// Reads the query of an address.
    ///
    /// # Errors
    /// Every field that cannot be read, does not fit the others, or names what is no longer there.
    pub fn read(fields: &Fields, book: &Book, today: Day) -> Result<Self, Vec<FieldError>> {
        let mut reader = Reader::new(fields);
        let by = reader.optional("by", |text| {
            let found = By::ALL.into_iter().find(|one| one.as_str() == text);
            found.ok_or("must be person, department, role, client, project, phase, status or balance")
        });
        let by = by.unwrap_or(By::Dimension(Dimension::default()));
        let measure = read_measure(&mut reader, by);
        let (period, from, weeks) = read_period(&mut reader, book, today);
        let slices = reader.optional("columns", |text| {
            let found = Slices::ALL.into_iter().find(|one| one.as_str() == text);
            found.ok_or("must be total, week, month or quarter")
        });
        let by_name = reader.optional("order", |text| match text {
            "name" => Ok(true),
            "value" => Ok(false),
            _ => Err("must be value or name"),
        });
        let query = Query {
            dimension: match by {
                By::Dimension(dimension) => dimension,
                By::Balance => Dimension::Person,
            },
            slices: slices.unwrap_or_default(),
            from,
            weeks,
            department: read_department(&mut reader, book),
            role: read_role(&mut reader, book),
            ..read_work(&mut reader, book, by, Self::plain(book, today).query)
        };
        reader.finish(Self {
            by,
            measure,
            period,
            by_name: by_name.unwrap_or(false),
            query,
        })
    }

    /// The query of this address, without what is the default.
    #[must_use]
    pub fn query(&self, book: &Book) -> String {
        let start = book.plan.organisation.week_start;
        let Query {
            from, weeks, slices, ..
        } = self.query;
        let mut pairs = vec![
            format!("by={}", self.by.as_str()),
            format!("measure={}", self.measure.as_str()),
            format!("period={}", self.period.as_str()),
        ];
        if self.period == Period::Chosen {
            pairs.push(format!("from={}", from.first_day(start)));
            pairs.push(format!("to={}", from.plus(i32::from(weeks) - 1).last_day(start)));
        }
        if slices != Slices::Total {
            pairs.push(format!("columns={}", slices.as_str()));
        }
        pairs.extend(self.query.department.map(|id| format!("department={id}")));
        pairs.extend(self.query.role.map(|id| format!("role={id}")));
        pairs.extend(self.query.client.map(|id| format!("client={id}")));
        pairs.extend(self.query.status.map(|id| format!("status={id}")));
        pairs.extend(
            self.query
                .counts_as
                .map(|one| format!("countsAs={}", one.as_str())),
        );
        if self.by_name {
            pairs.push("order=name".to_owned());
        }
        pairs.join("&")
    }

    /// The same period and filters by something else. What does not fit there gives way to what does.
    #[must_use]
    pub fn cut(&self, by: By) -> Self {
        let mut other = *self;
        other.by = by;
        if by == By::Balance {
            other.query.client = None;
            other.query.status = None;
            other.query.counts_as = None;
            other.query.slices = Slices::Total;
        }
        if by.is_of_people() != self.by.is_of_people() || !other.measure.fits(by) {
            other.measure = usual(by);
        }
        if let By::Dimension(dimension) = by {
            other.query.dimension = dimension;
        }
        other
    }

    /// What a cell says.
    #[must_use]
    pub fn value(&self, figures: &Figures, all: &Figures) -> Value {
        match self.measure {
            Measure::Hours => Value::Hours(figures.planned()),
            Measure::Capacity => Value::Hours(figures.capacity),
            Measure::Utilisation if self.by.is_of_people() => Value::Share(figures.utilisation()),
            Measure::Utilisation => Value::Share(figures.share(all)),
        }
    }

    /// The rows as they are shown: the largest first, unless they keep the plan's order.
    #[must_use]
    pub fn ordered<'a>(&self, report: &'a Report) -> Vec<&'a ReportRow> {
        let mut rows: Vec<&ReportRow> = report.rows.iter().collect();
        if !self.by_name {
            rows.sort_by_key(|row| std::cmp::Reverse(self.size(&row.total)));
        }
        rows
    }

    /// The rows of which there is something to show: where only load or capacity is shown, open places have none.
    #[must_use]
    pub fn shown<'a>(&self, report: &'a Report) -> Vec<&'a ReportRow> {
        let only_load =
            self.query.slices != Slices::Total && self.by.is_of_people() && self.measure != Measure::Hours;
        let mut rows = self.ordered(report);
        rows.retain(|row| !only_load || row.total.booked.0 > 0 || row.total.capacity.0 > 0);
        rows
    }

    /// By what rows are compared. Hours on no capacity are more than any share.
    #[must_use]
    pub fn size(&self, figures: &Figures) -> u64 {
        match (self.measure, self.by.is_of_people()) {
            (Measure::Hours, _) | (Measure::Utilisation, false) => u64::from(figures.planned().0),
            (Measure::Capacity, _) => u64::from(figures.capacity.0),
            (Measure::Utilisation, true) => match figures.utilisation() {
                Some(share) => u64::from(share.0),
                None if figures.booked.0 > 0 => u64::MAX,
                None => 0,
            },
        }
    }
}

/// What is asked of rows where nobody says.
const fn usual(by: By) -> Measure {
    if by.is_of_people() {
        Measure::Utilisation
    } else {
        Measure::Hours
    }
}

fn read_measure(reader: &mut Reader<'_>, by: By) -> Measure {
    let measure = reader.optional("measure", |text| {
        let found = Measure::ALL.into_iter().find(|one| one.as_str() == text);
        found.ok_or("must be hours, capacity or utilisation")
    });
    let measure = measure.unwrap_or_else(|| usual(by));
    if !measure.fits(by) {
        reader.fault(
            "measure",
            "only people have capacity; ask by person, department or role, or for hours",
        );
    }
    measure
}

fn read_period(reader: &mut Reader<'_>, book: &Book, today: Day) -> (Period, crate::units::Week, u16) {
    let start = book.plan.organisation.week_start;
    let named = reader.optional("period", |text| {
        let found = Period::ALL.into_iter().find(|one| one.as_str() == text);
        found.ok_or("must be last-12, last-4, this-month, this-quarter, this-year, next-4, next-12 or custom")
    });
    let dated = ["from", "to"]
        .into_iter()
        .any(|name| !reader.fields().text(name).trim().is_empty());
    let period = named.unwrap_or(if dated { Period::Chosen } else { Period::default() });
    let (mut from, mut weeks) = period.weeks(today, start);
    if period == Period::Chosen {
        let (first, last) = (reader.day("from"), reader.day("to"));
        match chosen(first, last, today, start) {
            Ok(read) => (from, weeks) = read,
            Err(fault) => reader.fault("to", fault),
        }
    }
    (period, from, weeks)
}

/// Which work is looked at: client, status, and what it counts as.
fn read_work(reader: &mut Reader<'_>, book: &Book, by: By, plain: Query) -> Query {
    const GONE: &str = "is no longer there; choose another one";
    let query = Query {
        client: reader.id("client"),
        status: reader.id("status"),
        counts_as: reader.optional("countsAs", |text| {
            CountsAs::parse(text).ok_or("must be tentative, confirmed or closed")
        }),
        ..plain
    };
    if query
        .client
        .is_some_and(|id| !book.plan.clients.iter().any(|one| one.id == id))
    {
        reader.fault("client", GONE);
    }
    if query.status.is_some_and(|id| book.plan.status(id).is_none()) {
        reader.fault("status", GONE);
    }
    let all = [
        query.client.is_some(),
        query.status.is_some(),
        query.counts_as.is_some(),
    ];
    if by == By::Balance {
        for (name, _) in ["client", "status", "countsAs"]
            .into_iter()
            .zip(all)
            .filter(|(_, given)| *given)
        {
            reader.fault(
                name,
                "does not apply: whether somebody has too much depends on all their hours",
            );
        }
    }
    query
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::book::Parts;

    fn read(query: &str) -> Result<Asked, Vec<String>> {
        let book = Book::new(1, Parts::default());
        let asked = Asked::read(
            &Fields::from_form(query.as_bytes()),
            &book,
            "2026-11-18".parse().unwrap(),
        );
        asked.map_err(|errors| errors.into_iter().map(|error| error.field).collect())
    }

    #[test]
    fn an_address_reads_back_as_it_was() {
        let book = Book::new(1, Parts::default());
        for query in [
            "",
            "by=client&measure=hours&period=this-year&columns=quarter",
            "by=person&from=2026-10-01&to=2026-12-31&order=name",
            "by=project&countsAs=tentative",
            "by=balance&period=last-12",
        ] {
            let asked = read(query).unwrap();
            assert_eq!(read(&asked.query(&book)).unwrap(), asked, "{query}");
        }
    }

    #[test]
    fn what_cannot_be_is_told_field_by_field() {
        for (query, fields) in [
            ("by=planet", vec!["by"]),
            ("by=client&measure=capacity", vec!["measure"]),
            (
                "period=soon&columns=day&order=up",
                vec!["period", "columns", "order"],
            ),
            ("from=2026-01-01&to=2029-01-01", vec!["to"]),
            ("from=someday", vec!["from"]),
            (
                "department=9&role=9&client=9&status=9&countsAs=x",
                vec!["countsAs", "client", "status", "department", "role"],
            ),
            ("by=balance&countsAs=closed", vec!["countsAs"]),
        ] {
            let mut found = read(query).unwrap_err();
            let mut expected = fields;
            found.sort();
            expected.sort_unstable();
            assert_eq!(found, expected, "{query}");
        }
    }

    #[test]
    fn another_cut_keeps_what_fits() {
        let capacity = read("by=role&measure=capacity&period=last-4").unwrap();
        assert_eq!(
            capacity.cut(By::Dimension(Dimension::Person)).measure,
            Measure::Capacity
        );
        assert_eq!(
            capacity.cut(By::Dimension(Dimension::Client)).measure,
            Measure::Hours
        );
        let tentative = read("by=project&countsAs=tentative&columns=month").unwrap();
        let balance = tentative.cut(By::Balance);
        assert_eq!(
            (balance.query.counts_as, balance.query.slices),
            (None, Slices::Total)
        );
        for by in By::ALL {
            let book = Book::new(1, Parts::default());
            assert!(read(&tentative.cut(by).query(&book)).is_ok(), "{by:?}");
        }
    }
}
