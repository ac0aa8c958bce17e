#![doc = "Ballast: who works on what, week by week."]
pub mod units;
