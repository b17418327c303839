//! Sentences about secrets and the keys that encrypt them.

use std::path::Path;

use crate::domain::secrets::{KeyId, SecretFault, SecretPurpose};

/// A key as it is listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ListedKey {
    /// Its name.
    pub id: KeyId,
    /// How many secrets it has encrypted.
    pub used: u64,
    /// Whether this server has it.
    pub is_there: bool,
    /// Whether it encrypts.
    pub encrypts: bool,
}

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

    /// A backup has secrets that need keys which are not here.
    fn restored_without(&self, file: &Path, missing: &[KeyId]) -> String;

    /// The state of the keys, for administrators: those of this server, how many secrets need each, and who lacks one.
    fn key_state(&self, keys: &[ListedKey], lacking: &[String]) -> Vec<String>;

    /// What a key does: whether it is in the key file, and whether it encrypts.
    fn key_role(&self, is_there: bool, encrypts: bool) -> &'static str;

    /// There is no key file to change.
    fn no_key_file(&self, file: &Path) -> String;

    /// A rotation waits until these replicas have the new key.
    fn copy_key_file(&self, file: &Path, key: KeyId, replicas: &[String]) -> String;

    /// These replicas have keys still that no secret needs.
    fn copy_to_drop(&self, file: &Path, replicas: &[String]) -> String;

    /// A rotation goes over to a key that another replica has.
    fn rotation_elsewhere(&self, file: &Path, key: KeyId) -> String;

    /// Secrets do not open with their key.
    fn not_opened(&self, secrets: u64) -> String;

    /// A key is not in the file any more.
    fn key_dropped(&self, key: KeyId) -> String;

    /// A server does without secrets.
    fn served_without(&self) -> &'static str;
}
