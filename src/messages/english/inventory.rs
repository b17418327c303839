//! Sentences about the hosts of an environment.

use crate::domain::environment::EnvironmentField;
use crate::domain::ssh::{InventoryFault, InventoryField, MAX_HOSTS};

/// How an account may be named.
pub(super) const USER_RULE: &str = "Its name has letters, digits, _, - and ., and begins with a letter or _.";

pub(super) fn inventory_fault(fault: &InventoryFault) -> String {
    match fault {
        InventoryFault::Empty => "Name at least one host.".to_owned(),
        InventoryFault::TooMany { count } => {
            format!("An environment may have {MAX_HOSTS} hosts, and these are {count}.")
        }
        InventoryFault::NotAPair { line, text } => format!(
            "Host {line}: behind the name stand pairs such as address=10.0.0.1, port=22, user=deploy or labels=web,par, and \
             {text:?} is none."
        ),
        InventoryFault::UnknownKey { line, key } => {
            format!(
                "Host {line}: {key:?} is unknown. The keys are address, port, user and labels, and those of Ansible."
            )
        }
        InventoryFault::Value { line, field, text } => format!("Host {line}: {}", value(*field, text)),
        InventoryFault::UserMissing { line } => {
            format!("Host {line}: no account is named, in its line or for all.")
        }
        InventoryFault::Twice { line, name } => {
            format!(
                "Host {line}: {name} is in the list already, with another address or account, or in other upper and lower case."
            )
        }
        InventoryFault::Section { line, text } => {
            format!(
                "Line {line}: {text:?} says something other than hosts. Only groups of hosts are read, such as [web]."
            )
        }
    }
}

fn value(field: InventoryField, text: &str) -> String {
    match field {
        InventoryField::Name => {
            format!(
                "{text:?} is no name of a host. It has letters, digits, ., - and _, and begins and ends with a letter or digit."
            )
        }
        InventoryField::Address => {
            format!("{text:?} is neither a name of a host nor an address such as 10.0.0.1 or 2001:db8::1.")
        }
        InventoryField::Port => format!("the port must be 1 to 65535, and is {text:?}."),
        InventoryField::User => format!("no account can be named {text:?}. {USER_RULE}"),
        InventoryField::Label => {
            format!(
                "{text:?} is no label. It has letters, digits, ., -, _, = and /, and begins with a letter or digit."
            )
        }
    }
}

pub(super) fn how_many_fault(of: EnvironmentField, found: &str) -> String {
    let what = if of == EnvironmentField::Batch { "Hosts at a time" } else { "How many may fail" };
    format!("{what} must be all, a number such as 2, or a share such as 25%, and is {found:?}.")
}
