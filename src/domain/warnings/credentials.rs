//! Texts that look like credentials. A definition is kept in all its versions, so a key that is typed into one stays there.

use std::sync::LazyLock;

use regex::RegexSet;

/// What a text looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CredentialForm {
    /// A private key.
    PrivateKey,
    /// A token or key of a well-known service.
    Token,
    /// A password or token by the name of its variable or header.
    Named,
}

/// How the tokens of well-known services begin and how long they are.
static TOKENS: LazyLock<Option<RegexSet>> = LazyLock::new(|| {
    RegexSet::new([
        r"\b(AKIA|ASIA)[0-9A-Z]{16}\b",
        r"\bgh[pousr]_[0-9A-Za-z]{36}",
        r"\bgithub_pat_[0-9A-Za-z_]{22}",
        r"\bglpat-[0-9A-Za-z_-]{20}",
        r"\bxox[abprs]-[0-9A-Za-z-]{10}",
        r"\b[sr]k_live_[0-9A-Za-z]{16}",
        r"\bAIza[0-9A-Za-z_-]{35}",
        r"\beyJ[0-9A-Za-z_-]{8,}\.eyJ[0-9A-Za-z_-]{8,}\.",
    ])
    .ok()
});

/// Parts of the names of variables and headers whose values are kept secret.
const NAMES: [&str; 9] =
    ["password", "passwd", "secret", "token", "api_key", "api-key", "apikey", "access_key", "authorization"];

/// What the text of that field looks like, if it looks like a credential.
pub(super) fn looks_like(field: &str, text: &str) -> Option<CredentialForm> {
    let is_key = text.contains("-----BEGIN") && text.contains("PRIVATE KEY-----");
    if is_key {
        return Some(CredentialForm::PrivateKey);
    }
    if TOKENS.as_ref().is_some_and(|tokens| tokens.is_match(text)) {
        return Some(CredentialForm::Token);
    }
    let is_named = if ["script", "rollback"].contains(&field) {
        text.lines().filter_map(assigned).any(|(name, value)| is_named(name, value))
    } else {
        let name = ["environment.", "http.headers."].iter().find_map(|map| field.strip_prefix(map))?;
        is_named(name, text)
    };
    is_named.then_some(CredentialForm::Named)
}

/// The name and the value that a line of a script gives to a variable, if the value stands there as it is.
fn assigned(line: &str) -> Option<(&str, &str)> {
    let line = line.trim_start();
    let (name, value) = line.strip_prefix("export ").unwrap_or(line).trim_start().split_once('=')?;
    let is_name = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    let value = value.trim_start_matches(['"', '\'']);
    let is_literal = value.starts_with(|first: char| first.is_ascii_alphanumeric()) && !value.contains(['$', '`']);
    (is_name && is_literal).then_some((name, value))
}

/// Whether a variable or header of that name keeps a credential in that value.
fn is_named(name: &str, value: &str) -> bool {
    let name = name.to_lowercase();
    // A reference is no credential itself, nor is the path of a file that has one.
    let is_value = !value.trim().is_empty() && !value.contains("${") && !value.starts_with('/');
    is_value && NAMES.iter().any(|part| name.contains(part)) && !name.ends_with("_file") && !name.ends_with("_path")
}
