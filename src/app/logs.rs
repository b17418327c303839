//! Where the log of an attempt is read from, decided in one place: the run folder of this machine, or what the machine
//! that ran the script has shared in the database. Either is read in windows, never as a whole.

use std::collections::HashMap;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use futures_util::{Stream, stream};
use tokio::task::spawn_blocking;

use super::reads::VisibleRelease;
use super::{App, AppError};
use crate::data_layout::DataLayout;
use crate::domain::execution::Execution;
use crate::domain::placement::{Placement, TargetIndex};
use crate::domain::visible;
use crate::runlog::{self, Chunk, Extent, LogBytes, Matches, PlainCursor, SMALLEST_READ};
use crate::store::{AttemptKey, Backend, LogKey, Store, StoreError};

/// Why there is nothing to show of a log.
#[derive(Debug, thiserror::Error)]
pub enum LogError {
    /// A script put something else in its place, or took the right to read it away.
    #[error("the log cannot be read: {0}")]
    Unreadable(#[source] io::Error),
    /// It may be readable in a moment, say when fewer files are open.
    #[error("the log could not be read: {0}")]
    Failed(#[source] io::Error),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<io::Error> for LogError {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            ErrorKind::InvalidData | ErrorKind::PermissionDenied => Self::Unreadable(error),
            _ => Self::Failed(error),
        }
    }
}

/// An attempt of a task, whose log is asked for.
#[derive(Debug, Clone, Copy)]
pub struct LoggedAttempt<'e> {
    /// The execution.
    pub execution: &'e Execution,
    /// Index of the task.
    pub task: usize,
    /// Number of the attempt.
    pub number: u32,
    /// Which of its hosts, from 0; 0 where it works on none.
    pub host: TargetIndex,
}

/// The log of one attempt.
pub enum Log {
    /// In the run folder of this machine.
    Here(PathBuf),
    /// In the database: another machine runs it, or ran it.
    Shared(Box<Store>, LogKey),
}

impl App {
    /// The log of an attempt of that task, wherever it is; none once it is to be gone, though it may take a while to remove it.
    pub fn log(
        &self,
        folders: &DataLayout,
        of: &VisibleRelease,
        attempt: LoggedAttempt<'_>,
    ) -> Result<Option<Log>, AppError> {
        let execution = of.owned(attempt.execution)?;
        Ok(execution.tasks[attempt.task].log_gone(attempt.number).is_none().then(|| self.find_log(folders, attempt)))
    }

    fn find_log(&self, folders: &DataLayout, attempt: LoggedAttempt<'_>) -> Log {
        let LoggedAttempt { execution, task, number, host } = attempt;
        let run = &execution.tasks[task];
        let path = folders.log(execution.id, &run.name, number);
        let is_here = match (execution.spec(task).kind.placement(), self.store.backend()) {
            (Some(Placement::Anywhere), _) => false,
            (Some(Placement::ThisMachine), Backend::Sqlite) => true,
            // Only where it runs knows where it is; in an environment that is said when it begins.
            (Some(Placement::ThisMachine), Backend::Postgres) | (None, _) => path.exists(),
        };
        if is_here && host == 0 {
            return Log::Here(path);
        }
        let attempt = AttemptKey { task_run_id: run.id, number };
        Log::Shared(Box::new(self.store.clone()), LogKey { attempt, target: host })
    }

    /// The last line of the log of each task that runs, and of each that failed: it often says why. By the index of the task.
    pub async fn last_lines(
        &self,
        folders: &DataLayout,
        of: &VisibleRelease,
        execution: &Execution,
    ) -> Result<HashMap<usize, String>, AppError> {
        let execution = of.owned(execution)?;
        let telling = execution.tasks.iter().enumerate().filter_map(|(index, run)| {
            let running = run.state.in_flight().map(|(attempt, _)| attempt);
            let number = running.or_else(|| run.state.failure().map(|_| run.attempt))?;
            if !execution.spec(index).kind.has_log() || run.log_gone(number).is_some() {
                return None;
            }
            Some((index, self.find_log(folders, LoggedAttempt { execution, task: index, number, host: 0 })))
        });
        let (mut here, mut shared) = (Vec::new(), HashMap::new());
        for (index, log) in telling {
            match log {
                Log::Here(path) => here.push((index, path)),
                Log::Shared(_, key) => {
                    shared.insert(key, index);
                }
            }
        }
        let mut lines: HashMap<usize, String> = if here.is_empty() {
            HashMap::new()
        } else {
            let read = move || here.into_iter().filter_map(|(at, log)| Some((at, runlog::last_line(&log)?))).collect();
            spawn_blocking(read).await.unwrap_or_default()
        };
        if !shared.is_empty() {
            let keys: Vec<LogKey> = shared.keys().copied().collect();
            // A log that cannot be read now is no reason to show no page.
            let ends = self.store.log_ends(&keys, SMALLEST_READ).await.unwrap_or_default();
            let line = |(key, end): (&LogKey, _)| Some((*shared.get(key)?, last_line_of(end)?));
            lines.extend(ends.iter().filter_map(line));
        }
        Ok(lines)
    }
}

fn last_line_of(end: &crate::store::LogEnd) -> Option<String> {
    runlog::last_line_in(&end.bytes, end.at)
}

impl Log {
    /// How many bytes were written to it; 0 when there is none yet.
    pub async fn size(&self) -> Result<u64, LogError> {
        match self {
            Self::Here(path) => Ok(runlog::size(path)?),
            Self::Shared(store, key) => Ok(store.log_lengths(&[*key]).await?.remove(key).unwrap_or_default()),
        }
    }

    /// Whether somebody took it away, with the whole run folder.
    pub fn is_gone(&self) -> bool {
        match self {
            Self::Here(path) => !path.parent().is_some_and(Path::exists),
            Self::Shared(..) => false,
        }
    }

    /// Its lines from `offset` on, looking at no more than so many bytes.
    pub async fn from(&self, offset: u64, most: u64) -> Result<Chunk, LogError> {
        match self {
            Self::Here(path) => read(path, move |path| runlog::read_from(path, offset, most)).await,
            Self::Shared(store, key) => Ok(runlog::forward(&SharedLog { store, key: *key }, offset, most).await?),
        }
    }

    /// Its last lines that end before `end`, or its last lines.
    pub async fn before(&self, end: Option<u64>, most: usize) -> Result<Chunk, LogError> {
        match self {
            Self::Here(path) => read(path, move |path| runlog::read_before(path, end, most)).await,
            Self::Shared(store, key) => Ok(runlog::backward(&SharedLog { store, key: *key }, end, most).await?),
        }
    }

    /// Where the line of that number begins, or the next that is kept, or the log ends.
    pub async fn find_line(&self, number: u64) -> Result<u64, LogError> {
        match self {
            Self::Here(path) => read(path, move |path| runlog::find_line(path, number)).await,
            Self::Shared(store, key) => Ok(runlog::offset_of(&SharedLog { store, key: *key }, number).await?),
        }
    }

    /// The whole of it as text, as the page shows it, block by block.
    pub fn text(self) -> impl Stream<Item = Result<String, LogError>> {
        stream::try_unfold((self, PlainCursor::default()), |(log, mut cursor)| async move {
            let Some(offset) = cursor.wants() else { return Ok(None) };
            let chunk = log.from(offset, PlainCursor::BLOCK).await?;
            let text = cursor.text(&chunk).map(|text| visible::text(&text).into_owned());
            Ok(text.map(|text| (text, (log, cursor))))
        })
    }

    /// The lines in which a text is seen, wherever they are in the log: how many, and so many of the last.
    pub async fn find_text(&self, wanted: String, most: usize) -> Result<Matches, LogError> {
        match self {
            Self::Here(path) => read(path, move |path| runlog::find_text(path, &wanted, visible::text, most)).await,
            Self::Shared(store, key) => {
                Ok(runlog::search(&SharedLog { store, key: *key }, &wanted, visible::text, most).await?)
            }
        }
    }
}

/// A log in the database.
struct SharedLog<'a> {
    store: &'a Store,
    key: LogKey,
}

impl LogBytes for SharedLog<'_> {
    type Error = StoreError;

    fn extent(&self) -> impl Future<Output = Result<Extent, StoreError>> + Send {
        self.store.log_extent(self.key)
    }

    fn bytes(&self, offset: u64, most: u64) -> impl Future<Output = Result<Vec<u8>, StoreError>> + Send {
        self.store.log_bytes(self.key, offset, most)
    }
}

/// Reads where waiting for the disk holds up nobody.
async fn read<T: Send + 'static>(
    path: &Path,
    how: impl FnOnce(&Path) -> io::Result<T> + Send + 'static,
) -> Result<T, LogError> {
    let path = path.to_owned();
    Ok(spawn_blocking(move || how(&path)).await.map_err(io::Error::from)??)
}
