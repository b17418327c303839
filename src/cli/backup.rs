//! `tollgate backup`: a whole copy of an installation on SQLite in one file, while it is served.

use std::fs::File;
use std::io;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use clap::Args;
use rustix::fs::{CWD, RenameFlags, renameat_with};
use rustix::io::Errno;
use tokio::task::spawn_blocking;

use crate::archive::{self, DataFiles, KnownAttempt, KnownAttempts, Manifest, Packed};
use crate::clock::Clock;
use crate::config::DataConfig;
use crate::domain::consistency::Whole;
use crate::failpoints;
use crate::messages::{Locale, counted};
use crate::prune::PruneLock;
use crate::regular_file;
use crate::startup::restore;
use crate::store::Store;

/// How many executions are asked for at once.
const BATCH_SIZE: usize = 200;

/// What to write, and where.
#[derive(Debug, Args)]
pub struct Backup {
    /// The file to write: a tar archive, compressed by gzip, for your own eyes only
    file: PathBuf,
    /// Replace the file if it exists
    #[arg(long, env = "TOLLGATE_BACKUP_OVERWRITE")]
    overwrite: bool,
    /// Leave logs and working folders out: the pages of a restored installation then show no logs
    #[arg(long, env = "TOLLGATE_BACKUP_DATABASE_ONLY")]
    database_only: bool,
    #[command(flatten)]
    data: DataConfig,
}

impl Backup {
    /// Writes it, and says what is in it.
    pub async fn run(self) -> anyhow::Result<()> {
        let data = self.data.resolved()?;
        if data.file().is_none() {
            bail!(
                "this installation is on PostgreSQL: use pg_dump; logs are in the database. If scripts keep something in \
                 workspace, copy that folder on each machine after it (see docs/operations.md)"
            );
        }
        data.find()?;
        let file = std::path::absolute(&self.file)?;
        if !self.overwrite && file.exists() {
            bail!("{} exists: --overwrite replaces it", file.display());
        }
        if let Some(folder) = file.parent().filter(|folder| !folder.is_dir()) {
            bail!("there is no folder {} to write it into", folder.display());
        }
        let aside = Aside::beside(&file)?;
        failpoints::reach("backup.begun");
        let folder = (!self.database_only).then_some(data.folder.as_path());
        // Meanwhile nothing is removed that the copy of the database still has.
        let _lock = match folder {
            Some(folder) if folder.is_dir() => {
                Some(PruneLock::take(folder).await.context("the data folder cannot be locked")?)
            }
            Some(_) | None => None,
        };
        let (manifest, known) = copy(&data.url(), &aside.database, folder).await?;
        failpoints::reach("backup.checked");
        let (aside, packed) = write(aside, manifest.clone(), folder.map(Path::to_owned), known).await?;
        failpoints::reach("backup.written");
        aside.becomes(&file, self.overwrite)?;
        tell(&file, &manifest, &packed)
    }
}

/// Copies the database, and looks whether the copy is whole, and which of the run folders it knows.
async fn copy(url: &str, to: &Path, data: Option<&Path>) -> anyhow::Result<(Manifest, KnownAttempts)> {
    let store = Store::connect_patiently(url).await.context("the database cannot be opened")?;
    let taken_at = Clock::system().now();
    store.copy_into(to).await.context("the database cannot be copied")?;
    failpoints::reach("backup.copied");
    store.close().await?;
    let copy = Store::connect(&format!("sqlite://{}", to.display())).await.context("the copy cannot be opened")?;
    let schema = copy.schema().await.context("the copy cannot be read")?;
    for found in copy.inspect_whole().await.context("the copy cannot be read")? {
        let said = Locale::default().check_report().whole(&found);
        match found {
            Whole::Damaged(_) | Whole::Dangling { .. } => {
                bail!("the copy is not sound, and neither is what it was copied from: {said}")
            }
            Whole::TwoActive { .. }
            | Whole::Numbers { .. }
            | Whole::SharedLock { .. }
            | Whole::LockBehindEnd { .. }
            | Whole::OwnerUnknown { .. }
            | Whole::Overdue { .. } => {
                eprintln!("warning: {said}; `tollgate check` says more");
            }
        }
    }
    let known = match data {
        Some(data) => known(&copy, data).await?,
        None => KnownAttempts::new(),
    };
    copy.close().await?;
    restore::settle(to).await?;
    Ok((Manifest::of(to, taken_at, schema.applied, data.is_some())?, known))
}

async fn known(store: &Store, data: &Path) -> anyhow::Result<KnownAttempts> {
    let mut known = KnownAttempts::new();
    for some in archive::run_folders(data)?.chunks(BATCH_SIZE) {
        for (execution, attempts) in store.attempts_in(some).await? {
            let named = attempts.into_iter().map(|it| (KnownAttempt { task: it.task, number: it.number }, it.live));
            known.insert(execution, named.collect());
        }
    }
    Ok(known)
}

/// Writes the archive and makes it last.
async fn write(
    aside: Aside,
    manifest: Manifest,
    data: Option<PathBuf>,
    known: KnownAttempts,
) -> anyhow::Result<(Aside, Packed)> {
    let written = spawn_blocking(move || {
        let data = data.as_deref().map(|folder| DataFiles { folder, known: &known });
        let (_, packed) = archive::pack(aside.file.try_clone()?, &manifest, &aside.database, data)?;
        aside.file.sync_all()?;
        io::Result::Ok((aside, packed))
    });
    written.await?.context("the archive cannot be written")
}

fn tell(file: &Path, manifest: &Manifest, packed: &Packed) -> anyhow::Result<()> {
    let size = std::fs::metadata(file)?.len();
    tell!("Wrote {} ({size} bytes), whole and checked.", file.display());
    if manifest.files {
        tell!(
            "It holds the database, {} of logs and working folders.",
            counted(usize::try_from(packed.files)?, "file")
        );
    } else {
        tell!("It holds the database; logs and working folders were left out.");
    }
    if packed.torn > 0 {
        tell!("{} cut short by scripts while they were read.", counted(usize::try_from(packed.torn)?, "file"));
    }
    tell!("It does not hold what scripts changed outside the data folder, nor the settings of the server.");
    for left_out in &packed.left_out {
        tell!("Left out: {left_out}.");
    }
    if packed.left_out.is_empty() { Ok(()) } else { Err(NotWhole(packed.left_out.len()).into()) }
}

/// Why a backup that was made is not the whole of what there was; the program ends with [`NotWhole::STATUS`].
#[derive(Debug, thiserror::Error)]
#[error("the backup was made, and {} not in it: see the lines above", if *.0 == 1 { "1 thing is".to_owned() } else { format!("{} things are", .0) })]
pub struct NotWhole(usize);

impl NotWhole {
    /// The status that the program ends with.
    pub const STATUS: u8 = 3;
}

/// The files that are written beside the one that is wanted, and go away if it never comes so far.
struct Aside {
    file: File,
    path: PathBuf,
    database: PathBuf,
}

impl Aside {
    fn beside(wanted: &Path) -> anyhow::Result<Self> {
        let named = |end: &str| {
            let mut name = wanted.as_os_str().to_owned();
            name.push(end);
            PathBuf::from(name)
        };
        let (path, database) = (named(".part"), named(".part.db"));
        let file = regular_file::private()
            .create(true)
            .truncate(false)
            .open(&path)
            .with_context(|| format!("{} cannot be written", path.display()))?;
        // What was there when it was opened may have become the backup of another since.
        if file.try_lock().is_err() || !is_at(&file, &path)? {
            bail!("another backup is being written to {}", wanted.display());
        }
        file.set_len(0)?;
        regular_file::private()
            .create(true)
            .truncate(true)
            .open(&database)
            .with_context(|| format!("{} cannot be written", database.display()))?;
        Ok(Self { file, path, database })
    }

    fn becomes(&self, wanted: &Path, overwrite: bool) -> anyhow::Result<()> {
        std::fs::remove_file(&self.database)?;
        let made = if overwrite { std::fs::rename(&self.path, wanted) } else { put_new(&self.path, wanted) };
        made.with_context(|| format!("{} cannot be made", wanted.display()))?;
        failpoints::reach("backup.renamed");
        let folder = wanted.parent().unwrap_or(Path::new("/"));
        Ok(File::open(folder)?.sync_all()?)
    }
}

impl Drop for Aside {
    fn drop(&mut self) {
        // What cannot be removed is written over by the next backup; and the name may be that one's already.
        if is_at(&self.file, &self.path).unwrap_or(false) {
            let _ = std::fs::remove_file(&self.database);
            let _ = std::fs::remove_file(&self.path);
        }
    }
}

/// Renames it to a name that nothing has.
fn put_new(part: &Path, wanted: &Path) -> io::Result<()> {
    match renameat_with(CWD, part, CWD, wanted, RenameFlags::NOREPLACE) {
        // As NFS and many file systems in user space say.
        Err(Errno::INVAL | Errno::NOSYS | Errno::OPNOTSUPP) => link_new(part, wanted),
        renamed => Ok(renamed?),
    }
}

/// The same in two steps: a link replaces nothing either.
fn link_new(part: &Path, wanted: &Path) -> io::Result<()> {
    std::fs::hard_link(part, wanted)?;
    std::fs::remove_file(part)
}

fn is_at(file: &File, path: &Path) -> io::Result<bool> {
    let found = file.metadata()?;
    Ok(std::fs::metadata(path).is_ok_and(|there| (there.dev(), there.ino()) == (found.dev(), found.ino())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_backup_takes_no_name_that_something_has() {
        let folder = tempfile::tempdir().unwrap();
        let (part, wanted) = (folder.path().join("part"), folder.path().join("wanted"));
        for put in [put_new, link_new] {
            std::fs::write(&part, "new").unwrap();
            std::fs::write(&wanted, "old").unwrap();
            assert_eq!(put(&part, &wanted).unwrap_err().kind(), io::ErrorKind::AlreadyExists);
            assert_eq!(std::fs::read_to_string(&wanted).unwrap(), "old");
            std::fs::remove_file(&wanted).unwrap();
            put(&part, &wanted).unwrap();
            assert_eq!(std::fs::read_to_string(&wanted).unwrap(), "new");
            assert!(!part.exists());
        }
    }
}
