//! Owners and modes of what lies in the data folder: ours is closed to the account of scripts, and what scripts use
//! is theirs, also after that account has changed or a backup was restored.

use std::collections::BTreeSet;
use std::fs::{DirBuilder, File};
use std::io::{self, ErrorKind, Write as _};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context;
use rustix::fs::{AtFlags, Dir, FileType, Gid, Mode, OFlags, Uid, chownat, fstat, openat};
use rustix::process::{getegid, geteuid};
use serde::{Deserialize, Serialize};

use crate::config::DataConfig;
use crate::confine::{Account, Confinement, beside_database};
use crate::data_layout::DataLayout;
use crate::domain::ids::TeamId;
use crate::domain::isolation::SharedFolder;
use crate::executors::Stop;
use crate::regular_file;
use crate::store::Store;
use crate::supervise::folder::RunFolder;
use crate::supervise::modes::Modes;
use crate::supervise::temporary;
use crate::workspace::FolderOwners;

/// Whose the folders of scripts are: a file in the data folder.
const OWNER: &str = "scripts.json";

/// How deep folders are that are given to another account.
const MAX_DEPTH: u32 = 256;

/// How often is looked whether the scripts of the account before have ended.
const POLL_INTERVAL: Duration = Duration::from_secs(1);

/// The account that the folders of scripts belong to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Owner {
    uid: u32,
    gid: u32,
}

impl Owner {
    fn of(account: Option<&Account>) -> Self {
        let own = || Self { uid: geteuid().as_raw(), gid: getegid().as_raw() };
        account.map_or_else(own, |account| Self { uid: account.uid, gid: account.gid })
    }
}

/// Closes what is ours, takes away what scripts left behind, and has the folders of scripts given to their account. Over is what
/// comes back as soon as that is done: at once, unless scripts of another account run still.
pub fn keep(data: &DataConfig, confinement: &Confinement) -> anyhow::Result<Stop> {
    let folders = DataLayout::new(&data.folder)?;
    let account = confinement.account.as_ref();
    close(data, &folders, account).context("what is in the data folder cannot be closed to scripts")?;
    temporary::sweep(&folders.temporaries());
    let (handed, wanted) = (Stop::new(), Owner::of(account));
    let before = owner(&data.folder)?;
    if before.unwrap_or_else(|| Owner::of(None)) == wanted {
        handed.cancel();
        return Ok(handed);
    }
    let running = supervised(&folders);
    if running.is_empty() {
        hand_over(&folders, wanted).context("the folders of scripts cannot be given to their account")?;
        handed.cancel();
        return Ok(handed);
    }
    tracing::warn!(scripts = running.len(), "script start delayed; scripts of the previous account still run");
    tokio::spawn(hand_over_later(folders, running, wanted, handed.clone()));
    Ok(handed)
}

/// Sets the modes of the data folder, of the folders in it that hold those of scripts, of the database and of the key file right again when
/// a script has changed them, which nothing keeps it from under the server's own account.
pub async fn watch_modes(data: DataConfig, keys: PathBuf) {
    let Ok(folders) = DataLayout::new(&data.folder) else { return };
    let databases = data.file().map(|file| beside_database(&file)).unwrap_or_default();
    let fixed =
        [folders.data().to_owned(), folders.runs(), folders.workspace(), folders.teams(), folders.temporaries()];
    let paths: Vec<PathBuf> = fixed.into_iter().chain(databases).chain([keys]).collect();
    let mut known = Modes::of(paths.iter().map(PathBuf::as_path));
    loop {
        tokio::time::sleep(POLL_INTERVAL).await;
        for path in known.restore() {
            tracing::warn!(path = %path.display(), "file mode was changed; reset");
        }
        // What came since, such as the other files of a database.
        known.learn(paths.iter().map(PathBuf::as_path));
    }
}

/// Writes down, once, which teams have the folders that lie directly in the workspace: those whose release tasks name them.
pub async fn settle_workspace(data: &DataConfig, store: &Store) -> anyhow::Result<()> {
    let folders = DataLayout::new(&data.folder)?;
    if !folders.workspace().is_dir() || FolderOwners::read(&folders)?.is_some() {
        return Ok(());
    }
    Ok(FolderOwners::found(&folders, &store.working_folders().await?)?.write(&folders)?)
}

/// The folders of the workspace that do not belong to one team, each with the names of its teams.
pub async fn unsettled(data: &DataConfig, store: &Store) -> anyhow::Result<Vec<SharedFolder>> {
    let Some(given) = FolderOwners::read(&DataLayout::new(&data.folder)?)? else { return Ok(Vec::new()) };
    let teams = store.teams().await?;
    let named = |of: &BTreeSet<TeamId>| {
        teams.iter().filter(|team| of.contains(&team.id)).map(|team| team.name.clone()).collect()
    };
    Ok(given.unsettled().map(|(folder, of)| SharedFolder { folder: folder.to_owned(), teams: named(of) }).collect())
}

async fn hand_over_later(folders: DataLayout, mut running: Vec<RunFolder>, wanted: Owner, handed: Stop) {
    while !running.is_empty() {
        tokio::time::sleep(POLL_INTERVAL).await;
        running.retain(|folder| folder.is_supervised().unwrap_or(true));
    }
    loop {
        let asked = folders.clone();
        match tokio::task::spawn_blocking(move || hand_over(&asked, wanted)).await.map_err(io::Error::other).flatten() {
            Ok(()) => break,
            Err(problem) => tracing::error!(%problem, "could not change owner of script folders; will retry"),
        }
        tokio::time::sleep(POLL_INTERVAL).await;
    }
    tracing::info!("scripts of the previous account ended; script start resumed");
    handed.cancel();
}

/// Whose the folders of scripts are, as was written down last.
fn owner(data: &Path) -> io::Result<Option<Owner>> {
    match regular_file::read(&data.join(OWNER), 1024) {
        Ok(text) => Ok(serde_json::from_slice(&text).ok()),
        Err(problem) if problem.kind() == ErrorKind::NotFound => Ok(None),
        Err(problem) => Err(problem),
    }
}

/// From now on nobody knows whose they are: they are given to the account of scripts at the next start.
pub fn forget_owner(data: &Path) -> io::Result<()> {
    match std::fs::remove_file(data.join(OWNER)) {
        Err(problem) if problem.kind() != ErrorKind::NotFound => Err(problem),
        _ => Ok(()),
    }
}

/// Gives everything that scripts use to that account, and writes that down.
fn hand_over(folders: &DataLayout, to: Owner) -> io::Result<()> {
    for top in folders_of_scripts(folders)? {
        match open_folder(&top) {
            Ok(folder) => give(&folder, fstat(&folder)?.st_dev, 0, to)?,
            Err(problem) if problem.kind() == ErrorKind::NotFound => {}
            Err(problem) => return Err(problem),
        }
    }
    let path = folders.data().join(OWNER);
    let aside = path.with_extension("new");
    let mut file = regular_file::private().create(true).truncate(true).open(&aside)?;
    file.write_all(&serde_json::to_vec(&to)?)?;
    file.sync_all()?;
    std::fs::rename(&aside, &path)
}

/// The shared folder of every execution, and every folder of the workspace.
fn folders_of_scripts(folders: &DataLayout) -> io::Result<Vec<PathBuf>> {
    let executions = folders_in(&folders.runs())?;
    let mut found: Vec<PathBuf> = executions.into_iter().map(|execution| execution.join(".work")).collect();
    for folder in folders_in(&folders.workspace())? {
        if folder == folders.teams() { found.extend(folders_in(&folder)?) } else { found.push(folder) }
    }
    Ok(found)
}

fn folders_in(path: &Path) -> io::Result<Vec<PathBuf>> {
    let entries = match std::fs::read_dir(path) {
        Ok(entries) => entries,
        Err(problem) if problem.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        Err(problem) => return Err(problem),
    };
    let folders = entries.flatten().filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir()));
    Ok(folders.map(|entry| entry.path()).collect())
}

fn open_folder(path: &Path) -> io::Result<OwnedFd> {
    Ok(openat(rustix::fs::CWD, path, FOLDER, Mode::empty())?)
}

const FOLDER: OFlags = OFlags::DIRECTORY.union(OFlags::NOFOLLOW).union(OFlags::CLOEXEC).union(OFlags::NONBLOCK);

/// Gives a folder and what is in it, by descriptors: no link is followed, what has several names or is a device is left out,
/// and so is what lies on another file system.
fn give(folder: &OwnedFd, device: u64, depth: u32, to: Owner) -> io::Result<()> {
    own(folder, to)?;
    if depth == MAX_DEPTH {
        tracing::warn!("owner not changed of entries deeper than {MAX_DEPTH} folders");
        return Ok(());
    }
    for entry in Dir::read_from(folder)? {
        let entry = entry?;
        let name = entry.file_name();
        if name == c"." || name == c".." {
            continue;
        }
        let Ok(place) = openat(folder, name, OFlags::PATH | OFlags::NOFOLLOW | OFlags::CLOEXEC, Mode::empty()) else {
            continue;
        };
        let found = fstat(&place)?;
        if found.st_dev != device {
            continue;
        }
        match FileType::from_raw_mode(found.st_mode) {
            FileType::Directory => {
                if let Ok(inner) = openat(folder, name, FOLDER, Mode::empty()) {
                    give(&inner, device, depth + 1, to)?;
                }
            }
            FileType::RegularFile if found.st_nlink > 1 => {}
            FileType::CharacterDevice | FileType::BlockDevice => {}
            _ => own(&place, to)?,
        }
    }
    Ok(())
}

fn own(place: impl AsFd, to: Owner) -> io::Result<()> {
    let (uid, gid) = (Uid::from_raw(to.uid), Gid::from_raw(to.gid));
    Ok(chownat(place, c"", Some(uid), Some(gid), AtFlags::EMPTY_PATH)?)
}

/// The attempts whose scripts are being supervised.
fn supervised(folders: &DataLayout) -> Vec<RunFolder> {
    let within = |folders: Vec<PathBuf>| folders.into_iter().flat_map(|folder| folders_in(&folder).unwrap_or_default());
    let attempts = within(within(folders_in(&folders.runs()).unwrap_or_default()).collect());
    attempts.map(RunFolder::new).filter(|folder| folder.is_supervised().unwrap_or(false)).collect()
}

/// Closes every file of ours to others, and then lets the account of scripts pass through the data folder to what is theirs.
fn close(data: &DataConfig, folders: &DataLayout, account: Option<&Account>) -> io::Result<()> {
    for file in data.file().map(|file| beside_database(&file)).unwrap_or_default() {
        close_file(&file)?;
    }
    // SQLite gives its other files the mode of the first.
    if let Some(file) = data.file().filter(|file| file.parent().is_some_and(Path::is_dir)) {
        let made = regular_file::private().create_new(true).open(file);
        match made {
            Err(problem) if problem.kind() != ErrorKind::AlreadyExists => return Err(problem),
            _ => {}
        }
    }
    let Some(account) = account else { return Ok(()) };
    // Those are opened to scripts, which may run in them at this moment.
    let passable = [folders.runs(), folders.workspace(), folders.teams(), folders.temporaries()];
    for entry in std::fs::read_dir(folders.data())? {
        let path = entry?.path();
        if passable.contains(&path) {
            continue;
        }
        if path.symlink_metadata()?.is_dir() { set_mode(&path, 0o700)? } else { close_file(&path)? }
    }
    for folder in folders_in(&folders.runs())? {
        set_mode(&folder, 0o711)?;
        for task in folders_in(&folder)?.into_iter().filter(|task| !task.ends_with(".work")) {
            set_mode(&task, 0o711)?;
            for attempt in folders_in(&task)? {
                // The script of one that runs goes through its own.
                if RunFolder::new(&attempt).ending()?.is_some() {
                    set_mode(&attempt, 0o700)?;
                }
            }
        }
    }
    for folder in &passable {
        DirBuilder::new().recursive(true).mode(0o711).create(folder)?;
        set_mode(folder, 0o711)?;
    }
    let group = chownat(rustix::fs::CWD, folders.data(), None, Some(Gid::from_raw(account.gid)), AtFlags::empty());
    set_mode(folders.data(), if group.is_ok() { 0o710 } else { 0o711 })
}

fn close_file(path: &Path) -> io::Result<()> {
    match path.symlink_metadata() {
        Ok(found) if found.is_file() && found.mode() & 0o077 != 0 && found.uid() == geteuid().as_raw() => {
            set_mode(path, 0o600)
        }
        Err(problem) if problem.kind() != ErrorKind::NotFound => Err(problem),
        _ => Ok(()),
    }
}

/// Sets the mode of a file or folder, if it has another.
fn set_mode(path: &Path, mode: u32) -> io::Result<()> {
    if path.metadata()?.mode() & 0o7777 == mode {
        return Ok(());
    }
    File::open(path)?.set_permissions(std::fs::Permissions::from_mode(mode))
}
