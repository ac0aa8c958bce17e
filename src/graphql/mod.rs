//! GraphQL: signing in, and reading the plan in the shape that a program asks for.
//!
//! It reads the book and nothing else, with the same access as the pages. What a query may cost is decided before it
//! runs: its text is weighed in `rules`, its fields by the schema, and whoever is not signed in may only do that.

mod figures;
pub(crate) mod handlers;
mod nodes;
mod rules;
mod scalars;
mod schema;

pub use schema::sdl;
