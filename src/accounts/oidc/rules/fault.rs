//! Why a sign-in through a provider came to nothing.

/// What was wrong. People who sign in are told none of it: the words are for the log, the audit and whoever sets a provider
/// up, and hold nothing that was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// Nobody answers at the provider.
    #[error("the provider cannot be reached")]
    Unreachable,
    /// The provider's answer did not come in time.
    #[error("the provider did not answer in time")]
    TooSlow,
    /// The provider's answer is longer than what is read.
    #[error("the provider's answer is too large")]
    TooLarge,
    /// The provider lies where Ballast may not ask.
    #[error("the provider's address is not in the open internet; if it is yours, name it in EGRESS_ALLOW")]
    Closed,
    /// What the provider says of itself cannot be read.
    #[error("what stands at the provider's /.well-known/openid-configuration is not its description")]
    Discovery,
    /// The provider calls itself something else.
    #[error("the provider calls itself by another issuer than the one that is set")]
    DiscoveryIssuer,
    /// The provider serves many tenants, and nobody says which.
    #[error("the provider serves many tenants, and none is set")]
    NoTenant,
    /// The provider's keys cannot be read.
    #[error("the provider's keys cannot be read")]
    Keys,
    /// No sign-in of this browser is under way with this state.
    #[error("no sign-in of this browser is under way that this answer belongs to")]
    State,
    /// The answer came for another provider than the one that was asked.
    #[error("the answer came from another provider than the one that was asked")]
    MixedUp,
    /// The provider sent the browser back with a no.
    #[error("the provider said no, or the person went back")]
    Declined,
    /// The provider sent the browser back with nothing.
    #[error("the provider sent nothing to sign in with")]
    NoCode,
    /// The provider does not take the code.
    #[error("the provider did not take the code")]
    CodeRefused,
    /// What the provider told is not an identity.
    #[error("what the provider told cannot be read")]
    Unreadable,
    /// Signed by nobody, with a weak or a foreign kind of signature, or wrongly.
    #[error("the signature of the identity is not right")]
    Signature,
    /// Signed with a key that the provider does not name.
    #[error("the identity is signed with a key that the provider does not name")]
    UnknownKey,
    /// From another issuer.
    #[error("the identity comes from another issuer")]
    Issuer,
    /// For another client.
    #[error("the identity is meant for somebody else than Ballast")]
    Audience,
    /// Asked for by another client.
    #[error("the identity was asked for by somebody else than Ballast")]
    Party,
    /// Of another sign-in.
    #[error("the identity belongs to another sign-in")]
    Nonce,
    /// Over.
    #[error("the identity has expired")]
    Expired,
    /// Not yet.
    #[error("the identity is from the future")]
    Future,
    /// Of another tenant.
    #[error("the identity is of another tenant")]
    Tenant,
    /// The person was not asked again.
    #[error("the provider did not ask the person again, or does not say when it did (auth_time)")]
    NotFresh,
    /// The identity and what is told besides are of two people.
    #[error("the provider told of two different people")]
    Subject,
    /// Without a verified address nobody can be found.
    #[error("nobody is linked to this identity, and it names no verified address")]
    NotVerified,
    /// The address is not in an allowed domain.
    #[error("the address is not in an allowed domain")]
    Domain,
    /// Nobody has this address here.
    #[error("nobody is linked to this identity, and there is no account with its address")]
    NoAccount,
    /// This provider does not link by address.
    #[error("nobody is linked to this identity, and this provider links nobody by address")]
    NotLinked,
    /// The account with this address is somebody else's at the same issuer.
    #[error("the account with this address is linked to another identity of the same issuer")]
    OtherIdentity,
    /// The identity belongs to another account.
    #[error("this identity is linked to another account")]
    LinkedElsewhere,
    /// Whoever began the link is not signed in any more.
    #[error("the link was begun by a session that is over")]
    Session,
    /// The account may not sign in here.
    #[error("the account is switched off, or is no administrator's")]
    NotAllowed,
    /// In none of the groups.
    #[error("the person is in none of the groups that may come in")]
    NoGroup,
}

impl Fault {
    /// Whether it lies with the provider's server, so that trying again later is worth it.
    #[must_use]
    pub const fn is_outage(self) -> bool {
        matches!(
            self,
            Self::Unreachable
                | Self::TooSlow
                | Self::TooLarge
                | Self::Closed
                | Self::Discovery
                | Self::DiscoveryIssuer
                | Self::NoTenant
                | Self::Keys
        )
    }
}
