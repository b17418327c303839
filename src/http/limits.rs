//! Rate limits of sign-in attempts: a few times quickly, then slowly, for an account and for an address.
//!
//! `governor` would do, but it cannot give a try back, and a right password is no try: whoever signs in on ten machines
//! in a row is not turned away. Hence the algorithm (generic cell rate) in forty lines, on our own clock.
//!
//! Wrong tries count for an account and a network together: a stranger's say nothing about the owner's. Guessers in many
//! networks meet a generous limit of the account, which never holds up a network from which somebody signed in as that
//! account lately, nor a browser with a session of it. A try that is refused costs the address as much as a wrong one.
//!
//! Who has many addresses has not as many tries: a /64 of IPv6 counts as one address, and a /56 or /48, or the neighbours
//! of an address of IPv4 (a /28, a /24), have limits of their own, each twice as wide as the one before. They hold up
//! nobody who is known to the account either.
//!
//! Each replica counts by itself: whoever guesses has as many times more tries as there are replicas, which is still
//! slow. No password is hashed for a sign-in that is turned away.

pub mod api;
mod networks;
mod rate;
mod recent;
pub mod streams;

use std::net::IpAddr;

use crate::app::passwords::Requester;
use crate::app::secret::{self, SecretHash};
use crate::domain::account;
use crate::domain::ids::{SessionId, UserId};
use chrono::{DateTime, TimeDelta, Utc};
use networks::NetworkBits;
pub use networks::network;
use rate::RateLimit;
use recent::RecentSignIns;

/// The limits of sign-ins.
#[derive(Debug)]
pub struct SignInLimits {
    guesses: RateLimit<Guess>,
    accounts: RateLimit<SecretHash>,
    addresses: RateLimit<Option<IpAddr>>,
    /// Of the networks that addresses belong to: what one subscriber may have of IPv6, and neighbours of IPv4.
    wider: [(NetworkBits, RateLimit<IpAddr>); 2],
    /// Of changing one's own password: a user and their session.
    changes: RateLimit<(UserId, SessionId)>,
    recent: RecentSignIns,
}

impl Default for SignInLimits {
    fn default() -> Self {
        Self {
            guesses: RateLimit::new(5, TimeDelta::seconds(10)),
            accounts: RateLimit::new(100, TimeDelta::seconds(1)),
            addresses: RateLimit::new(20, TimeDelta::milliseconds(500)),
            wider: [
                (NetworkBits { v4: 28, v6: 56 }, RateLimit::new(40, TimeDelta::milliseconds(250))),
                (NetworkBits { v4: 24, v6: 48 }, RateLimit::new(80, TimeDelta::milliseconds(125))),
            ],
            changes: RateLimit::new(5, TimeDelta::seconds(10)),
            recent: RecentSignIns::default(),
        }
    }
}

/// An account, and the network that somebody tries from.
type Guess = (SecretHash, Option<IpAddr>);

/// A try that was let through; given back when the password was right.
#[derive(Debug, Clone, Copy)]
pub struct Try {
    guess: Guess,
    /// Whether the account's own limit counts it, and those of wider networks: the account is not at home here.
    counted: bool,
}

impl Try {
    /// Who tries.
    pub fn caller(self) -> Requester {
        if self.counted { Requester::Stranger } else { Requester::Known }
    }
}

impl SignInLimits {
    /// Takes a try, or says how many seconds to wait. The account need not exist. `signed_in` is the account of the
    /// session that the browser has.
    pub fn take(
        &self,
        account: &str,
        address: Option<IpAddr>,
        signed_in: Option<&str>,
        now: DateTime<Utc>,
    ) -> Result<Try, u64> {
        // The hash keeps what was typed, which may be a password, out of memory and of bounded size.
        let hashed = |name: &str| secret::hashed(&account::folded(name));
        let guess = (hashed(account), address.map(network));
        self.addresses.take(guess.1, now)?;
        self.guesses.take(guess, now)?;
        let counted = signed_in.map(hashed) != Some(guess.0) && !self.recent.knows(guess, now);
        if counted {
            self.take_counted(guess, now).inspect_err(|_| self.guesses.give_back(guess))?;
        }
        Ok(Try { guess, counted })
    }

    fn take_counted(&self, (account, address): Guess, now: DateTime<Utc>) -> Result<(), u64> {
        if let Some(address) = address {
            for (bits, networks) in &self.wider {
                networks.take(bits.of(address), now)?;
            }
        }
        self.accounts.take(account, now)
    }

    /// Nobody looked at the password: the account is none the worse for it, the address is.
    pub fn was_not_heard(&self, taken: Try) {
        self.guesses.give_back(taken.guess);
        if taken.counted {
            self.accounts.give_back(taken.guess.0);
        }
    }

    /// The password was right: gives the try back, and remembers where the account is at home.
    pub fn was_right(&self, taken: Try, now: DateTime<Utc>) {
        self.addresses.give_back(taken.guess.1);
        self.guesses.give_back(taken.guess);
        if taken.counted {
            self.accounts.give_back(taken.guess.0);
            for (bits, networks) in &self.wider {
                taken.guess.1.inspect(|address| networks.give_back(bits.of(*address)));
            }
        }
        self.recent.remember(taken.guess, now);
    }

    /// Takes a try to change the password of that user in that session, or says how many seconds to wait.
    pub fn take_change(&self, user: UserId, session: SessionId, now: DateTime<Utc>) -> Result<(), u64> {
        self.changes.take((user, session), now)
    }

    /// Gives a try to change the password back: the present one was right.
    pub fn give_change_back(&self, user: UserId, session: SessionId) {
        self.changes.give_back((user, session));
    }
}

#[cfg(test)]
mod tests;
