//! What a manager of some departments may do, and what is refused them whichever way they try.

#[cfg(test)]
mod house;

#[cfg(test)]
#[path = "scope/world.rs"]
mod world;

#[cfg(test)]
#[path = "scope/hours.rs"]
mod hours;

#[cfg(test)]
#[path = "scope/people.rs"]
mod people;

#[cfg(test)]
#[path = "scope/projects.rs"]
mod projects;

#[cfg(test)]
#[path = "scope/accounts.rs"]
mod accounts;

#[cfg(test)]
#[path = "scope/files.rs"]
mod files;
