//! Keys of hosts: public ones, by which a host proves that it is the one that a person pinned.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

/// The kinds of keys that OpenSSH takes for a host; certificates are none of them.
const KINDS: [&str; 5] =
    ["ssh-ed25519", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521", "ssh-rsa"];

/// The public key of a host.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct HostKey {
    /// Its place among the kinds.
    kind: usize,
    /// As it is sent over the wire.
    blob: Vec<u8>,
}

/// A text is no public key of a host.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{self:?}")]
pub struct HostKeyFault;

impl HostKey {
    /// The key in a text like `ssh-ed25519 AAAA…`, with or without a comment behind.
    pub fn parse(text: &str) -> Result<Self, HostKeyFault> {
        let mut words = text.split_ascii_whitespace();
        let (kind, blob) = words.next().zip(words.next()).ok_or(HostKeyFault)?;
        let at = KINDS.into_iter().position(|known| known == kind).ok_or(HostKeyFault)?;
        let blob = STANDARD.decode(blob).map_err(|_| HostKeyFault)?;
        let named = blob.get(4..4 + kind.len()) == Some(kind.as_bytes());
        let length = blob.first_chunk::<4>().map(|length| u32::from_be_bytes(*length) as usize);
        if !named || length != Some(kind.len()) {
            return Err(HostKeyFault);
        }
        Ok(Self { kind: at, blob })
    }

    /// Its kind, as ssh writes it.
    pub fn kind(&self) -> &'static str {
        KINDS[self.kind]
    }

    /// Its fingerprint as OpenSSH shows it: `SHA256:…`.
    pub fn fingerprint(&self) -> String {
        format!("SHA256:{}", STANDARD_NO_PAD.encode(Sha256::digest(&self.blob)))
    }
}

/// As in `known_hosts`, without a host: `ssh-ed25519 AAAA…`.
impl fmt::Display for HostKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&[self.kind(), &STANDARD.encode(&self.blob)].join(" "))
    }
}

impl From<HostKey> for String {
    fn from(key: HostKey) -> Self {
        key.to_string()
    }
}

impl TryFrom<String> for HostKey {
    type Error = HostKeyFault;

    fn try_from(text: String) -> Result<Self, HostKeyFault> {
        Self::parse(&text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_known_by_its_kind_and_has_the_fingerprint_that_openssh_shows() {
        let text = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl";
        let key = HostKey::parse(&format!("{text} a comment\n")).unwrap();
        assert_eq!((key.kind(), key.to_string().as_str()), ("ssh-ed25519", text));
        // What `ssh-keygen -lf` says of it; it is the published key of github.com.
        assert_eq!(key.fingerprint(), "SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU");
        assert_eq!(serde_json::from_str::<HostKey>(&serde_json::to_string(&key).unwrap()).unwrap(), key);
        let other_kind = text.replace("ssh-ed25519 ", "ssh-rsa ");
        for wrong in ["", "ssh-ed25519", "ssh-ed25519 AAAA", "rubbish AAAAC3NzaC1lZDI1NTE5", other_kind.as_str()] {
            assert_eq!(HostKey::parse(wrong), Err(HostKeyFault), "{wrong}");
        }
    }
}
