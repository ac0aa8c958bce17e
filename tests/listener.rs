//! What serves connections: its limits, what it refuses to read, where it listens, how it ends, and how it gives way.

#[cfg(test)]
#[path = "listener/corpus.rs"]
mod corpus;
#[cfg(test)]
#[path = "listener/ends.rs"]
mod ends;
#[cfg(test)]
#[path = "listener/limits.rs"]
mod limits;
#[cfg(test)]
#[path = "listener/places.rs"]
mod places;
#[cfg(test)]
#[path = "listener/program.rs"]
mod program;
#[cfg(test)]
#[path = "listener/raw.rs"]
mod raw;
#[cfg(test)]
#[path = "listener/renewal.rs"]
mod renewal;
