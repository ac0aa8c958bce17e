//! Which projects somebody looks at and in which order: all of it stands in the address.

use std::cmp::Ordering;

use crate::book::{Book, CountsAs, Filter, Project, ProjectFigures, percent};
use crate::units::ids::Id;
use crate::units::{Day, Minutes, Week, fold};
use crate::web::Fields;

/// How many weeks ahead the list and the team look.
pub const AHEAD: u16 = 8;

/// How many projects stand on one page of the list.
pub const PAGE: usize = 100;

/// By what the list is ordered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SortBy {
    /// Name.
    #[default]
    Name,
    /// Code.
    Code,
    /// Client's name.
    Client,
    /// Status, in the team's order.
    Status,
    /// The next date.
    Due,
    /// Planned hours.
    Hours,
    /// How much of the budget is planned.
    Budget,
}

impl SortBy {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Name,
        Self::Code,
        Self::Client,
        Self::Status,
        Self::Due,
        Self::Hours,
        Self::Budget,
    ];

    /// As the address writes it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Code => "code",
            Self::Client => "client",
            Self::Status => "status",
            Self::Due => "due",
            Self::Hours => "hours",
            Self::Budget => "budget",
        }
    }

    /// Whether the first look wants the largest first.
    const fn falls_first(self) -> bool {
        matches!(self, Self::Hours | Self::Budget)
    }
}

/// What somebody looks at.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProjectList {
    /// Which part of the plan.
    pub filter: Filter,
    /// Only projects that are not closed.
    pub open_only: bool,
    /// By what it is ordered.
    pub sort: SortBy,
    /// Largest first.
    pub falling: bool,
    /// Which page of it, from 0.
    pub page: usize,
}

/// One project of the list.
#[derive(Clone, Debug)]
pub struct ListedProject<'a> {
    /// The project.
    pub project: &'a Project,
    /// Whether it is over.
    pub closed: bool,
    /// Its figures; the next date of a closed one is nobody's concern and left out.
    pub figures: ProjectFigures<'a>,
    /// How much of the budget is planned, in percent; none without a budget.
    pub used: Option<u32>,
    /// The hours of the next weeks.
    pub ahead: Vec<Minutes>,
}

impl ProjectList {
    /// Reads the query of an address; what cannot be read stands for its default, so that an old link still opens.
    #[must_use]
    pub fn read(query: &Fields) -> Self {
        fn id<T: Id>(text: &str) -> Option<T> {
            text.parse().ok().map(T::from_raw)
        }
        let sort = query.text("sort");
        let (falling, name) = sort.strip_prefix('-').map_or((false, sort), |name| (true, name));
        Self {
            filter: Filter {
                department: id(query.text("department")),
                client: id(query.text("client")),
                status: id(query.text("status")),
                text: query.text("q").chars().take(200).collect(),
                ..Filter::default()
            },
            open_only: query.text("status") == "open",
            sort: SortBy::ALL
                .into_iter()
                .find(|one| one.as_str() == name)
                .unwrap_or_default(),
            falling,
            page: query
                .text("page")
                .parse::<usize>()
                .map_or(0, |page| page.saturating_sub(1).min(100_000)),
        }
    }

    /// Whether anything is left out.
    #[must_use]
    pub fn is_filtered(&self) -> bool {
        self.open_only || !self.filter.is_empty()
    }

    /// The order as the address writes it.
    #[must_use]
    pub fn sort_text(&self) -> String {
        format!("{}{}", if self.falling { "-" } else { "" }, self.sort.as_str())
    }

    /// The status as the address writes it.
    #[must_use]
    pub fn status_text(&self) -> String {
        if self.open_only {
            "open".to_owned()
        } else {
            self.filter.status.map(|id| id.to_string()).unwrap_or_default()
        }
    }

    /// The address of this list, without what is the default.
    #[must_use]
    pub fn href(&self) -> String {
        let id = |id: Option<i64>| id.map(|id| id.to_string()).unwrap_or_default();
        let mut pairs = vec![
            ("q", self.filter.text.clone()),
            ("status", self.status_text()),
            ("client", id(self.filter.client.map(Id::raw))),
            ("department", id(self.filter.department.map(Id::raw))),
        ];
        if (self.sort, self.falling) != (SortBy::Name, false) {
            pairs.push(("sort", self.sort_text()));
        }
        if self.page > 0 {
            pairs.push(("page", (self.page + 1).to_string()));
        }
        let encode = |text: &str| {
            percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string()
        };
        let pairs: Vec<String> = pairs
            .into_iter()
            .filter(|(_, value)| !value.is_empty())
            .map(|(name, value)| format!("{name}={}", encode(&value)))
            .collect();
        if pairs.is_empty() {
            "/projects".to_owned()
        } else {
            format!("/projects?{}", pairs.join("&"))
        }
    }

    /// The same list ordered by `sort`; by what it is ordered already, the other way round.
    #[must_use]
    pub fn sorted_by(&self, sort: SortBy) -> Self {
        let falling = if self.sort == sort {
            !self.falling
        } else {
            sort.falls_first()
        };
        Self {
            sort,
            falling,
            page: 0,
            ..self.clone()
        }
    }

    /// The same list at another page.
    #[must_use]
    pub fn at_page(&self, page: usize) -> Self {
        Self { page, ..self.clone() }
    }

    /// The projects of the list, in its order.
    #[must_use]
    pub fn arrange<'a>(&self, book: &'a Book, today: Day) -> Vec<ListedProject<'a>> {
        let from = book.plan.week_of(today);
        let mut rows: Vec<ListedProject<'a>> = book
            .projects(&self.filter)
            .into_iter()
            .map(|project| listed(book, project, from))
            .filter(|row| !(self.open_only && row.closed))
            .collect();
        let plan = &book.plan;
        let place =
            |row: &ListedProject<'_>| plan.statuses.iter().position(|one| one.id == row.project.status);
        let client = |row: &ListedProject<'_>| {
            Some(fold(plan.client_name(row.project.client))).filter(|it| !it.is_empty())
        };
        match self.sort {
            SortBy::Name if self.falling => rows.reverse(),
            SortBy::Name => {}
            SortBy::Code => self.order(&mut rows, |row| {
                Some(fold(&row.project.code)).filter(|code| !code.is_empty())
            }),
            SortBy::Client => self.order(&mut rows, client),
            SortBy::Status => self.order(&mut rows, place),
            SortBy::Due => self.order(&mut rows, |row| row.figures.next.and_then(|next| next.due)),
            SortBy::Hours => self.order(&mut rows, |row| Some(row.figures.planned)),
            SortBy::Budget => self.order(&mut rows, |row| row.used),
        }
        rows
    }

    /// Orders by `key`; what has none comes last either way, and equals stay by name.
    fn order<K: Ord>(&self, rows: &mut [ListedProject<'_>], key: impl Fn(&ListedProject<'_>) -> Option<K>) {
        rows.sort_by(|one, other| match (key(one), key(other)) {
            (Some(one), Some(other)) if self.falling => other.cmp(&one),
            (Some(one), Some(other)) => one.cmp(&other),
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (None, None) => Ordering::Equal,
        });
    }
}

fn listed<'a>(book: &'a Book, project: &'a Project, from: Week) -> ListedProject<'a> {
    let closed = book.plan.counts_as(project.id) == CountsAs::Closed;
    let mut figures = book.project_figures(project.id);
    if closed {
        figures.next = None;
    }
    ListedProject {
        project,
        closed,
        used: project.budget.and_then(|budget| percent(figures.planned, budget)),
        ahead: book.project_weeks(project.id, from, AHEAD),
        figures,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::book::{Assignment, Client, Deliverable, Parts, Status};
    use crate::units::Colour;
    use crate::units::ids::{AssignmentId, ClientId, DeliverableId, ProjectId, StatusId};

    fn day(text: &str) -> Day {
        text.parse().unwrap()
    }

    fn project(id: i64, name: &str, code: &str, status: i64, budget: Option<u32>) -> Project {
        Project {
            id: ProjectId(id),
            name: name.to_owned(),
            code: code.to_owned(),
            client: (id == 2).then_some(ClientId(1)),
            status: StatusId(status),
            department: None,
            colour: Colour::default(),
            start: None,
            end: None,
            budget: budget.map(Minutes::from_hours),
        }
    }

    fn book() -> Book {
        let status = |id, counts_as| Status {
            id: StatusId(id),
            label: String::new(),
            colour: Colour::default(),
            counts_as,
        };
        let due = |id, project, due: &str| Deliverable {
            id: DeliverableId(id),
            project: ProjectId(project),
            name: String::new(),
            percent: None,
            phase: String::new(),
            due: Some(day(due)),
            done: false,
        };
        let mut book = Book::new(
            1,
            Parts {
                clients: vec![Client {
                    id: ClientId(1),
                    name: "Helix".to_owned(),
                }],
                // The team's order, which is not that of the ids.
                statuses: vec![status(2, CountsAs::Confirmed), status(1, CountsAs::Closed)],
                projects: vec![
                    project(1, "Älv", "P-2", 1, Some(100)),
                    project(2, "bridge", "p-1", 2, Some(10)),
                    project(3, "Canal", "", 2, None),
                ]
                .into(),
                deliverables: vec![
                    due(1, 1, "2026-11-01"),
                    due(2, 3, "2026-12-01"),
                    due(3, 2, "2026-11-20"),
                ]
                .into(),
                assignments: (1..=3)
                    .map(|id| Assignment {
                        id: AssignmentId(id),
                        project: ProjectId(id),
                        person: None,
                        role: None,
                        note: String::new(),
                    })
                    .collect(),
                ..Parts::default()
            },
        );
        for (id, hours) in [(1, 30), (2, 9), (3, 20)] {
            book.set_hours(AssignmentId(id), Week(2_966), Minutes::from_hours(hours));
        }
        book
    }

    fn ids(query: &str) -> Vec<i64> {
        let book = book();
        let list = ProjectList::read(&Fields::from_form(query.as_bytes()));
        let rows = list.arrange(&book, day("2026-11-18"));
        rows.iter().map(|row| row.project.id.0).collect()
    }

    #[test]
    fn each_column_orders_the_list_both_ways_and_blanks_stay_last() {
        for (query, expected) in [
            ("", [2, 3, 1]),
            ("sort=-name", [1, 3, 2]),
            ("sort=code", [2, 1, 3]),
            ("sort=-code", [1, 2, 3]),
            ("sort=client", [2, 3, 1]),
            ("sort=status", [2, 3, 1]),
            ("sort=due", [2, 3, 1]),
            ("sort=-due", [3, 2, 1]),
            ("sort=hours", [2, 3, 1]),
            ("sort=-hours", [1, 3, 2]),
            ("sort=budget", [1, 2, 3]),
            ("sort=-budget", [2, 1, 3]),
        ] {
            assert_eq!(ids(query), expected, "{query}");
        }
    }

    #[test]
    fn closed_projects_can_be_left_out_and_have_no_next_date() {
        assert_eq!(ids("status=open"), [2, 3]);
        assert_eq!(ids("status=1"), [1]);
        assert_eq!(ids("client=1"), [2]);
        assert_eq!(ids("q=p-"), [2, 1]);
        let book = book();
        let rows = ProjectList::default().arrange(&book, day("2026-11-18"));
        let closed = rows.iter().find(|row| row.closed).unwrap();
        assert!(closed.figures.next.is_none());
    }

    #[test]
    fn the_address_says_what_is_shown() {
        for query in [
            "",
            "?q=h%C3%A4fen",
            "?status=open&sort=%2Ddue",
            "?client=3&department=4&page=2",
        ] {
            let fields = Fields::from_form(query.trim_start_matches('?').as_bytes());
            assert_eq!(
                ProjectList::read(&fields).href(),
                format!("/projects{query}").replace("ä", "%C3%A4")
            );
        }
        let list = ProjectList::default().sorted_by(SortBy::Hours);
        assert_eq!(list.sort_text(), "-hours");
        assert_eq!(list.sorted_by(SortBy::Hours).sort_text(), "hours");
    }
}
