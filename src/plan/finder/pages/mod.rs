//! What the finder shows.

mod assign;
mod form;
mod people;
mod places;
mod strip;

pub use assign::assign_form;
pub use people::people;
pub use places::places;
pub use strip::free_weeks;

use maud::{Markup, html};

use super::rules::{Question, View};
use crate::book::Book;
use crate::ui::{self, FormState, Frame, Place};

/// The frame of both sides: the head, the question, the answer.
fn page(frame: &Frame, book: &Book, question: &Question, state: &FormState, answer: &Markup) -> Markup {
    ui::page(
        frame,
        Place::Finder,
        "Who is free",
        &html! {
            (ui::page_head("Who is free", &side(book, question), &ui::views_menu("/finder")))
            section.card aria-label="Question" {
                (ui::errors_of_question(state))
                (form::question_form(book, question, state))
            }
            (answer)
        },
    )
}

/// From people to places and back, with the same question.
fn side(book: &Book, question: &Question) -> Markup {
    let link = |view: View, label: &str| {
        let href = question.with(|other| other.view = view).href(&book.plan);
        html! { a href=(href) aria-current=[(question.view == view).then_some("page")] { (label) } }
    };
    html! {
        nav.seg aria-label="Side" { (link(View::People, "People")) (link(View::Places, "Open places")) }
    }
}

/// A question that cannot be read, with what is wrong with it.
pub fn refused(frame: &Frame, book: &Book, question: &Question, state: &FormState) -> Markup {
    page(frame, book, question, state, &html! {})
}
