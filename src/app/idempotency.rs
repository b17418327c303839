//! Requests under a key of the caller's: what was admitted under it is done once, however often it is sent. The key is kept in
//! the transaction that does it, so that a refusal, or the death of the server before the commit, leaves nothing behind.

use std::sync::Arc;

use chrono::TimeDelta;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{App, AppError, Caller};
use crate::store::{AdmittedRequest, KeyedRequest, StoreError, WriteTx};

/// How long what was admitted is remembered.
pub const KEY_KEPT: TimeDelta = TimeDelta::days(1);

/// What is known of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyUse<T> {
    /// Nothing was admitted under it.
    Fresh,
    /// The same request was, and that came of it.
    Same(T),
    /// Another request was.
    Another,
}

impl Caller {
    /// Whose the keys are that come with a request: nobody finds those of others.
    pub fn key_space(&self) -> Option<String> {
        match self {
            Self::User { user, .. } => Some(format!("user:{}", user.id)),
            Self::Token { token, .. } => Some(format!("token:{}", token.id)),
            Self::CommandLine => None,
        }
    }
}

impl App {
    /// The same operations for a request under a key.
    pub fn under_key(&self, request: &KeyedRequest) -> Self {
        Self { keyed: Some(Arc::new(request.clone())), ..self.clone() }
    }

    /// What is known of the key that these operations are for.
    pub async fn key_use<T: DeserializeOwned>(&self) -> Result<KeyUse<T>, AppError> {
        let Some(request) = &self.keyed else { return Ok(KeyUse::Fresh) };
        let admitted = self.store.admitted(request, self.clock.now() - KEY_KEPT).await?;
        let Some(AdmittedRequest { fingerprint, answer }) = admitted else { return Ok(KeyUse::Fresh) };
        if fingerprint != request.fingerprint {
            return Ok(KeyUse::Another);
        }
        Ok(KeyUse::Same(serde_json::from_str(&answer).map_err(StoreError::Unwritable)?))
    }

    /// Begins the write of an operation that may be asked for under a key. Before anything is looked at: who comes second under
    /// the same key waits here for the first.
    pub(super) async fn begin_admission(&self) -> Result<WriteTx, AppError> {
        let tx = self.store.begin_write().await?;
        if let Some(request) = &self.keyed {
            let now = self.clock.now();
            if !tx.take_key(request, now, now - KEY_KEPT).await? {
                return Err(AppError::DoneBefore);
            }
        }
        Ok(tx)
    }

    /// Keeps with the key what is about to be committed.
    pub(super) async fn admit(&self, tx: &WriteTx, answer: &impl Serialize) -> Result<(), AppError> {
        if let Some(request) = &self.keyed {
            tx.keep_answer(request, answer).await?;
        }
        Ok(())
    }
}
