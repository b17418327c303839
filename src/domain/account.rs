//! The rules of accounts: names, passwords, how long a session lasts.

use chrono::{DateTime, TimeDelta, Utc};

/// The shortest password.
pub const SHORTEST_PASSWORD: usize = 8;
/// The longest password: hashing work is bounded.
pub const LONGEST_PASSWORD: usize = 128;
/// The longest name of a user, a team or a region.
pub const LONGEST_NAME: usize = 64;

/// A session that nobody used for so long is over.
pub const IDLE_LIMIT: TimeDelta = TimeDelta::hours(12);
/// A session is over after so long, used or not.
pub const ABSOLUTE_LIMIT: TimeDelta = TimeDelta::days(7);

/// Whether a session is over: idle for too long, or too old.
pub fn session_is_over(last_seen: DateTime<Utc>, expires: DateTime<Utc>, now: DateTime<Utc>) -> bool {
    now >= expires || now - last_seen >= IDLE_LIMIT
}

/// What is wrong with a password or with the way it was given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PasswordFault {
    /// Fewer than [`SHORTEST_PASSWORD`] characters.
    TooShort,
    /// More than [`LONGEST_PASSWORD`] characters.
    TooLong,
    /// It is the name of the account.
    IsTheName,
}

/// Whether a password will do for that account.
pub fn check_password(name: &str, password: &str) -> Result<(), PasswordFault> {
    match password.chars().count() {
        count if count < SHORTEST_PASSWORD => Err(PasswordFault::TooShort),
        count if count > LONGEST_PASSWORD => Err(PasswordFault::TooLong),
        _ if password.eq_ignore_ascii_case(name) => Err(PasswordFault::IsTheName),
        _ => Ok(()),
    }
}

/// A name that will not do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NameFault;

/// Whether a name will do for a user: a letter or digit first, then letters, digits, `.`, `_`, `-`, `@`.
pub fn check_user_name(name: &str) -> Result<(), NameFault> {
    check_name(name, |c| matches!(c, '.' | '_' | '-' | '@'))
}

/// Whether a name will do for a team or a region, which appear in URLs: a letter first, then letters, digits, `_`, `-`.
pub fn check_place_name(name: &str) -> Result<(), NameFault> {
    if !name.starts_with(|c: char| c.is_ascii_alphabetic()) {
        return Err(NameFault);
    }
    check_name(name, |c| matches!(c, '_' | '-'))
}

fn check_name(name: &str, also: impl Fn(char) -> bool) -> Result<(), NameFault> {
    let fits = name.len() <= LONGEST_NAME
        && name.starts_with(|c: char| c.is_ascii_alphanumeric())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || also(c));
    if fits { Ok(()) } else { Err(NameFault) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_has_eight_characters_not_bytes() {
        assert_eq!(check_password("ann", "ééééééé"), Err(PasswordFault::TooShort));
        assert_eq!(check_password("ann", "éééééééé"), Ok(()));
        assert_eq!(check_password("ann", &"x".repeat(128)), Ok(()));
        assert_eq!(check_password("ann", &"x".repeat(129)), Err(PasswordFault::TooLong));
        assert_eq!(check_password("operator", "OPERATOR"), Err(PasswordFault::IsTheName));
    }

    #[test]
    fn names_are_plain() {
        for good in ["ann", "a", "ann.lee@example.org", "2nd"] {
            assert_eq!(check_user_name(good), Ok(()), "{good}");
        }
        for bad in ["", ".ann", "ann lee", "änn", "a/b", "a\n"] {
            assert_eq!(check_user_name(bad), Err(NameFault), "{bad:?}");
        }
        assert_eq!(check_place_name("eu-west"), Ok(()));
        assert_eq!(check_place_name("1st"), Err(NameFault));
        assert_eq!(check_place_name("a.b"), Err(NameFault));
    }
}
