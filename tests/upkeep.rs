//! What is done to the house: files that cannot be used, upgrades and back, restores while serving, maintenance, copies elsewhere.

#[cfg(test)]
mod house;

#[cfg(test)]
mod process;

#[cfg(test)]
#[path = "upkeep/bad_files.rs"]
mod bad_files;

#[cfg(test)]
#[path = "upkeep/upgrade.rs"]
mod upgrade;

#[cfg(test)]
#[path = "upkeep/restoring.rs"]
mod restoring;

#[cfg(test)]
#[path = "upkeep/maintenance.rs"]
mod maintenance;

#[cfg(test)]
#[path = "upkeep/offsite.rs"]
mod offsite;
