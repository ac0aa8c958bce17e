//! An order that a program asks for.

use std::collections::BTreeSet;

use serde::Deserialize;
use utoipa::ToSchema;

use crate::error::AppError;

/// An order of things: all their ids.
#[derive(Deserialize, ToSchema)]
pub struct OrderInput {
    order: Vec<i64>,
}

impl OrderInput {
    /// The ids in their order, where they are those that are `known`, each once. `what` is what one of them is called.
    ///
    /// # Errors
    /// A fault of `order` otherwise.
    pub fn complete(self, known: impl Iterator<Item = i64>, what: &str) -> Result<Vec<i64>, AppError> {
        let wanted: BTreeSet<i64> = self.order.iter().copied().collect();
        let known: BTreeSet<i64> = known.collect();
        if wanted == known && self.order.len() == known.len() {
            Ok(self.order)
        } else {
            Err(AppError::field("order", format!("must name each {what} once")))
        }
    }
}
