//! Which people somebody looks at, in which order: all of it stands in the address.

use std::cmp::Reverse;

use crate::book::{Book, Person, PersonWeek, Plan, SearchQuery, Span, percent};
use crate::units::ids::{DepartmentId, Id, RoleId, SkillId};
use crate::units::{Day, Minutes, Week, fold};
use crate::web::Fields;

/// How many weeks the second load column looks ahead.
const AHEAD: u16 = 4;

/// Whom the list shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Show {
    /// Those who are planned.
    #[default]
    Active,
    /// Those who are not planned any more.
    Inactive,
    /// Both.
    All,
}

impl Show {
    fn includes(self, person: &Person) -> bool {
        match self {
            Self::Active => person.active,
            Self::Inactive => !person.active,
            Self::All => true,
        }
    }

    /// All three, with their labels.
    pub const ALL: [(Self, &'static str); 3] = [
        (Self::Active, "Active"),
        (Self::Inactive, "Inactive"),
        (Self::All, "All"),
    ];

    /// As the address writes it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Inactive => "inactive",
            Self::All => "all",
        }
    }

    fn parse(text: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .map(|(show, _)| show)
            .find(|show| show.as_str() == text)
    }
}

/// By what the list is ordered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sort {
    /// By name.
    #[default]
    Name,
    /// By role.
    Role,
    /// By department, as the tree goes.
    Department,
    /// By hours a week.
    Hours,
    /// By this week's load.
    Load,
    /// By the load of the next four weeks.
    Ahead,
}

impl Sort {
    /// All columns that can be sorted by.
    pub const ALL: [Self; 6] = [
        Self::Name,
        Self::Role,
        Self::Department,
        Self::Hours,
        Self::Load,
        Self::Ahead,
    ];

    /// As the address writes it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Role => "role",
            Self::Department => "department",
            Self::Hours => "hours",
            Self::Load => "load",
            Self::Ahead => "ahead",
        }
    }

    fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|sort| sort.as_str() == text)
    }

    /// Whether the first press on the column shows the most first.
    #[must_use]
    pub const fn begins_with_most(self) -> bool {
        matches!(self, Self::Hours | Self::Load | Self::Ahead)
    }
}

/// What somebody asks the list for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PeopleQuery {
    /// A search, as [`SearchQuery`] reads it.
    pub text: String,
    /// In this department or one below it.
    pub department: Option<DepartmentId>,
    /// In this role.
    pub role: Option<RoleId>,
    /// With this skill.
    pub skill: Option<SkillId>,
    /// Planned or not.
    pub show: Show,
    /// The order.
    pub sort: Sort,
    /// The order turned round.
    pub down: bool,
}

/// One person of the list with what they carry.
#[derive(Clone, Copy, Debug)]
pub struct PersonRow<'a> {
    /// Who.
    pub person: &'a Person,
    /// Their hours a week as of today.
    pub weekly: Minutes,
    /// This week.
    pub now: PersonWeek,
    /// The four weeks from this one on, summed.
    pub ahead: PersonWeek,
}

impl PeopleQuery {
    /// Reads the query of an address; what cannot be read stands for its default, so that an old link still opens.
    #[must_use]
    pub fn read(fields: &Fields) -> Self {
        fn id<T: Id>(text: &str) -> Option<T> {
            text.trim().parse().ok().map(T::from_raw)
        }
        let sort = fields.text("sort");
        Self {
            text: fields.text("q").trim().chars().take(200).collect(),
            department: id(fields.text("department")),
            role: id(fields.text("role")),
            skill: id(fields.text("skill")),
            show: Show::parse(fields.text("show")).unwrap_or_default(),
            sort: Sort::parse(sort.trim_start_matches('-')).unwrap_or_default(),
            down: sort.starts_with('-'),
        }
    }

    /// How the address writes the order.
    #[must_use]
    pub fn sort_word(&self) -> String {
        format!("{}{}", if self.down { "-" } else { "" }, self.sort.as_str())
    }

    /// The address of this list, without what is the default.
    #[must_use]
    pub fn href(&self) -> String {
        let mut pairs: Vec<(&str, String)> = Vec::new();
        if !self.text.is_empty() {
            let text = percent_encoding::utf8_percent_encode(&self.text, percent_encoding::NON_ALPHANUMERIC);
            pairs.push(("q", text.to_string()));
        }
        let ids = [
            ("department", self.department.map(Id::raw)),
            ("role", self.role.map(Id::raw)),
            ("skill", self.skill.map(Id::raw)),
        ];
        pairs.extend(
            ids.into_iter()
                .filter_map(|(name, id)| id.map(|id| (name, id.to_string()))),
        );
        if self.show != Show::Active {
            pairs.push(("show", self.show.as_str().to_owned()));
        }
        if self.sort != Sort::Name || self.down {
            pairs.push(("sort", self.sort_word()));
        }
        if pairs.is_empty() {
            return "/people".to_owned();
        }
        let pairs: Vec<String> = pairs
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        format!("/people?{}", pairs.join("&"))
    }

    /// The same list in the order of a pressed column: turned round where it is in that order already.
    #[must_use]
    pub fn sorted_by(&self, sort: Sort) -> Self {
        let down = if self.sort == sort {
            !self.down
        } else {
            sort.begins_with_most()
        };
        Self {
            sort,
            down,
            ..self.clone()
        }
    }

    /// How many of the filters behind the button are set.
    #[must_use]
    pub fn filters(&self) -> usize {
        usize::from(self.department.is_some())
            + usize::from(self.role.is_some())
            + usize::from(self.skill.is_some())
            + usize::from(self.show != Show::Active)
    }

    /// Whether it asks for everybody who is planned.
    #[must_use]
    pub fn asks_for_all(&self) -> bool {
        self.text.is_empty() && self.filters() == 0
    }

    /// Among how many people it looks.
    #[must_use]
    pub fn among(&self, book: &Book) -> usize {
        let people = book.plan.people.iter();
        people.filter(|person| self.show.includes(person)).count()
    }

    /// The people for whom the query holds, in the book's order: by name. Words about load look at this week and the next.
    #[must_use]
    pub fn people<'a>(&self, book: &'a Book, today: Day) -> Vec<&'a Person> {
        let plan = &book.plan;
        let departments: Option<Vec<DepartmentId>> = self.department.map(|id| {
            let below = plan.department_with_children(id).iter();
            below.map(|department| department.id).collect()
        });
        let query = SearchQuery::parse(&self.text);
        let over = Some(Span {
            from: plan.week_of(today),
            weeks: AHEAD,
        });
        plan.people
            .iter()
            .filter(|person| self.show.includes(person))
            .filter(|person| {
                departments
                    .as_ref()
                    .is_none_or(|all| person.department.is_some_and(|own| all.contains(&own)))
            })
            .filter(|person| self.role.is_none_or(|role| person.role == Some(role)))
            .filter(|person| {
                self.skill
                    .is_none_or(|skill| person.skills.iter().any(|(own, _)| *own == skill))
            })
            .filter(|person| book.person_fits(&query, person, over))
            .collect()
    }

    /// The rows of the list, in its order.
    #[must_use]
    pub fn rows<'a>(&self, book: &'a Book, today: Day) -> Vec<PersonRow<'a>> {
        let this_week = book.plan.week_of(today);
        let mut rows: Vec<PersonRow<'a>> = self
            .people(book, today)
            .into_iter()
            .map(|person| row(book, person, this_week, today))
            .collect();
        self.order(&book.plan, &mut rows);
        rows
    }

    /// Equal rows stay in the order of their names, whichever way the column goes.
    fn order(&self, plan: &Plan, rows: &mut [PersonRow<'_>]) {
        let place = |row: &PersonRow<'_>| {
            let own = row.person.department;
            own.and_then(|id| plan.departments.iter().position(|department| department.id == id))
                .unwrap_or(usize::MAX)
        };
        let role = |row: &PersonRow<'_>| {
            let name = fold(plan.role_name(row.person.role));
            (name.is_empty(), name)
        };
        match (self.sort, self.down) {
            (Sort::Name, false) => {}
            (Sort::Name, true) => rows.reverse(),
            (Sort::Role, false) => rows.sort_by_cached_key(role),
            (Sort::Role, true) => rows.sort_by_cached_key(|row| Reverse(role(row))),
            (Sort::Department, false) => rows.sort_by_cached_key(place),
            (Sort::Department, true) => rows.sort_by_cached_key(|row| Reverse(place(row))),
            (Sort::Hours, false) => rows.sort_by_key(|row| row.weekly),
            (Sort::Hours, true) => rows.sort_by_key(|row| Reverse(row.weekly)),
            (Sort::Load, false) => rows.sort_by_key(|row| fullness(&row.now)),
            (Sort::Load, true) => rows.sort_by_key(|row| Reverse(fullness(&row.now))),
            (Sort::Ahead, false) => rows.sort_by_key(|row| fullness(&row.ahead)),
            (Sort::Ahead, true) => rows.sort_by_key(|row| Reverse(fullness(&row.ahead))),
        }
    }
}

fn row<'a>(book: &'a Book, person: &'a Person, this_week: Week, today: Day) -> PersonRow<'a> {
    let weeks = book.person_weeks(person, this_week, AHEAD);
    let mut ahead = PersonWeek::default();
    for week in &weeks {
        ahead.booked += week.booked;
        ahead.capacity += week.capacity;
    }
    PersonRow {
        person,
        weekly: book.plan.work_week_on(person, today).total(),
        now: weeks.first().copied().unwrap_or_default(),
        ahead,
    }
}

/// Load as something to sort by: hours on no capacity are more than any percentage.
fn fullness(week: &PersonWeek) -> (u32, Minutes) {
    let full = percent(week.booked, week.capacity);
    let none = if week.booked.0 > 0 { u32::MAX } else { 0 };
    (full.unwrap_or(none), week.booked)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::book::{Department, Parts, Role};
    use crate::units::ids::PersonId;

    const TODAY: Day = Day::MIN;

    fn person(id: i64, name: &str, department: Option<i64>, role: Option<i64>, active: bool) -> Person {
        Person {
            id: PersonId(id),
            name: name.to_owned(),
            email: String::new(),
            location: String::new(),
            department: department.map(DepartmentId),
            role: role.map(RoleId),
            calendar: None,
            start: None,
            last: None,
            active,
            skills: Vec::new(),
            work_weeks: Vec::new(),
            absences: Vec::new(),
        }
    }

    fn department(id: i64, name: &str, parent: Option<i64>) -> Department {
        Department {
            id: DepartmentId(id),
            name: name.to_owned(),
            parent: parent.map(DepartmentId),
            depth: 0,
        }
    }

    fn book() -> Book {
        Book::new(
            1,
            Parts {
                departments: vec![
                    department(1, "Delivery", None),
                    department(2, "Digital", Some(1)),
                    department(3, "Sales", None),
                ],
                roles: vec![
                    Role {
                        id: RoleId(1),
                        name: "Engineer".to_owned(),
                    },
                    Role {
                        id: RoleId(2),
                        name: "Analyst".to_owned(),
                    },
                ],
                people: vec![
                    person(1, "Åsa Sato", Some(2), Some(1), true),
                    person(2, "Ben Ortiz", Some(1), None, true),
                    person(3, "Cleo Marsh", Some(3), Some(2), true),
                    person(4, "Dan Frey", Some(2), Some(1), false),
                ]
                .into(),
                ..Parts::default()
            },
        )
    }

    fn names(query: &str) -> Vec<String> {
        let book = book();
        let query = PeopleQuery::read(&Fields::from_form(query.as_bytes()));
        query
            .people(&book, TODAY)
            .iter()
            .map(|person| person.name.clone())
            .collect()
    }

    #[test]
    fn a_department_holds_those_below_it_and_the_inactive_are_asked_for() {
        assert_eq!(names("department=1"), ["Ben Ortiz", "Åsa Sato"]);
        assert_eq!(names("show=inactive"), ["Dan Frey"]);
        assert_eq!(names("show=all&role=1"), ["Dan Frey", "Åsa Sato"]);
        assert_eq!(names("q=ENGINEER+asa"), Vec::<String>::new());
        assert_eq!(names("q=engineer+%C3%85SA"), ["Åsa Sato"]);
        assert_eq!(names("department=99"), Vec::<String>::new());
        assert_eq!(names("department=&role=x&sort=nonsense").len(), 3);
    }

    #[test]
    fn a_column_turns_round_and_those_without_stand_last() {
        let book = book();
        let rows_by = |sort: &str| {
            let query = PeopleQuery::read(&Fields::from_form(sort.as_bytes()));
            let mut rows: Vec<PersonRow<'_>> = query
                .people(&book, TODAY)
                .into_iter()
                .map(|person| PersonRow {
                    person,
                    weekly: Minutes(0),
                    now: PersonWeek::default(),
                    ahead: PersonWeek::default(),
                })
                .collect();
            query.order(&book.plan, &mut rows);
            rows.iter().map(|row| row.person.id.0).collect::<Vec<_>>()
        };
        assert_eq!(rows_by("sort=role"), [3, 1, 2]);
        assert_eq!(rows_by("sort=department"), [2, 1, 3]);
        assert_eq!(rows_by("sort=-name"), [1, 3, 2]);
        let query = PeopleQuery::default();
        assert_eq!(query.sorted_by(Sort::Load).href(), "/people?sort=-load");
        assert_eq!(
            query.sorted_by(Sort::Load).sorted_by(Sort::Load).href(),
            "/people?sort=load"
        );
    }

    #[test]
    fn the_address_reads_back_to_the_same_list() {
        let query = PeopleQuery {
            text: "a&b=c é".to_owned(),
            department: Some(DepartmentId(2)),
            skill: Some(SkillId(9)),
            show: Show::All,
            sort: Sort::Hours,
            down: true,
            ..PeopleQuery::default()
        };
        let href = query.href();
        let fields = Fields::from_form(href.trim_start_matches("/people?").as_bytes());
        assert_eq!(PeopleQuery::read(&fields), query);
    }
}
