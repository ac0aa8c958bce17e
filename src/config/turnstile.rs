//! The question whether a person knocks, asked by Cloudflare Turnstile.

use super::checker::Checker;
use super::table::Setting;

pub(super) const SETTINGS: &[Setting] = &[];

/// The question whether a person knocks, asked by Cloudflare Turnstile.
#[derive(Clone)]
pub struct Turnstile {}

impl Turnstile {
    pub(super) fn read(_check: &mut Checker<'_>) -> Self {
        Self {}
    }
}
