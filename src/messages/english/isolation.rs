//! Sentences about how a server keeps scripts from itself.

use super::English;
use crate::domain::isolation::{Confined, Isolation, SharedFolder, WITH_SIGNALS, WITH_TRUNCATE};
use crate::messages::isolation::IsolationSentences;

impl IsolationSentences for English {
    fn confined(&self, confined: Confined) -> &'static str {
        match confined {
            Confined::Wholly => "Confined",
            Confined::InPart => "Confined in part",
            Confined::NotAtAll => "Not confined",
        }
    }

    fn sentences(&self, isolation: &Isolation) -> Vec<String> {
        let mut said =
            vec![format!("Scripts: {}. {}", self.confined(isolation.confined()).to_lowercase(), account(isolation))];
        match isolation.landlock {
            None => {
                said.push("The kernel has no Landlock, or it is switched off.".to_owned());
                if isolation.account.is_some() {
                    said.push(
                        "Teams are not kept from each other: the scripts of one can change the files of another."
                            .to_owned(),
                    );
                }
            }
            Some(version) => {
                said.push(format!(
                    "The kernel keeps the data folder, the database and the program from them (Landlock {version})."
                ));
                if version < WITH_SIGNALS && isolation.account.is_none() {
                    said.push(
                        "This kernel does not keep them from sending signals to the server: that takes Landlock 6."
                            .to_owned(),
                    );
                }
                if version < WITH_TRUNCATE && isolation.account.is_none() {
                    said.push("This kernel does not keep them from emptying files: that takes Landlock 3.".to_owned());
                }
                if !isolation.closed.is_empty() {
                    said.push(format!(
                        "Scripts cannot list {}, nor make anything new directly in there, nor mount anything.",
                        isolation.closed.join(", ")
                    ));
                }
            }
        }
        if isolation.landlock.is_some() && !isolation.fixed.is_empty() {
            said.push(format!(
                "Scripts can make nothing new directly in {}, so that nothing takes the place of the program.",
                isolation.fixed.join(", ")
            ));
        }
        if isolation.account.is_none() && !isolation.as_root && isolation.landlock.is_some() {
            said.push(
                "Not kept from them, since they run under the server's account: changing modes and times of its files, and \
                 whatever listens on a socket file for that account. `sudo` cannot work in them. See --script-user."
                    .to_owned(),
            );
        }
        said.extend(self.shared(isolation));
        said
    }

    fn shared(&self, isolation: &Isolation) -> Vec<String> {
        let sentence = |SharedFolder { folder, teams }: &SharedFolder| {
            let whose = match teams.as_slice() {
                [] => "belongs to no team, so no script reaches it".to_owned(),
                teams => format!("is shared by the teams {}", teams.join(", ")),
            };
            format!(
                "The folder {folder} of the workspace {whose}: `tollgate workspace give {folder} TEAM` gives it to one."
            )
        };
        isolation.shared.iter().map(sentence).collect()
    }
}

fn account(isolation: &Isolation) -> String {
    match &isolation.account {
        Some(account) => format!("They run under the account {account}."),
        None if isolation.as_root => {
            "They run as root, from whom the environment and the processes of the server cannot be \
                                      kept. Give them an account of their own: --script-user NAME."
                .to_owned()
        }
        None => "They run under the account of the server.".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shared_by(teams: &[&str]) -> SharedFolder {
        SharedFolder { folder: "site".to_owned(), teams: teams.iter().map(|team| (*team).to_owned()).collect() }
    }

    #[test]
    fn what_is_not_kept_apart_is_said() {
        let plain = Isolation { landlock: Some(7), ..Isolation::default() };
        let with_account = Isolation { account: Some("builds".to_owned()), ..plain.clone() };
        let said = |isolation: &Isolation| English.sentences(isolation).join("\n");
        assert!(said(&with_account).starts_with("Scripts: confined. They run under the account builds."));
        assert!(said(&plain).contains("confined in part") && said(&plain).contains("`sudo` cannot work"));
        assert!(said(&Isolation { landlock: Some(2), ..plain.clone() }).contains("Landlock 6"));
        assert!(said(&Isolation { landlock: Some(2), ..plain.clone() }).contains("emptying files"));
        assert!(said(&Isolation { landlock: None, ..with_account }).contains("Teams are not kept from each other"));
        assert!(said(&Isolation { landlock: None, ..plain.clone() }).contains("Scripts: not confined."));
        assert!(said(&Isolation { as_root: true, ..plain.clone() }).contains("--script-user"));
        let shared = Isolation { shared: vec![shared_by(&["A", "B"])], ..plain.clone() };
        assert!(said(&shared).contains("is shared by the teams A, B: `tollgate workspace give site TEAM`"));
        let closed = Isolation { closed: vec!["/".to_owned(), "/srv".to_owned()], ..plain };
        assert!(said(&closed).contains("cannot list /, /srv,") && !said(&closed).contains("place of the program"));
        let fixed = Isolation { fixed: vec!["/opt".to_owned()], ..closed };
        assert!(said(&fixed).contains("nothing new directly in /opt, so that nothing takes the place of the program"));
    }
}
