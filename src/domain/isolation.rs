//! How a server keeps the scripts that it runs from itself and from each other.

use serde::{Deserialize, Serialize};

/// The version of Landlock from which signals are kept apart.
pub const WITH_SIGNALS: u32 = 6;

/// The version of Landlock from which files cannot be emptied that may not be written.
pub const WITH_TRUNCATE: u32 = 3;

/// What is known when a server starts; told there, and to administrators.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Isolation {
    /// The account that scripts run under, if it is not the server's own.
    pub account: Option<String>,
    /// Whether they run as root.
    pub as_root: bool,
    /// The version of the kernel's Landlock, if it has it.
    pub landlock: Option<u32>,
    /// Folders that scripts cannot list, and in which they can make nothing new.
    pub closed: Vec<String>,
    /// Further folders in which they can make nothing new.
    #[serde(default)]
    pub fixed: Vec<String>,
    /// Old folders of the workspace that several teams use, each with their names.
    #[serde(default)]
    pub shared: Vec<SharedFolder>,
}

/// An old folder of the workspace that does not belong to one team; stored as a pair.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(from = "(String, Vec<String>)", into = "(String, Vec<String>)")]
pub struct SharedFolder {
    /// Its name.
    pub folder: String,
    /// The names of the teams that use it.
    pub teams: Vec<String>,
}

impl From<(String, Vec<String>)> for SharedFolder {
    fn from((folder, teams): (String, Vec<String>)) -> Self {
        Self { folder, teams }
    }
}

impl From<SharedFolder> for (String, Vec<String>) {
    fn from(SharedFolder { folder, teams }: SharedFolder) -> Self {
        (folder, teams)
    }
}

/// How far scripts are kept from the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Confined {
    /// Wholly, but for whoever is root on the machine.
    Wholly,
    /// What is missing is said.
    InPart,
    /// Not at all.
    NotAtAll,
}

impl Isolation {
    /// How far scripts are kept from the server.
    pub const fn confined(&self) -> Confined {
        match (&self.account, self.landlock) {
            (Some(_), Some(WITH_SIGNALS..)) => Confined::Wholly,
            (None, None) => Confined::NotAtAll,
            (Some(_), _) | (None, Some(_)) => Confined::InPart,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shared_folder_is_stored_as_a_pair() {
        let shared = SharedFolder { folder: "site".to_owned(), teams: vec!["A".to_owned()] };
        let stored = serde_json::to_string(&shared).expect("JSON");
        assert_eq!(stored, r#"["site",["A"]]"#);
        assert_eq!(serde_json::from_str::<SharedFolder>(&stored).expect("a folder"), shared);
    }
}
