//! The form that changes the roles of a member: the roles that are ticked, and what was told of checkpoints before.

use std::collections::BTreeSet;

use url::form_urlencoded;

use crate::app::{Short, secret};
use crate::domain::people::Role;

/// What was sent.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct SentRoles {
    /// The roles that are ticked.
    pub roles: BTreeSet<Role>,
    /// The mark of the checkpoints that the page told of.
    told: String,
}

impl SentRoles {
    /// Reads a body.
    pub fn read(sent: &[u8]) -> Self {
        let mut form = Self::default();
        for (name, value) in form_urlencoded::parse(sent) {
            match name.as_ref() {
                "role" => form.roles.extend(Role::from_word(&value)),
                "told" => form.told = value.into_owned(),
                _ => {}
            }
        }
        form
    }

    /// Whether the page told of these very checkpoints; of none nothing need be told.
    pub fn knows_of(&self, short: &[Short]) -> bool {
        short.is_empty() || self.told == mark(short)
    }
}

/// The mark of these checkpoints, however many they are.
pub fn mark(short: &[Short]) -> String {
    let all: Vec<String> =
        short.iter().map(|short| format!("{}/{}/{}", short.region, short.release, short.task)).collect();
    secret::hexadecimal(&secret::hashed(&all.join("\n")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::policy::Agreement;

    fn short(task: &str) -> Short {
        let agreement = Agreement { missing: 1, able: 0 };
        Short { region: "eu-west".to_owned(), release: "shop".to_owned(), task: task.to_owned(), agreement }
    }

    #[test]
    fn what_is_no_role_is_nothing() {
        let form = SentRoles::read(b"role=viewer&role=manager&role=viewer&role=owner&other=1");
        assert_eq!(form.roles, BTreeSet::from([Role::Viewer, Role::Manager]));
    }

    #[test]
    fn other_checkpoints_than_were_told_of_are_told_first() {
        let (one, both) = (vec![short("go-live")], vec![short("go-live"), short("sign-off")]);
        let form = SentRoles::read(format!("told={}", mark(&one)).as_bytes());
        assert!(form.knows_of(&[]) && form.knows_of(&one) && !form.knows_of(&both));
        assert!(!SentRoles::default().knows_of(&one));
    }
}
