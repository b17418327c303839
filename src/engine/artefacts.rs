//! Artefacts of attempts on their way: from the machine that built them into the database, and from there to later tasks.

use std::fs::{self, File};
use std::io::{self, Read as _, Seek as _, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};
use tokio::task::spawn_blocking;

use super::host::AttemptHost;
use super::{Engine, RETRY_DELAY, told};
use crate::app::secret::hexadecimal;
use crate::domain::artefacts::{Artefact, ArtefactFault};
use crate::domain::execution::{Execution, TaskRun, TaskState};
use crate::domain::failure_cause::FailureCause;
use crate::executors::FoundFile;
use crate::failpoints;
use crate::store::{ArtefactOwner, KeptArtefact, StoreError};

/// The bytes of a piece.
const PIECE: usize = 1024 * 1024;

impl AttemptHost {
    /// Keeps files, all or none. Waits for a database that is away.
    pub(super) async fn keep_files(&self, mut files: Vec<FoundFile>) -> Result<(), ArtefactFault> {
        loop {
            match self.keep_once(&mut files).await {
                Ok(kept) => return kept,
                Err(StoreError::Fenced) => {
                    tracing::warn!("artefacts discarded; execution was taken over by another replica");
                    // Whoever has it now stops this worker.
                    loop {
                        self.engine.0.spawner.sleep(RETRY_DELAY).await;
                    }
                }
                Err(error) => {
                    tracing::warn!(error = told(&error), "could not keep artefacts; will retry");
                    self.engine.0.spawner.sleep(RETRY_DELAY).await;
                }
            }
        }
    }

    async fn keep_once(&self, files: &mut [FoundFile]) -> Result<Result<(), ArtefactFault>, StoreError> {
        let store = &self.engine.0.app.store;
        let owner = ArtefactOwner { term: &self.term, execution: self.execution, attempt: self.attempt };
        if store.begin_artefacts(owner).await? {
            return Ok(Ok(()));
        }
        let mut kept = Vec::new();
        for (position, file) in (0..).zip(files) {
            let (mut hash, mut at) = (Sha256::new(), 0);
            loop {
                let piece = match piece(file, at).await {
                    Ok(piece) => piece,
                    Err(problem) => return Ok(Err(ArtefactFault::Unreadable { problem: problem.into() })),
                };
                if piece.is_empty() {
                    break;
                }
                hash.update(&piece);
                let length = piece.len() as u64;
                if at + length > file.size {
                    return Ok(Err(ArtefactFault::Changed { path: file.path.clone() }));
                }
                store.add_artefact_bytes(owner, position, at, piece).await?;
                failpoints::reach("artefacts.added");
                at += length;
            }
            if at != file.size {
                return Ok(Err(ArtefactFault::Changed { path: file.path.clone() }));
            }
            kept.push(Artefact { path: file.path.clone(), size: at, sha256: hexadecimal(&hash.finalize()) });
        }
        store.keep_artefacts(owner, &kept, self.engine.0.app.clock.now()).await?;
        failpoints::reach("artefacts.kept");
        Ok(Ok(()))
    }
}

impl Engine {
    /// The artefacts of builds that an execution has done, as files for later tasks: by whom they are made and what is in them
    /// is looked at each time. None where no build has left any.
    pub(super) async fn artefact_folder(&self, execution: &Execution) -> Result<Option<PathBuf>, FailureCause> {
        let is_done = |run: &TaskRun| matches!(run.state, TaskState::Successful { .. });
        let built = |index: usize| execution.spec(index).kind.keeps_artefacts();
        let runs = execution.tasks.iter().enumerate().filter(|(index, run)| is_done(run) && built(*index));
        let runs: Vec<&TaskRun> = runs.map(|(_, run)| run).collect();
        if runs.is_empty() {
            return Ok(None);
        }
        let ids: Vec<_> = runs.iter().map(|run| run.id).collect();
        let mut kept = loop {
            match self.0.app.store.artefacts_of(&ids).await {
                Ok(kept) => break kept,
                Err(error) => self.rest(&error).await,
            }
        };
        let folder = self.0.config.folders.artefacts(execution.id);
        for run in runs {
            let own = kept.remove(&run.id).unwrap_or_default();
            let last = own.iter().map(|one| one.attempt.number).max();
            for one in own.iter().filter(|one| Some(one.attempt.number) == last) {
                let path = folder.join(&run.name).join(&one.artefact.path);
                let made = self.put(one, &folder, path).await;
                made.map_err(|problem| FailureCause::NotRun { problem: problem.into() })?;
            }
        }
        Ok(Some(folder))
    }

    /// Puts a file there, unless it is there as it was built.
    async fn put(&self, kept: &KeptArtefact, folder: &Path, path: PathBuf) -> io::Result<()> {
        let (known, wanted) = (path.clone(), kept.artefact.clone());
        if spawn_blocking(move || is_whole(&known, &wanted)).await.map_err(io::Error::other)? {
            return Ok(());
        }
        let aside = path.with_file_name(format!(".{}.{}", kept.position, std::process::id()));
        let (made, outer) = (aside.clone(), folder.to_owned());
        let mut file = spawn_blocking(move || create(&made, &outer)).await.map_err(io::Error::other)??;
        let mut at = 0;
        while at < kept.artefact.size {
            let piece = loop {
                match self.0.app.store.artefact_bytes(kept.attempt, kept.position, at).await {
                    Ok(piece) => break piece.unwrap_or_default(),
                    Err(error) => self.rest(&error).await,
                }
            };
            if piece.is_empty() {
                return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "the artefact was removed"));
            }
            at += piece.len() as u64;
            file = spawn_blocking(move || file.write_all(&piece).map(|()| file)).await.map_err(io::Error::other)??;
        }
        spawn_blocking(move || fs::rename(aside, path)).await.map_err(io::Error::other)?
    }

    async fn rest(&self, error: &StoreError) {
        tracing::warn!(error = told(error), "could not read artefacts; will retry");
        self.0.spawner.sleep(RETRY_DELAY).await;
    }
}

/// A piece of a file from that byte on; nothing behind its end.
async fn piece(file: &FoundFile, at: u64) -> io::Result<Vec<u8>> {
    let mut file: File = file.file.try_clone()?;
    let read = move || {
        file.seek(io::SeekFrom::Start(at))?;
        let mut piece = Vec::with_capacity(PIECE);
        file.take(PIECE as u64).read_to_end(&mut piece)?;
        Ok(piece)
    };
    spawn_blocking(read).await.map_err(io::Error::other)?
}

/// Makes a file that every account may read, in folders that it may go through.
fn create(path: &Path, outer: &Path) -> io::Result<File> {
    let parent = path.parent().unwrap_or(path);
    fs::create_dir_all(parent)?;
    for folder in parent.ancestors().take_while(|folder| folder.starts_with(outer)) {
        fs::set_permissions(folder, fs::Permissions::from_mode(0o755))?;
    }
    match fs::remove_file(path) {
        Err(problem) if problem.kind() != io::ErrorKind::NotFound => return Err(problem),
        _ => {}
    }
    let file = fs::OpenOptions::new().write(true).create_new(true).open(path)?;
    file.set_permissions(fs::Permissions::from_mode(0o644))?;
    Ok(file)
}

/// Whether a file is there with all its bytes.
fn is_whole(path: &Path, wanted: &Artefact) -> bool {
    let sum = || -> io::Result<String> {
        let mut file = File::open(path)?;
        let (mut hash, mut piece) = (Sha256::new(), vec![0; PIECE]);
        loop {
            match file.read(&mut piece)? {
                0 => break,
                read => hash.update(&piece[..read]),
            }
        }
        Ok(hexadecimal(&hash.finalize()))
    };
    path.symlink_metadata().is_ok_and(|found| found.is_file() && found.len() == wanted.size)
        && sum().is_ok_and(|sum| sum == wanted.sha256)
}
