//! What serves connections: its limits, what it refuses to read, where it listens, how it ends, and how it gives way.

#[cfg(test)]
mod corpus;
#[cfg(test)]
mod ends;
#[cfg(test)]
mod frames;
#[cfg(test)]
mod health;
#[cfg(test)]
mod limits;
#[cfg(test)]
mod places;
#[cfg(test)]
mod program;
#[cfg(test)]
mod raw;
#[cfg(test)]
mod renewal;
#[cfg(test)]
mod renewal_tls;
