//! What a manager of some departments may do, and what is refused them whichever way they try.

#[cfg(test)]
pub(crate) mod world;

#[cfg(test)]
mod hours;

#[cfg(test)]
mod people;

#[cfg(test)]
mod projects;

#[cfg(test)]
mod accounts;

#[cfg(test)]
mod files;
