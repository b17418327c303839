//! The rules of accounts: names, passwords, how long a session lasts.

use std::collections::HashSet;
use std::sync::LazyLock;

use chrono::{DateTime, TimeDelta, Utc};

/// The shortest password.
pub const MIN_PASSWORD_LEN: usize = 8;
/// The longest password: hashing work is bounded.
pub const MAX_PASSWORD_LEN: usize = 128;
/// The name of this program, which is no password.
const PRODUCT: &str = "tollgate";
/// The most used passwords, those of eight characters and more among 20,000 that were found in breaches, in lower case;
/// from Django, whose licence is beside them.
const COMMON_PASSWORDS: &str = include_str!("common_passwords.txt");
/// The longest name of a user, a team or a region.
pub const MAX_NAME_LEN: usize = 64;

/// A session that nobody used for so long is over.
pub const IDLE_LIMIT: TimeDelta = TimeDelta::hours(12);
/// A session is over after so long, used or not.
pub const ABSOLUTE_LIMIT: TimeDelta = TimeDelta::days(7);

/// So many sessions one person has at most; who begins another ends their oldest.
pub const MAX_SESSIONS: u64 = 50;

/// The link that makes the first administrator is good for so long.
pub const SETUP_LIMIT: TimeDelta = TimeDelta::hours(1);

/// Whether a session is over: idle for too long, or too old.
pub fn session_is_over(last_seen: DateTime<Utc>, expires: DateTime<Utc>, now: DateTime<Utc>) -> bool {
    now >= expires || now - last_seen >= IDLE_LIMIT
}

/// What is wrong with a password or with the way it was given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PasswordFault {
    /// Fewer than [`MIN_PASSWORD_LEN`] characters.
    TooShort,
    /// More than [`MAX_PASSWORD_LEN`] characters.
    TooLong,
    /// It is the name of the account, maybe with digits around it.
    IsTheName,
    /// It is the name of this program, maybe with digits around it.
    IsTheProduct,
    /// It is among the passwords that are used most, which whoever guesses tries first.
    TooCommon,
}

/// Whether a password will do for that account.
pub fn check_password(name: &str, password: &str) -> Result<(), PasswordFault> {
    match password.chars().count() {
        count if count < MIN_PASSWORD_LEN => Err(PasswordFault::TooShort),
        count if count > MAX_PASSWORD_LEN => Err(PasswordFault::TooLong),
        _ if password.eq_ignore_ascii_case(name) || is_dressed(password, name) => Err(PasswordFault::IsTheName),
        _ if is_dressed(password, PRODUCT) => Err(PasswordFault::IsTheProduct),
        _ if is_common(password) => Err(PasswordFault::TooCommon),
        _ => Ok(()),
    }
}

/// Whether a password is a word with nothing but digits and signs around it.
fn is_dressed(password: &str, word: &str) -> bool {
    let bare = |text: &str| text.trim_matches(|c: char| !c.is_alphabetic()).to_lowercase();
    let word = bare(word);
    !word.is_empty() && bare(password) == word
}

fn is_common(password: &str) -> bool {
    static COMMON: LazyLock<HashSet<&str>> = LazyLock::new(|| COMMON_PASSWORDS.lines().collect());
    COMMON.contains(password.trim().to_lowercase().as_str())
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

/// The name as it is looked up, at sign-in and everywhere else: neither its case nor white space around it matters, and what
/// cannot be seen is not in it. Two names of which this is the same are one account.
pub fn folded(name: &str) -> String {
    let visible: String = name.chars().filter(|letter| !letter.is_control()).collect();
    visible.trim().to_lowercase()
}

/// Whether both are the name of one account.
pub fn is_same_name(one: &str, other: &str) -> bool {
    folded(one) == folded(other)
}

fn check_name(name: &str, also: impl Fn(char) -> bool) -> Result<(), NameFault> {
    let fits = name.len() <= MAX_NAME_LEN
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
    fn s14_the_most_used_passwords_are_refused() {
        for common in ["password1", "12345678", "Password1", "QWERTYUIOP", "iloveyou ", "trustno1", "1q2w3e4r5t"] {
            assert_eq!(check_password("ann", common), Err(PasswordFault::TooCommon), "{common}");
        }
        for name in ["operator1", "Operator2026!", "123operator"] {
            assert_eq!(check_password("operator", name), Err(PasswordFault::IsTheName), "{name}");
        }
        assert_eq!(check_password("ann7", "ann12345"), Err(PasswordFault::IsTheName));
        for product in ["tollgate", "Tollgate2026", "tollgate!"] {
            assert_eq!(check_password("ann", product), Err(PasswordFault::IsTheProduct), "{product}");
        }
        for good in ["correct horse", "battery staple", "operator of trains", "73920184756"] {
            assert_eq!(check_password("operator", good), Ok(()), "{good}");
        }
        assert_eq!(check_password("1234", "86420975310"), Ok(()), "a name without letters is no word");
        assert!(COMMON_PASSWORDS.lines().count() > 8_000);
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
