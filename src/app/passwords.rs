//! Passwords: hashed with argon2id on threads of their own, a few at a time.

use std::sync::LazyLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::Context;
use argon2::password_hash::phc::{Output, ParamsString, PasswordHash, Salt};
use argon2::{ARGON2ID_IDENT, Algorithm, Argon2, Block, Params, Version};
use tokio::sync::{Semaphore, SemaphorePermit};

/// Each hash takes 19 MiB: more at a time would let a crowd of sign-ins take the memory of everything else.
static AT_A_TIME: Semaphore = Semaphore::const_new(2);

/// How many requests may wait in a queue, of known people and of strangers each: a second or two of hashing. Who comes then
/// is told to come again.
const MAX_WAITING: usize = 40;

/// Room for this many blocks of 1 KiB is asked for, of which only those in use take memory: the C library keeps what
/// is given back, up to 32 MiB, for the next to ask, and would keep 19 MiB for every thread that ever hashed.
const ROOM: usize = 33 * 1024;

/// A hash that no password has, verified for accounts that do not exist, so that the answer takes as long.
static NOBODY: LazyLock<String> = LazyLock::new(|| hashed(&rand::random::<[u8; 32]>()).unwrap_or_default());

/// The parameters that OWASP recommends for argon2id.
fn parameters() -> Params {
    Params::new(19 * 1024, 2, 1, None).expect("these parameters are within argon2's limits")
}

/// The hash of a password, as it is stored.
pub async fn hash(password: String) -> anyhow::Result<String> {
    in_turn(move || hashed(password.as_bytes())).await?.context("argon2")
}

/// Whether the password is the one hashed; without a hash it takes as long and says no.
pub async fn is_right(password: String, hash: Option<String>) -> anyhow::Result<bool> {
    in_turn(move || {
        let known = hash.is_some();
        let matches = matches(password.as_bytes(), hash.as_deref().unwrap_or(&NOBODY)).unwrap_or(false);
        known && matches
    })
    .await
}

/// The order in which passwords are hashed. Strangers wait in one line and are hashed one at a
/// time; who is known, by a session or because somebody signed in from their network lately, waits for one of them
/// at most.
#[derive(Debug)]
pub struct HashQueue {
    strangers: Semaphore,
    /// Of strangers, and of those known.
    waiting: [AtomicUsize; 2],
}

/// Who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Requester {
    /// Nobody knows them.
    Stranger,
    /// The account is at home where they are.
    Known,
}

/// Why somebody has no turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum QueueRefusal {
    /// Too many wait already.
    QueueFull,
    /// They left while they waited.
    Gone,
}

/// Whose turn it is, until it is dropped.
#[derive(Debug)]
pub struct HashPermit<'d> {
    _place: QueueSlot<'d>,
    _line: Option<SemaphorePermit<'d>>,
}

/// A place among those who wait.
#[derive(Debug)]
struct QueueSlot<'d>(&'d AtomicUsize);

impl Drop for QueueSlot<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::AcqRel);
    }
}

impl Default for HashQueue {
    fn default() -> Self {
        Self { strangers: Semaphore::new(1), waiting: Default::default() }
    }
}

impl HashQueue {
    /// Waits for a turn to have a password hashed. Nobody hashes for whoever has left meanwhile.
    pub async fn turn(&self, caller: Requester, is_gone: impl Fn() -> bool) -> Result<HashPermit<'_>, QueueRefusal> {
        let waiting = &self.waiting[usize::from(caller == Requester::Known)];
        let place = (waiting.fetch_add(1, Ordering::AcqRel), QueueSlot(waiting));
        if place.0 >= MAX_WAITING {
            return Err(QueueRefusal::QueueFull);
        }
        let line = match caller {
            // It is never closed.
            Requester::Stranger => self.strangers.acquire().await.ok(),
            Requester::Known => None,
        };
        if is_gone() { Err(QueueRefusal::Gone) } else { Ok(HashPermit { _place: place.1, _line: line }) }
    }
}

fn hashed(password: &[u8]) -> anyhow::Result<String> {
    let salt = Salt::new(&rand::random::<[u8; 16]>())?;
    let hash = PasswordHash {
        algorithm: ARGON2ID_IDENT,
        version: Some(Version::V0x13.into()),
        params: ParamsString::try_from(&parameters())?,
        hash: Some(computed(password, &salt, parameters())?),
        salt: Some(salt),
    };
    Ok(hash.to_string())
}

fn matches(password: &[u8], hash: &str) -> anyhow::Result<bool> {
    let hash = PasswordHash::new(hash)?;
    let known = hash.algorithm == ARGON2ID_IDENT && hash.version == Some(Version::V0x13.into());
    let salt = hash.salt.as_ref().filter(|_| known).context("a hash of another kind")?;
    let output = computed(password, salt, Params::try_from(&hash)?)?;
    // Outputs are compared in a time that tells nothing about them.
    Ok(hash.hash.is_some_and(|hash| hash == output))
}

fn computed(password: &[u8], salt: &[u8], params: Params) -> anyhow::Result<Output> {
    let mut blocks = Vec::with_capacity(ROOM);
    blocks.resize(params.block_count(), Block::default());
    let mut output = vec![0; params.output_len().unwrap_or(Params::DEFAULT_OUTPUT_LEN)];
    let hasher = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    hasher.hash_password_into_with_memory(password, salt, &mut output, blocks)?;
    Ok(Output::new(&output)?)
}

async fn in_turn<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> anyhow::Result<T> {
    let _turn = AT_A_TIME.acquire().await?;
    Ok(tokio::task::spawn_blocking(work).await?)
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;

    #[tokio::test]
    async fn s3_few_strangers_wait_and_who_is_known_not_behind_them() {
        let queue = HashQueue::default();
        let here = || false;
        let first = queue.turn(Requester::Stranger, here).await.unwrap();
        let mut waiting: Vec<_> = (1..MAX_WAITING).map(|_| Box::pin(queue.turn(Requester::Stranger, here))).collect();
        assert!(waiting.iter_mut().all(|turn| turn.as_mut().now_or_never().is_none()));
        assert_eq!(queue.turn(Requester::Stranger, here).await.unwrap_err(), QueueRefusal::QueueFull);
        assert!(queue.turn(Requester::Known, here).await.is_ok());
        // Whoever stops waiting leaves their place to another.
        drop(waiting.pop());
        let mut last = Box::pin(queue.turn(Requester::Stranger, here));
        assert!(last.as_mut().now_or_never().is_none());
        drop((first, waiting));
        assert!(last.await.is_ok());
    }

    #[tokio::test]
    async fn s3_nobody_hashes_for_who_has_left() {
        let queue = HashQueue::default();
        for caller in [Requester::Stranger, Requester::Known] {
            assert_eq!(queue.turn(caller, || true).await.unwrap_err(), QueueRefusal::Gone);
            assert!(queue.turn(caller, || false).await.is_ok());
        }
    }

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
