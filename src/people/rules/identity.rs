//! Whose weeks an account's are, and who decides about them, follows from the e-mail address and the department of a
//! person. So below an administrator these two are not anybody's to set as they like: whoever could, could take
//! themselves out of the department that says what they decide, or take the place of somebody else.

use std::collections::HashSet;
use std::hash::BuildHasher;

use crate::accounts::{Access, Reach, Visitor};
use crate::book::Plan;
use crate::people::time_off::Decider;
use crate::units::fold;
use crate::units::ids::{DepartmentId, PersonId};

/// What says whose a person is.
#[derive(Clone, Copy, Debug)]
pub struct Identity<'a> {
    /// Their e-mail address, or blank.
    pub email: &'a str,
    /// Their department. One that is only being made counts as the one above it.
    pub department: Option<DepartmentId>,
}

/// What somebody below an administrator may make of that.
#[derive(Clone, Debug)]
pub struct Guard {
    decider: Decider,
    reach: Reach,
    addresses: HashSet<String>,
}

impl Guard {
    /// What `visitor` is held to; nothing for administrators. `addresses` are those of all accounts.
    #[must_use]
    pub fn of<S: BuildHasher>(plan: &Plan, visitor: &Visitor, addresses: HashSet<String, S>) -> Option<Self> {
        (visitor.access < Access::Admin).then(|| Self {
            decider: Decider::of(plan, visitor),
            reach: visitor.reach(plan),
            addresses: addresses.into_iter().map(|address| fold(&address)).collect(),
        })
    }

    /// Whose people and projects they may change.
    #[must_use]
    pub const fn reach(&self) -> &Reach {
        &self.reach
    }

    /// The field that may not become what it would, and why. Somebody new was nothing before, somebody removed is
    /// nothing after.
    #[must_use]
    pub fn fault(
        &self,
        id: Option<PersonId>,
        before: Option<Identity<'_>>,
        after: Option<Identity<'_>>,
    ) -> Option<(&'static str, &'static str)> {
        let address = |one: Option<Identity<'_>>| one.map(|one| fold(one.email)).unwrap_or_default();
        let (old, new) = (address(before), address(after));
        if old != new && [old, new].iter().any(|one| self.addresses.contains(one)) {
            let why = "this is the address of an account: only an administrator decides whose weeks an account’s are";
            return Some(("email", why));
        }
        if self.reach.is_limited() {
            return self.outside(before, after);
        }
        let own = id.is_some() && id == self.decider.own();
        let before = before?.department;
        let Some(after) = after.map(|one| one.department) else {
            let why = "you cannot remove yourself: ask an administrator";
            return (own && !self.decider.decides_everywhere()).then_some(("department", why));
        };
        if before == after || self.decider.decides_everywhere() {
            return None;
        }
        if own {
            let why =
                "your own department says whose leave you decide about: ask an administrator to change it";
            return Some(("department", why));
        }
        let both = self.decider.decides_in(before) && self.decider.decides_in(after);
        (!both).then_some((
            "department",
            "only who decides about leave in both departments may move somebody: ask an administrator",
        ))
    }

    /// Who manages some departments has people in them before and after.
    fn outside(
        &self,
        before: Option<Identity<'_>>,
        after: Option<Identity<'_>>,
    ) -> Option<(&'static str, &'static str)> {
        let is_outside =
            |one: Option<Identity<'_>>| one.is_some_and(|one| !self.reach.covers(one.department));
        if is_outside(before) {
            let why = "belongs to a department that you do not manage: ask who does, or an administrator";
            return Some(("department", why));
        }
        is_outside(after).then_some(("department", "choose one of the departments that you manage"))
    }
}
