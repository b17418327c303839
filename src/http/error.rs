//! Errors of requests, each with its HTTP status. The scope that a request is in makes an answer of it: a page, or JSON.

use actix_web::error::{JsonPayloadError, PathError, PayloadError, QueryPayloadError, UrlencodedError};
use actix_web::http::StatusCode;
use actix_web::{HttpResponse, ResponseError};

use crate::app::accounts::AccountError;
use crate::app::secrets::SecretError;
use crate::app::{AppError, LogError, Outage, StoreError};
use crate::domain::refusal::Refusal;
use crate::domain::tokens::TokenRefusal;
use crate::messages::Locale;

/// In how many seconds to ask again when the database is away.
pub const AGAIN_IN: u64 = 5;

/// A field that will not do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldProblem {
    /// Which: `stages[0].groups[0].tasks[2].timeout`; empty for the whole.
    pub field: String,
    /// What is wrong with it, in a sentence.
    pub message: String,
}

/// Why a request has no other answer.
#[derive(Debug, thiserror::Error)]
pub enum HttpError {
    /// There is no such thing, or the reader may not know of it.
    #[error("there is nothing here")]
    NotFound,
    /// There is no such draft any more, or it is somebody else's.
    #[error("there is no such draft here")]
    NoDraft,
    /// There is no region to go to.
    #[error("there is no region yet")]
    NoRegion,
    /// The set-up link was used, or replaced by a newer one.
    #[error("the set-up link is over")]
    SetupOver,
    /// Nobody used the set-up link in time.
    #[error("the set-up link is too old")]
    SetupTooOld,
    /// A link that was sent to somebody is good for nothing any more.
    #[error("the link is not valid any more")]
    LinkOver,
    /// Nobody used it in time.
    #[error("the link is too old")]
    LinkTooOld,
    /// Nobody is signed in.
    #[error("nobody is signed in")]
    SignedOut,
    /// The token that was sent signs nobody in.
    #[error("the token is no good: {0:?}")]
    TokenRefused(TokenRefusal),
    /// Fields of what was sent will not do.
    #[error("not valid: {0:?}")]
    Invalid(Vec<FieldProblem>),
    /// What was sent will not do as things are: a name is taken, there is no room.
    #[error("not possible: {0}")]
    Conflict(String),
    /// The key of what was sent came with something else before.
    #[error("the key came with another request before")]
    KeyReused,
    /// What was sent is made from a version that is not the newest any more.
    #[error("it is made from an older version")]
    PreconditionFailed,
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
    /// A field of a form is in another encoding.
    #[error("the field {0} of the form is not UTF-8")]
    FieldNotUtf8(String),
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
    /// More requests than the caller may send.
    #[error("too many requests: wait {0} s")]
    OverLimit(u64),
    /// The caller has as many event streams open as they may.
    #[error("{0} event streams are open already")]
    TooManyStreams(u32),
    /// Too many wait for a password to be hashed.
    #[error("too many are signing in")]
    QueueFull,
    /// The server is about to stop: what was open ends.
    #[error("the server is about to stop")]
    Stopping,
    /// Our fault: it is logged once, and the reader is given the reference.
    #[error(transparent)]
    Broken(#[from] anyhow::Error),
}

impl HttpError {
    /// The status of the answer.
    pub fn status(&self) -> StatusCode {
        match self {
            Self::NotFound
            | Self::NoDraft
            | Self::NoRegion
            | Self::SetupOver
            | Self::LinkOver
            | Self::NoAttempt { .. } => StatusCode::NOT_FOUND,
            Self::SetupTooOld | Self::LinkTooOld => StatusCode::GONE,
            Self::SignedOut | Self::TokenRefused(_) => StatusCode::UNAUTHORIZED,
            Self::PreconditionFailed => StatusCode::PRECONDITION_FAILED,
            Self::CrossSite => StatusCode::FORBIDDEN,
            Self::Refused(refusal) => refusal_status(refusal),
            Self::Stale | Self::Conflict(_) => StatusCode::CONFLICT,
            Self::Invalid(_)
            | Self::KeyReused
            | Self::Unreadable(_)
            | Self::FieldNotUtf8(_)
            | Self::UnreadableQuery(_)
            | Self::TooManyFields => StatusCode::UNPROCESSABLE_ENTITY,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::TooMany(_) | Self::OverLimit(_) | Self::TooManyStreams(_) => StatusCode::TOO_MANY_REQUESTS,
            Self::UnsupportedMedia => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::TooSlow => StatusCode::REQUEST_TIMEOUT,
            Self::AddressTooLong => StatusCode::URI_TOO_LONG,
            Self::HeadersTooLarge => StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
            Self::Unavailable(..) | Self::CommitUnknown(_) | Self::QueueFull | Self::Stopping => {
                StatusCode::SERVICE_UNAVAILABLE
            }
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
        | Refusal::OutOfScope { .. }
        | Refusal::ScriptNotSaved { .. }
        | Refusal::ScriptsNotPermitted { .. } => StatusCode::FORBIDDEN,
        Refusal::CommentNeeded { .. }
        | Refusal::CommentTooLong { .. }
        | Refusal::NothingChosen
        | Refusal::NoSuchTask { .. }
        | Refusal::NoSuchCause { .. }
        | Refusal::GateLeftOut { .. }
        | Refusal::Variables { .. } => StatusCode::UNPROCESSABLE_ENTITY,
        Refusal::NotNow { .. }
        | Refusal::BeingTerminated { .. }
        | Refusal::OnHold { .. }
        | Refusal::CheckpointClosed { .. }
        | Refusal::DecidedAlready { .. }
        | Refusal::NotSkippable { .. }
        | Refusal::NotApproved { .. }
        | Refusal::DeadlinePassed { .. }
        | Refusal::Blanked { .. }
        | Refusal::WouldSupersede { .. }
        | Refusal::Superseded { .. }
        | Refusal::Deleted
        | Refusal::ChannelRemoved { .. }
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
            | StoreError::NotADatabase(_)
            | StoreError::NoFolder(_)
            | StoreError::FileIsFolder(_)
            | StoreError::Database(_) => Self::Broken(error.into()),
        }
    }
}

impl From<AccountError> for HttpError {
    fn from(error: AccountError) -> Self {
        match error {
            AccountError::SetupOver => Self::SetupOver,
            AccountError::LinkOver => Self::LinkOver,
            AccountError::LinkTooOld => Self::LinkTooOld,
            AccountError::Store(error) => error.into(),
            // What a form can put right is told in the form; here it can only be a form of somebody else's making.
            AccountError::UserName
            | AccountError::PlaceName
            | AccountError::Password(_)
            | AccountError::NameTaken
            | AccountError::NameAlike(_)
            | AccountError::Invite(_) => Self::Unreadable(error.to_string()),
            // Of those, what a page can ask for is told in its dialog: here others were quicker.
            AccountError::NotHeld { .. }
            | AccountError::LastAdministrator(_)
            | AccountError::LastManager { .. }
            | AccountError::Disabled(_) => Self::Stale,
            // For others than administrators there is no such page.
            AccountError::NotFound | AccountError::NotAdministrator | AccountError::NoSuchTeam { .. } => Self::NotFound,
            AccountError::NotSignedIn | AccountError::WrongPassword | AccountError::NoSuchUser { .. } => {
                Self::SignedOut
            }
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
            | AppError::TextNotApplied
            | AppError::PolicyTooHigh(_)
            | AppError::NoteTooLong => Self::Unreadable(error.to_string()),
            // Who asked under a key looks there what came of it.
            AppError::DraftChanged | AppError::DoneBefore => Self::Stale,
            AppError::NoRoom(error) => Self::Broken(error.into()),
            AppError::Store(error) => error.into(),
        }
    }
}

impl From<SecretError> for HttpError {
    fn from(error: SecretError) -> Self {
        match error {
            SecretError::Fault(fault) => Self::Conflict(Locale::default().secrets().secret_fault(&fault)),
            SecretError::App(error) => error.into(),
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
