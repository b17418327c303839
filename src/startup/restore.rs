//! A database that was laid ready takes the place of the one that is there. Whoever holds the data folder does it: the server
//! that serves it, the next one that starts, or `tollgate restore` itself.
//!
//! `restore.ready` in the data folder is a whole backup that was looked at and is wanted; who takes it renames it to
//! `restore.taken` and goes on until it is `restore.done`, also after a crash: before the one rename that puts the database in
//! its place nothing has happened, and after it everything else is done again until it is done. `restore.done` says what became
//! of it until somebody was told. What was there stays: the database beside the new one, and what ran after the backup in a
//! folder beside `runs`.

use std::fs::File;
use std::io::{self, ErrorKind, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, bail};
use serde::{Deserialize, Serialize};
use tokio::time::{Instant, sleep};

use super::{DataDirLock, keep};
use crate::archive::{self, DATABASE};
use crate::config::DataConfig;
use crate::domain::execution::Moment;
use crate::domain::ids::RestoreId;
use crate::store::{Store, StoreError, new_id};
use crate::supervise::folder::{RunFolder, SupervisorLock};
use crate::{failpoints, regular_file};

/// The folder of a backup that is wanted.
pub const READY: &str = "restore.ready";
const TAKEN: &str = "restore.taken";
const DONE: &str = "restore.done";
const WANTED: &str = "wanted.json";
const OUTCOME: &str = "outcome.json";
const ANSWER: &str = "restore.answer";

/// What SQLite keeps beside a database until it is closed, and takes for a part of whatever database has its name then.
const BESIDE: [&str; 3] = ["-wal", "-shm", "-journal"];

/// How long others may take to close the database.
const TIMEOUT: Duration = Duration::from_secs(10);
/// How often a server looks whether somebody wants a backup restored.
const POLL_INTERVAL: Duration = Duration::from_millis(500);
/// How often is looked whether they have.
const FAST_POLL: Duration = Duration::from_millis(100);
/// How many executions are asked for at once.
const BATCH_SIZE: usize = 200;

/// What is wanted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RestoreRequest {
    /// Which one it is, so that an answer can be told from an earlier one.
    pub id: RestoreId,
    /// What the names of that which was there end with from now on.
    pub kept_as: String,
}

/// What became of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RestoreOutcome {
    /// Which one it was.
    pub id: RestoreId,
    /// Where what was there is now; or why everything is as it was.
    pub placed: Result<Vec<PathBuf>, String>,
}

impl RestoreOutcome {
    /// Tells whoever waits for it.
    pub fn tell(&self, data: &Path) -> io::Result<()> {
        match &self.placed {
            Ok(kept) => tracing::info!(?kept, "backup restored"),
            Err(why) => tracing::error!(why, "backup not restored"),
        }
        let aside = data.join(format!("{ANSWER}.new"));
        failpoints::reach("restore.answer.before");
        write_private(&aside, &serde_json::to_vec(self)?)?;
        std::fs::rename(aside, data.join(ANSWER))?;
        failpoints::reach("restore.answered");
        forget(data)
    }

    /// What was told about that one, if anything was.
    pub fn of(data: &Path, id: RestoreId) -> Option<Self> {
        let told: Self = serde_json::from_slice(&std::fs::read(data.join(ANSWER)).ok()?).ok()?;
        (told.id == id).then_some(told)
    }

    /// What became of one of which nobody was told yet.
    fn untold(data: &Path) -> io::Result<Option<Self>> {
        match std::fs::read(data.join(DONE).join(OUTCOME)) {
            Ok(text) if let Ok(untold) = serde_json::from_slice(&text) => return Ok(Some(untold)),
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
            // Somebody was told, and died while it was forgotten.
            Ok(_) | Err(_) => forget(data)?,
        }
        Ok(None)
    }
}

/// Writes a file for our own eyes, whatever the umask.
fn write_private(path: &Path, text: &[u8]) -> io::Result<()> {
    regular_file::private().create(true).truncate(true).open(path)?.write_all(text)
}

/// Everybody was told what became of it.
pub fn forget(data: &Path) -> io::Result<()> {
    match archive::remove(&data.join(DONE)) {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        removed => removed,
    }
}

impl RestoreRequest {
    /// A new one, which keeps what is there under a name that nothing has.
    pub fn at(now: Moment, data: &Path, database: &Path) -> Self {
        let at = format!("before-{}", now.format("%Y%m%dT%H%M%S"));
        let is_free = |name: &String| {
            let mut taken = [""].iter().chain(&BESIDE).map(|end| with_end(database, &format!(".{name}{end}")));
            !taken.any(|path| path.exists()) && !data.join(format!("runs.{name}")).exists()
        };
        let more = (2_u32..).map(|number| format!("{at}-{number}"));
        let kept_as = std::iter::once(at.clone()).chain(more).find(is_free).unwrap_or(at);
        Self { id: new_id(), kept_as }
    }

    /// Says so in the folder that was laid, and makes it last.
    pub fn write(&self, laid: &Path) -> io::Result<()> {
        write_private(&laid.join(WANTED), &serde_json::to_vec(self)?)?;
        Ok(rustix::fs::syncfs(File::open(laid)?)?)
    }

    fn read(laid: &Path) -> anyhow::Result<Self> {
        let file = laid.join(WANTED);
        let text = std::fs::read(&file).with_context(|| format!("{} cannot be read", file.display()))?;
        serde_json::from_slice(&text).with_context(|| format!("{} is not whole", file.display()))
    }
}

/// Whether a backup is to take the place of what is there, or did and nobody was told yet.
pub fn is_under_way(data: &Path) -> bool {
    [READY, TAKEN, DONE].iter().any(|folder| data.join(folder).exists())
}

/// Waits until somebody does.
pub async fn until_wanted(data: &Path) {
    let ready = data.join(READY);
    while !matches!(tokio::fs::try_exists(&ready).await, Ok(true)) {
        sleep(POLL_INTERVAL).await;
    }
}

/// Puts what is wanted in its place; nothing if nothing is. What is refused leaves everything as it was, and is wanted no
/// more. An error is one behind the point of no return: the next start goes on. Whoever gets an outcome tells it.
pub async fn place(held: &DataDirLock, data: &DataConfig) -> anyhow::Result<Option<RestoreOutcome>> {
    if let Some(untold) = RestoreOutcome::untold(held.path())? {
        return Ok(Some(untold));
    }
    let (ready, taken) = (held.path().join(READY), held.path().join(TAKEN));
    if !taken.exists() {
        if !ready.exists() {
            return Ok(None);
        }
        std::fs::rename(&ready, &taken)?;
        failpoints::reach("restore.taken");
        sync_folder(held.path())?;
    }
    let wanted = RestoreRequest::read(&taken)?;
    let id = wanted.id;
    let placed = match data.file() {
        Some(database) => Placing { data: held.path(), wanted, taken: &taken, database: &database }.place().await?,
        None => Err("the server that serves here is on PostgreSQL".to_owned()),
    };
    let outcome = RestoreOutcome { id, placed };
    write_private(&taken.join(OUTCOME), &serde_json::to_vec(&outcome)?)?;
    // Every file is where it belongs before anybody takes it for done.
    rustix::fs::syncfs(File::open(held.path())?)?;
    failpoints::reach("restore.files");
    std::fs::rename(&taken, held.path().join(DONE))?;
    failpoints::reach("restore.done");
    sync_folder(held.path())?;
    Ok(Some(outcome))
}

/// One backup on its way.
struct Placing<'p> {
    data: &'p Path,
    taken: &'p Path,
    wanted: RestoreRequest,
    database: &'p Path,
}

impl Placing<'_> {
    /// Answers where what was there is now, or why everything is as it was.
    async fn place(&self) -> anyhow::Result<Result<Vec<PathBuf>, String>> {
        let mut kept_out = Vec::new();
        if self.taken.join(DATABASE).exists() {
            match self.put_database().await {
                Ok(locks) => kept_out = locks,
                Err(refused) => return Ok(Err(format!("{refused:#}"))),
            }
        }
        sync_folder(self.database.parent().unwrap_or(Path::new("/")))?;
        let kept = self.put_files().await?;
        drop(kept_out);
        Ok(Ok(kept))
    }

    /// Answers what keeps supervisors out that are on their way to a script that the backup knows nothing of: they wait for
    /// the lock, and find no folder once that is moved.
    async fn put_database(&self) -> anyhow::Result<Vec<SupervisorLock>> {
        self.can_move_run_folders()?;
        let staged = self.taken.join(DATABASE);
        let mut kept_out = Vec::new();
        for folder in self.unknown_runs(&staged).await? {
            let run = RunFolder::new(&folder);
            let runs = if run.is_started()? {
                run.is_supervised()?
            } else {
                let lock = run.try_lock()?;
                let runs = lock.is_none();
                kept_out.extend(lock);
                runs
            };
            if runs {
                bail!(
                    "a script runs that the backup knows nothing of, in {}: terminate its release task, or wait for it",
                    folder.display()
                );
            }
        }
        if self.database.exists() {
            match settle(self.database).await {
                // Nobody can use it: it is kept as it is, with all that belongs to it.
                Err(error) if error.downcast_ref().is_some_and(StoreError::is_damage) => {}
                settled => settled?,
            }
            failpoints::reach("restore.settled");
            match std::fs::hard_link(self.database, self.kept_database("")) {
                Err(error) if error.kind() != ErrorKind::AlreadyExists => return Err(error.into()),
                Ok(()) | Err(_) => {}
            }
        }
        self.keep_what_is_beside()?;
        failpoints::reach("restore.kept");
        if let Err(error) = put(&staged, self.database) {
            if self.database.exists() {
                std::fs::remove_file(self.kept_database(""))?;
            }
            return Err(error.into());
        }
        failpoints::reach("restore.placed");
        Ok(kept_out)
    }

    /// Behind the point of no return they are renamed into `runs` and out of it, which cannot be done everywhere.
    fn can_move_run_folders(&self) -> anyhow::Result<()> {
        let runs = self.data.join("runs");
        if runs.exists() && std::fs::metadata(&runs)?.dev() != std::fs::metadata(self.data)?.dev() {
            bail!(
                "{} is on another file system than {}, so that run folders cannot be moved from one to the other: have \
                 both on the same one while you restore",
                runs.display(),
                self.data.display()
            );
        }
        Ok(())
    }

    /// A log of changes that outlived its database, which is damaged or was taken away: SQLite would write it into the new one.
    fn keep_what_is_beside(&self) -> io::Result<()> {
        for end in BESIDE {
            let left = with_end(self.database, end);
            match std::fs::rename(left, self.kept_database(end)) {
                Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
                Ok(()) | Err(_) => {}
            }
        }
        Ok(())
    }

    async fn put_files(&self) -> anyhow::Result<Vec<PathBuf>> {
        let names = [""].iter().chain(&BESIDE).map(|end| self.kept_database(end));
        let mut kept: Vec<_> = names.filter(|kept| kept.exists()).collect();
        let aside = self.data.join(format!("runs.{}", self.wanted.kept_as));
        for folder in self.unknown_runs(self.database).await? {
            // The mark of an attempt before its folder, by which both are found again after a crash.
            for path in [RunFolder::new(&folder).mark(), folder] {
                if path.exists() {
                    move_to(&path, &aside.join(path.strip_prefix(self.data.join("runs"))?))?;
                }
            }
        }
        if aside.exists() {
            kept.push(aside);
        }
        let laid = self.taken.join("runs");
        for execution in archive::run_folders(self.taken)? {
            let name = execution.to_string();
            for part in archive::parts(&laid.join(&name))? {
                let there = self.data.join("runs").join(&name).join(&part);
                if !there.exists() {
                    move_to(&laid.join(&name).join(&part), &there)?;
                }
            }
        }
        keep::forget_owner(self.data)?;
        let (laid, workspace) = (self.taken.join("workspace"), self.data.join("workspace"));
        if laid.exists() && !workspace.exists() {
            move_to(&laid, &workspace)?;
        }
        Ok(kept)
    }

    fn kept_database(&self, end: &str) -> PathBuf {
        with_end(self.database, &format!(".{}{end}", self.wanted.kept_as))
    }

    /// The run folders here of which that database knows nothing: they came after it. An attempt that it would start one
    /// day may have their name.
    async fn unknown_runs(&self, database: &Path) -> anyhow::Result<Vec<PathBuf>> {
        let store = Store::connect(&format!("sqlite://{}", database.display())).await?;
        let mut unknown = Vec::new();
        for some in archive::run_folders(self.data)?.chunks(BATCH_SIZE) {
            let known = store.attempts_in(some).await?;
            for execution in some {
                let attempts = known.get(execution);
                for (attempt, folder) in archive::attempts_in(self.data, *execution)? {
                    let is = |known: &crate::store::NamedAttempt| {
                        known.task == attempt.task && known.number == attempt.number
                    };
                    if !attempts.is_some_and(|known| known.iter().any(is)) {
                        unknown.push(folder);
                    }
                }
            }
        }
        store.close().await?;
        settle(database).await?;
        Ok(unknown)
    }
}

/// Makes the file of a database complete without its write-ahead log, which only who has it alone can do.
pub async fn settle(database: &Path) -> anyhow::Result<()> {
    let asked = Instant::now();
    loop {
        let store = Store::connect(&format!("sqlite://{}", database.display())).await?;
        let settled = store.seal().await;
        store.close().await?;
        match settled {
            Ok(true) => return Ok(File::open(database)?.sync_all()?),
            Err(error) if error.is_damage() => return Err(error.into()),
            Ok(false) | Err(_) => {}
        }
        if asked.elapsed() > TIMEOUT {
            bail!("somebody else has {} open: end it and try again", database.display());
        }
        sleep(FAST_POLL).await;
    }
}

/// Renames it, or copies it where that cannot be done, so that it is whole or not there.
fn put(from: &Path, to: &Path) -> io::Result<()> {
    match std::fs::rename(from, to) {
        Err(error) if error.kind() == ErrorKind::CrossesDevices => {}
        renamed => return renamed,
    }
    let aside = to.with_extension("restoring");
    let copied = std::fs::copy(from, &aside)
        .and_then(|_| File::open(&aside)?.sync_all())
        .and_then(|()| std::fs::rename(&aside, to));
    // Either is of no use any more, and is written again or removed with its folder.
    let _ = std::fs::remove_file(if copied.is_ok() { from } else { &aside });
    copied
}

fn move_to(from: &Path, to: &Path) -> io::Result<()> {
    if let Some(folder) = to.parent() {
        std::fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    }
    failpoints::reach("restore.move.before");
    std::fs::rename(from, to)?;
    failpoints::reach("restore.move.after");
    Ok(())
}

fn sync_folder(path: &Path) -> io::Result<()> {
    File::open(path)?.sync_all()
}

fn with_end(path: &Path, end: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(end);
    name.into()
}
