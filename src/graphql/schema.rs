//! What can be asked, and what can be done.

#![expect(
    clippy::unused_async,
    reason = "the library takes asynchronous functions only"
)]
#![expect(
    clippy::too_many_arguments,
    reason = "each is an argument of a query, and the library reads them off the function"
)]

use std::sync::{Arc, LazyLock};

use async_graphql::{
    Context, EmptySubscription, Error, ErrorExtensions as _, ID, Object, Schema, SimpleObject,
};
use http::header::SET_COOKIE;

use super::figures::{self, By, Forecast, Utilisation};
use super::nodes::{
    Assignment, Deliverable, Department, PageOf, Person, Project, Reading, assignments, deliverables, id_of,
    page,
};
use super::rules::{MOST_COST, MOST_DIRECTIVES, page_cost, sums_cost};
use super::scalars::Date;
use crate::accounts::entry::Knock;
use crate::accounts::programs::families::{self, Shown};
use crate::app::App;
use crate::book::{self, CountsAs, Filter};
use crate::error::AppError;
use crate::secret::Secret;
use crate::units::ids::{AssignmentId, PersonId, ProjectId, RoleId};

/// All of it.
pub type Whole = Schema<Query, Mutation, EmptySubscription>;

/// For everywhere but production: names that are nearly right are pointed out, and the schema can be asked for.
pub static OPEN: LazyLock<Whole> = LazyLock::new(|| limited().finish());
/// For production.
pub static CLOSED: LazyLock<Whole> =
    LazyLock::new(|| limited().disable_introspection().disable_suggestions().finish());

fn limited() -> async_graphql::SchemaBuilder<Query, Mutation, EmptySubscription> {
    Schema::build(Query, Mutation, EmptySubscription)
        .limit_complexity(MOST_COST)
        .limit_directives(MOST_DIRECTIVES)
}

/// The schema as text.
#[must_use]
pub fn sdl() -> String {
    OPEN.sdl()
}

/// An error of ours as GraphQL tells it: its words, and never its cause.
pub fn told(error: &AppError) -> Error {
    if let AppError::Internal(cause) = error {
        tracing::error!(%cause, "a query failed");
    }
    let code = match error {
        AppError::Unproven { problem, .. } => problem.replace('-', "_").to_uppercase(),
        AppError::Busy => "BUSY".to_owned(),
        _ => error.title().replace(' ', "_").to_uppercase(),
    };
    Error::new(error.to_string()).extend_with(|_, more| more.set("code", code.as_str()))
}

/// The plan, for somebody who may read it.
fn reading<'a>(context: &Context<'a>) -> Result<&'a Arc<Reading>, Error> {
    let reading = context.data_opt::<Arc<Reading>>();
    let reading = reading.ok_or_else(|| told(&AppError::SignedOut))?;
    reading.on_time()?;
    Ok(reading)
}

/// What can be read.
pub struct Query;

#[Object]
impl Query {
    /// People by name; those who are planned, unless `active` is false, which gives all.
    #[graphql(complexity = "page_cost(first, child_complexity)")]
    async fn people(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Words, as the search of the page reads them.")] search: Option<String>,
        #[graphql(desc = "With all departments below it.")] department: Option<ID>,
        active: Option<bool>,
        first: Option<i32>,
        after: Option<String>,
    ) -> Result<PageOf<Person>, Error> {
        let reading = reading(context)?;
        let filter = Filter {
            department: department.as_ref().map(id_of).transpose()?,
            text: search.unwrap_or_default(),
            ..Filter::default()
        };
        let all: Vec<&book::Person> = if active == Some(false) && filter.is_empty() {
            reading.book.plan.people.iter().collect()
        } else {
            reading.book.people(&filter)
        };
        page(
            &all,
            (first, after),
            |one| one.id.0,
            |one| Person::of(reading, one),
        )
    }

    /// One person.
    async fn person(&self, context: &Context<'_>, id: ID) -> Result<Option<Person>, Error> {
        let reading = reading(context)?;
        let found = reading.book.plan.person(id_of::<PersonId>(&id)?);
        Ok(found.map(|one| Person::of(reading, one)))
    }

    /// Departments in the order of their tree.
    #[graphql(complexity = "20 * child_complexity")]
    async fn departments(&self, context: &Context<'_>) -> Result<Vec<Department>, Error> {
        let book = &reading(context)?.book;
        let all = book.plan.departments.iter();
        Ok(all.filter_map(|one| Department::of(book, one.id)).collect())
    }

    /// Projects by name.
    #[graphql(complexity = "page_cost(first, child_complexity)")]
    async fn projects(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Words, as the search of the page reads them.")] search: Option<String>,
        #[graphql(desc = "With people of this department or one below it.")] department: Option<ID>,
        #[graphql(desc = "`tentative`, `confirmed` or `closed`.")] counts_as: Option<String>,
        first: Option<i32>,
        after: Option<String>,
    ) -> Result<PageOf<Project>, Error> {
        let reading = reading(context)?;
        let filter = Filter {
            department: department.as_ref().map(id_of).transpose()?,
            text: search.unwrap_or_default(),
            ..Filter::default()
        };
        let counted = match counts_as {
            None => None,
            Some(text) => {
                let wrong = || Error::new("countsAs must be tentative, confirmed or closed.");
                Some(CountsAs::parse(&text).ok_or_else(wrong)?)
            }
        };
        let mut all = reading.book.projects(&filter);
        all.retain(|one| counted.is_none_or(|counted| reading.book.plan.counts_as(one.id) == counted));
        page(
            &all,
            (first, after),
            |one| one.id.0,
            |one| Project::of(reading, one),
        )
    }

    /// One project.
    async fn project(&self, context: &Context<'_>, id: ID) -> Result<Option<Project>, Error> {
        let reading = reading(context)?;
        let found = reading.book.plan.project(id_of::<ProjectId>(&id)?);
        Ok(found.map(|one| Project::of(reading, one)))
    }

    /// Assignments by the name of their project; of one person or project where it is given.
    #[graphql(complexity = "page_cost(first, child_complexity)")]
    async fn assignments(
        &self,
        context: &Context<'_>,
        person: Option<ID>,
        project: Option<ID>,
        first: Option<i32>,
        after: Option<String>,
    ) -> Result<PageOf<Assignment>, Error> {
        let reading = reading(context)?;
        let person: Option<PersonId> = person.as_ref().map(id_of).transpose()?;
        let project: Option<ProjectId> = project.as_ref().map(id_of).transpose()?;
        let all = reading.book.plan.assignments.iter();
        let all: Vec<&book::Assignment> = all
            .filter(|one| person.is_none_or(|person| one.person == Some(person)))
            .filter(|one| project.is_none_or(|project| one.project == project))
            .collect();
        assignments(reading, &all, (first, after))
    }

    /// One assignment.
    async fn assignment(&self, context: &Context<'_>, id: ID) -> Result<Option<Assignment>, Error> {
        let reading = reading(context)?;
        let found = reading.book.plan.assignment(id_of::<AssignmentId>(&id)?);
        Ok(found.map(|one| Assignment::of(reading, one)))
    }

    /// Deliverables by the day they are due, those without one last; of one project or between two days where they are given.
    #[graphql(complexity = "page_cost(first, child_complexity)")]
    async fn deliverables(
        &self,
        context: &Context<'_>,
        project: Option<ID>,
        from: Option<Date>,
        until: Option<Date>,
        first: Option<i32>,
        after: Option<String>,
    ) -> Result<PageOf<Deliverable>, Error> {
        let reading = reading(context)?;
        let project: Option<ProjectId> = project.as_ref().map(id_of).transpose()?;
        let within = |one: &book::Deliverable| match one.due {
            None => from.is_none() && until.is_none(),
            Some(due) => from.is_none_or(|from| due >= from.0) && until.is_none_or(|until| due <= until.0),
        };
        let all = reading.book.plan.deliverables.iter();
        let mut all: Vec<&book::Deliverable> = all
            .filter(|one| project.is_none_or(|project| one.project == project))
            .filter(|one| within(one))
            .collect();
        all.sort_by_key(|one| (one.due.is_none(), one.due, one.id));
        deliverables(reading, &all, (first, after))
    }

    /// The heat map: departments by week, each with all below it; 12 weeks where it is not said, 104 at most.
    #[graphql(complexity = "sums_cost(weeks, child_complexity)")]
    async fn utilisation(
        &self,
        context: &Context<'_>,
        from: Option<Date>,
        weeks: Option<i32>,
        department: Option<ID>,
    ) -> Result<Vec<Utilisation>, Error> {
        let department = department.as_ref().map(id_of).transpose()?;
        figures::utilisation(reading(context)?, from, weeks, department)
    }

    /// Capacity against demand; 12 weeks where it is not said, 104 at most.
    #[graphql(complexity = "sums_cost(weeks, child_complexity)")]
    async fn forecast(
        &self,
        context: &Context<'_>,
        from: Option<Date>,
        weeks: Option<i32>,
        by: Option<By>,
        #[graphql(desc = "With all departments below it.")] department: Option<ID>,
        role: Option<ID>,
        #[graphql(desc = "False counts confirmed work only.")] tentative: Option<bool>,
    ) -> Result<Forecast, Error> {
        let asked = figures::Asked {
            from,
            weeks,
            by,
            department: department.as_ref().map(id_of).transpose()?,
            role: role.as_ref().map(id_of::<RoleId>).transpose()?,
            tentative: tentative.unwrap_or(true),
        };
        figures::forecast(reading(context)?, &asked)
    }
}

/// What a program gets that signed in. What renews it comes as a cookie beside.
#[derive(SimpleObject)]
pub struct Access {
    /// Shown with each request as `Authorization: Bearer …`.
    access_token: String,
    /// For how many seconds it is good.
    expires_in: u64,
}

/// What can be done.
pub struct Mutation;

#[Object]
impl Mutation {
    /// Signs in with an address and a password, and a code where the account has a second step.
    async fn login(
        &self,
        context: &Context<'_>,
        email: String,
        password: String,
        code: Option<String>,
    ) -> Result<Access, Error> {
        let shown = Shown {
            email,
            password: Secret::from(password),
            code: code.map(Secret::from),
        };
        let (app, knock) = (context.data::<App>()?, context.data::<Knock>()?);
        let opened = families::sign_in(app, knock, shown)
            .await
            .map_err(|error| told(&error))?;
        context.append_http_header(SET_COOKIE, opened.cookie);
        Ok(Access {
            access_token: opened.access.expose().to_owned(),
            expires_in: opened.lives,
        })
    }
}
