//! The one error of the product: what is told, and what is only logged.

use std::sync::Arc;

use axum::response::{IntoResponse, Response};
use http::StatusCode;

use crate::db::DbError;

/// Something wrong with one field of a form, one cell of a request, one row of a file.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, utoipa::ToSchema)]
pub struct FieldError {
    /// Which field: `email`, `cells[3].hours`.
    pub field: String,
    /// What is wrong with it and what would be right.
    pub message: String,
}

impl FieldError {
    /// An error of `field`.
    #[expect(
        clippy::needless_pass_by_value,
        reason = "errors and literals are handed over as they come"
    )]
    pub fn new(field: impl Into<String>, message: impl ToString) -> Self {
        Self {
            field: field.into(),
            message: message.to_string(),
        }
    }
}

/// Why a request was not done. The text of a variant is what people read; a cause is logged once and never shown.
#[derive(Debug, thiserror::Error)]
pub enum AppError {
    /// Nobody is signed in.
    #[error("Please sign in first.")]
    SignedOut,
    /// What somebody showed opens nothing, or not yet.
    #[error("{detail}")]
    Unproven {
        /// For programs: which problem this is.
        problem: &'static str,
        /// Whether it was shown as `Authorization`.
        shown: bool,
        /// What happened and what to do.
        detail: &'static str,
    },
    /// Signed in, and not allowed.
    #[error("{0}")]
    Forbidden(&'static str),
    /// Signed in, and some of it belongs to somebody else's department.
    #[error("{detail}")]
    OutOfReach {
        /// What it is, and whom to ask.
        detail: String,
        /// Which fields or cells of what was sent, where there are several.
        errors: Vec<FieldError>,
    },
    /// A sign-in through somebody else came to nothing. Why is for the log.
    #[error(
        "Signing in through {0} did not work. Please start again; if it happens again, tell an administrator the number of the request below."
    )]
    SignInFailed(String),
    /// Somebody else's server did not answer as it must.
    #[error(
        "{0} does not answer right now, so it cannot tell Ballast who you are. Try again in a few minutes, or sign in another way."
    )]
    OtherServer(String),
    /// Not proven to be an administrator lately; pages lead to where that is done.
    #[error("Prove at /admin/login that it is you, then try again.")]
    ProveAgain {
        /// Whether somebody is signed in at all.
        signed_in: bool,
    },
    /// There is no such thing, or none that this visitor may know of.
    #[error("There is nothing at this address. It may have been removed, or the link is not complete.")]
    NotFound,
    /// The path exists for other methods.
    #[error("This address does not take that kind of request.")]
    MethodNotAllowed,
    /// Somebody else was faster.
    #[error("{detail}")]
    Conflict {
        /// What happened and what to do.
        detail: String,
        /// More for programs: both sides.
        extra: serde_json::Value,
    },
    /// `If-Match` names another version.
    #[error("Somebody has changed this since you read it. Look at both versions and decide.")]
    Stale {
        /// What it is now.
        current: serde_json::Value,
    },
    /// What a write was made in view of has changed meanwhile, again and again.
    #[error("Others are changing this at the same moment. Nothing was changed; please try again.")]
    Moved,
    /// Fields are not as they must be.
    #[error("Something in what you sent needs another look.")]
    Invalid(Vec<FieldError>),
    /// The request cannot be read at all.
    #[error("{0}")]
    BadRequest(String),
    /// The body is larger than the place takes.
    #[error("That is too large; {0} at most.")]
    TooLarge(String),
    /// The body is of a kind that the place does not take.
    #[error("This address takes {0}.")]
    UnsupportedType(&'static str),
    /// Somebody asks too often.
    #[error("That was too much at once. Please wait {seconds} s and try again.")]
    TooMany {
        /// After how long the next request is taken.
        seconds: u64,
    },
    /// Asked under a name that is not ours.
    #[error("Ballast does not answer under this name. Its names stand in the setting ALLOWED_HOSTS.")]
    Misdirected,
    /// Too much waits.
    #[error("Ballast has too much to do right now. Please try again in a moment.")]
    Busy,
    /// A backup is being restored.
    #[error(
        "A backup is being restored. Everything can be read, and nothing is changed until that is done; please try again in a minute."
    )]
    ReadOnly,
    /// Somebody works on the house.
    #[error("{words}")]
    Closed {
        /// What whoever closed it says, or that nobody said anything.
        words: String,
        /// After how many seconds it is worth trying again.
        seconds: u64,
    },
    /// The disk is full.
    #[error("The disk of the server is full. Nothing was changed; please tell an administrator.")]
    Full,
    /// Anything else: a fault of ours.
    #[error("Something went wrong on our side. Nothing was half done; please try again.")]
    Internal(String),
}

impl AppError {
    /// What was asked for was true when it was looked at, and is not any more.
    pub fn conflict(detail: impl Into<String>) -> Self {
        Self::Conflict {
            detail: detail.into(),
            extra: serde_json::Value::Null,
        }
    }

    /// An error of one field.
    pub fn field(field: &str, message: impl ToString) -> Self {
        Self::Invalid(vec![FieldError::new(field, message)])
    }

    /// Its status.
    #[must_use]
    pub const fn status(&self) -> StatusCode {
        match self {
            Self::SignedOut | Self::Unproven { .. } | Self::ProveAgain { signed_in: false } => {
                StatusCode::UNAUTHORIZED
            }
            Self::Forbidden(_)
            | Self::OutOfReach { .. }
            | Self::SignInFailed(_)
            | Self::ProveAgain { signed_in: true } => StatusCode::FORBIDDEN,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::Conflict { .. } | Self::Moved => StatusCode::CONFLICT,
            Self::Stale { .. } => StatusCode::PRECONDITION_FAILED,
            Self::Invalid(_) => StatusCode::UNPROCESSABLE_ENTITY,
            Self::BadRequest(_) => StatusCode::BAD_REQUEST,
            Self::TooLarge(_) => StatusCode::PAYLOAD_TOO_LARGE,
            Self::UnsupportedType(_) => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::TooMany { .. } => StatusCode::TOO_MANY_REQUESTS,
            Self::Misdirected => StatusCode::MISDIRECTED_REQUEST,
            Self::Busy | Self::ReadOnly | Self::Closed { .. } | Self::OtherServer(_) => {
                StatusCode::SERVICE_UNAVAILABLE
            }
            Self::Full => StatusCode::INSUFFICIENT_STORAGE,
            Self::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// A short name for the page's heading and the problem's title.
    #[must_use]
    pub const fn title(&self) -> &'static str {
        match self {
            Self::SignedOut => "Not signed in",
            Self::Unproven { .. } => "Not let in",
            Self::Forbidden(_) | Self::OutOfReach { .. } => "Not allowed",
            Self::SignInFailed(_) => "You are not signed in",
            Self::OtherServer(_) => "The other side does not answer",
            Self::ProveAgain { .. } => "Prove that it is you",
            Self::NotFound => "Not found",
            Self::MethodNotAllowed => "Nothing to see at this address",
            Self::Conflict { .. } | Self::Moved => "Conflict",
            Self::Stale { .. } => "Changed since you read it",
            Self::Invalid(_) => "Please check what you entered",
            Self::BadRequest(_) => "Request not understood",
            Self::TooLarge(_) => "Too large",
            Self::UnsupportedType(_) => "Wrong kind of content",
            Self::TooMany { .. } => "Too many requests",
            Self::Misdirected => "Wrong address",
            Self::Busy => "Busy",
            Self::ReadOnly => "A backup is being restored",
            Self::Closed { .. } => "Closed for maintenance",
            Self::Full => "Disk full",
            Self::Internal(_) => "Something went wrong",
        }
    }
}

impl From<DbError> for AppError {
    fn from(error: DbError) -> Self {
        match error {
            DbError::Busy | DbError::Closed => Self::Busy,
            DbError::Full | DbError::NoRoom(_) => Self::Full,
            DbError::ReadOnly => Self::ReadOnly,
            DbError::Forbidden(detail) => Self::OutOfReach {
                detail,
                errors: Vec::new(),
            },
            DbError::Repeated => Self::conflict("This request is being done already, or was done."),
            DbError::Constraint(_)
            | DbError::Unexpected { .. }
            | DbError::Locked(_)
            | DbError::Refused(_)
            | DbError::Unusable(_)
            | DbError::Outdated(_)
            | DbError::Panicked
            | DbError::Engine(_)
            | DbError::Io { .. } => Self::Internal(error.to_string()),
        }
    }
}

/// An error on its way out; `web` turns it into a page or a problem document, as the visitor reads.
#[derive(Clone, Debug)]
pub struct Raised(pub Arc<AppError>);

impl IntoResponse for AppError {
    fn into_response(self) -> Response {
        let mut response = self.status().into_response();
        response.extensions_mut().insert(Raised(Arc::new(self)));
        response
    }
}
