//! Passwords: hashed with argon2id on threads of their own, a few at a time.

use std::sync::LazyLock;

use anyhow::Context;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use tokio::sync::Semaphore;

/// Each hash takes 19 MiB: more at a time would let a crowd at the door take the memory of everything else.
static AT_A_TIME: Semaphore = Semaphore::const_new(2);

/// A hash that no password has, verified for accounts that do not exist, so that the answer takes as long.
static NOBODY: LazyLock<String> = LazyLock::new(|| {
    hasher().hash_password(&rand::random::<[u8; 32]>()).map(|hash| hash.to_string()).unwrap_or_default()
});

/// The parameters that OWASP recommends for argon2id.
fn hasher() -> Argon2<'static> {
    let params = Params::new(19 * 1024, 2, 1, None).expect("these parameters are within argon2's limits");
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

/// The hash of a password, as it is stored.
pub async fn hash(password: String) -> anyhow::Result<String> {
    in_turn(move || hasher().hash_password(password.as_bytes()).map(|hash| hash.to_string())).await?.context("argon2")
}

/// Whether the password is the one hashed; without a hash it takes as long and says no.
pub async fn is_right(password: String, hash: Option<String>) -> anyhow::Result<bool> {
    in_turn(move || {
        let known = hash.is_some();
        let matches = PasswordHash::new(hash.as_deref().unwrap_or(&NOBODY))
            .is_ok_and(|hash| hasher().verify_password(password.as_bytes(), &hash).is_ok());
        known && matches
    })
    .await
}

async fn in_turn<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> anyhow::Result<T> {
    let _turn = AT_A_TIME.acquire().await?;
    Ok(tokio::task::spawn_blocking(work).await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_password_is_verified_against_its_own_hash_only() -> anyhow::Result<()> {
        let hashed = hash("correct horse".to_owned()).await?;
        assert!(hashed.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hashed}");
        assert!(is_right("correct horse".to_owned(), Some(hashed.clone())).await?);
        assert!(!is_right("correct house".to_owned(), Some(hashed)).await?);
        assert!(!is_right("correct horse".to_owned(), None).await?);
        Ok(())
    }
}
