//! Tests the browser helper itself, so that a silent finding elsewhere can be believed.

#[cfg(test)]
#[path = "browser/driver.rs"]
mod driver;
