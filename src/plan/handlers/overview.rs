//! The first page: how the team stands, and what needs a look; and the phone's list of everything else.

pub(crate) mod json;

use axum::extract::{RawQuery, State};
use axum::response::{IntoResponse, Response};

use crate::accounts::Visitor;
use crate::app::App;
use crate::book::{Book, Scope};
use crate::cache::Question;
use crate::error::AppError;
use crate::people::Done;
use crate::plan::pages;
use crate::units::Day;
use crate::units::ids::DepartmentId;
use crate::web::{Fields, Query, Taker};

/// What the address asks for; what cannot be read stands for its default, so that an old link still opens.
fn scope(fields: &Fields, book: &Book, today: Day) -> Scope {
    let department = fields.text("department").parse().ok().map(DepartmentId);
    let weeks = fields.text("weeks").parse().ok();
    Scope {
        department: department.filter(|id| book.plan.department(*id).is_some()),
        weeks: weeks
            .filter(|weeks| Scope::LENGTHS.contains(weeks))
            .unwrap_or(Scope::LENGTH),
        today,
    }
}

/// `GET /`: the overview.
pub(crate) async fn show_overview(
    State(app): State<App>,
    visitor: Visitor,
    Query(done): Query<Done>,
    RawQuery(query): RawQuery,
    taker: Taker,
) -> Result<Response, AppError> {
    let book = app.book();
    let fields = Fields::from_query(query.as_deref());
    let scope = scope(&fields, &book, app.clock.today());
    let all = fields.text("attention") == "all";
    let may_edit = visitor.may_edit();
    let question = Question {
        asked: format!(
            "overview|{}|{:?}|{}|{all}|{may_edit}",
            scope.today, scope.department, scope.weeks
        ),
        revision: book.revision_of_overview(scope.department),
    };
    let make = || pages::overview(&book, scope, all, may_edit).into_string();
    let inside = app.answers.get_or_make(question, make).await?;
    let frame = done.frame(&app, &visitor).await?;
    Ok(app.answers.page(&taker, &pages::overview_page(&frame), &inside))
}

/// `GET /more`: where a phone finds what its five tabs do not hold.
pub(crate) async fn show_more(State(app): State<App>, visitor: Visitor) -> Response {
    pages::more(&visitor.frame(&app)).into_response()
}
