//! `tollgate restore`: puts a backup in the place of what is there, whole or not at all, also while it is served.

use std::fs::{DirBuilder, File};
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, anyhow, bail};
use clap::Args;
use tokio::task::spawn_blocking;
use tokio::time::{Instant, sleep};

use crate::archive::{self, DATABASE, Manifest};
use crate::clock::Clock;
use crate::config::{DataConfig, KeyConfig};
use crate::domain::consistency::Whole;
use crate::domain::event::AccountEvent;
use crate::domain::execution::Moment;
use crate::domain::ids::RestoreId;
use crate::domain::secrets::KeyId;
use crate::failpoints;
use crate::keyring;
use crate::messages::{Locale, moment};
use crate::startup::DataDirLock;
use crate::startup::restore::{self, READY, RestoreOutcome, RestoreRequest};
use crate::store::{Stamp, Store};

/// How long a server that serves here may take until it takes what is wanted.
const TIMEOUT: Duration = Duration::from_mins(1);

/// How often is looked whether it has.
const FAST_POLL: Duration = Duration::from_millis(50);

/// What to restore, and where.
#[derive(Debug, Args)]
pub struct Restore {
    /// A file that `tollgate backup` wrote
    file: PathBuf,
    /// Put it in the place of the database that is there, which is kept under another name
    #[arg(long, env = "TOLLGATE_RESTORE_REPLACE")]
    replace: bool,
    /// Bring the restored database up to date, if the backup is of an earlier version
    #[arg(long, env = "TOLLGATE_MIGRATE")]
    migrate: bool,
    #[command(flatten)]
    data: DataConfig,
    #[command(flatten)]
    keys: KeyConfig,
}

impl Restore {
    /// Looks at all of it first, then puts it in its place, and says how that went.
    pub async fn run(self) -> anyhow::Result<()> {
        let data = self.data.resolved()?;
        let keys = self.keys.file(&data);
        let Some(database) = data.file() else {
            bail!("this installation is on PostgreSQL: use pg_restore (see docs/operations.md)");
        };
        // Before a folder is made: one that fails makes nothing.
        File::open(&self.file).with_context(|| format!("{} cannot be restored", self.file.display()))?;
        data.prepare().with_context(|| format!("the data folder {} cannot be used", data.folder.display()))?;
        let alone = Alone::takes(&data.folder)?;
        if restore::is_under_way(&data.folder) {
            finish(&data).await?;
        }
        if database.exists() && !self.replace {
            bail!(
                "there is a database at {}: --replace keeps it under another name and takes its place",
                database.display()
            );
        }
        let laid = Laid::begin(&data.folder, alone)?;
        let (file, into) = (self.file.clone(), laid.folder.clone());
        let manifest = spawn_blocking(move || archive::unpack(&file, &into))
            .await?
            .with_context(|| format!("{} cannot be restored", self.file.display()))?;
        failpoints::reach("restore.unpacked");
        let Looked { behind, needs } = look(&laid.folder.join(DATABASE), manifest.taken_at, self.migrate)
            .await
            .with_context(|| format!("{} cannot be restored", self.file.display()))?;
        let lacks = lacks(needs, &keys)?;
        failpoints::reach("restore.looked");
        let wanted = RestoreRequest::at(Clock::system().now(), &data.folder, &database);
        wanted.write(&laid.folder).context("what is to be restored cannot be written")?;
        if behind && DataDirLock::take_patiently(&data.folder).await?.is_none() {
            bail!("the backup is of an earlier version, and a server runs here: say --migrate");
        }
        if let Some(said) = &lacks
            && !self.keys.without_secrets
            && DataDirLock::take_patiently(&data.folder).await?.is_none()
        {
            bail!("a server runs here, which would not start again: {said}");
        }
        failpoints::reach("restore.laid");
        laid.is_wanted()?;
        let kept =
            ended(&data, &laid, wanted.id).await?.placed.map_err(|why| anyhow!("nothing was restored: {why}"))?;
        tell(&manifest, &kept, behind);
        if let Some(said) = lacks {
            tell!("{said}");
        }
        Ok(())
    }
}

/// Finishes one that was cut off. Where a server serves, it does that.
async fn finish(data: &DataConfig) -> anyhow::Result<()> {
    let Some(held) = DataDirLock::take_patiently(&data.folder).await? else { bail!(under_way(&data.folder)) };
    let Some(outcome) = restore::place(&held, data).await? else { return Ok(()) };
    restore::forget(&data.folder)?;
    match outcome.placed {
        Ok(kept) => {
            tell!("A restore that was cut off before is finished now.");
            tell_kept(&kept);
        }
        Err(why) => tell!("A restore that was cut off before is given up: {why}"),
    }
    Ok(())
}

fn under_way(data: &Path) -> String {
    format!("another backup is being restored into {}", data.display())
}

/// Puts it in its place, or waits until the server has that serves here.
async fn ended(data: &DataConfig, laid: &Laid, id: RestoreId) -> anyhow::Result<RestoreOutcome> {
    let asked = Instant::now();
    loop {
        if let Some(outcome) = RestoreOutcome::of(&data.folder, id) {
            return Ok(outcome);
        }
        if let Some(held) = DataDirLock::try_take(&data.folder)? {
            if let Some(outcome) = restore::place(&held, data).await? {
                restore::forget(&data.folder)?;
                return Ok(outcome);
            }
            // A server may have told it and ended since that was looked for.
            return RestoreOutcome::of(&data.folder, id).context("somebody took away what was to be restored");
        }
        if asked.elapsed() > TIMEOUT && laid.is_withdrawn() {
            bail!("nothing was restored: the server that serves here did not take it in {} s", TIMEOUT.as_secs());
        }
        sleep(FAST_POLL).await;
    }
}

/// What was seen in a database that may take the place of another.
struct Looked {
    /// Whether it is of an earlier version, and still is.
    behind: bool,
    /// The keys that its secrets need.
    needs: Vec<KeyId>,
}

/// What is said of keys that secrets need and the file lacks, if there are any.
fn lacks(needs: Vec<KeyId>, file: &Path) -> anyhow::Result<Option<String>> {
    let has = keyring::read(file)?.unwrap_or_default().ids();
    let missing: Vec<KeyId> = needs.into_iter().filter(|key| !has.contains(key)).collect();
    Ok((!missing.is_empty()).then(|| Locale::default().secrets().restored_without(file, &missing)))
}

/// Looks whether that database may take the place of another.
async fn look(database: &Path, taken_at: Moment, migrate: bool) -> anyhow::Result<Looked> {
    let store =
        Store::connect(&format!("sqlite://{}", database.display())).await.context("its database cannot be opened")?;
    for found in store.inspect_whole().await.context("its database cannot be read")? {
        let said = Locale::default().check_report().whole(&found);
        match found {
            Whole::Damaged(_) | Whole::Dangling { .. } => bail!("its database is not sound: {said}"),
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
    let schema = store.schema().await.context("its database cannot be read")?;
    if !schema.unknown.is_empty() {
        bail!("its database was made by a newer Tollgate, which knows {}", schema.unknown.join(", "));
    }
    let behind = !schema.missing.is_empty();
    if behind && migrate {
        store.migrate().await.context("its database could not be brought up to date")?;
    }
    store.end_sessions_and_links().await?;
    let tx = store.begin_write().await?;
    tx.account_event(&Stamp::command_line(Clock::system().now()), &AccountEvent::Restored { taken_at }).await?;
    tx.commit().await?;
    let behind = behind && !migrate;
    // One of an earlier version may know no secrets yet.
    let needs = if behind { Vec::new() } else { store.secrets_by_key().await?.into_keys().collect() };
    store.close().await?;
    restore::settle(database).await?;
    Ok(Looked { behind, needs })
}

fn tell(manifest: &Manifest, kept: &[PathBuf], behind: bool) {
    tell!("Restored the backup of {}. Everybody signs in again.", moment(manifest.taken_at, Locale::default()));
    tell_kept(kept);
    if behind {
        tell!("It is of an earlier version: start with `tollgate serve --migrate`.");
    }
}

fn tell_kept(kept: &[PathBuf]) {
    for kept in kept {
        tell!("What was there is kept: {}", kept.display());
    }
}

/// Nobody else restores here until this is dropped or the process ends.
struct Alone(#[expect(dead_code, reason = "held for its lock, which closing it gives up")] File);

impl Alone {
    fn takes(data: &Path) -> anyhow::Result<Self> {
        let lock = File::options().write(true).create(true).truncate(false).open(data.join("restore.lock"))?;
        if lock.try_lock().is_err() {
            bail!(under_way(data));
        }
        Ok(Self(lock))
    }
}

/// The folder that the backup is laid into; gone again unless it is wanted in the end.
struct Laid {
    data: PathBuf,
    folder: PathBuf,
    _alone: Alone,
}

impl Laid {
    fn begin(data: &Path, alone: Alone) -> anyhow::Result<Self> {
        let folder = data.join("restore.new");
        if folder.exists() {
            archive::remove(&folder)?;
        }
        DirBuilder::new().mode(0o700).create(&folder)?;
        Ok(Self { data: data.to_owned(), folder, _alone: alone })
    }

    fn is_wanted(&self) -> anyhow::Result<()> {
        std::fs::rename(&self.folder, self.data.join(READY))?;
        failpoints::reach("restore.ready");
        Ok(File::open(&self.data)?.sync_all()?)
    }

    /// Unless it was taken, it is wanted no more.
    fn is_withdrawn(&self) -> bool {
        std::fs::rename(self.data.join(READY), &self.folder).is_ok()
    }
}

impl Drop for Laid {
    fn drop(&mut self) {
        // What cannot be removed is removed by the next one.
        let _ = archive::remove(&self.folder);
    }
}
