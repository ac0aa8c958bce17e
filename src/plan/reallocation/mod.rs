//! When a due date moves, the hours that lead up to it move along.

mod rules;
