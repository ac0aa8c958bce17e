//! Repairs hours that an import has brought in a shape that the plan itself would never give them.

mod rules;
mod store;

pub use rules::{Kind, Repairs, repairs};
pub use store::{Import, apply, imports, shifts};
