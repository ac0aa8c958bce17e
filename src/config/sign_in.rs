//! How people sign in.

use std::time::Duration;

use super::checker::Checker;
use super::table::Setting;

pub(super) const SETTINGS: &[Setting] = &[Setting::open(
    "ADMIN_PROOF_SECONDS",
    "1800",
    "How long a sign-in at /admin/login is good for administration, from 60 to 7200.",
)];

/// How people sign in.
#[derive(Clone)]
pub struct SignIn {
    /// How long somebody is proven for administration.
    pub admin_proof: Duration,
}

impl SignIn {
    pub(super) fn read(check: &mut Checker<'_>) -> Self {
        Self {
            admin_proof: check.seconds("ADMIN_PROOF_SECONDS", 60, 7_200),
        }
    }
}
