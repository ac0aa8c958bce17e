//! Who may come in: accounts, passwords, sessions and access levels.
//!
//! There is no default account. The first one is made through a link that is printed once, at the first start.

pub(crate) mod api;
pub(crate) mod audit;
pub(crate) mod command;
pub(crate) mod entry;
pub(crate) mod forgotten;
pub(crate) mod handlers;
pub(crate) mod impersonation;
pub(crate) mod invitations;
mod known;
pub(crate) mod line;
pub mod oidc;
pub(crate) mod own;
mod pages;
pub(crate) mod passkeys;
mod password;
pub(crate) mod programs;
mod rules;
mod rules_list;
mod said;
pub(crate) mod scope;
pub mod second_factor;
mod sign_in;
mod spelling;
mod store;
pub(crate) mod turnstile;
mod visitor;
mod ways;

/// Whom the one click of a demonstration signs in.
pub const DEMO_PLANNER: &str = "planner@demo.example";

pub use programs::By;
pub use rules::{Access, AccountDraft, fold_email, password_fault};
pub use said::Said;
pub use scope::{ACCOUNT_DEPARTMENT, Reach, Scope, Standing, managers_by_department, set_scope, standing};
pub use store::{
    Account, ENTITIES, account_by_email, account_by_id, accounts, addresses, addresses_of_administrators,
    count_accounts, forget_old, make_account, set_password,
};
pub use visitor::{Visitor, hash_of, own_person, recognise};

pub use known::Sessions;
pub use passkeys::Ceremonies;

pub use handlers::{KeyedForm, make_setup_link};
pub use password::{Line as PasswordLine, hash_password, judge_password};
pub use sign_in::{Throttle, raise_password_work};
