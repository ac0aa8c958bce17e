//! The search as a page, for whoever has no script or wants to see all of it.

use axum::extract::State;
use axum::response::{IntoResponse, Response};

use super::pages;
use super::rules::{self, Asked, Group, Hit, Kind};
use crate::accounts::Visitor;
use crate::app::App;
use crate::error::AppError;
use crate::plan::views;
use crate::ui;
use crate::web::Query;

#[derive(Default, serde::Deserialize)]
pub(crate) struct SearchQuery {
    #[serde(default)]
    q: String,
}

/// How many of each kind stand on the page.
const ON_THE_PAGE: usize = 50;

/// `GET /search?q=`: everything that is found.
pub(crate) async fn show_search(
    State(app): State<App>,
    visitor: Visitor,
    Query(SearchQuery { q }): Query<SearchQuery>,
) -> Result<Response, AppError> {
    let asked = Asked::new(&q, ON_THE_PAGE, rules::WEEKS, app.clock.today());
    let groups = found(&app, &visitor, &asked).await?;
    Ok(pages::results(&visitor.frame(&app), &asked, &groups).into_response())
}

/// Everything that is found: of the plan, of the visitor's views, and the pages they may see.
pub(super) async fn found(app: &App, visitor: &Visitor, asked: &Asked) -> Result<Vec<Group>, AppError> {
    let views = views::visible(app, visitor).await?;
    let views = views.into_iter().map(|view| {
        let hit = Hit::plain(
            &view.name,
            view.page_label().to_owned(),
            format!("/views/{}", view.id),
        );
        (format!("{} {}", view.name, view.page_label()), hit)
    });
    let frame = visitor.frame(app);
    let places = ui::places(&frame).map(|(label, href)| {
        (
            format!("{label} page"),
            Hit::plain(label, String::new(), href.to_owned()),
        )
    });
    let begun = STARTS
        .iter()
        .filter(|_| visitor.may_edit())
        .map(|(label, words, href)| {
            let hit = Hit::plain(label, String::new(), (*href).to_owned());
            (
                format!("{label} {words}"),
                Hit {
                    is_dialog: true,
                    ..hit
                },
            )
        });
    let mut groups: Vec<Group> = rules::listed(Kind::Views, asked, views.collect())
        .into_iter()
        .collect();
    groups.extend(rules::find(&app.book(), asked));
    if !asked.text.is_empty() && !visitor.is_stranger() {
        for source in app.searched {
            let (find, account, text) = (source.find, visitor.account, asked.text.clone());
            let lines = app.db.read(move |tx| find(tx, account, &text)).await?;
            groups.extend(rules::listed(source.kind, asked, lines));
        }
    }
    groups.extend(rules::listed(Kind::Pages, asked, places.chain(begun).collect()));
    Ok(groups)
}

/// What a manager can begin from anywhere: how it is called, other words for it, and where its form is.
const STARTS: [(&str, &str, &str); 3] = [
    ("New project", "add create", "/projects/new"),
    ("New person", "add create hire", "/people/new"),
    (
        "Assign somebody",
        "add new assignment booking",
        "/assignments/new",
    ),
];
