//! A due date that moves, and the hours that follow it: preview, move, undo, import, command line.

#[cfg(test)]
mod forms;
#[cfg(test)]
mod many;
#[cfg(test)]
mod moves;
#[cfg(test)]
mod planned;
