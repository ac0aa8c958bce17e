//! What a monitor, a collector and whoever looks after Ballast are told: health, figures, the log, letters about faults.

#[cfg(test)]
mod desk;
#[cfg(test)]
mod faults;
#[cfg(test)]
mod figures;
#[cfg(test)]
mod health;
#[cfg(test)]
mod lines;
#[cfg(test)]
mod probe;
