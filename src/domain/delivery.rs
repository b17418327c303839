//! Failures of deliveries, as data, and what follows from each.

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

use super::execution::Moment;
use super::http::HttpFailure;
use super::notices;

/// The longest time for which a receiver can have itself left alone.
const MAX_WAIT: TimeDelta = TimeDelta::hours(8);

/// The longest piece of a receiver's own words that is kept.
pub const MAX_SAID_LEN: usize = 200;

/// Kind of what is delivered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeliveryKind {
    /// One notice.
    Notice,
    /// Several that came too late for a delivery of their own.
    Digest,
    /// Somebody tries a channel, or whether mail is sent. It is tried once.
    Trial,
    /// The link that confirms an address.
    Confirmation,
    /// A token ends soon.
    TokenEnds,
}

impl DeliveryKind {
    const ALL: [Self; 5] = [Self::Notice, Self::Digest, Self::Trial, Self::Confirmation, Self::TokenEnds];

    /// The stored and written word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Notice => "notice",
            Self::Digest => "digest",
            Self::Trial => "trial",
            Self::Confirmation => "confirmation",
            Self::TokenEnds => "token_ends",
        }
    }

    /// The kind of that word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }

    /// Whether it is tried again when it fails.
    pub fn is_retried(self) -> bool {
        match self {
            Self::Notice | Self::Digest | Self::Confirmation | Self::TokenEnds => true,
            Self::Trial => false,
        }
    }
}

/// Why a notice was not delivered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "delivery", rename_all = "snake_case")]
pub enum DeliveryFailure {
    /// There was no answer.
    NoAnswer(HttpFailure),
    /// The answer was another than 2xx.
    Answered {
        /// Its status.
        status: u16,
    },
    /// The answer was that it shall be tried later.
    AskedToWait {
        /// Its status.
        status: u16,
        /// After so many seconds.
        seconds: u32,
    },
    /// The mail server refused it.
    MailRefused {
        /// Its code.
        code: u16,
        /// Its words, in short.
        said: String,
    },
    /// The mail server was not reached, or the connection broke.
    MailUnreachable {
        /// In the words of the library, in short.
        problem: String,
    },
    /// The mail server was silent for too long, or took too long in all.
    MailTimeout,
    /// The mail server does not offer the encryption that is asked for.
    MailNotEncrypted,
    /// No mail server is set.
    NoMailServer,
    /// A secret is needed that cannot be read.
    NoSecret,
    /// The public address of the server is not known, and without it there is no link to send.
    NoPublicUrl,
    /// The channel was removed.
    ChannelGone,
    /// The channel is turned off.
    ChannelOff,
    /// The person has no confirmed address any more.
    NoAddress,
    /// What is sent could not be kept, and so it was not sent.
    NotKept,
    /// What is told is not there any more.
    NothingToTell,
}

impl DeliveryFailure {
    /// Whether trying again is of no use: the receiver has said so for good, or there is none.
    pub fn is_final(&self) -> bool {
        match self {
            Self::Answered { status } => *status == 410,
            Self::MailRefused { code, .. } => (500..600).contains(code),
            Self::NoAnswer(HttpFailure::BadUrl { .. })
            | Self::ChannelGone
            | Self::ChannelOff
            | Self::NoAddress
            | Self::NothingToTell => true,
            Self::NoAnswer(_)
            | Self::AskedToWait { .. }
            | Self::MailUnreachable { .. }
            | Self::MailTimeout
            | Self::MailNotEncrypted
            | Self::NoMailServer
            | Self::NoPublicUrl
            | Self::NotKept
            | Self::NoSecret => false,
        }
    }

    /// When it is tried again after so many attempts failed, the last of them so; none if it is not.
    pub fn next_try(&self, kind: DeliveryKind, attempts: u32, now: Moment) -> Option<Moment> {
        if self.is_final() || !kind.is_retried() {
            return None;
        }
        let next = notices::next_try(attempts, now)?;
        match self {
            Self::AskedToWait { seconds, .. } => {
                Some(next.max(now + TimeDelta::seconds(i64::from(*seconds)).min(MAX_WAIT)))
            }
            Self::NoAnswer(_)
            | Self::Answered { .. }
            | Self::MailRefused { .. }
            | Self::MailUnreachable { .. }
            | Self::MailTimeout
            | Self::MailNotEncrypted
            | Self::NoMailServer
            | Self::NoSecret
            | Self::NoPublicUrl
            | Self::ChannelGone
            | Self::ChannelOff
            | Self::NoAddress
            | Self::NotKept
            | Self::NothingToTell => Some(next),
        }
    }
}

/// Words of a receiver, in one line and not too long.
pub fn in_short(said: &str) -> String {
    let line: String = said.split_whitespace().collect::<Vec<_>>().join(" ");
    line.chars().filter(|c| !c.is_control()).take(MAX_SAID_LEN).collect()
}
