//! Pieces of pages that two features or more use. They take values and give markup.

pub mod chart;
mod faults;
mod form;
mod layout;
mod navigation;
mod parts;
mod qr;
mod settings;

pub use faults::{error_page, error_within};
pub use form::{
    FormState, area, check, choice, colour_picker, errors_of_question, errors_summary, explained_choice,
    field, filter_choice, first_field, form_key, or_again, refused,
};
pub use layout::{
    Frame, INSIDE, bare_page, bare_page_with_script, finished, fragment_or_page, guest_page, inside, page,
    page_with_script, views_menu,
};
pub use navigation::{Place, more_places, places};
pub use parts::{
    ago, avatar, chip, empty, encoded, hatch, icon, load_meter, page_head, percent_text, status_chip, sure,
};
pub use qr::qr;
pub use settings::{SECTIONS, settings_around, settings_page};
