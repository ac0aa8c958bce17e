//! What is true of identity providers and of what they tell.

mod claims;
mod fault;
mod provider;

pub use claims::{Expected, Groups, Level, Person, Told, groups_in, is_true, level, person};
pub use fault::Fault;
pub use provider::{Draft, Provider, ProviderKey, levels_text, scopes_in, tenant_in};

/// By how many seconds the clocks of others may differ from ours.
pub const SKEW: i64 = 60;
