//! The calendar: what is due and who is away, as a month and as a list of days.
//!
//! What happens on which day is worked out in `book::calendar`; here it is laid out and shown. It tells that somebody is
//! away and never why: the book does not hold the kind of a leave.

pub(crate) mod api;
pub(crate) mod handlers;
mod pages;
mod rules;
