//! Planning poker over HTTP: what is kept from whom, who may do what, what survives. Each requirement R1 to R25 of the feature
//! that is the server's has its test here or beside the rules, named after it.

#[cfg(test)]
mod house;

#[cfg(test)]
#[path = "poker/table.rs"]
mod table;

#[cfg(test)]
#[path = "poker/hidden.rs"]
mod hidden;

#[cfg(test)]
#[path = "poker/exits.rs"]
mod exits;

#[cfg(test)]
#[path = "poker/rounds.rs"]
mod rounds;

#[cfg(test)]
#[path = "poker/people.rs"]
mod people;

#[cfg(test)]
#[path = "poker/doors.rs"]
mod doors;

#[cfg(test)]
#[path = "poker/days.rs"]
mod days;

#[cfg(test)]
#[path = "poker/lines.rs"]
mod lines;

#[cfg(test)]
#[path = "poker/proxies.rs"]
mod proxies;

#[cfg(test)]
#[path = "poker/crowd.rs"]
mod crowd;

#[cfg(test)]
#[path = "poker/bad_input.rs"]
mod bad_input;
