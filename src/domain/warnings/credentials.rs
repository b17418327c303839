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
    let name = ["environment.", "http.headers."].iter().find_map(|map| field.strip_prefix(map))?.to_lowercase();
    // A reference is no credential itself, nor is the path of a file that has one.
    let is_value = !text.trim().is_empty() && !text.contains("${") && !text.starts_with('/');
    let is_named = NAMES.iter().any(|part| name.contains(part)) && !name.ends_with("_file") && !name.ends_with("_path");
    (is_value && is_named).then_some(CredentialForm::Named)
}
