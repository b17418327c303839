//! The keys that encrypt secrets. They lie in a file outside the database: the first encrypts, all decrypt. Whoever has the
//! database alone, or a backup of it, reads no secret.
//!
//! A ciphertext is `version, key, nonce, encrypted value with its tag`. It is AES-256 in Galois/Counter mode, bound to the row
//! that it is of and to its own first bytes. The nonce is random: a key would have to encrypt four thousand million
//! values before two of the same had to be expected.

mod file;
#[cfg(test)]
mod tests;

use std::path::PathBuf;
use std::sync::Arc;

use parking_lot::Mutex;
use rand::TryRng;
use rand::rngs::SysRng;
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use crate::domain::secrets::{KeyId, SecretFault};

pub use file::{FileMark, KeyFile, KeyFileFault, mark, read, write_new};

/// How a ciphertext is laid out.
const VERSION: u8 = 1;
/// Where the nonce begins: behind the version and the key.
const NONCE_AT: usize = 1 + KeyId::LEN;
/// Where what is encrypted begins.
const TEXT_AT: usize = NONCE_AT + NONCE_LEN;
/// What is hashed before a key to make its name.
const NAMING: &[u8] = b"tollgate key id 1\0";

/// A value in the clear. It has neither `Debug` nor `Display`, and what held it is overwritten when it is dropped.
pub struct Plaintext(Zeroizing<String>);

impl Plaintext {
    /// That value.
    pub fn new(value: String) -> Self {
        Self(Zeroizing::new(value))
    }

    /// The value, for whoever sends it to where it is for.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

/// One key.
#[derive(Clone)]
pub struct Key {
    id: KeyId,
    bytes: Zeroizing<[u8; Key::LEN]>,
}

impl Key {
    /// How many bytes it has.
    pub const LEN: usize = 32;

    /// The key that is these bytes.
    pub fn new(bytes: Zeroizing<[u8; Self::LEN]>) -> Self {
        let hash = Sha256::new().chain_update(NAMING).chain_update(bytes.as_slice()).finalize();
        let mut id = [0; KeyId::LEN];
        id.copy_from_slice(&hash[..KeyId::LEN]);
        Self { id: KeyId::new(id), bytes }
    }

    /// A key that nobody has.
    pub fn fresh() -> Result<Self, SecretFault> {
        let mut bytes = Zeroizing::new([0; Self::LEN]);
        SysRng.try_fill_bytes(bytes.as_mut_slice()).map_err(|_| SecretFault::NoRandomness)?;
        Ok(Self::new(bytes))
    }

    /// Its name.
    pub fn id(&self) -> KeyId {
        self.id
    }

    fn cipher(&self) -> LessSafeKey {
        LessSafeKey::new(UnboundKey::new(&AES_256_GCM, self.bytes.as_slice()).expect("a key of that length"))
    }

    fn seal(&self, binding: &[u8], value: &Plaintext) -> Result<Vec<u8>, SecretFault> {
        let mut nonce = [0; NONCE_LEN];
        SysRng.try_fill_bytes(&mut nonce).map_err(|_| SecretFault::NoRandomness)?;
        let mut sealed = vec![VERSION];
        sealed.extend(self.id.bytes());
        let bound = [&sealed, binding].concat();
        sealed.extend(nonce);
        // With room for the tag: growing would leave the value behind where it was.
        let mut text = Zeroizing::new(Vec::with_capacity(value.expose().len() + AES_256_GCM.tag_len()));
        text.extend_from_slice(value.expose().as_bytes());
        self.cipher()
            .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::from(bound), &mut *text)
            .map_err(|_| SecretFault::TooLong)?;
        sealed.extend_from_slice(&text);
        Ok(sealed)
    }

    fn open(&self, binding: &[u8], sealed: &[u8]) -> Result<Plaintext, SecretFault> {
        let nonce = Nonce::try_assume_unique_for_key(&sealed[NONCE_AT..TEXT_AT]).map_err(|_| SecretFault::Damaged)?;
        let bound = [&sealed[..NONCE_AT], binding].concat();
        let mut text = Zeroizing::new(sealed[TEXT_AT..].to_vec());
        let opened =
            self.cipher().open_in_place(nonce, Aad::from(bound), &mut text).map_err(|_| SecretFault::Damaged)?;
        let value = std::str::from_utf8(opened).map_err(|_| SecretFault::Damaged)?.to_owned();
        Ok(Plaintext::new(value))
    }
}

/// Some keys, the first of which encrypts.
#[derive(Clone, Default)]
pub struct Keys(Vec<Key>);

impl Keys {
    /// These, in that order.
    pub fn new(keys: Vec<Key>) -> Self {
        Self(keys)
    }

    /// Each of them.
    pub fn iter(&self) -> impl Iterator<Item = &Key> {
        self.0.iter()
    }

    /// Their names.
    pub fn ids(&self) -> Vec<KeyId> {
        self.0.iter().map(Key::id).collect()
    }

    /// The same with a further one at the end, which encrypts nothing yet.
    #[must_use]
    pub fn with(&self, key: Key) -> Self {
        Self(self.0.iter().cloned().chain([key]).collect())
    }

    /// The same with that one first, which encrypts from then on.
    #[must_use]
    pub fn led_by(&self, id: KeyId) -> Self {
        let (first, others): (Vec<Key>, Vec<Key>) = self.0.iter().cloned().partition(|key| key.id == id);
        Self(first.into_iter().chain(others).collect())
    }

    /// That one alone.
    #[must_use]
    pub fn only(&self, id: KeyId) -> Self {
        Self(self.0.iter().filter(|key| key.id == id).cloned().collect())
    }

    fn named(&self, id: KeyId) -> Result<&Key, SecretFault> {
        self.0.iter().find(|key| key.id == id).ok_or_else(|| SecretFault::NoKey { needs: id, has: self.ids() })
    }
}

/// The keys of a server, read again whenever their file is another.
#[derive(Clone, Default)]
pub struct Keyring(Arc<Inner>);

#[derive(Default)]
struct Inner {
    /// Whether the server is to do without.
    without: bool,
    file: Option<PathBuf>,
    known: Mutex<Known>,
}

#[derive(Default)]
struct Known {
    keys: Keys,
    mark: Option<FileMark>,
}

impl Keyring {
    /// No key, because the server is to do without secrets.
    pub fn without_secrets() -> Self {
        Self(Arc::new(Inner { without: true, ..Inner::default() }))
    }

    /// These keys, which are in no file.
    pub fn of_keys(keys: Keys) -> Self {
        Self(Arc::new(Inner { known: Mutex::new(Known { keys, mark: None }), ..Inner::default() }))
    }

    /// The keys of that file, as it is now and as it will be. There may be none.
    pub fn of_file(file: PathBuf) -> Result<Self, KeyFileFault> {
        let mark = mark(&file);
        let keys = read(&file)?.unwrap_or_default();
        Ok(Self(Arc::new(Inner { without: false, file: Some(file), known: Mutex::new(Known { keys, mark }) })))
    }

    /// Whether the server is to do without secrets.
    pub fn is_without(&self) -> bool {
        self.0.without
    }

    /// The names of the keys that there are, the one that encrypts first.
    pub fn ids(&self) -> Result<Vec<KeyId>, SecretFault> {
        Ok(self.usable()?.ids())
    }

    /// Encrypts a value with that key.
    pub fn seal(&self, with: KeyId, binding: &[u8], value: &Plaintext) -> Result<Vec<u8>, SecretFault> {
        self.usable()?.named(with)?.seal(binding, value)
    }

    /// Reads a value that was encrypted for the same binding.
    pub fn open(&self, binding: &[u8], sealed: &[u8]) -> Result<Plaintext, SecretFault> {
        self.usable()?.named(key_of(sealed).ok_or(SecretFault::Damaged)?)?.open(binding, sealed)
    }

    fn usable(&self) -> Result<Keys, SecretFault> {
        if self.0.without { Err(SecretFault::WithoutSecrets) } else { Ok(self.keys()) }
    }

    /// The keys as their file has them now. What cannot be read leaves those that were.
    fn keys(&self) -> Keys {
        let mut known = self.0.known.lock();
        if let Some(file) = &self.0.file {
            let now = mark(file);
            if now.is_some() && now != known.mark {
                match read(file) {
                    Ok(Some(keys)) => {
                        tracing::info!(file = %file.display(), keys = ?keys.ids(), "key file read again");
                        known.keys = keys;
                    }
                    Ok(None) => {}
                    Err(fault) => tracing::error!(file = %file.display(), %fault, "key file not read again"),
                }
                known.mark = now;
            }
        }
        known.keys.clone()
    }
}

/// The key that a ciphertext names.
pub fn key_of(sealed: &[u8]) -> Option<KeyId> {
    if sealed.first() != Some(&VERSION) || sealed.len() < TEXT_AT {
        return None;
    }
    sealed[1..NONCE_AT].try_into().ok().map(KeyId::new)
}
