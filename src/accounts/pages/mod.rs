//! Sign-in, set-up, and the list of accounts.

mod account;
mod accounts;
pub(in crate::accounts) mod sign_in;

pub(in crate::accounts) use account::{AccountView, account};
pub(in crate::accounts) use accounts::{AccountRow, accounts, add_form, link_once};
pub(in crate::accounts) use sign_in::{Ways, setup};

use maud::{Markup, html};

use super::rules::Access;
use crate::ui::{self, Frame, Place};

/// A page of administration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::accounts) enum Section {
    /// Who may come in.
    Accounts,
    /// Who was asked to.
    Invitations,
    /// What happened.
    Audit,
}

impl Section {
    const ALL: [Self; 3] = [Self::Accounts, Self::Invitations, Self::Audit];

    const fn title(self) -> &'static str {
        match self {
            Self::Accounts => "Accounts",
            Self::Invitations => "Invitations",
            Self::Audit => "Audit",
        }
    }

    const fn href(self) -> &'static str {
        match self {
            Self::Accounts => "/accounts",
            Self::Invitations => "/accounts/invitations",
            Self::Audit => "/accounts/audit",
        }
    }
}

/// A page of administration, with the way to its neighbours.
pub(in crate::accounts) fn section(
    frame: &Frame,
    own: Section,
    beside: &Markup,
    actions: &Markup,
    inside: &Markup,
) -> Markup {
    ui::page(
        frame,
        Place::Accounts,
        own.title(),
        &html! {
            (ui::page_head(own.title(), beside, actions))
            nav.tabs-row aria-label="Accounts" {
                @for one in Section::ALL {
                    a href=(one.href()) aria-current=[(one == own).then_some("page")] { (one.title()) }
                }
            }
            div.stack { (inside) }
        },
    )
}

/// The levels, as a form offers them.
pub(in crate::accounts) fn levels() -> Vec<(String, String)> {
    Access::ALL
        .iter()
        .map(|level| (level.as_str().to_owned(), level.explained().to_owned()))
        .collect()
}

/// The levels in a word, for tables.
pub(in crate::accounts) const fn level_word(access: Access) -> &'static str {
    match access {
        Access::Viewer => "Viewer",
        Access::Member => "Member",
        Access::Manager => "Manager",
        Access::Admin => "Administrator",
    }
}
