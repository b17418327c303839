//! Secrets and the keys that encrypt them.

use std::path::Path;

use super::English;
use super::grammar::{counted, listed};
use crate::domain::secrets::{KeyId, MAX_SECRET_LEN, MAX_SECRET_NAME, SecretFault, SecretLabel, SecretPurpose};
use crate::messages::secrets::{ListedKey, SecretSentences};

impl SecretSentences for English {
    fn secret_purpose(&self, purpose: SecretPurpose) -> &'static str {
        match purpose {
            SecretPurpose::SmtpPassword => "password for e-mail",
            SecretPurpose::ChatAddress => "address of a chat",
            SecretPurpose::WebhookKey => "signing key of a webhook",
            SecretPurpose::Named => "for tasks and environments",
        }
    }

    fn secret_fault(&self, fault: &SecretFault) -> String {
        match fault {
            SecretFault::Empty => "A secret cannot be empty.".to_owned(),
            SecretFault::TooLong => format!("A secret may have at most {MAX_SECRET_LEN} bytes."),
            SecretFault::NameTooLong => format!("The name of a secret may have at most {MAX_SECRET_NAME} bytes."),
            SecretFault::WithoutSecrets => {
                "This server was started with --without-secrets: it keeps no secret and reads \
                                            none. Give it its key file, and start it without that."
                    .to_owned()
            }
            SecretFault::NoKeys => {
                "This server has no key file, so it can keep no secret and read none. Copy the key file of \
                                    another replica to it."
                    .to_owned()
            }
            SecretFault::NoKey { needs, has } => format!(
                "A secret needs the key {needs}, which is not in the key file of this server: it has {}. Copy the key file of \
                 a replica that has the key to this server.",
                named(has)
            ),
            SecretFault::Damaged => {
                "A secret does not open with its key: it was changed in the database. Set it again.".to_owned()
            }
            SecretFault::NoRandomness => "The machine gives no random numbers, so nothing can be encrypted.".to_owned(),
        }
    }

    fn keys_missing(&self, file: &Path, missing: &[KeyId], has: &[KeyId]) -> String {
        let file = file.display();
        let there = if has.is_empty() {
            format!("there is no key file at {file}")
        } else {
            format!("the key file {file} has {}", named(has))
        };
        format!(
            "the secrets in the database need {}, and {there}. Put the right key file there, from a copy or from another \
             replica, or name it with --key-file; or start with --without-secrets, and whatever needs a secret fails",
            keys(missing)
        )
    }

    fn key_not_made(&self, file: &Path, encrypts: Option<KeyId>) -> String {
        let which = encrypts.map(|key| format!(" with the key {key}")).unwrap_or_default();
        format!(
            "This replica cannot keep or read secrets yet: another one has the key file{which}. Copy that file to {}; this \
             replica takes it at once.",
            file.display()
        )
    }

    fn key_made(&self, file: &Path) -> String {
        format!(
            "The key file {} was made. It encrypts secrets, such as passwords of services. Keep a copy of it apart from backups.",
            file.display()
        )
    }

    fn restored_without(&self, file: &Path, missing: &[KeyId]) -> String {
        format!(
            "The secrets in the backup need {}, which no backup has. Put the key file that was there when it was taken to {}, \
             or start with --without-secrets and set them anew after `tollgate secret forget-unreadable`.",
            keys(missing),
            file.display()
        )
    }

    fn key_state(&self, all: &[ListedKey], lacking: &[String]) -> Vec<String> {
        let of_key = |key: &ListedKey| {
            let role = self.key_role(key.is_there, key.encrypts);
            format!("Key {} {role}; {}.", key.id, encrypted_with_it(key.used))
        };
        let mut sentences: Vec<String> = all.iter().map(of_key).collect();
        if !all.iter().any(|key| key.is_there) {
            sentences.push("This server has no key: it can keep no secret and read none.".to_owned());
        }
        if !lacking.is_empty() {
            let names = listed(lacking.iter().map(String::as_str), "and");
            sentences.push(format!("The key that encrypts is missing on {names}: copy the key file there."));
        }
        sentences
    }

    fn key_role(&self, is_there: bool, encrypts: bool) -> &'static str {
        match (is_there, encrypts) {
            (true, true) => "encrypts new secrets",
            (true, false) => "encrypts no new secrets",
            (false, true) => "encrypts new secrets, and is not in the key file of this server",
            (false, false) => "is not in the key file of this server",
        }
    }

    fn no_key_file(&self, file: &Path) -> String {
        format!("there is no key file at {}: `tollgate serve` makes it, or say --key-file", file.display())
    }

    fn copy_key_file(&self, file: &Path, key: KeyId, replicas: &[String]) -> String {
        format!(
            "not every replica has the new key {key}, so it does not encrypt yet. Copy {} to {}, and run this again",
            file.display(),
            listed(replicas.iter().map(String::as_str), "and")
        )
    }

    fn copy_to_drop(&self, file: &Path, replicas: &[String]) -> String {
        format!(
            "Copy {} once more to {}, which has the old keys still.",
            file.display(),
            listed(replicas.iter().map(String::as_str), "and")
        )
    }

    fn rotation_elsewhere(&self, file: &Path, key: KeyId) -> String {
        format!(
            "another replica began to go over to the key {key}: run this there, or copy its key file to {} first",
            file.display()
        )
    }

    fn not_opened(&self, secrets: u64) -> String {
        let count = counted(usize::try_from(secrets).unwrap_or(usize::MAX), "secret");
        let verb = if secrets == 1 { "does" } else { "do" };
        format!(
            "{count} {verb} not open, because the database was changed: set what `tollgate secret list` shows with an old key \
             again, and run this again. The old keys are kept until then"
        )
    }

    fn key_dropped(&self, key: KeyId) -> String {
        format!(
            "The key {key} is not in the key file any more. Backups from before need it: keep the copy that you have of it."
        )
    }

    fn served_without(&self) -> &'static str {
        "This server was started with --without-secrets: whatever needs a secret fails."
    }
}

/// How many secrets a key has encrypted.
fn encrypted_with_it(count: u64) -> String {
    match count {
        0 => "no secret is encrypted with it".to_owned(),
        1 => "1 secret is encrypted with it".to_owned(),
        more => format!("{more} secrets are encrypted with it"),
    }
}

/// Keys by their names.
fn named(keys: &[KeyId]) -> String {
    if keys.is_empty() {
        return "none".to_owned();
    }
    let names: Vec<String> = keys.iter().map(ToString::to_string).collect();
    listed(names.iter().map(String::as_str), "and")
}

/// Keys by their names, after the word for them.
fn keys(keys: &[KeyId]) -> String {
    format!("the {} {}", if keys.len() == 1 { "key" } else { "keys" }, named(keys))
}

/// A secret by what it is for and whose it is.
pub(super) fn secret(of: &SecretLabel) -> String {
    let what = match of.purpose {
        SecretPurpose::SmtpPassword => "the password for e-mail",
        SecretPurpose::ChatAddress => "the address of a chat",
        SecretPurpose::WebhookKey => "the signing key of a webhook",
        SecretPurpose::Named => "the secret",
    };
    let part =
        |before: &str, name: &Option<String>| name.as_ref().map(|name| format!("{before}{name}")).unwrap_or_default();
    let (name, team) = (part(" ", &of.name), part(" of the team ", &of.team));
    format!("{what}{name}{}{team}", part(" of the environment ", &of.environment))
}
