//! Errors of operations whose forms say themselves what is wrong with what was typed; as errors of requests, for all else.

use super::error::HttpError;
use crate::app::applications::ApplicationError;
use crate::app::channels::ChannelError;
use crate::app::environments::EnvironmentError;
use crate::app::mail::MailError;

impl From<ChannelError> for HttpError {
    fn from(error: ChannelError) -> Self {
        match error {
            ChannelError::Invalid(_) => Self::Unreadable(error.to_string()),
            ChannelError::Secret(error) => error.into(),
            ChannelError::App(error) => error.into(),
        }
    }
}

impl From<EnvironmentError> for HttpError {
    fn from(error: EnvironmentError) -> Self {
        match error {
            EnvironmentError::Invalid(_) | EnvironmentError::ChangedSince | EnvironmentError::NotEmpty => {
                Self::Unreadable(error.to_string())
            }
            EnvironmentError::App(error) => error.into(),
        }
    }
}

impl From<ApplicationError> for HttpError {
    fn from(error: ApplicationError) -> Self {
        match error {
            ApplicationError::Invalid(_) | ApplicationError::NotEmpty => Self::Unreadable(error.to_string()),
            ApplicationError::App(error) => error.into(),
        }
    }
}

impl From<MailError> for HttpError {
    fn from(error: MailError) -> Self {
        match error {
            MailError::Invalid(_) => Self::Unreadable(error.to_string()),
            MailError::Secret(error) => error.into(),
            MailError::App(error) => error.into(),
        }
    }
}
