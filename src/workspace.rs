//! Whose the folders of the workspace are. Each team has its own, below `workspace/.teams`. Folders that lie directly in the
//! workspace are from before that was so: a file beside them says which teams have each, and only people change it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::OpenOptions;
use std::io::{self, ErrorKind, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Component, Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::data_layout::DataLayout;
use crate::domain::failure_cause::FailureCause;
use crate::domain::ids::TeamId;
use crate::domain::scripts::WorkingFolder;
use crate::regular_file;

/// The file that says whose the old folders are. It lies in the workspace, so that a backup has it.
const FILE: &str = ".given.json";

/// The most bytes of that file.
const MAX_NAME_LEN: u64 = 16 * 1024 * 1024;

/// Which teams have which of the old folders.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FolderOwners(BTreeMap<String, BTreeSet<TeamId>>);

/// Where the script of a team works.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScriptFolder {
    /// A folder that is the team's.
    pub base: PathBuf,
    /// The wanted folder: in the base, or an absolute path of the machine.
    pub wanted: Option<String>,
    /// What else of the workspace is the team's.
    pub others: Vec<PathBuf>,
}

impl FolderOwners {
    /// Reads it; nothing if it was not written yet.
    pub fn read(folders: &DataLayout) -> io::Result<Option<Self>> {
        match regular_file::read(&folders.workspace().join(FILE), MAX_NAME_LEN) {
            Ok(text) => Ok(Some(serde_json::from_slice(&text)?)),
            Err(problem) if problem.kind() == ErrorKind::NotFound => Ok(None),
            Err(problem) => Err(problem),
        }
    }

    /// Writes it, whole or not at all.
    pub fn write(&self, folders: &DataLayout) -> io::Result<()> {
        let workspace = folders.workspace();
        let aside = workspace.join(format!("{FILE}.new"));
        let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&aside)?;
        file.write_all(&serde_json::to_vec(self)?)?;
        file.sync_all()?;
        std::fs::rename(aside, workspace.join(FILE))?;
        std::fs::File::open(workspace)?.sync_all()
    }

    /// Every old folder that there is now, with the teams that name it in a working folder.
    pub fn found(folders: &DataLayout, named: &[WorkingFolder]) -> io::Result<Self> {
        let mut given: BTreeMap<String, BTreeSet<TeamId>> =
            old_folders(folders)?.into_iter().map(|folder| (folder, BTreeSet::new())).collect();
        for WorkingFolder { team, folder: wanted } in named {
            if let Some((first, _)) = parted(wanted)
                && let Some(teams) = given.get_mut(first)
            {
                teams.insert(*team);
            }
        }
        Ok(Self(given))
    }

    /// Gives a folder to one team alone; `false` if there is no such folder.
    pub fn give(&mut self, folder: &str, team: TeamId) -> bool {
        self.0.get_mut(folder).is_some_and(|teams| {
            *teams = BTreeSet::from([team]);
            true
        })
    }

    /// The folders that several teams have, and those that none has.
    pub fn unsettled(&self) -> impl Iterator<Item = (&str, &BTreeSet<TeamId>)> {
        self.0.iter().filter(|(_, teams)| teams.len() != 1).map(|(folder, teams)| (folder.as_str(), teams))
    }

    /// Where a script of this team works that wants that folder.
    pub fn place(
        &self,
        folders: &DataLayout,
        team: TeamId,
        wanted: Option<&str>,
    ) -> Result<ScriptFolder, FailureCause> {
        if let Some(wanted) = wanted.filter(|wanted| wanted.split('/').any(|part| part == "..")) {
            return Err(FailureCause::FolderClimbs { folder: wanted.to_owned() });
        }
        let old: Vec<PathBuf> = self
            .0
            .iter()
            .filter(|(_, teams)| teams.contains(&team))
            .map(|(folder, _)| folders.workspace().join(folder))
            .collect();
        let own = folders.team(team);
        let named = wanted.and_then(parted).map(|(first, rest)| (folders.workspace().join(first), rest));
        match named.filter(|(first, _)| old.contains(first)) {
            Some((base, rest)) => {
                let others = old.into_iter().filter(|folder| *folder != base).chain([own]).collect();
                Ok(ScriptFolder { base, wanted: Some(rest), others })
            }
            None => Ok(ScriptFolder { base: own, wanted: wanted.map(str::to_owned), others: old }),
        }
    }
}

/// The first part of a relative path, and the rest.
fn parted(wanted: &str) -> Option<(&str, String)> {
    let mut parts = Path::new(wanted).components().filter(|part| *part != Component::CurDir);
    let Component::Normal(first) = parts.next()? else { return None };
    let rest: PathBuf = parts.collect();
    Some((first.to_str()?, rest.to_str()?.to_owned()))
}

/// The folders directly in the workspace, but for those of ours.
fn old_folders(folders: &DataLayout) -> io::Result<Vec<String>> {
    let entries = match std::fs::read_dir(folders.workspace()) {
        Ok(entries) => entries,
        Err(problem) if problem.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        Err(problem) => return Err(problem),
    };
    let folders = entries.flatten().filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir()));
    Ok(folders.filter_map(|entry| entry.file_name().into_string().ok()).filter(|name| name != ".teams").collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s20_an_old_folder_is_of_the_teams_that_name_it_and_every_other_of_one_team() {
        let home = tempfile::tempdir().unwrap();
        let folders = DataLayout::new(home.path()).unwrap();
        let (shop, bank) = (TeamId::from_u128(1), TeamId::from_u128(2));
        for folder in ["shop", "both", "forgotten", ".teams"] {
            std::fs::create_dir_all(folders.workspace().join(folder)).unwrap();
        }
        let named = [(shop, "shop/site"), (shop, "./both"), (bank, "both/x"), (bank, "/srv/shop"), (bank, "new")];
        let mut given = FolderOwners::found(
            &folders,
            &named.map(|(team, folder)| WorkingFolder { team, folder: folder.to_owned() }),
        )
        .unwrap();
        given.write(&folders).unwrap();
        assert_eq!(FolderOwners::read(&folders).unwrap(), Some(given.clone()));
        let unsettled: Vec<_> = given.unsettled().map(|(folder, teams)| (folder, teams.len())).collect();
        assert_eq!(unsettled, [("both", 2), ("forgotten", 0)]);

        let at = |name: &str| folders.workspace().join(name);
        let place = |given: &FolderOwners, team, wanted| given.place(&folders, team, Some(wanted)).unwrap();
        let site = place(&given, shop, "./shop/site");
        assert_eq!((site.base, site.wanted.as_deref()), (at("shop"), Some("site")));
        assert_eq!(site.others, [at("both"), folders.team(shop)]);
        let strange = place(&given, bank, "shop/site");
        assert_eq!((strange.base, strange.wanted.as_deref()), (folders.team(bank), Some("shop/site")));
        assert_eq!(place(&given, bank, "/usr").wanted.as_deref(), Some("/usr"));
        let climbs = FailureCause::FolderClimbs { folder: "x/../../shop".to_owned() };
        assert_eq!(given.place(&folders, bank, Some("x/../../shop")).unwrap_err(), climbs);

        assert!(given.give("both", bank) && !given.give("none", bank));
        assert_eq!(place(&given, shop, "both").base, folders.team(shop));
        assert_eq!(place(&given, bank, "both").wanted.as_deref(), Some(""));
    }
}
