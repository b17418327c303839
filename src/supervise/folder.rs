//! The run folder of one attempt: its files, and the three facts that make an attempt start once.
//!
//! | file | written by | says |
//! | --- | --- | --- |
//! | `lock` | supervisor | held: a supervisor lives |
//! | `supervisor.json` | supervisor | which process it is |
//! | `../N.started`, beside folder `N` | supervisor | the script may have been started; never again; which process it is |
//! | `started` | backup | the same, in a folder that was restored while the attempt was under way |
//! | `script`, `outputs`, `log` | supervisor, script | |
//! | `exit.room` | supervisor | nothing: it keeps room for `exit.json`, which it becomes |
//! | `stop` | executor | a person wants it stopped |
//! | `exit.json` | supervisor | how it ended; everything before it is complete |
//! | `supervisor.log` | supervisor | why it could not do its work |
//!
//! The script may remove any file of the folder, since it finds it by its own name (`$0`): it is not started again for
//! that, and not taken for lost while its supervisor lives.

use std::fs::{File, OpenOptions};
use std::io::{self, ErrorKind, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use rustix::fs::{FallocateFlags, FlockOperation, OFlags, fallocate, flock};
use rustix::io::Errno;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::script_spec::{Ending, Identity};
use crate::domain::failure_cause::IoFault;
use crate::failpoints;
use crate::regular_file::{self, private};

/// How many bytes must be free before a script is started.
const ROOM: u64 = 1024 * 1024;

/// How many bytes are kept for how it ends, outputs and all; more is written if there is room then.
const KEPT: u64 = 64 * 1024;

/// The most bytes of a file that says something in JSON. How a script ended has outputs of a MiB at most, of which each
/// byte may be written as six.
const MAX_JSON_LEN: u64 = 16 * 1024 * 1024;

/// How much of the end of what a supervising process complained about is looked at.
const COMPLAINTS: u64 = 64 * 1024;

/// The run folder of one attempt.
#[derive(Debug, Clone)]
pub struct RunFolder(PathBuf);

/// Proof that this process is the one that supervises; given up when the process ends.
#[derive(Debug)]
pub struct SupervisorLock(#[expect(dead_code, reason = "held for its lock, which closing it gives up")] File);

impl RunFolder {
    /// Names a run folder, which need not exist.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self(path.into())
    }

    /// The path of the folder.
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// The script as a file.
    pub fn script(&self) -> PathBuf {
        self.0.join("script")
    }

    /// Where the script writes its outputs.
    pub fn outputs(&self) -> PathBuf {
        self.0.join("outputs")
    }

    /// The log, in the format of [`crate::runlog`].
    pub fn log(&self) -> PathBuf {
        crate::runlog::path_in(&self.0)
    }

    /// Fails when the disk is about full: a script that is started should find room for its small files and for some log.
    pub fn find_room(&self) -> io::Result<()> {
        let (file, path) = self.open_aside("room")?;
        let found = allocate(&file, ROOM);
        std::fs::remove_file(path)?;
        found
    }

    /// Keeps room for how the script ends, whatever fills the disk meanwhile; needs the lock.
    pub fn keep_room(&self, _lock: &SupervisorLock) -> io::Result<()> {
        allocate(&regular_file::open_with(private().create(true).truncate(true), &self.0.join("exit.room"))?, KEPT)
    }

    /// Takes the lock; nothing if another process has it.
    pub fn try_lock(&self) -> io::Result<Option<SupervisorLock>> {
        let file = regular_file::open_with(private().create(true).truncate(false), &self.0.join("lock"))?;
        Ok(try_flock(&file, FlockOperation::NonBlockingLockExclusive)?.then_some(SupervisorLock(file)))
    }

    /// Whether a supervisor lives: it holds the lock, which is taken shared for an instant, so that askers do not see each
    /// other. Where a script removed or replaced that, it is asked whether the process lives.
    pub fn is_supervised(&self) -> io::Result<bool> {
        let is_locked = match regular_file::open(&self.0.join("lock")) {
            Ok(file) => !try_flock(&file, FlockOperation::NonBlockingLockShared)?,
            Err(problem) if problem.kind() == ErrorKind::NotFound || lasts(&problem) => false,
            Err(problem) => return Err(problem),
        };
        let lives = || self.identity().is_some_and(|identity| identity.living().is_some());
        Ok(is_locked || (self.0.try_exists()? && lives()))
    }

    /// Says for ever that the script may have been started; needs the lock.
    pub fn mark_started(&self, _lock: &SupervisorLock, identity: &Identity) -> io::Result<()> {
        let mut mark = private().create_new(true).open(self.mark())?;
        mark.write_all(&serde_json::to_vec(identity)?)?;
        mark.sync_all()?;
        // The engine made the folder and those around it, of the task and of the execution, and made nothing of it last.
        self.0.ancestors().take(4).try_for_each(sync_folder)
    }

    /// Whether the script may have been started.
    pub fn is_started(&self) -> io::Result<bool> {
        Ok(regular_file::is_anything(&self.mark())? || regular_file::is_anything(&self.0.join("started"))?)
    }

    /// What says for ever that the script may have been started: where no script tidies up.
    pub fn mark(&self) -> PathBuf {
        let mut name = self.0.as_os_str().to_owned();
        name.push(".started");
        name.into()
    }

    /// Says which process supervises; needs the lock.
    pub fn write_identity(&self, _lock: &SupervisorLock, identity: &Identity) -> io::Result<()> {
        let (_, temporary) = self.write_aside("supervisor.json", identity)?;
        std::fs::rename(temporary, self.0.join("supervisor.json"))
    }

    /// Which process supervises, or did, if that is known.
    pub fn identity(&self) -> Option<Identity> {
        // A script can have done anything to the second, but then the first is whole.
        read_json(&self.mark()).or_else(|_| read_json(&self.0.join("supervisor.json"))).ok()
    }

    /// Writes down that the script is to be stopped, for good.
    pub fn write_stop(&self) -> io::Result<()> {
        if self.is_stop_asked()? {
            return Ok(());
        }
        regular_file::open_with(private().create(true).truncate(false), &self.0.join("stop"))?.sync_all()?;
        sync_folder(&self.0)
    }

    /// Whether the script is to be stopped.
    pub fn is_stop_asked(&self) -> io::Result<bool> {
        regular_file::is_anything(&self.0.join("stop"))
    }

    /// Writes down how the script ended, whole or not at all.
    pub fn write_ending(&self, _lock: &SupervisorLock, ending: &Ending) -> io::Result<()> {
        let (room, told) = (self.0.join("exit.room"), self.0.join("exit.json"));
        let text = serde_json::to_vec(ending)?;
        for path in [&room, &told] {
            self.clear_way(path)?;
        }
        let mut file = regular_file::open_with(private().create(true).truncate(false), &room)?;
        file.write_all(&text)?;
        file.set_len(text.len() as u64)?;
        file.sync_all()?;
        failpoints::reach("supervise.aside");
        std::fs::rename(room, told)?;
        sync_folder(&self.0)
    }

    /// How the script ended, if that is known. What a script put there instead says nothing as long as a supervisor lives,
    /// who puts its own in the place of it.
    pub fn ending(&self) -> io::Result<Option<Ending>> {
        let path = self.0.join("exit.json");
        let mut read = read_json(&path);
        if read.as_ref().is_err_and(lasts) {
            if self.is_supervised()? {
                return Ok(None);
            }
            // One that lived when it was read may have put its own there since, and ended.
            read = read_json(&path);
        }
        match read {
            Ok(ending) => Ok(Some(ending)),
            Err(problem) if problem.kind() == ErrorKind::NotFound => Ok(None),
            Err(problem) => {
                let cause = Box::new((&problem).into());
                Err(IoFault::EndingUnreadable { cause }.error(problem.kind()))
            }
        }
    }

    /// Opens the file that takes what a supervising process complains about.
    pub fn open_complaints(&self) -> io::Result<File> {
        regular_file::open_with(private().append(true).create(true), &self.0.join("supervisor.log"))
    }

    /// The last line that a supervising process complained with.
    pub fn last_complaint(&self) -> Option<String> {
        let bytes = regular_file::read_end(&self.0.join("supervisor.log"), COMPLAINTS).ok()?;
        let text = String::from_utf8_lossy(&bytes);
        text.lines().rev().find(|line| !line.trim().is_empty()).map(str::to_owned)
    }

    fn write_aside(&self, name: &str, value: &impl Serialize) -> io::Result<(File, PathBuf)> {
        let (mut file, temporary) = self.open_aside(name)?;
        file.write_all(&serde_json::to_vec(value)?)?;
        Ok((file, temporary))
    }

    /// A file that nobody else opens, whatever writes into the folder beside us.
    fn open_aside(&self, name: &str) -> io::Result<(File, PathBuf)> {
        let path = self.path_aside(name);
        Ok((regular_file::open_with(private().create(true).truncate(true), &path)?, path))
    }

    fn path_aside(&self, name: &str) -> PathBuf {
        static NAMED: AtomicU64 = AtomicU64::new(0);
        let number = NAMED.fetch_add(1, Ordering::Relaxed);
        self.0.join(format!("{name}.{}.{number}", std::process::id()))
    }

    /// Puts aside what a script made where only a file may be.
    fn clear_way(&self, path: &Path) -> io::Result<()> {
        match regular_file::metadata(path) {
            Err(problem) if regular_file::is_no_file(&problem) => std::fs::rename(path, self.path_aside("no-file")),
            Ok(_) => Ok(()),
            Err(problem) if problem.kind() == ErrorKind::NotFound => Ok(()),
            Err(problem) => Err(problem),
        }
    }
}

/// Whether a file will not be there either when it is asked for again: it is none, or nobody may read it.
fn lasts(problem: &io::Error) -> bool {
    regular_file::is_no_file(problem)
        || matches!(problem.kind(), ErrorKind::PermissionDenied | ErrorKind::NotADirectory | ErrorKind::UnexpectedEof)
}

/// Whether something could not be written because there was no room for it.
pub fn is_for_want_of_room(problem: &io::Error) -> bool {
    matches!(problem.kind(), ErrorKind::StorageFull | ErrorKind::QuotaExceeded)
}

/// Takes so much room on the disk, where the file system can.
fn allocate(file: &File, bytes: u64) -> io::Result<()> {
    match fallocate(file, FallocateFlags::empty(), 0, bytes) {
        Ok(()) | Err(Errno::OPNOTSUPP | Errno::NOSYS) => Ok(()),
        Err(problem) => Err(problem.into()),
    }
}

fn try_flock(file: &File, operation: FlockOperation) -> io::Result<bool> {
    match flock(file, operation) {
        Ok(()) => Ok(true),
        Err(Errno::WOULDBLOCK) => Ok(false),
        Err(problem) => Err(problem.into()),
    }
}

fn sync_folder(path: &Path) -> io::Result<()> {
    let at_once = (OFlags::DIRECTORY | OFlags::NONBLOCK).bits().cast_signed();
    OpenOptions::new().read(true).custom_flags(at_once).open(path)?.sync_all()
}

fn read_json<T: DeserializeOwned>(path: &Path) -> io::Result<T> {
    Ok(serde_json::from_slice(&regular_file::read(path, MAX_JSON_LEN)?)?)
}
