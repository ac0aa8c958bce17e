//! Through whose eyes somebody may look.

use crate::accounts::rules::Access;
use crate::units::ids::AccountId;

/// How long it lasts at most, in milliseconds: an hour.
pub const LASTS: i64 = 3_600_000;

/// Why nobody may look through the eyes of this account, if so.
#[must_use]
pub fn refusal(own: AccountId, id: AccountId, access: Access, active: bool) -> Option<&'static str> {
    if id == own {
        Some("You see Ballast as yourself already.")
    } else if !active {
        Some("This account is switched off: it sees nothing.")
    } else if access == Access::Admin {
        Some("Nobody looks through the eyes of another administrator.")
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn eyes_are_lent_by_those_below_only() {
        let refused = |id, access, active| refusal(AccountId(1), AccountId(id), access, active).is_some();
        for access in [Access::Viewer, Access::Member, Access::Manager] {
            assert!(!refused(2, access, true));
            assert!(refused(2, access, false));
        }
        assert!(refused(2, Access::Admin, true));
        assert!(refused(1, Access::Admin, true));
    }
}
