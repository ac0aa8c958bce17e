//! Import and export from outside: over HTTP, in the browser's steps, and at the command line.

#[cfg(test)]
mod bring;

#[cfg(test)]
mod command;

#[cfg(test)]
mod files;

#[cfg(test)]
mod round;

#[cfg(test)]
mod rows;

#[cfg(test)]
mod samples;

#[cfg(test)]
mod steps;
