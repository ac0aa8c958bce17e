//! From points to hours: the pace of a team, agreed stories on the schedule, and what they took in the end.

#[cfg(test)]
mod booking;
#[cfg(test)]
mod finished;
#[cfg(test)]
mod pace;
#[cfg(test)]
mod planned;
#[cfg(test)]
pub(crate) mod world;
