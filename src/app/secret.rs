//! Secrets that we hand out and keep only the hash of: session ids and the set-up link.

use std::fmt::Write;

use hmac::{Hmac, KeyInit, Mac};
use rand::TryRng;
use rand::rngs::SysRng;
use sha2::{Digest, Sha256};

/// The hash of a secret: what we keep.
pub type SecretHash = [u8; 32];

/// 256 random bits, written in hexadecimal.
pub fn fresh() -> anyhow::Result<String> {
    let mut bits = [0; 32];
    SysRng.try_fill_bytes(&mut bits)?;
    Ok(hexadecimal(&bits))
}

/// What is kept of a secret.
pub fn hashed(secret: &str) -> SecretHash {
    Sha256::digest(secret.as_bytes()).into()
}

/// What only who has the key can make of a text.
pub fn signed(key: &SecretHash, text: &str) -> SecretHash {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("a key of any length will do");
    mac.update(text.as_bytes());
    mac.finalize().into_bytes().into()
}

/// The hash as a database keeps it.
pub fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        write!(text, "{byte:02x}").expect("a string takes what is written to it");
        text
    })
}
