//! Private keys as people paste them: put right where that is certain, and refused with a reason otherwise.

use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use serde::{Deserialize, Serialize};

/// Why a text is no private key that can be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{self:?}")]
#[serde(rename_all = "snake_case")]
pub enum KeyFault {
    /// There is nothing.
    Empty,
    /// It has a pass phrase, which nobody can be asked for.
    PassPhrase,
    /// A part of it is missing.
    CutOff,
    /// It is a public key.
    Public,
    /// It is in the format of `PuTTY`.
    Putty,
    /// It is several keys.
    Several,
    /// It is something else.
    NotAKey,
    /// OpenSSH does not take it.
    Refused,
    /// There is no OpenSSH on the machine of the server to try it.
    NotTried,
}

/// Takes what is padded and what is not: the padding is easily lost.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

const DASHES: &str = "-----";

/// A private key in the form that OpenSSH reads, from a text that may have other line ends, no last one, none at all, or
/// blanks around it.
pub fn tidy_private_key(text: &str) -> Result<String, KeyFault> {
    let text = text.trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
    let text = text.replace("\\r", "").replace("\\n", "\n");
    if text.is_empty() {
        return Err(KeyFault::Empty);
    }
    if text.starts_with("PuTTY-User-Key-File") {
        return Err(KeyFault::Putty);
    }
    let is_public = ["ssh-", "ecdsa-", "sk-"].iter().any(|kind| text.starts_with(kind));
    if is_public || text.starts_with("---- BEGIN SSH2 PUBLIC KEY") {
        return Err(KeyFault::Public);
    }
    let (_, rest) = text.split_once("-----BEGIN ").ok_or(KeyFault::NotAKey)?;
    let (label, rest) = rest.split_once(DASHES).ok_or(KeyFault::CutOff)?;
    if label.ends_with("PUBLIC KEY") {
        return Err(KeyFault::Public);
    }
    if !label.ends_with("PRIVATE KEY") {
        return Err(KeyFault::NotAKey);
    }
    let (body, after) = rest.split_once("-----END ").ok_or(KeyFault::CutOff)?;
    let after = after.strip_prefix(label).and_then(|after| after.strip_prefix(DASHES)).ok_or(KeyFault::CutOff)?;
    if after.contains("-----BEGIN ") {
        return Err(KeyFault::Several);
    }
    if label.starts_with("ENCRYPTED") || body.contains("ENCRYPTED") {
        return Err(KeyFault::PassPhrase);
    }
    let letters: Vec<char> = body.chars().filter(|c| !c.is_whitespace()).collect();
    if letters.is_empty() {
        return Err(KeyFault::CutOff);
    }
    if !letters.iter().all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '/' | '=')) {
        return Err(KeyFault::NotAKey);
    }
    let blob = BASE64.decode(letters.iter().collect::<String>()).map_err(|_| KeyFault::CutOff)?;
    match blob.strip_prefix(b"openssh-key-v1\0") {
        Some(fields) => check_fields(fields)?,
        None => check_der(&blob)?,
    }
    let mut tidy = ["-----BEGIN ", label, DASHES, "\n"].concat();
    for line in letters.chunks(70) {
        tidy.extend(line);
        tidy.push('\n');
    }
    tidy.extend(["-----END ", label, DASHES, "\n"]);
    Ok(tidy)
}

/// The fields of a key in the format of OpenSSH: cipher, derivation of its key, options of that, how many keys, a public one
/// and the private ones.
fn check_fields(fields: &[u8]) -> Result<(), KeyFault> {
    let (cipher, rest) = field(fields)?;
    if cipher != b"none" {
        return Err(KeyFault::PassPhrase);
    }
    let (_, rest) = field(rest)?;
    let (_, rest) = field(rest)?;
    let (count, rest) = rest.split_first_chunk::<4>().ok_or(KeyFault::CutOff)?;
    if u32::from_be_bytes(*count) > 1 {
        return Err(KeyFault::Several);
    }
    let (_, rest) = field(rest)?;
    field(rest).map(drop)
}

/// The first field, which has its length before it, and the rest.
fn field(bytes: &[u8]) -> Result<(&[u8], &[u8]), KeyFault> {
    let (length, rest) = bytes.split_first_chunk::<4>().ok_or(KeyFault::CutOff)?;
    rest.split_at_checked(u32::from_be_bytes(*length) as usize).ok_or(KeyFault::CutOff)
}

/// A key in the older formats is a sequence in DER, which has its length before it.
fn check_der(blob: &[u8]) -> Result<(), KeyFault> {
    let (head, rest) = match blob {
        [0x30, 0x82, high, low, rest @ ..] => (usize::from(*high) << 8 | usize::from(*low), rest),
        [0x30, 0x81, length, rest @ ..] | [0x30, length @ ..=0x7f, rest @ ..] => (usize::from(*length), rest),
        _ => return Err(KeyFault::NotAKey),
    };
    if rest.len() < head { Err(KeyFault::CutOff) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A key that is used for nothing else.
    const KEY: &str = "-----BEGIN OPENSSH PRIVATE KEY-----\n\
        b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAAAMwAAAAtzc2gtZW\n\
        QyNTUxOQAAACChdGj90XAlQ8Avk5VCddMZIsVYYfHuXPBW1VtIkF2A8wAAAIj6gqYU+oKm\n\
        FAAAAAtzc2gtZWQyNTUxOQAAACChdGj90XAlQ8Avk5VCddMZIsVYYfHuXPBW1VtIkF2A8w\n\
        AAAEAFeqInshWT06HObcj7KYiqqbEqeIeEjBlXsPoZOuCvb6F0aP3RcCVDwC+TlUJ10xki\n\
        xVhh8e5c8FbVW0iQXYDzAAAAAm1lAQID\n\
        -----END OPENSSH PRIVATE KEY-----\n";

    /// Another, with a pass phrase.
    const LOCKED: &str = "-----BEGIN OPENSSH PRIVATE KEY-----\n\
        b3BlbnNzaC1rZXktdjEAAAAACmFlczI1Ni1jdHIAAAAGYmNyeXB0AAAAGAAAABBdl8yDXK\n\
        xEGgAGGs15Bka2AAAAEAAAAAEAAAAzAAAAC3NzaC1lZDI1NTE5AAAAIEgxaXFdd7a0n3RB\n\
        mKsLhZzhspS9bAxLC2u3CMH3uL+iAAAAkIhQEVhg1yt5YtpjdRAFv8ffgX5ElOo+VNfEIj\n\
        o8a+fUPT3autSmNVKo0mWeFv5lLUC5xfAs8/PMvRDJmEBQmwAIe96xxWggOyDChRc1fq6P\n\
        TG7WSBN1PycUZ//ybvUFmaM3G3vfjfzQRFOFuKrgXJ95ZVDV+9cXdLN1i8T3B2hGl5OFmB\n\
        rwWxHGT2ivGaKSYg==\n\
        -----END OPENSSH PRIVATE KEY-----\n";

    #[test]
    fn b4_a_key_is_put_right_however_it_was_pasted() {
        let one_line = KEY.trim_end().replace('\n', " ");
        for pasted in [
            KEY.to_owned(),
            KEY.trim_end().to_owned(),
            KEY.replace('\n', "\r\n"),
            KEY.replace('\n', "\r"),
            one_line.clone(),
            one_line.replace(' ', "").replace("BEGINOPENSSHPRIVATEKEY", "BEGIN OPENSSH PRIVATE KEY"),
            KEY.replace('\n', "\\n"),
            format!("\u{feff}  \n{}\n\n", KEY.replace('\n', "\n    ")),
        ] {
            let tidy = tidy_private_key(&pasted.replace("ENDOPENSSHPRIVATEKEY", "END OPENSSH PRIVATE KEY"));
            assert_eq!(tidy.as_deref(), Ok(KEY), "{pasted}");
        }
    }

    #[test]
    fn b4_what_is_no_key_is_named_for_what_it_is() {
        for (text, fault) in [
            (" \n", KeyFault::Empty),
            ("ssh-ed25519 AAAA me", KeyFault::Public),
            ("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----", KeyFault::Public),
            ("PuTTY-User-Key-File-3: ssh-ed25519\n", KeyFault::Putty),
            (LOCKED, KeyFault::PassPhrase),
            (&KEY[..KEY.len() / 2], KeyFault::CutOff),
            (&KEY.replace(&KEY[150..221], ""), KeyFault::CutOff),
            ("-----BEGIN OPENSSH PRIV", KeyFault::CutOff),
            ("-----BEGIN RSA PRIVATE KEY-----\nMC4CAQAw\n-----END RSA PRIVATE KEY-----", KeyFault::CutOff),
            (KEY.trim_end().trim_end_matches('-'), KeyFault::CutOff),
            ("-----BEGIN ENCRYPTED PRIVATE KEY-----\nb3Bl\n-----END ENCRYPTED PRIVATE KEY-----", KeyFault::PassPhrase),
            (
                "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n\nMC4CAQAw\n-----END RSA PRIVATE KEY-----",
                KeyFault::PassPhrase,
            ),
            ("-----BEGIN CERTIFICATE-----\nb3Bl\n-----END CERTIFICATE-----", KeyFault::NotAKey),
            ("hunter2", KeyFault::NotAKey),
        ] {
            assert_eq!(tidy_private_key(text), Err(fault), "{text}");
        }
        assert_eq!(tidy_private_key(&KEY.repeat(2)), Err(KeyFault::Several));
    }
}
