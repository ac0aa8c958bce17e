//! Coming in: six digits by mail, passwords, and who has to wait.

#[cfg(test)]
mod administration;
#[cfg(test)]
mod answers;
#[cfg(test)]
mod codes;
#[cfg(test)]
mod long_codes;
#[cfg(test)]
mod passwords;
#[cfg(test)]
mod visitor;
