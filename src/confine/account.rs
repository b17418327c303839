//! An account of this machine that scripts run under.

use std::ffi::CString;

use nix::unistd::{User, getgrouplist};
use serde::{Deserialize, Serialize};

/// An account with its groups, by their numbers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// Its name.
    pub name: String,
    /// Its number.
    pub uid: u32,
    /// The number of its own group.
    pub gid: u32,
    /// The numbers of all its groups.
    pub groups: Vec<u32>,
}

/// Why scripts cannot run under an account.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AccountFault {
    /// There is none of that name.
    #[error("there is no account `{0}` on this machine")]
    Unknown(String),
    /// It may do everything.
    #[error("the account `{0}` is root, from whom nothing can be kept")]
    Root(String),
    /// It is the server's own.
    #[error("the server itself runs under the account `{0}`, from which nothing of the server can be kept")]
    Own(String),
    /// The machine does not say.
    #[error("the account `{0}` cannot be looked up: {1}")]
    Unreadable(String, String),
}

impl Account {
    /// Looks up the account of that name for a server that runs under `own`.
    pub fn of_scripts(name: &str, own: u32) -> Result<Self, AccountFault> {
        let unreadable = |problem: String| AccountFault::Unreadable(name.to_owned(), problem);
        let user = User::from_name(name)
            .map_err(|problem| unreadable(problem.to_string()))?
            .ok_or_else(|| AccountFault::Unknown(name.to_owned()))?;
        let (uid, gid) = (user.uid.as_raw(), user.gid.as_raw());
        if uid == 0 {
            return Err(AccountFault::Root(name.to_owned()));
        }
        if uid == own {
            return Err(AccountFault::Own(name.to_owned()));
        }
        let asked = CString::new(name).map_err(|problem| unreadable(problem.to_string()))?;
        let groups = getgrouplist(&asked, user.gid).map_err(|problem| unreadable(problem.to_string()))?;
        Ok(Self { name: name.to_owned(), uid, gid, groups: groups.into_iter().map(nix::unistd::Gid::as_raw).collect() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn root_and_the_servers_own_account_are_refused() {
        let nobody = Account::of_scripts("nobody", 0).unwrap();
        assert!(nobody.uid != 0 && nobody.groups.contains(&nobody.gid));
        assert_eq!(Account::of_scripts("nobody", nobody.uid), Err(AccountFault::Own("nobody".to_owned())));
        assert_eq!(Account::of_scripts("root", 1), Err(AccountFault::Root("root".to_owned())));
        assert_eq!(Account::of_scripts("no such one", 1), Err(AccountFault::Unknown("no such one".to_owned())));
    }
}
