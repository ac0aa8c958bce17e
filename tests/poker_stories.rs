//! Stories of a poker room over HTTP: added, brought in, put in order, looked back at and taken away.

#[cfg(test)]
mod import;
#[cfg(test)]
mod list;
#[cfg(test)]
mod play;
