//! Ballast from outside: its stores on a real database, its answers over HTTP, its pages in a browser, its program as a process.
//!
//! All of it is one program, since each would link the whole of Ballast again. `cargo test --test suite poker::` runs a part.

#[cfg(test)]
mod absurd;
#[cfg(test)]
mod accounts;
#[cfg(test)]
mod admin;
#[cfg(test)]
mod audit;
#[cfg(test)]
mod auto_hours;
#[cfg(test)]
mod backup;
#[cfg(test)]
mod book;
#[cfg(test)]
mod browser;
#[cfg(test)]
mod calendar;
#[cfg(test)]
mod check;
#[cfg(test)]
mod database;
#[cfg(test)]
mod durability;
#[cfg(test)]
mod edge;
#[cfg(test)]
mod edits;
#[cfg(test)]
mod exchange;
#[cfg(test)]
mod feeds;
#[cfg(test)]
mod figures;
#[cfg(test)]
mod files;
#[cfg(test)]
mod finder;
#[cfg(test)]
mod finished;
#[cfg(test)]
mod forecast;
#[cfg(test)]
mod forgotten;
#[cfg(test)]
mod graphql;
#[cfg(test)]
mod house;
#[cfg(test)]
mod impersonation;
#[cfg(test)]
mod invitations;
#[cfg(test)]
mod jobs;
#[cfg(test)]
mod limits;
#[cfg(test)]
mod listener;
#[cfg(test)]
mod live;
#[cfg(test)]
mod live_browser;
#[cfg(test)]
mod mail;
#[cfg(test)]
mod normalise;
#[cfg(test)]
mod oidc;
#[cfg(test)]
mod oidc_faults;
#[cfg(test)]
mod once;
#[cfg(test)]
mod own_account;
#[cfg(test)]
mod passkeys_browser;
#[cfg(test)]
mod people;
#[cfg(test)]
mod plan;
#[cfg(test)]
mod plan_pages;
#[cfg(test)]
mod poker;
#[cfg(test)]
mod poker_browser;
#[cfg(test)]
mod poker_forecast;
#[cfg(test)]
mod poker_hours;
#[cfg(test)]
mod poker_hours_browser;
#[cfg(test)]
mod poker_stories;
#[cfg(test)]
mod poker_stories_browser;
#[cfg(test)]
mod process;
#[cfg(test)]
mod programs;
#[cfg(test)]
mod projects;
#[cfg(test)]
mod reallocation;
#[cfg(test)]
mod reports;
#[cfg(test)]
mod scope;
#[cfg(test)]
mod search;
#[cfg(test)]
mod second_factor;
#[cfg(test)]
mod security;
#[cfg(test)]
mod sign_in;
#[cfg(test)]
mod sign_in_browser;
#[cfg(test)]
mod snapshots;
#[cfg(test)]
mod time_off;
#[cfg(test)]
mod tls;
#[cfg(test)]
mod told;
#[cfg(test)]
mod turnstile;
#[cfg(test)]
mod upkeep;
#[cfg(test)]
mod user_command;
#[cfg(test)]
mod watch;
