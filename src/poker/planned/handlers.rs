//! The page of agreed stories: planning them, and saying what they took.

use std::sync::Arc;

use axum::extract::{RawQuery, State};
use axum::response::{IntoResponse, Redirect, Response};
use http::StatusCode;

use super::rules::{Agreed, Wish, agreed, refusal_words, taker_words};
use super::{pages, store};
use crate::accounts::{Access, KeyedForm, Visitor};
use crate::app::App;
use crate::book::Book;
use crate::db::Written;
use crate::edit::{self, Seen};
use crate::error::{AppError, FieldError};
use crate::people::{Done, capacity_seen};
use crate::plan::estimates::{Asked, Laid, Taker, book_stories, booked_as_seen, lay};
use crate::plan::warden;
use crate::poker::live::{self, Table};
use crate::poker::pace::{self, Pace};
use crate::projects::PROJECT;
use crate::ui::{FormState, Frame};
use crate::units::Minutes;
use crate::units::ids::{AssignmentId, DepartmentId, StoryId};
use crate::units::text::counted;
use crate::web::{Fields, Path, Query, Reader, done_at};

/// The longest note of an assignment.
const NOTE: usize = 200;

/// The room behind a link, for somebody with an account who is in it; none for whoever is not.
pub(in crate::poker) async fn room_of(
    app: &App,
    link: &str,
    visitor: &Visitor,
) -> Result<Option<Arc<Table>>, AppError> {
    let table = app.poker.at(&app.db, link).await?;
    let room = table.room();
    let own = room
        .by_account(visitor.account)
        .filter(|_| !visitor.is_stranger());
    Ok(own.filter(|own| room.admits(own)).map(|_| Arc::clone(&table)))
}

/// What is known of a room's agreed stories.
pub(super) struct Known {
    pub pace: Pace,
    pub all: Vec<Agreed>,
}

/// Reads the agreed stories of a room with what they take its team.
pub(super) async fn known(app: &App, table: &Table) -> Result<Known, AppError> {
    let room = table.room();
    let pace = match room.department {
        Some(team) => pace::of_team(app, team).await?,
        None => Pace::default(),
    };
    let id = room.id;
    let kept = app.db.read(move |tx| store::kept(tx, id)).await?;
    let all = agreed(&room, &kept, &pace);
    Ok(Known { pace, all })
}

/// `GET /poker/{link}/plan`: the agreed stories, and what planning them would do.
pub(crate) async fn show_plan(
    State(app): State<App>,
    visitor: Visitor,
    Path(link): Path<String>,
    Query(done): Query<Done>,
    RawQuery(query): RawQuery,
) -> Result<Response, AppError> {
    let Some(table) = room_of(&app, &link, &visitor).await? else {
        return Ok(Redirect::to(&format!("/poker/{link}")).into_response());
    };
    let frame = done.frame(&app, &visitor).await?;
    let fields = Fields::from_query(query.as_deref());
    show(
        &app,
        (&visitor, &frame),
        &table,
        &fields,
        (Vec::new(), StatusCode::OK),
    )
    .await
}

async fn show(
    app: &App,
    (visitor, frame): (&Visitor, &Frame),
    table: &Table,
    fields: &Fields,
    (told, status): (Vec<FieldError>, StatusCode),
) -> Result<Response, AppError> {
    let (book, room) = (app.book(), table.room());
    let known = known(app, table).await?;
    let reach = visitor.reach(&book.plan);
    let mut reader = Reader::new(fields);
    let wish = Wish::read(&mut reader, (&book, &room, &reach), &known.all, app.clock.today());
    let mut errors = reader.finish(()).err().unwrap_or_default();
    let asked = wish.asked(&known.all).filter(|_| errors.is_empty());
    let laid = asked.as_ref().map(|asked| lay(&book, asked));
    if let (Some(asked), Some(Err(refusal))) = (&asked, &laid) {
        errors.push(FieldError::new(
            "from",
            refusal_words(&book.plan, asked, *refusal),
        ));
    }
    let status = match status {
        StatusCode::OK if !errors.is_empty() => StatusCode::UNPROCESSABLE_ENTITY,
        other => other,
    };
    errors.extend(told);
    let view = pages::PlanView {
        book: &book,
        room: &room,
        known: (&known.pace, &known.all),
        reach: &reach,
        finishes: match room.department {
            Some(team) => reach.covers(Some(team)),
            None => visitor.access >= Access::Member,
        },
        preview: asked.zip(laid.and_then(Result::ok)),
        wish: &wish,
        state: FormState::again(fields.clone(), errors),
    };
    Ok((status, pages::plan(frame, &view)).into_response())
}

/// `POST /poker/{link}/plan`: books what was seen.
pub(crate) async fn plan(
    State(app): State<App>,
    visitor: Visitor,
    Path(link): Path<String>,
    KeyedForm(fields): KeyedForm,
) -> Result<Response, AppError> {
    let Some(table) = room_of(&app, &link, &visitor).await? else {
        return Err(AppError::Forbidden(OUTSIDE));
    };
    let again = |told: Vec<FieldError>, status| (told, status);
    let answer = match apply(&app, &visitor, &table, &fields).await {
        Ok(Written {
            value: Outcome::Done { .. },
            change_set,
        }) => return Ok(done_at(&format!("/poker/{link}/plan"), change_set)),
        Ok(_) => again(
            vec![FieldError::new(
                "preview",
                "The plan has changed since you saw this.",
            )],
            StatusCode::CONFLICT,
        ),
        Err(AppError::Invalid(errors)) => {
            let known = ["stories", "project", "who", "from", "to", "point"];
            // What the page finds itself is told by the page.
            let others = errors
                .into_iter()
                .filter(|one| !known.contains(&one.field.as_str()));
            again(others.collect(), StatusCode::UNPROCESSABLE_ENTITY)
        }
        Err(error) => return Err(error),
    };
    show(&app, (&visitor, &visitor.frame(&app)), &table, &fields, answer).await
}

/// What is told to who is not in a room.
pub(in crate::poker) const OUTSIDE: &str =
    "You are not in this room, or not any more. Open its link to come in.";

/// What became of planning.
pub(super) enum Outcome {
    /// It is done.
    Done {
        assignment: AssignmentId,
        hours: Minutes,
        stories: usize,
    },
    /// It would no longer do what was seen.
    Stale,
}

/// Books the stories as they were seen, or not at all.
pub(super) async fn apply(
    app: &App,
    visitor: &Visitor,
    table: &Table,
    fields: &Fields,
) -> Result<Written<Outcome>, AppError> {
    edit::retry(|| attempt(app, visitor, table, fields)).await
}

/// Reads what is wanted and where it would lie now.
pub(super) async fn worked_out(
    app: &App,
    visitor: &Visitor,
    table: &Table,
    fields: &Fields,
) -> Result<(Arc<Book>, Known, Asked, Laid), AppError> {
    let (book, room) = (app.book(), table.room());
    let known = known(app, table).await?;
    let mut reader = Reader::new(fields);
    let reach = visitor.reach(&book.plan);
    let wish = Wish::read(&mut reader, (&book, &room, &reach), &known.all, app.clock.today());
    let must = [
        ("project", wish.project.is_none(), "choose the project"),
        (
            "who",
            wish.taker.is_none(),
            "choose who takes the stories, or a role",
        ),
        ("stories", wish.stories.is_empty(), "choose at least one story"),
    ];
    let bare = reader.finish(()).err().unwrap_or_default();
    let missing = must
        .into_iter()
        .filter(|(field, missing, _)| *missing && !bare.iter().any(|one| one.field == *field));
    let mut errors = bare.clone();
    errors.extend(missing.map(|(field, _, words)| FieldError::new(field, words)));
    let asked = wish.asked(&known.all).filter(|_| errors.is_empty());
    let Some(asked) = asked else {
        return Err(AppError::Invalid(errors));
    };
    let laid = lay(&book, &asked)
        .map_err(|refusal| AppError::field("from", refusal_words(&book.plan, &asked, refusal)))?;
    Ok((book, known, asked, laid))
}

async fn attempt(
    app: &App,
    visitor: &Visitor,
    table: &Table,
    fields: &Fields,
) -> Result<Written<Outcome>, AppError> {
    let seen = fields.text("seen");
    if seen.is_empty() {
        return Err(AppError::field(
            "seen",
            "ask for the preview first, and send what it answers as `seen`",
        ));
    }
    let room = table.room();
    let (book, known, asked, laid) = match worked_out(app, visitor, table, fields).await {
        // What cannot be done at all any more was seen as something that could.
        Err(AppError::Invalid(errors)) if errors.iter().all(|one| one.field == "stories") => {
            return Ok(stale());
        }
        found => found?,
    };
    if laid.digest(&asked) != seen {
        return Ok(stale());
    }
    let plan = &book.plan;
    let project = plan.project(asked.project).ok_or(AppError::NotFound)?;
    let label = format!(
        "planned {} of “{}” on {} for {}: {} h",
        counted(asked.stories.len(), "story", "stories"),
        room.name,
        project.name,
        taker_words(plan, asked.taker),
        asked.total()
    );
    let note: String = format!("Poker: {}", room.name).chars().take(NOTE).collect();
    let rows = match asked.taker {
        Taker::Person(id) => capacity_seen(book.revision, id),
        Taker::Role(_) => Seen::at(book.revision, &[]),
    };
    let rows = rows.and([(&PROJECT, project.id.0)]);
    let estimates = estimates_of(&known, &asked);
    let (room, stories, hours) = (room.id, asked.stories.len(), asked.total());
    let written = app
        .db
        .write(app.gesture(visitor, &label), move |tx| {
            rows.check(tx)?;
            for (story, estimate) in &estimates {
                if !store::is_open(tx, room, *story, estimate)? {
                    return Err(AppError::Moved);
                }
            }
            if !booked_as_seen(tx, &asked, &laid)? {
                return Err(AppError::Moved);
            }
            Ok(book_stories(tx, &asked, &laid, &note)?)
        })
        .await?;
    Ok(Written {
        value: Outcome::Done {
            assignment: written.value,
            hours,
            stories,
        },
        change_set: written.change_set,
    })
}

/// The stories that are planned, with what was agreed of each.
fn estimates_of(known: &Known, asked: &Asked) -> Vec<(StoryId, String)> {
    let is_asked = |one: &&Agreed| asked.stories.iter().any(|(id, _)| *id == one.story);
    let all = known.all.iter().filter(is_asked);
    all.map(|one| (one.story, one.estimate.label.clone())).collect()
}

const fn stale() -> Written<Outcome> {
    Written {
        value: Outcome::Stale,
        change_set: None,
    }
}

/// Refuses who does not manage the team of a room: what its stories took decides what is foretold of the team's others. A room
/// without a team decides nothing. Answers the team that was asked about.
async fn must_measure(app: &App, visitor: &Visitor, table: &Table) -> Result<Option<DepartmentId>, AppError> {
    let team = table.room().department;
    if let Some(team) = team {
        warden::team(app, visitor, team).await?;
    }
    Ok(team)
}

/// What somebody says of an agreed story of a room.
struct Said<T> {
    table: Arc<Table>,
    /// The team that they manage, if the room has one.
    team: Option<DepartmentId>,
    story: StoryId,
    more: T,
}

/// Reads of which `story` of a room something is said, with what else `more` reads, and refuses who may not say it.
async fn said<T>(
    app: &App,
    visitor: &Visitor,
    (link, fields): (&str, &Fields),
    more: impl FnOnce(&mut Reader<'_>) -> T,
) -> Result<Said<T>, AppError> {
    let table = room_of(app, link, visitor).await?;
    let table = table.ok_or(AppError::Forbidden(OUTSIDE))?;
    let mut reader = Reader::new(fields);
    let story: Option<StoryId> = reader.required("story", "must be a story of this room");
    let more = more(&mut reader);
    reader.finish(()).map_err(AppError::Invalid)?;
    let story = story.ok_or(AppError::NotFound)?;
    let team = must_measure(app, visitor, &table).await?;
    Ok(Said {
        table,
        team,
        story,
        more,
    })
}

fn read_spent(reader: &mut Reader<'_>) -> Option<Minutes> {
    let spent = reader.hours("hours", Minutes::BUDGET);
    if spent.is_some_and(|spent| spent.0 == 0) {
        reader.fault("hours", "must be more than 0");
    }
    spent
}

/// Back to the story in the list of the page.
fn back_to(link: &str, story: StoryId) -> Response {
    Redirect::to(&format!("/poker/{link}/plan#s{story}")).into_response()
}

/// `POST /poker/{link}/finished`: `story` is done, and took `hours`; without them what was booked for it counts. Most stories
/// are done long after the cards were put away, so a room that was ended takes this too.
pub(crate) async fn finish(
    State(app): State<App>,
    visitor: Visitor,
    Path(link): Path<String>,
    KeyedForm(fields): KeyedForm,
) -> Result<Response, AppError> {
    let said = said(&app, &visitor, (&link, &fields), read_spent).await?;
    let (room, story, team, spent) = (said.table.id, said.story, said.team, said.more);
    let (name, gesture) = (visitor.name.clone(), app.gesture(&visitor, "finish a story"));
    live::act_at_any_time(&app, &said.table, gesture, move |tx| {
        store::must_belong(tx, room, team)?;
        if spent.is_none() && !store::is_booked(tx, story)? {
            return Err(AppError::field(
                "hours",
                "say what it took: nothing was booked for this story",
            ));
        }
        if pace::finish(tx, room, story, &name, spent)? {
            return Ok(());
        }
        let words = "must be a story that this room has agreed on";
        Err(AppError::field("story", words))
    })
    .await?;
    Ok(back_to(&link, story))
}

/// `POST /poker/{link}/unfinished`: `story` is not done after all. As finishing, it is the team's managers' and has no end.
pub(crate) async fn unfinish(
    State(app): State<App>,
    visitor: Visitor,
    Path(link): Path<String>,
    KeyedForm(fields): KeyedForm,
) -> Result<Response, AppError> {
    let said = said(&app, &visitor, (&link, &fields), |_| ()).await?;
    let (room, story, team) = (said.table.id, said.story, said.team);
    let gesture = app.gesture(&visitor, "take back that a story is finished");
    live::act_at_any_time(&app, &said.table, gesture, move |tx| {
        store::must_belong(tx, room, team)?;
        Ok::<_, AppError>(pace::unfinish(tx, room, story)?)
    })
    .await?;
    Ok(back_to(&link, story))
}
