//! A team's pace as it is read and typed.

use maud::{Markup, html};

use super::rules::{Basis, ENOUGH, Estimate, Finished, MARGINS, Pace, about, range_words};
use crate::book::Department;
use crate::clock::Clock;
use crate::poker::rules::points::Points;
use crate::ui::{self, FormState, Frame, Place};
use crate::units::Minutes;
use crate::units::ids::DepartmentId;
use crate::units::text::counted;

/// How many finished stories of a size the room names.
const NAMED: usize = 3;

/// What the room says of an estimate; nothing where there are no hours to tell.
pub fn line(pace: &Pace, estimate: &Estimate) -> Option<Markup> {
    let words = estimate.words();
    let told = pace.of(estimate);
    let typed = |pace: &Pace| estimate.points.is_some() && matches!(pace.basis(), Some(Basis::Typed(_)));
    if told.is_none() && estimate.points.is_none() {
        return None;
    }
    Some(html! {
        p.pace-line {
            @match (&told, pace.basis()) {
                (Some(hours), Some(Basis::Typed(factor))) if typed(pace) => {
                    "Not calibrated: " b { (words) " ≈ " (range_words(hours)) } " at " (Minutes(factor.minutes)) " h a point"
                },
                (Some(hours), Some(Basis::Measured(count))) if estimate.points.is_some() => {
                    b { (words) " ≈ " (range_words(hours)) } " at this team’s pace" small { "last " (count) " finished stories" }
                },
                (Some(hours), _) => { b { (words) " ≈ " (range_words(hours)) } " by this team’s table" },
                (None, _) => { "Not calibrated: nobody has said yet what a point takes this team" },
            }
            @if let Some(alike) = alike_words(pace, estimate) { small { (alike) } }
        }
    })
}

/// `finished ones took 18, 29, 44 h`: the quickest, the one in the middle and the slowest.
fn alike_words(pace: &Pace, estimate: &Estimate) -> Option<String> {
    let all = pace.alike(estimate);
    let places = [0, all.len() / 2, all.len().checked_sub(1)?];
    let mut told: Vec<Minutes> = places
        .iter()
        .filter_map(|place| all.get(*place).copied())
        .collect();
    told.dedup();
    told.truncate(NAMED);
    Some(format!("finished ones took {} h", listed(&told)))
}

/// `18, 29, 44`
fn listed(all: &[Minutes]) -> String {
    let all: Vec<String> = all.iter().map(|one| about(*one).to_string()).collect();
    all.join(", ")
}

/// One team in the list of all.
pub struct Row<'a> {
    /// The team.
    pub team: &'a Department,
    /// With those above it.
    pub path: String,
    /// Its pace.
    pub pace: Pace,
    /// How many of its stories are finished.
    pub finished: i64,
}

/// Every team.
pub fn list(frame: &Frame, rows: &[Row<'_>]) -> Markup {
    ui::page(
        frame,
        Place::Poker,
        "Pace of the teams",
        &html! {
            nav.crumbs aria-label="Where this is" { a href="/poker" { "Planning poker" } }
            (ui::page_head("Pace of the teams", &html! { span.muted { "what a point takes, measured from finished stories" } }, &html! {}))
            section.card aria-label="Teams" {
                @if rows.is_empty() {
                    (ui::empty("No teams yet", "A team is a department. Choose it in the settings of a room: its finished stories then say what a point takes.", &html! { a.btn href="/settings/departments" { "Departments" } }))
                } @else {
                    div.scroll tabindex="0" role="region" aria-label="Teams and their pace" {
                        table.list.pace-table {
                            thead { tr { th scope="col" { "Team" } th.num scope="col" { "A point" } th.num.phone-hide scope="col" { "Finished stories" } th scope="col" { "Measured" } } }
                            tbody { @for row in rows {
                                tr {
                                    th scope="row" { a href=(format!("/poker/pace/{}", row.team.id)) { (row.path) } }
                                    td.num.nowrap { (per_point(&row.pace)) }
                                    td.num.phone-hide { (row.finished) }
                                    td { (basis_chip(&row.pace)) }
                                }
                            } }
                        }
                    }
                }
            }
        },
    )
}

fn per_point(pace: &Pace) -> String {
    pace.of_points(Points::whole(1))
        .map_or_else(|| "–".to_owned(), |hours| range_words(&hours))
}

fn basis_chip(pace: &Pace) -> Markup {
    match pace.basis() {
        Some(Basis::Measured(_)) => ui::chip("good", "calibrated"),
        Some(Basis::Typed(_)) => ui::chip("warn", "typed, not calibrated"),
        None => ui::chip("", "not calibrated"),
    }
}

/// What the page of one team shows.
pub struct TeamView<'a> {
    /// The team.
    pub team: DepartmentId,
    /// Its name, with those above it.
    pub path: &'a str,
    /// Its pace.
    pub pace: &'a Pace,
    /// Labels of cards without a number that it has used.
    pub labels: &'a [String],
    /// Whether the visitor manages it.
    pub manages: bool,
    /// The form of the factor.
    pub factor: FormState,
    /// The form of the table.
    pub sizes: FormState,
    /// What time it is, and where.
    pub clock: &'a Clock,
}

/// The page of one team.
pub fn team(frame: &Frame, view: &TeamView<'_>) -> Markup {
    let title = format!("Pace of {}", view.path);
    ui::page(
        frame,
        Place::Poker,
        &title,
        &html! {
            nav.crumbs aria-label="Where this is" { a href="/poker" { "Planning poker" } " / " a href="/poker/pace" { "Pace of the teams" } }
            (ui::page_head(&title, &basis_chip(view.pace), &html! {}))
            section.card aria-label="A point" { (headline(view.pace)) }
            div.split {
                div.stack {
                    (calibration(view.pace))
                    (finished(view))
                }
                div.stack {
                    (factor(frame, view))
                    (sizes(frame, view))
                }
            }
        },
    )
}

/// The one figure, and on what it rests.
fn headline(pace: &Pace) -> Markup {
    let five = pace.of_points(Points::whole(5));
    let missing = ENOUGH.saturating_sub(pace.samples().len());
    html! {
        div.pace-headline {
            @if let Some(hours) = five { p.pace-figure { "5 points ≈ " b { (range_words(&hours)) } } }
            @else { p.pace-figure { "Not calibrated" } }
            p.muted {
                @match pace.basis() {
                    Some(Basis::Measured(count)) => {
                        "Measured from the last " (count) " finished stories: of all their points 15 % were quicker than the first figure, and 15 % slower than the second. Half took "
                        (pace.of_points(Points::whole(1)).map(|hours| hours.middle).unwrap_or_default()) " h a point or less."
                    },
                    Some(Basis::Typed(factor)) => {
                        "Not calibrated: " (Minutes(factor.minutes)) " h a point were typed, from " (factor.less) " % less to " (factor.more) " % more. "
                        (counted(missing, "finished story", "finished stories")) " more, and it is measured."
                    },
                    None => {
                        "Hours are told once " (counted(missing, "story", "stories")) " more with points and hours are finished, or a manager of the team types what a point takes."
                    },
                }
            }
        }
    }
}

/// Each size with what its stories really took.
fn calibration(pace: &Pace) -> Markup {
    let mut kinds: Vec<&Estimate> = Vec::new();
    for one in pace.open().filter(|one| one.took.is_some()) {
        let known = |own: &&Estimate| {
            own.points == one.estimate.points && (own.points.is_some() || own.label == one.estimate.label)
        };
        if !kinds.iter().any(known) && (one.estimate.points.is_none() || one.sample().is_some()) {
            kinds.push(&one.estimate);
        }
    }
    kinds.sort_by(|one, other| (one.points, &one.label).cmp(&(other.points, &other.label)));
    html! {
        section.card aria-labelledby="calibration" {
            header { h2 #calibration { "What each size took" } }
            @if kinds.is_empty() {
                (ui::empty("Nothing measured yet", "Mark stories as finished on the page “Plan the stories” of their room, with the hours that they took. They gather here by size.", &html! {}))
            } @else {
                div.scroll tabindex="0" role="region" aria-label="Sizes and real hours" {
                    table.list.pace-table {
                        thead { tr { th scope="col" { "Size" } th.num scope="col" { "Stories" } th scope="col" { "Real hours" } th.num scope="col" { "Foretold" } } }
                        tbody { @for kind in kinds {
                            @let took = pace.alike(kind);
                            tr {
                                th.nowrap scope="row" { (kind.words()) }
                                td.num { (took.len()) }
                                td.real-hours { (listed(&took)) " h" }
                                td.num.nowrap { (pace.of(kind).map_or_else(|| "–".to_owned(), |hours| range_words(&hours))) }
                            }
                        } }
                    }
                }
            }
        }
    }
}

fn finished(view: &TeamView<'_>) -> Markup {
    let shown = view.pace.open().take(super::rules::NEWEST);
    let hidden = view.pace.finished.len() - view.pace.open().count();
    html! {
        @if !view.pace.finished.is_empty() {
            section.card aria-labelledby="finished" {
                header { h2 #finished { "Finished stories" } span.muted { "the newest first" } }
                div.scroll tabindex="0" role="region" aria-label="Table of finished stories" {
                    table.list.pace-table {
                        thead { tr { th scope="col" { "Story" } th scope="col" { "Size" } th.num scope="col" { "Took" } th.num scope="col" { "A point" } th scope="col" { "Done" } } }
                        tbody { @for one in shown { (finished_row(view, one)) } }
                    }
                }
                @if hidden > 0 { p.hint { (counted(hidden, "more story", "more stories")) " of rooms with a passcode: they count for the pace and are not listed." } }
            }
        }
    }
}

fn finished_row(view: &TeamView<'_>, one: &Finished) -> Markup {
    let rate = one.sample().map(|took| {
        let minutes = took.minutes * 100 / i64::from(took.points.as_hundredths()).max(1);
        Minutes(u32::try_from(minutes).unwrap_or(u32::MAX))
    });
    html! {
        tr {
            th scope="row" {
                (one.name) @if let Some((link, room)) = &one.room { " " small.faint { a href=(format!("/poker/{link}")) { (room) } } }
            }
            td.nowrap { (one.estimate.words()) }
            td.num.nowrap {
                @match one.took { Some(took) => { (took) " h" }, None => span.faint { "no hours" } }
                @if one.took.is_some() && !one.typed { " " small.faint { "booked" } }
            }
            td.num.nowrap { @if let Some(rate) = rate { (about(rate)) " h" } @else { "–" } }
            td.nowrap { (view.clock.day_of(one.at).short()) }
        }
    }
}

fn factor(frame: &Frame, view: &TeamView<'_>) -> Markup {
    let (less, more) = MARGINS;
    html! {
        section.card aria-labelledby="factor" {
            header { h2 #factor { "Until it is measured" } }
            p.muted { "What a point takes this team, as its managers think. It counts until " (ENOUGH) " finished stories say so themselves; without margins of its own from " (less) " % less to " (more) " % more." }
            (ui::errors_summary(&view.factor))
            @if view.manages {
                form.form.pace-form method="post" action=(format!("/poker/pace/{}", view.team)) {
                    (ui::form_key(&frame.form_key))
                    div.pace-fields {
                        (ui::field(&view.factor, "hours", "Hours a point", "hours", ""))
                        (ui::field(&view.factor, "less", "% less", "number", ""))
                        (ui::field(&view.factor, "more", "% more", "number", ""))
                    }
                    div.actions { button.btn type="submit" { "Save" } }
                }
            } @else if let Some(factor) = view.pace.factor {
                p { b { (Minutes(factor.minutes)) " h a point" } ", from " (factor.less) " % less to " (factor.more) " % more" }
            } @else {
                p { "Nothing was typed yet; a manager of the team does that." }
            }
        }
    }
}

fn sizes(frame: &Frame, view: &TeamView<'_>) -> Markup {
    html! {
        section.card aria-labelledby="sizes" {
            header { h2 #sizes { "Cards without a number" } }
            p.muted { "T-shirts and the like have no points. Each takes the team from so many to so many hours." }
            (ui::errors_summary(&view.sizes))
            @if view.manages {
                form.form.pace-form method="post" action=(format!("/poker/pace/{}/sizes", view.team)) {
                    (ui::form_key(&frame.form_key))
                    div #f-sizes {}
                    table.list.pace-table {
                        thead { tr { th scope="col" { "Card" } th scope="col" { "From h" } th scope="col" { "To h" } } }
                        tbody { @for (place, row) in size_rows(view).iter().enumerate() {
                            tr { @for ((name, label), value) in [("card", "Card"), ("from", "From hours"), ("to", "To hours")].iter().zip(row) {
                                td { input.field name=(name) value=(value) inputmode=[(*name != "card").then_some("decimal")] maxlength="12" autocomplete="off" aria-label=(format!("{label}, row {}", place + 1)); }
                            } }
                        } }
                    }
                    div.actions { button.btn type="submit" { "Save" } }
                }
            } @else if view.pace.sizes.is_empty() {
                p { "Nothing was typed yet; a manager of the team does that." }
            } @else {
                ul.plain-list { @for one in &view.pace.sizes { li { b { (one.label) } span.end { (one.low) "–" (one.high) " h" } } } }
            }
        }
    }
}

/// The rows of the table's form: as they were typed, else as they are kept with what the team uses and one more.
fn size_rows(view: &TeamView<'_>) -> Vec<[String; 3]> {
    let typed = &view.sizes.values;
    if typed.has("card") {
        let all = |name: &str, place: usize| typed.all(name).get(place).cloned().unwrap_or_default();
        let count = typed.all("card").len();
        return (0..count)
            .map(|place| [all("card", place), all("from", place), all("to", place)])
            .collect();
    }
    let kept = view.pace.sizes.iter();
    let mut rows: Vec<[String; 3]> = kept
        .map(|one| [one.label.clone(), one.low.to_string(), one.high.to_string()])
        .collect();
    let usual = ["XS", "S", "M", "L", "XL", "XXL"].map(str::to_owned);
    let missing = if rows.is_empty() { usual.iter() } else { [].iter() };
    for label in missing.chain(view.labels) {
        if !rows.iter().any(|[own, ..]| own == label) {
            rows.push([label.clone(), String::new(), String::new()]);
        }
    }
    rows.push(Default::default());
    rows
}
