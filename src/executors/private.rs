//! Private texts of an attempt: those in which there are secrets.

use std::collections::BTreeMap;

use super::{AttemptContext, AttemptSecrets, PrivateText, no_value};
use crate::domain::failure_cause::FailureCause;
use crate::domain::reference::{self, Reference};

/// Texts with the values of their references.
pub(super) struct PrivateTexts {
    /// Each under its name.
    pub(super) texts: BTreeMap<String, PrivateText>,
    /// The secrets in them.
    pub(super) secrets: Vec<PrivateText>,
    /// Why the work must not be started with them.
    pub(super) refused: Option<FailureCause>,
}

/// Gives the references of texts their values, the secrets too. Where a secret has none, its work is not started; but what was
/// started when it had one goes on.
pub(super) fn fill(
    texts: &BTreeMap<String, String>,
    attempt: AttemptContext<'_>,
) -> Result<PrivateTexts, FailureCause> {
    let secret = |reference: &Reference| Some(attempt.secrets.get(reference.source.secret()?));
    let lookup = |reference: &Reference| match secret(reference) {
        Some(Some(Ok(secret))) => Some(secret.expose().to_owned()),
        Some(_) => Some(String::new()),
        None => attempt.value(reference),
    };
    let filled: Result<_, FailureCause> = texts
        .iter()
        .map(|(name, text)| {
            let text = reference::fill(text, &lookup).map_err(|missing| no_value(&missing))?;
            Ok((name.clone(), PrivateText::new(text)))
        })
        .collect();
    Ok(PrivateTexts { texts: filled?, secrets: values(attempt.secrets), refused: refused(attempt.secrets) })
}

fn values(secrets: &AttemptSecrets) -> Vec<PrivateText> {
    secrets.values().filter_map(|secret| secret.as_ref().ok().cloned()).collect()
}

fn refused(secrets: &AttemptSecrets) -> Option<FailureCause> {
    let problem = secrets.iter().find_map(|(name, secret)| Some((name, *secret.as_ref().err()?)));
    problem.map(|(name, problem)| FailureCause::Secret { name: name.clone(), problem })
}
