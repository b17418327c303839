//! Errors of requests, each with its HTTP status. The scope that a request is in makes an answer of it: a page, or JSON.

use actix_web::error::{JsonPayloadError, PathError, PayloadError, QueryPayloadError, UrlencodedError};
use actix_web::http::StatusCode;
use actix_web::{HttpResponse, ResponseError};

use crate::app::accounts::AccountError;
use crate::app::{AppError, LogError, Outage, StoreError};
use crate::domain::refusal::Refusal;

/// In how many seconds to ask again when the database is away.
pub const AGAIN_IN: u64 = 5;

/// Why a request has no other answer.
#[derive(Debug, thiserror::Error)]
pub enum HttpError {
    /// There is no such thing, or the reader may not know of it.
    #[error("there is nothing here")]
    NotFound,
    /// There is no region to go to.
    #[error("there is no region yet")]
    NoRegion,
    /// The set-up link was used, or replaced by a newer one.
    #[error("the set-up link is over")]
    SetupOver,
    /// Nobody used the set-up link in time.
    #[error("the set-up link is too old")]
    SetupTooOld,
    /// Nobody is signed in.
    #[error("nobody is signed in")]
    SignedOut,
    /// Another site sent it.
    #[error("another site sent this request")]
    CrossSite,
    /// The rules say no.
    #[error("refused: {0:?}")]
    Refused(Refusal),
    /// Somebody else saved first.
    #[error("somebody else changed it first")]
    Stale,
    /// What was sent cannot be read.
    #[error("what was sent cannot be read: {0}")]
    Unreadable(String),
    /// What stands behind the `?` of an address cannot be read.
    #[error("the address cannot be read behind its question mark: {0}")]
    UnreadableQuery(String),
    /// A task has no attempt of that number; it has so many, and its page is there.
    #[error("there is no attempt {asked}")]
    NoAttempt {
        /// Its number.
        asked: u32,
        /// The last that there is.
        last: u32,
        /// The page of the task.
        page: String,
    },
    /// What was sent is larger than is taken here.
    #[error("what was sent is too large")]
    TooLarge,
    /// It has more fields than any form of ours.
    #[error("the form has too many fields")]
    TooManyFields,
    /// What was sent is of another type than is taken here: no form, or no JSON.
    #[error("what was sent is of another type than is taken here")]
    UnsupportedMedia,
    /// What was sent did not come in time.
    #[error("what was sent did not come in time")]
    TooSlow,
    /// The address is longer than any of ours.
    #[error("the address is too long")]
    AddressTooLong,
    /// The headers are longer than any browser's.
    #[error("the headers are too large")]
    HeadersTooLarge,
    /// The database is away: nothing was done.
    #[error("the database is away")]
    Unavailable(Outage, #[source] anyhow::Error),
    /// The database went away while something was saved: it may have been done.
    #[error("the database went away while something was saved")]
    CommitUnknown(#[source] anyhow::Error),
    /// Too many tries to sign in.
    #[error("too many tries: wait {0} s")]
    TooMany(u64),
    /// Too many wait for a password to be hashed.
    #[error("too many are signing in")]
    QueueFull,
    /// Our fault: it is logged once, and the reader is given the reference.
    #[error(transparent)]
    Broken(#[from] anyhow::Error),
}

impl HttpError {
    /// The status of the answer.
    pub fn status(&self) -> StatusCode {
        match self {
            Self::NotFound | Self::NoRegion | Self::SetupOver | Self::NoAttempt { .. } => StatusCode::NOT_FOUND,
            Self::SetupTooOld => StatusCode::GONE,
            Self::SignedOut => StatusCode::UNAUTHORIZED,
            Self::CrossSite => StatusCode::FORBIDDEN,
            Self::Refused(refusal) => refusal_status(refusal),
            Self::Stale => StatusCode::CONFLICT,
            Self::Unreadable(_) | Self::UnreadableQuery(_) | Self::TooManyFields => StatusCode::UNPROCESSABLE_ENTITY,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::TooMany(_) => StatusCode::TOO_MANY_REQUESTS,
            Self::UnsupportedMedia => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::TooSlow => StatusCode::REQUEST_TIMEOUT,
            Self::AddressTooLong => StatusCode::URI_TOO_LONG,
            Self::HeadersTooLarge => StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
            Self::Unavailable(..) | Self::CommitUnknown(_) | Self::QueueFull => StatusCode::SERVICE_UNAVAILABLE,
            Self::Broken(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }
}

/// The status of a refusal: not in the right role 403, not now 409, not like this 422.
pub fn refusal_status(refusal: &Refusal) -> StatusCode {
    match refusal {
        Refusal::NotPermitted { .. }
        | Refusal::CreateNotPermitted { .. }
        | Refusal::NotAnApprover { .. }
        | Refusal::OwnRelease { .. }
        | Refusal::ScriptNotSaved { .. }
        | Refusal::ScriptsNotPermitted { .. } => StatusCode::FORBIDDEN,
        Refusal::CommentNeeded { .. }
        | Refusal::CommentTooLong { .. }
        | Refusal::NothingChosen
        | Refusal::NoSuchTask { .. }
        | Refusal::GateLeftOut { .. }
        | Refusal::Variables { .. } => StatusCode::UNPROCESSABLE_ENTITY,
        Refusal::NotNow { .. }
        | Refusal::BeingTerminated { .. }
        | Refusal::OnHold { .. }
        | Refusal::CheckpointClosed { .. }
        | Refusal::DecidedAlready { .. }
        | Refusal::NotSkippable { .. }
        | Refusal::DeadlinePassed { .. }
        | Refusal::Blanked { .. }
        | Refusal::WouldSupersede { .. }
        | Refusal::Superseded { .. }
        | Refusal::Deleted
        | Refusal::NotDeleted
        | Refusal::NameAlike { .. }
        | Refusal::InOtherRegion { .. }
        | Refusal::RestoreOver { .. }
        | Refusal::DiskFull { .. }
        | Refusal::OldPage { .. }
        | Refusal::StaleAttempt => StatusCode::CONFLICT,
    }
}

impl ResponseError for HttpError {
    fn status_code(&self) -> StatusCode {
        self.status()
    }

    /// Without a body: the middleware of the scope knows who asks, and how.
    fn error_response(&self) -> HttpResponse {
        HttpResponse::new(self.status())
    }
}

impl From<Refusal> for HttpError {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<StoreError> for HttpError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Stale | StoreError::AlreadyActive | StoreError::DecidedAlready => Self::Stale,
            StoreError::Unavailable(why, _) => Self::Unavailable(why, error.into()),
            StoreError::CommitUnknown(_) => Self::CommitUnknown(error.into()),
            StoreError::NameTaken
            | StoreError::ConnectFailed { .. }
            | StoreError::Fenced
            | StoreError::Unreadable { .. }
            | StoreError::Unwritable(_)
            | StoreError::UnknownDatabase(_)
            | StoreError::Database(_) => Self::Broken(error.into()),
        }
    }
}

impl From<AccountError> for HttpError {
    fn from(error: AccountError) -> Self {
        match error {
            AccountError::SetupOver => Self::SetupOver,
            AccountError::Store(error) => error.into(),
            // What a form can put right is told in the form; here it can only be a form of somebody else's making.
            AccountError::UserName
            | AccountError::PlaceName
            | AccountError::Password(_)
            | AccountError::NameTaken
            | AccountError::NameAlike(_) => Self::Unreadable(error.to_string()),
            // Of those, what a page can ask for is told in its dialog: here others were quicker.
            AccountError::NotHeld { .. } | AccountError::LastAdministrator(_) | AccountError::LastManager { .. } => {
                Self::Stale
            }
            // For others than administrators there is no such page.
            AccountError::NotFound | AccountError::NotAdministrator | AccountError::NoSuchTeam(_) => Self::NotFound,
            AccountError::NotSignedIn | AccountError::WrongPassword | AccountError::NoSuchUser(_) => Self::SignedOut,
            AccountError::Broken(error) => Self::Broken(error),
        }
    }
}

impl From<AppError> for HttpError {
    fn from(error: AppError) -> Self {
        match error {
            AppError::NotFound => Self::NotFound,
            AppError::NotSignedIn => Self::SignedOut,
            AppError::Refused(refusal) => Self::Refused(refusal),
            // What a form can put right is told in the form.
            AppError::Invalid(_)
            | AppError::NameTaken
            | AppError::RegionFull
            | AppError::TeamFull
            | AppError::TooManyDrafts
            | AppError::NotEdited(_)
            | AppError::DraftHasProblems
            | AppError::PolicyTooHigh(_)
            | AppError::NoteTooLong => Self::Unreadable(error.to_string()),
            AppError::DraftChanged => Self::Stale,
            AppError::NoRoom(error) => Self::Broken(error.into()),
            AppError::Store(error) => error.into(),
        }
    }
}

impl From<LogError> for HttpError {
    fn from(error: LogError) -> Self {
        match error {
            LogError::Unreadable(_) | LogError::Failed(_) => Self::Broken(error.into()),
            LogError::Store(error) => error.into(),
        }
    }
}

impl From<PathError> for HttpError {
    fn from(_: PathError) -> Self {
        Self::NotFound
    }
}

impl From<QueryPayloadError> for HttpError {
    fn from(error: QueryPayloadError) -> Self {
        Self::UnreadableQuery(error.to_string())
    }
}

impl From<UrlencodedError> for HttpError {
    fn from(error: UrlencodedError) -> Self {
        match error {
            UrlencodedError::Overflow { .. } | UrlencodedError::Payload(PayloadError::Overflow) => Self::TooLarge,
            other => Self::Unreadable(other.to_string()),
        }
    }
}

impl From<PayloadError> for HttpError {
    fn from(error: PayloadError) -> Self {
        match error {
            PayloadError::Overflow => Self::TooLarge,
            other => Self::Unreadable(other.to_string()),
        }
    }
}

impl From<JsonPayloadError> for HttpError {
    fn from(error: JsonPayloadError) -> Self {
        match error {
            JsonPayloadError::Overflow { .. } | JsonPayloadError::OverflowKnownLength { .. } => Self::TooLarge,
            other => Self::Unreadable(other.to_string()),
        }
    }
}
