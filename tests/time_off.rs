//! Leave from asking to approving, what it does to the plan, and who is told what of it.

#[cfg(test)]
mod asking;
#[cfg(test)]
mod holidays;
#[cfg(test)]
mod managers;
#[cfg(test)]
mod people;
#[cfg(test)]
mod pushed;
