//! What is done to the house: files that cannot be used, upgrades and back, restores while serving, maintenance, copies elsewhere.

#[cfg(test)]
mod bad_files;

#[cfg(test)]
mod uploads;

#[cfg(test)]
mod upgrade;

#[cfg(test)]
mod restoring;

#[cfg(test)]
mod maintenance;

#[cfg(test)]
mod offsite;

#[cfg(test)]
mod told;
