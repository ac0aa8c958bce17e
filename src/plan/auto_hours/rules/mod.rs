//! What is true of templates, and what laying one on a project changes.

mod formula;
mod lay;
mod moved;
mod preview;
mod template;
mod words;

#[cfg(test)]
mod tests;

pub use lay::Asked;
pub use moved::{SeenCell, differences, seen_of};
pub use preview::{Cell, Lay, Mode, Place, Preview, PreviewRow, Verdict, preview};
pub use template::{Line, LineDraft, MOST_HEADS, MOST_LINES, MOST_TEMPLATES, MOST_WEEKS, Template};
pub use words::{difference_words, place_words, skip_words};
