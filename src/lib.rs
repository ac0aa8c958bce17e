//! Ballast shows who works on what, week by week, against what each person can carry.
//!
//! Imports go one way: `units ← book`; `db`, `web`, `ui`, `sheet`, `feed` know no feature;
//! `accounts ← files ← people ← projects ← plan ← exchange, graphql ← poker ← admin, upkeep`.

pub mod accounts; // sign-in, sessions, access levels
pub mod admin; // the settings
pub mod app; // the parts of a running Ballast, wired together
pub mod backup; // archives of everything, made, read through and restored
pub mod book; // the plan in memory, and every aggregate over it
pub mod cache; // finished answers
pub mod cli; // one file for each command
pub mod clock; // what time it is
pub mod config; // every setting, read once
pub mod crash; // who is told when something went wrong
pub mod db; // the one door to the database
pub mod demo; // an invented plan
pub mod edit; // changes made in view of what was read
pub mod egress; // the one door to other servers
pub mod error; // what is told when something was not done
pub mod exchange; // import and export
pub mod feed; // who is told that something changed
pub mod files; // files of projects, deliverables and people
pub mod graphql; // the plan in the shape that a program asks for
pub mod jobs; // work in the background
pub mod keys; // one key for each use
pub mod log; // lines for people, objects for collectors
pub mod mail; // letters, sent in the background
pub mod metrics; // figures for a monitor
pub mod openapi; // the interface for programs, described
pub mod people; // people, departments, roles, skills, work weeks, time off
pub mod plan; // assignments, hours, deliverables, the schedule
pub mod poker; // rooms, votes, stories, points to hours
pub mod projects; // clients, statuses, projects
pub mod routes; // every URL in one table
pub mod secret; // a text that is shown to nobody
pub mod server; // the loop that serves connections
pub mod sheet; // tables to files
pub mod tls; // certificates, and what encrypts with them
pub mod ui; // pieces of pages
pub mod units; // words all features share
pub mod upkeep; // maintenance, and backups as an administrator sees them
pub mod web; // HTTP machinery
pub mod work; // every kind of background work, in one table
