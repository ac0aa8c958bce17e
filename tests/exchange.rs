//! Import and export from outside: over HTTP, in the browser's steps, and at the command line.

#[cfg(test)]
mod house;

#[cfg(test)]
#[path = "exchange/bring.rs"]
mod bring;

#[cfg(test)]
#[path = "exchange/command.rs"]
mod command;

#[cfg(test)]
#[path = "exchange/files.rs"]
mod files;

#[cfg(test)]
#[path = "exchange/round.rs"]
mod round;

#[cfg(test)]
#[path = "exchange/rows.rs"]
mod rows;

#[cfg(test)]
#[path = "exchange/samples.rs"]
mod samples;

#[cfg(test)]
#[path = "exchange/steps.rs"]
mod steps;
