//! The question as a form. It is asked by GET, so that its address can be kept and shared.

use maud::{Markup, html};

use crate::book::{Book, Plan};
use crate::people::SkillLevel;
use crate::plan::finder::rules::{MOST_SKILLS, Per, Question, View};
use crate::ui::{self, FormState};

/// The fields of `question`, or what was typed where it could not be read.
pub fn question_form(book: &Book, question: &Question, state: &FormState) -> Markup {
    let plan = &book.plan;
    let shown = if state.errors.is_empty() {
        FormState {
            values: question.fields(plan),
            errors: Vec::new(),
        }
    } else {
        state.clone()
    };
    match question.view {
        View::People => for_people(plan, question, &shown),
        View::Places => for_places(plan, &shown),
    }
}

fn for_people(plan: &Plan, question: &Question, state: &FormState) -> Markup {
    let options = Options::of(plan);
    html! {
        form.form.ask method="get" action="/finder" {
            input type="hidden" name="view" value="people";
            div.ask-line {
                (ui::field(state, "from", "From the week of", "date", ""))
                (ui::field(state, "to", "to the week of", "date", ""))
                (ui::field(state, "hours", "Hours", "hours", ""))
                (ui::choice(state, "per", "Counted", None, &[
                    ("all".to_owned(), "in all".to_owned()),
                    ("week".to_owned(), "a week".to_owned()),
                ]))
                (ui::choice(state, "role", "Role", Some("Any role"), &options.roles))
                (ui::choice(state, "department", "Department", Some("Any department"), &options.departments))
                (ui::choice(state, "project", "For the project", Some("Any project"), &options.projects))
            }
            (skills(plan, question))
            div.actions {
                button.btn.primary type="submit" { (ui::icon("search")) "Find" }
                (ui::check(state, "partly", "Also people who have some of the hours"))
                @if question.per == Per::Week && question.hours.0 > 0 {
                    span.muted { (question.total()) " h in all over " (question.weeks()) " weeks" }
                }
            }
        }
    }
}

/// One line for each skill that is asked for, and an empty one.
fn skills(plan: &Plan, question: &Question) -> Markup {
    if plan.skills.is_empty() {
        return html! {};
    }
    let lines = question
        .skills
        .iter()
        .copied()
        .map(Some)
        .chain([None])
        .take(MOST_SKILLS);
    html! {
        fieldset.ask-skills {
            legend { "Skills" }
            @for (index, line) in lines.enumerate() {
                span.ask-skill {
                    select.field name="skill" id=[(index == 0).then_some("f-skill")] aria-label=(format!("Skill {}", index + 1)) {
                        option value="" { @if index == 0 { "Any skill" } @else { "And another one" } }
                        @for skill in &plan.skills {
                            option value=(skill.id) selected[line.is_some_and(|(id, _)| id == skill.id)] { (skill.name) }
                        }
                    }
                    select.field name="level" aria-label=(format!("Level of skill {}", index + 1)) {
                        @for level in SkillLevel::ALL {
                            option value=(level.number()) selected[line.is_some_and(|(_, own)| own == level.number())] {
                                @if level == SkillLevel::Learning { "any level" } @else { (level.label()) }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn for_places(plan: &Plan, state: &FormState) -> Markup {
    html! {
        form.form.ask method="get" action="/finder" data-autosubmit {
            input type="hidden" name="view" value="places";
            div.ask-line.one {
                (ui::choice(state, "project", "Open places of", Some("All projects"), &Options::of(plan).projects))
                div.actions { button.btn type="submit" { "Show" } }
            }
        }
    }
}

/// What can be chosen from.
struct Options {
    roles: Vec<(String, String)>,
    departments: Vec<(String, String)>,
    projects: Vec<(String, String)>,
}

impl Options {
    fn of(plan: &Plan) -> Self {
        Self {
            roles: plan
                .roles
                .iter()
                .map(|one| (one.id.to_string(), one.name.clone()))
                .collect(),
            departments: plan
                .departments
                .iter()
                .map(|one| (one.id.to_string(), plan.department_path(one.id)))
                .collect(),
            projects: plan
                .projects
                .iter()
                .map(|one| (one.id.to_string(), one.name.clone()))
                .collect(),
        }
    }
}
