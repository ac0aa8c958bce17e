//! Planning poker over HTTP: what is kept from whom, who may do what, what survives. Each requirement R1 to R25 of the feature
//! that is the server's has its test here or beside the rules, named after it.

#[cfg(test)]
mod table;

#[cfg(test)]
mod hidden;

#[cfg(test)]
mod exits;

#[cfg(test)]
mod rounds;

#[cfg(test)]
mod people;

#[cfg(test)]
mod doors;

#[cfg(test)]
mod days;

#[cfg(test)]
mod lines;

#[cfg(test)]
mod proxies;

#[cfg(test)]
mod crowd;

#[cfg(test)]
mod bad_input;
