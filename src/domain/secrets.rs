//! Secrets that are kept encrypted: what one is for, whose it is, and why one cannot be kept or read.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::ids::{EnvironmentId, SecretId, TeamId};

/// The longest value, in bytes.
pub const MAX_SECRET_LEN: usize = 8 * 1024;
/// The longest name of one among others for the same, in bytes.
pub const MAX_SECRET_NAME: usize = 128;

/// What a secret is for. One that was set for something is never taken for something else.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SecretPurpose {
    /// The password with which the server signs in where it hands over e-mail.
    SmtpPassword,
    /// The address of a chat, which lets whoever knows it write there.
    ChatAddress,
    /// The key that signs what is sent to a webhook.
    WebhookKey,
    /// A value that tasks and the scripts of environments are given by its name.
    Named,
}

impl SecretPurpose {
    /// Every purpose.
    pub const ALL: [Self; 4] = [Self::SmtpPassword, Self::ChatAddress, Self::WebhookKey, Self::Named];

    /// The stored word.
    pub fn word(self) -> &'static str {
        match self {
            Self::SmtpPassword => "smtp_password",
            Self::ChatAddress => "chat_address",
            Self::WebhookKey => "webhook_key",
            Self::Named => "named",
        }
    }

    /// The purpose of that word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|purpose| purpose.word() == word)
    }
}

/// How people call a secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecretLabel {
    /// What it is for.
    pub purpose: SecretPurpose,
    /// Name of the team that it is of, if it is not the installation's.
    pub team: Option<String>,
    /// Its name, if it has one that is theirs to give.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Name of the environment of the team that it is of, if it is of one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub environment: Option<String>,
}

/// Whose a secret is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SecretOwner {
    /// The installation's: administrators set it.
    Server,
    /// A team's: its managers set it.
    Team(TeamId),
    /// An environment's: the managers of its team set it.
    Environment(EnvironmentId),
}

impl SecretOwner {
    /// The stored word.
    pub fn kind(self) -> &'static str {
        match self {
            Self::Server => "server",
            Self::Team(_) => "team",
            Self::Environment(_) => "environment",
        }
    }

    /// Its key, as text; empty for the installation.
    pub fn key(self) -> String {
        match self {
            Self::Server => String::new(),
            Self::Team(id) => id.to_string(),
            Self::Environment(id) => id.to_string(),
        }
    }

    /// The owner of that word and key.
    pub fn from_parts(kind: &str, key: &str) -> Option<Self> {
        match kind {
            "server" if key.is_empty() => Some(Self::Server),
            "team" => key.parse().ok().map(Self::Team),
            "environment" => key.parse().ok().map(Self::Environment),
            _ => None,
        }
    }
}

/// The place of one secret: whoever uses it finds it by this alone.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SecretSlot {
    /// Whose it is.
    pub owner: SecretOwner,
    /// What it is for.
    pub purpose: SecretPurpose,
    /// Which of several for the same, such as the key of a channel; empty where there is one.
    pub name: String,
}

impl SecretSlot {
    /// The only secret of the installation for that.
    pub fn of_server(purpose: SecretPurpose) -> Self {
        Self { owner: SecretOwner::Server, purpose, name: String::new() }
    }

    /// A team's secret for that, of that name.
    pub fn of_team(team: TeamId, purpose: SecretPurpose, name: impl Into<String>) -> Self {
        Self { owner: SecretOwner::Team(team), purpose, name: name.into() }
    }

    /// A secret of a team or an environment that tasks and scripts are given by that name.
    pub fn named(owner: SecretOwner, name: impl Into<String>) -> Self {
        Self { owner, purpose: SecretPurpose::Named, name: name.into() }
    }

    /// Its name, if people gave it; any other is a key.
    pub fn own_name(&self) -> Option<String> {
        (self.purpose == SecretPurpose::Named).then(|| self.name.clone())
    }

    /// What a ciphertext is bound to beside the value: read from another row, or for something else, it does not open. Each
    /// part has its length before it, so that no two slots have the same.
    pub fn binding(&self, id: SecretId) -> Vec<u8> {
        let key = self.owner.key();
        let id = id.to_string();
        let parts = [id.as_str(), self.owner.kind(), &key, self.purpose.word(), &self.name];
        parts.iter().flat_map(|part| format!("{}:{part}", part.len()).into_bytes()).collect()
    }
}

/// The name of a key: what the key itself makes it, so that another key cannot have it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyId([u8; KeyId::LEN]);

impl KeyId {
    /// How many bytes it has.
    pub const LEN: usize = 8;

    /// The name of these bytes.
    pub const fn new(bytes: [u8; Self::LEN]) -> Self {
        Self(bytes)
    }

    /// Its bytes.
    pub const fn bytes(self) -> [u8; Self::LEN] {
        self.0
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// What is written is no name of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoKeyId;

impl FromStr for KeyId {
    type Err = NoKeyId;

    fn from_str(text: &str) -> Result<Self, NoKeyId> {
        let mut bytes = [0; Self::LEN];
        if text.len() != 2 * Self::LEN || !text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')) {
            return Err(NoKeyId);
        }
        for (at, byte) in bytes.iter_mut().enumerate() {
            *byte = u8::from_str_radix(&text[2 * at..2 * at + 2], 16).map_err(|_| NoKeyId)?;
        }
        Ok(Self(bytes))
    }
}

/// Why a secret is not kept, or cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SecretFault {
    /// Nothing was given.
    Empty,
    /// It is longer than any may be.
    TooLong,
    /// The name of its slot is longer than any may be.
    NameTooLong,
    /// The server was told to serve without secrets.
    WithoutSecrets,
    /// This server has no key.
    NoKeys,
    /// The key file of this server lacks the key that is needed.
    NoKey {
        /// The key.
        needs: KeyId,
        /// Those in the file.
        has: Vec<KeyId>,
    },
    /// What is kept does not open with its key: it was changed, or taken from another row.
    Damaged,
    /// There are no random numbers to be had.
    NoRandomness,
}

/// Checks a value and the name of its slot.
pub fn check(slot: &SecretSlot, value: &str) -> Result<(), SecretFault> {
    if value.is_empty() {
        Err(SecretFault::Empty)
    } else if value.len() > MAX_SECRET_LEN {
        Err(SecretFault::TooLong)
    } else if slot.name.len() > MAX_SECRET_NAME {
        Err(SecretFault::NameTooLong)
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_slots_have_the_same_binding() {
        let (id, team) = (SecretId::from_u128(1), TeamId::from_u128(2));
        let of = |name: &str| SecretSlot::of_team(team, SecretPurpose::WebhookKey, name);
        let all = [
            of("a").binding(id),
            of("b").binding(id),
            of("a").binding(SecretId::from_u128(3)),
            SecretSlot::of_team(TeamId::from_u128(4), SecretPurpose::WebhookKey, "a").binding(id),
            SecretSlot::of_team(team, SecretPurpose::ChatAddress, "a").binding(id),
            SecretSlot { owner: SecretOwner::Server, ..of("a") }.binding(id),
        ];
        for (at, one) in all.iter().enumerate() {
            assert!(!all[at + 1..].contains(one));
        }
    }

    #[test]
    fn words_and_names_of_keys_are_read_as_they_were_written() {
        for purpose in SecretPurpose::ALL {
            assert_eq!(SecretPurpose::from_word(purpose.word()), Some(purpose));
        }
        let environment = SecretOwner::Environment(EnvironmentId::from_u128(7));
        for owner in [SecretOwner::Server, SecretOwner::Team(TeamId::from_u128(7)), environment] {
            assert_eq!(SecretOwner::from_parts(owner.kind(), &owner.key()), Some(owner));
        }
        let id = KeyId::new([0, 1, 2, 0xab, 0xcd, 0xef, 0xff, 9]);
        assert_eq!(id.to_string().parse(), Ok(id));
        for wrong in ["", "0001", "00010203abcdefF9", "00010203abcdefg9", "00010203abcdef99a"] {
            assert_eq!(wrong.parse::<KeyId>(), Err(NoKeyId));
        }
    }

    #[test]
    fn a_value_is_neither_empty_nor_endless() {
        let slot = SecretSlot::of_server(SecretPurpose::SmtpPassword);
        assert_eq!(check(&slot, ""), Err(SecretFault::Empty));
        assert_eq!(check(&slot, &"x".repeat(MAX_SECRET_LEN)), Ok(()));
        assert_eq!(check(&slot, &"x".repeat(MAX_SECRET_LEN + 1)), Err(SecretFault::TooLong));
        let named = SecretSlot { name: "x".repeat(MAX_SECRET_NAME + 1), ..slot };
        assert_eq!(check(&named, "x"), Err(SecretFault::NameTooLong));
    }
}
