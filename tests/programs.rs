//! Programs: signing in, renewing, keys, and what each is let do.

#[cfg(test)]
mod doors;
#[cfg(test)]
mod keys;
#[cfg(test)]
mod program;
#[cfg(test)]
mod tokens;
