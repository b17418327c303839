//! Sentences about accounts, sign-in and passwords.

use crate::domain::account::{MAX_PASSWORD_LEN, MIN_PASSWORD_LEN, PasswordFault};
use crate::domain::people::Role;

/// What a user name looks like.
pub const USER_NAME_RULE: &str = "1 to 64 letters, digits, “.”, “_”, “-” or “@”, beginning with a letter or digit.";
/// What the name of a team or region looks like.
pub const PLACE_NAME_RULE: &str = "1 to 64 letters, digits, “_” or “-”, beginning with a letter.";
/// The same for whatever was wrong: it tells nothing about which accounts exist.
pub const SIGN_IN_FAILED: &str = "The name or the password is wrong. Check both and try again.";
/// After signing out.
pub const SIGNED_OUT: &str = "You are signed out.";
/// The field of the present password.
pub const WRONG_PASSWORD: &str = "This is not your present password.";
/// The field that repeats a password.
pub const NOT_THE_SAME: &str = "This is not the same password as above.";
/// After changing the password.
pub const PASSWORD_CHANGED: &str = "Your password is changed, and your other sessions are ended.";
/// After ending a session.
pub const SESSION_ENDED: &str = "The session is ended.";
/// The name of an account is taken.
pub const NAME_TAKEN: &str = "Another account has this name.";

/// The rule for passwords.
pub fn password_rule() -> String {
    format!("{MIN_PASSWORD_LEN} to {MAX_PASSWORD_LEN} characters, not your name, and none that many people use.")
}

/// What is wrong with a password.
pub fn password_fault(fault: PasswordFault) -> String {
    match fault {
        PasswordFault::TooShort => {
            format!("The password is too short: it needs at least {MIN_PASSWORD_LEN} characters.")
        }
        PasswordFault::TooLong => format!("The password is too long: at most {MAX_PASSWORD_LEN} characters."),
        PasswordFault::IsTheName => {
            "The password is the name of the account, as it is or with digits: choose another.".to_owned()
        }
        PasswordFault::IsTheProduct => {
            "The password is the name of this program, as it is or with digits: choose another.".to_owned()
        }
        PasswordFault::TooCommon => {
            "This password is one of those that many people use, and that are guessed first: choose another.".to_owned()
        }
    }
}

/// A role that was to be taken is not held.
pub fn not_held(user: &str, team: &str, role: Role) -> String {
    format!("{user} does not have the role {} in the team {team}", role.word())
}

/// Nobody would be left who may administer.
pub fn last_administrator(user: &str) -> String {
    format!("{user} is the last administrator who may sign in: make another one first")
}

/// A user who is named is not there.
pub fn no_such_user(user: &str) -> String {
    format!("there is no user {user:?}")
}

/// A team that is named is not there.
pub fn no_such_team(team: &str) -> String {
    format!("there is no team {team:?}: `tollgate team add` makes one")
}

/// After ending the other sessions.
pub fn sessions_ended(count: u64) -> String {
    match count {
        0 => "There was no other session.".to_owned(),
        1 => "One other session is ended.".to_owned(),
        count => format!("{count} other sessions are ended."),
    }
}

/// Too many tries to sign in.
pub fn too_many_tries(seconds: u64) -> String {
    format!("There were too many tries to sign in. Wait {seconds} s, then try again.")
}

/// Beside the roles in teams.
pub const ADMINISTRATOR: &str = "Administrator";

/// A browser as people call it, from what it calls itself.
pub fn browser(user_agent: &str) -> String {
    // Every browser claims to be the ones before it: the most particular name comes first.
    const BROWSERS: [(&str, &str); 5] =
        [("Edg/", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari")];
    const SYSTEMS: [(&str, &str); 6] = [
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Windows", "Windows"),
        ("Mac OS X", "macOS"),
        ("Linux", "Linux"),
    ];
    let named =
        |of: &[(&str, &'static str)]| of.iter().find(|(mark, _)| user_agent.contains(mark)).map(|(_, name)| *name);
    match (named(&BROWSERS), named(&SYSTEMS)) {
        (Some(browser), Some(system)) => format!("{browser} on {system}"),
        (Some(browser), None) => browser.to_owned(),
        (None, _) if user_agent.is_empty() => "Unknown browser".to_owned(),
        (None, _) => user_agent.chars().take(60).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn browsers_are_told_by_the_name_that_people_use() {
        let edge =
            "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36 Edg/140.0";
        assert_eq!(browser(edge), "Edge on Windows");
        assert_eq!(
            browser("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"),
            "Firefox on Linux"
        );
        assert_eq!(browser("curl/8.5.0"), "curl/8.5.0");
        assert_eq!(browser(""), "Unknown browser");
    }
}
