//! Named secrets of teams and environments.

use super::English;
use super::broken_rule::naming_fault;
use crate::domain::named_secrets::{MAX_NAMED_SECRETS, MIN_NAMED_SECRET, NamedSecretFault};
use crate::domain::secrets::MAX_SECRET_LEN;
use crate::messages::named_secrets::NamedSecretSentences;
use crate::messages::secrets::SecretSentences as _;

impl NamedSecretSentences for English {
    fn title(&self, place: &str) -> String {
        format!("Secrets of {place}")
    }

    fn short_title(&self) -> &'static str {
        "Secrets"
    }

    fn lead(&self, is_of_environment: bool) -> &'static str {
        if is_of_environment {
            "Values that the scripts of this environment are given, and nobody is shown. One of the same name of the team stands back."
        } else {
            "Values that tasks and the scripts of environments are given, and nobody is shown."
        }
    }

    fn first(&self, may_manage: bool) -> &'static str {
        if may_manage {
            "A password or a key that work needs is set here once. It stands in no definition, log or page."
        } else {
            "A manager of the team sets the passwords and keys that work needs."
        }
    }

    fn new_secret(&self) -> &'static str {
        "New Secret"
    }

    fn set_again(&self) -> &'static str {
        "Set Again"
    }

    fn forget(&self) -> &'static str {
        "Forget…"
    }

    fn given_to(&self, is_of_environment: bool, for_tasks: bool) -> &'static str {
        match (is_of_environment, for_tasks) {
            (true, true) => "tasks and scripts in this environment",
            (true, false) => "scripts of this environment",
            (false, true) => "tasks and environments of the team",
            (false, false) => "environments of the team",
        }
    }

    fn for_tasks_hint(&self, is_of_environment: bool) -> &'static str {
        if is_of_environment {
            "Tasks that run in this environment. Whoever may edit release tasks of the team can then have it sent anywhere. \
             Otherwise only the scripts of the environment are given it, which managers write."
        } else {
            "Whoever may edit release tasks of the team can then have it sent anywhere. Otherwise only the scripts of \
             environments are given it, which managers write."
        }
    }

    fn new_title(&self, place: &str) -> String {
        format!("New Secret of {place}")
    }

    fn again_title(&self, name: &str) -> String {
        format!("Set {name} Again")
    }

    fn form_lead(&self) -> &'static str {
        "The value is encrypted and shown to nobody, not even to you. What a task writes to its log is kept without it."
    }

    fn value_lost(&self) -> &'static str {
        "Type the value again: it is not given back."
    }

    fn forgetting_title(&self, name: &str) -> String {
        format!("Forget {name}?")
    }

    fn forgetting(&self) -> &'static str {
        "Its value is gone for good. Tasks and scripts that name it fail until it is set again; what runs now goes on with it."
    }

    fn fault(&self, fault: &NamedSecretFault) -> String {
        match fault {
            NamedSecretFault::Name(fault) => format!("The name {}.", naming_fault(fault)),
            NamedSecretFault::NameTaken { by } => {
                format!(
                    "There is a secret named {by} already, in other upper and lower case. Choose another name, or set that one."
                )
            }
            NamedSecretFault::ValueMissing => "The value must not be empty.".to_owned(),
            NamedSecretFault::ValueShort => format!(
                "The value must have at least {MIN_NAMED_SECRET} characters: a shorter one could not be kept out of logs."
            ),
            NamedSecretFault::ValueLong => format!("The value must have at most {MAX_SECRET_LEN} bytes."),
            NamedSecretFault::ZeroByte => "The value must not have a zero byte in it.".to_owned(),
            NamedSecretFault::TooMany => {
                format!("There may be at most {MAX_NAMED_SECRETS} secrets here. Forget one that nothing needs first.")
            }
            NamedSecretFault::NotKept(fault) => self.secret_fault(fault),
        }
    }
}
