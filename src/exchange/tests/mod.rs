//! Whole files through the whole reader: the samples of a team, files of the same kinds, and files that are
//! not.

mod bad;
mod round;
mod samples;

use super::read::read_within;
use super::table::Limits;
use super::{Choice, Drafts, FileError, Kind, Meaning, Options, Reading, What, read_file};
use crate::units::{Day, Minutes, WeekStart};

pub(super) fn read(name: &str, bytes: &[u8]) -> Reading {
    read_file(name, bytes, &Options::default()).unwrap()
}

pub(super) fn read_as(what: What, text: &str) -> Reading {
    let options = Options {
        what: Some(what),
        ..Options::default()
    };
    read_file("file.csv", text.as_bytes(), &options).unwrap()
}

pub(super) fn day(text: &str) -> Day {
    text.parse().unwrap()
}

pub(super) fn sum(drafts: &Drafts) -> u64 {
    drafts.hours.iter().map(|draft| u64::from(draft.minutes.0)).sum()
}

/// `LINE: column: reason` of every problem.
pub(super) fn told(reading: &Reading) -> Vec<String> {
    reading.problems.kept().iter().map(ToString::to_string).collect()
}

macro_rules! sample {
    ($name:literal) => {
        include_bytes!(concat!("../../../tests/data/", $name)).as_slice()
    };
}
use sample;
