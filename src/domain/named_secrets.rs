//! Named secrets of teams and environments: what their names and values may be, and who is given one.

use super::failure_cause::SecretProblem;
use super::names::{self, NamingFault};
use super::secrets::{MAX_SECRET_LEN, SecretFault};

/// The most of a team, and of an environment.
pub const MAX_NAMED_SECRETS: usize = 100;

/// The fewest characters of a value: a shorter one cannot be kept out of a log, since it would be found everywhere.
pub const MIN_NAMED_SECRET: usize = 8;

/// What is wrong with a named secret that somebody wants to set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NamedSecretFault {
    /// Its name is none.
    Name(NamingFault),
    /// Another one has the name, in other upper and lower case.
    NameTaken {
        /// How that one is called.
        by: String,
    },
    /// There is no value.
    ValueMissing,
    /// The value is too short to be kept out of logs.
    ValueShort,
    /// The value is too long.
    ValueLong,
    /// There is a zero byte in the value, which no variable can hold.
    ZeroByte,
    /// There are as many as there may be.
    TooMany,
    /// It cannot be encrypted now.
    NotKept(SecretFault),
}

impl NamedSecretFault {
    /// Whether it is about the name; if not, it is about the value or about neither.
    pub fn is_about_name(&self) -> bool {
        match self {
            Self::Name(_) | Self::NameTaken { .. } => true,
            Self::ValueMissing
            | Self::ValueShort
            | Self::ValueLong
            | Self::ZeroByte
            | Self::TooMany
            | Self::NotKept(_) => false,
        }
    }

    /// Whether it is about the value.
    pub fn is_about_value(&self) -> bool {
        match self {
            Self::ValueMissing | Self::ValueShort | Self::ValueLong | Self::ZeroByte => true,
            Self::Name(_) | Self::NameTaken { .. } | Self::TooMany | Self::NotKept(_) => false,
        }
    }
}

/// The value as it is kept: with line ends as scripts have them. A value of one line has none, so that it is the same however it was given.
pub fn straight(value: &str) -> String {
    let value = value.replace("\r\n", "\n");
    match value.strip_suffix('\n') {
        Some(line) if !line.contains('\n') => line.to_owned(),
        Some(_) | None => value,
    }
}

/// All that is wrong with a secret of that name and value among those that there are.
pub fn check<'n>(name: &str, value: &str, known: impl IntoIterator<Item = &'n str>) -> Vec<NamedSecretFault> {
    let known: Vec<&str> = known.into_iter().collect();
    let mut faults: Vec<_> = names::fault(name).map(NamedSecretFault::Name).into_iter().collect();
    if !known.contains(&name) {
        let twin = names::alike(name, known.iter().copied());
        faults.extend(twin.map(|by| NamedSecretFault::NameTaken { by: by.to_owned() }));
        faults.extend((known.len() >= MAX_NAMED_SECRETS).then_some(NamedSecretFault::TooMany));
    }
    if value.is_empty() {
        faults.push(NamedSecretFault::ValueMissing);
    } else if value.trim().chars().count() < MIN_NAMED_SECRET {
        faults.push(NamedSecretFault::ValueShort);
    } else if value.len() > MAX_SECRET_LEN {
        faults.push(NamedSecretFault::ValueLong);
    }
    faults.extend(value.contains('\0').then_some(NamedSecretFault::ZeroByte));
    faults
}

/// Why the value of a secret that there is cannot be had.
pub fn problem(fault: &SecretFault) -> SecretProblem {
    match fault {
        SecretFault::WithoutSecrets => SecretProblem::WithoutSecrets,
        SecretFault::NoKeys | SecretFault::NoKey { .. } | SecretFault::NoRandomness => SecretProblem::NoKey,
        SecretFault::Damaged | SecretFault::Empty | SecretFault::TooLong | SecretFault::NameTooLong => {
            SecretProblem::Damaged
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_that_is_wrong_with_a_secret_is_told_at_once() {
        assert_eq!(check("API_TOKEN", "hunter2-hunter2", []), []);
        assert_eq!(check("1", "", []), [NamedSecretFault::Name(NamingFault::TooShort), NamedSecretFault::ValueMissing]);
        let taken = NamedSecretFault::NameTaken { by: "API_TOKEN".to_owned() };
        assert_eq!(check("api_token", "x", ["API_TOKEN"]), [taken, NamedSecretFault::ValueShort]);
        assert_eq!(check("API_TOKEN", "hunter2-hunter2", ["API_TOKEN"]), [], "it is set again");
        assert_eq!(check("TOKEN", "         x", []), [NamedSecretFault::ValueShort], "blanks hide nothing");
        assert_eq!(check("TOKEN", "hunter2\0hunter2", []), [NamedSecretFault::ZeroByte]);
        assert_eq!(check("TOKEN", &"x".repeat(MAX_SECRET_LEN + 1), []), [NamedSecretFault::ValueLong]);
        let many: Vec<String> = (0..MAX_NAMED_SECRETS).map(|number| format!("T{number}")).collect();
        let known = || many.iter().map(String::as_str);
        assert_eq!(check("TOKEN", "hunter2-hunter2", known()), [NamedSecretFault::TooMany]);
        assert_eq!(check("T7", "hunter2-hunter2", known()), []);
    }

    #[test]
    fn b4_the_end_of_a_line_is_no_part_of_a_password_but_of_a_key() {
        assert_eq!(straight("hunter2\r\n"), "hunter2");
        assert_eq!(straight("-----BEGIN\r\nabc\r\n"), "-----BEGIN\nabc\n");
        assert_eq!(straight("a\nb"), "a\nb");
    }
}
