//! The second step: authenticators, recovery codes, and what the organisation demands.

#[cfg(test)]
mod phone;
#[cfg(test)]
mod step;
#[cfg(test)]
mod tries;
