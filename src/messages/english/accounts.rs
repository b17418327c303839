//! Sentences about accounts, sign-in and passwords.

use super::English;
use crate::domain::account::{MAX_PASSWORD_LEN, MIN_PASSWORD_LEN, PasswordFault};
use crate::domain::people::Role;
use crate::messages::accounts::AccountSentences;

impl AccountSentences for English {
    fn promote_instead(&self) -> &'static str {
        "There are accounts already, of which nobody administers. On the server, `tollgate user promote NAME` makes one of \
         them an administrator; the link makes a further account."
    }

    fn user_name_taken(&self) -> &'static str {
        "There is an account of this name already: choose another."
    }

    fn user_name_rule(&self) -> &'static str {
        "1 to 64 letters, digits, “.”, “_”, “-” or “@”, beginning with a letter or digit."
    }

    fn place_name_rule(&self) -> &'static str {
        "1 to 64 letters, digits, “_” or “-”, beginning with a letter."
    }

    fn sign_in_failed(&self) -> &'static str {
        "The name or the password is wrong. Check both and try again."
    }

    fn signed_out(&self) -> &'static str {
        "You are signed out."
    }

    fn wrong_password(&self) -> &'static str {
        "This is not your present password."
    }

    fn not_the_same(&self) -> &'static str {
        "This is not the same password as above."
    }

    fn name_taken(&self) -> &'static str {
        "Another account has this name."
    }

    fn password_rule(&self) -> String {
        format!("{MIN_PASSWORD_LEN} to {MAX_PASSWORD_LEN} characters, not your name, and none that many people use.")
    }

    fn password_fault(&self, fault: PasswordFault) -> String {
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
                "This password is one of those that many people use, and that are guessed first: choose another."
                    .to_owned()
            }
        }
    }

    fn not_held(&self, user: &str, team: &str, role: Role) -> String {
        format!("{user} does not have the role {} in the team {team}", role.word())
    }

    fn last_administrator(&self, user: &str) -> String {
        format!("{user} is the last administrator who may sign in: make another one first")
    }

    fn last_manager(&self, user: &str, team: &str) -> String {
        format!(
            "{user} is the last manager of {team} who may sign in: make another member a manager first, or ask an \
             administrator."
        )
    }

    fn disabled(&self, user: &str) -> String {
        format!("{user} is disabled, and could not sign in with a new password: enable them first")
    }

    fn no_such_user(&self, user: &str, meant: Option<&str>) -> String {
        match meant {
            Some(meant) => format!("there is no user {user:?}; did you mean {meant}?"),
            None => format!("there is no user {user:?}"),
        }
    }

    fn no_such_team(&self, team: &str, meant: Option<&str>) -> String {
        match meant {
            Some(meant) => format!("there is no team {team:?}; did you mean {meant}?"),
            None => format!("there is no team {team:?}: `tollgate team add` makes one"),
        }
    }

    fn too_many_tries(&self, seconds: u64) -> String {
        format!("There were too many tries to sign in. Wait {seconds} s, then try again.")
    }

    fn browser_on(&self, browser: &str, system: &str) -> String {
        format!("{browser} on {system}")
    }

    fn unknown_browser(&self) -> &'static str {
        "Unknown browser"
    }

    fn administrator(&self) -> &'static str {
        "Administrator"
    }
}
