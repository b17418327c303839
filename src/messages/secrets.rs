//! Sentences about secrets and the keys that encrypt them.

use std::path::Path;

use crate::domain::secrets::{KeyId, SecretFault, SecretPurpose};

/// Sentences about secrets and the keys that encrypt them.
pub trait SecretSentences {
    /// What a secret is for.
    fn secret_purpose(&self, purpose: SecretPurpose) -> &'static str;

    /// Why one is not kept, or cannot be read, and what to do.
    fn secret_fault(&self, fault: &SecretFault) -> String;

    /// A server does not start, because secrets need keys that its file lacks.
    fn keys_missing(&self, file: &Path, missing: &[KeyId], has: &[KeyId]) -> String;

    /// A server has no key, or not the one that encrypts, which another replica has.
    fn key_not_made(&self, file: &Path, encrypts: Option<KeyId>) -> String;

    /// The key file was made.
    fn key_made(&self, file: &Path) -> String;

    /// A server does without secrets.
    fn served_without(&self) -> &'static str;
}
