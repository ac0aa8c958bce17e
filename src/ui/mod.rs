//! Pieces of pages that two features or more use. They take values and give markup.

pub mod chart;
mod form;
mod layout;
mod parts;
mod qr;
mod settings;

pub use form::{
    FormState, area, check, choice, colour_picker, errors_of_question, errors_summary, explained_choice,
    field, first_field, form_key, or_again, refused,
};
pub use layout::{
    Frame, INSIDE, Place, bare_page, bare_page_with_script, error_page, error_within, finished,
    fragment_or_page, guest_page, inside, more_places, page, page_with_script, places, views_menu,
};
pub use parts::{
    ago, avatar, chip, empty, encoded, hatch, icon, load_meter, page_head, percent_text, status_chip, sure,
};
pub use qr::qr;
pub use settings::{SECTIONS, settings_around, settings_page};
