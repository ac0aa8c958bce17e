//! Ids from the database, one type per thing, so that a person's id never lands where a project's belongs.

/// An id that is a 64-bit integer of the database underneath.
pub trait Id: Copy {
    /// The type around a number from the database.
    fn from_raw(raw: i64) -> Self;
    /// The number itself.
    fn raw(self) -> i64;
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub i64);

        impl Id for $name {
            fn from_raw(raw: i64) -> Self { Self(raw) }
            fn raw(self) -> i64 { self.0 }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { self.0.fmt(out) }
        }

        impl std::str::FromStr for $name {
            type Err = std::num::ParseIntError;
            fn from_str(text: &str) -> Result<Self, Self::Err> { text.parse().map(Self) }
        }
    )+};
}

ids! {
    /// Somebody who may sign in.
    AccountId,
    /// Somebody who was asked to come in.
    InvitationId,
    /// Somebody who says who people are.
    ProviderId,
    /// A part of the organisation.
    DepartmentId,
    /// What somebody does: engineer, designer.
    RoleId,
    /// Something somebody is good at.
    SkillId,
    /// A list of public holidays that people share.
    CalendarId,
    /// Somebody whose weeks are planned.
    PersonId,
    /// Days on which somebody is away.
    TimeOffId,
    /// Whom a project is for.
    ClientId,
    /// Where a project stands.
    StatusId,
    /// What hours are booked on.
    ProjectId,
    /// Something a project hands over on a date.
    DeliverableId,
    /// A person, or nobody yet, in a role on a project.
    AssignmentId,
    /// A link under which a calendar is fetched.
    FeedLinkId,
    /// How the hours before deliverables usually lie.
    TemplateId,
    /// What one role does in a template.
    TemplateLineId,
    /// An address that somebody has given a name.
    ViewId,
    /// A key that somebody made for a program.
    ProgramKeyId,
    /// A place where a team estimates together.
    RoomId,
    /// Somebody in a room.
    ParticipantId,
    /// Something to estimate.
    StoryId,
    /// A file of a project, a deliverable or a person.
    FileId,
    /// One vote of everybody on one thing.
    RoundId,
    /// One gesture of one person, with everything it changed.
    ChangeSetId,
}
