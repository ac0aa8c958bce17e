//! The search for programs and for the palette.

use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::handlers::found;
use super::rules::{Asked, Group, Hit, WEEKS};
use crate::accounts::Visitor;
use crate::app::App;
use crate::error::AppError;
use crate::web::{Json, Query};

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct SearchParams {
    /// Words, load words (`available`, `optimal`, `full`, `overloaded`, `<30`, `>=14`, `10-20`; a comma joins them in one
    /// week), `AND`, `OR`, `NOT`, quotes and brackets. Blank finds views and pages.
    q: Option<String>,
    /// How many of each kind, from 1 to 50; 6 where it is left out.
    limit: Option<usize>,
    /// Over how many weeks load words look, from this one on: 1 to 52; 4 where it is left out.
    weeks: Option<u16>,
}

/// What was found.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SearchJson {
    /// What was searched for.
    query: String,
    groups: Vec<GroupJson>,
}

/// What was found of one kind, the best first.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct GroupJson {
    /// `views`, `people`, `projects`, `clients`, `roles`, `departments`, `deliverables`, `poker` or `pages`.
    kind: &'static str,
    title: &'static str,
    /// How many there are in all.
    total: usize,
    items: Vec<HitJson>,
}

/// One line.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct HitJson {
    title: String,
    detail: String,
    /// Where it is, from the root of this server.
    href: String,
    /// Somebody's load this week, or a project's status.
    tag: Option<String>,
    /// The class that colours the tag.
    tone: Option<String>,
    /// Whether it is a form that opens over the page.
    dialog: bool,
}

/// People, projects, clients, roles, departments, deliverables, saved views and pages.
#[utoipa::path(get, path = "/api/v1/search", tag = "plan", params(SearchParams), responses((status = 200, body = SearchJson)))]
pub(crate) async fn search(
    State(app): State<App>,
    visitor: Visitor,
    Query(params): Query<SearchParams>,
) -> Result<Json<SearchJson>, AppError> {
    let asked = Asked::new(
        &params.q.unwrap_or_default(),
        params.limit.unwrap_or(6).clamp(1, 50),
        params.weeks.unwrap_or(WEEKS),
        app.clock.today(),
    );
    let groups = found(&app, &visitor, &asked).await?;
    Ok(Json(SearchJson {
        query: asked.text,
        groups: groups.into_iter().map(group).collect(),
    }))
}

fn group(group: Group) -> GroupJson {
    GroupJson {
        kind: group.kind.as_str(),
        title: group.kind.title(),
        total: group.total,
        items: group.hits.into_iter().map(hit).collect(),
    }
}

fn hit(hit: Hit) -> HitJson {
    let (tag, tone) = hit.tag.map(|tag| (tag.text, tag.class)).unzip();
    HitJson {
        title: hit.title,
        detail: hit.detail,
        href: hit.href,
        tag,
        tone,
        dialog: hit.is_dialog,
    }
}
