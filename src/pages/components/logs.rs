//! Where the log of an attempt is read from, decided in one place: the run folder of this machine, or what the machine
//! that ran the script has shared in the database. Either is read in windows, never as a whole.

use std::collections::HashMap;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use actix_web::web::{Bytes, block};
use futures_util::{Stream, stream};

use crate::domain::execution::Execution;
use crate::domain::placement::Placement;
use crate::http::Site;
use crate::http::error::HttpError;
use crate::messages::Locale;
use crate::runlog::{self, Chunk, LastLines, PlainCursor, SMALLEST_READ};
use crate::store::{AttemptKey, Backend, LogKey, Store, StoreError};

/// Why there is nothing to show of a log.
#[derive(Debug, thiserror::Error)]
pub enum LogError {
    /// A script put something else in its place, or took the right to read it away.
    #[error("the log cannot be read: {0}")]
    Unreadable(#[source] io::Error),
    /// What any page may meet.
    #[error(transparent)]
    Page(#[from] HttpError),
}

impl From<io::Error> for LogError {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            ErrorKind::InvalidData | ErrorKind::PermissionDenied => Self::Unreadable(error),
            // It may be readable in a moment, say when fewer files are open.
            _ => Self::Page(anyhow::Error::from(error).into()),
        }
    }
}

impl From<StoreError> for LogError {
    fn from(error: StoreError) -> Self {
        Self::Page(error.into())
    }
}

/// The log of one attempt.
pub enum Log {
    /// In the run folder of this machine.
    Here(PathBuf),
    /// In the database: another machine runs it, or ran it.
    Shared(Box<Store>, LogKey),
}

impl Site {
    /// The log of an attempt, wherever it is.
    pub fn log(&self, execution: &Execution, task: usize, attempt: u32) -> Log {
        let run = &execution.tasks[task];
        let path = self.folders.log(execution.id, &run.name, attempt);
        let is_here = match execution.spec(task).kind.placement() {
            Some(Placement::Anywhere) => false,
            Some(Placement::ThisMachine) | None => match self.app.store.backend() {
                Backend::Postgres => path.exists(),
                Backend::Sqlite => true,
            },
        };
        if is_here {
            return Log::Here(path);
        }
        Log::Shared(Box::new(self.app.store.clone()), AttemptKey { task_run_id: run.id, number: attempt }.into())
    }

    /// The last line of the log of each task that runs, and of each that failed: it often says why. By the index of the task.
    pub async fn last_lines(&self, execution: &Execution) -> HashMap<usize, String> {
        let telling = execution.tasks.iter().enumerate().filter_map(|(index, run)| {
            let running = run.state.in_flight().map(|(attempt, _)| attempt);
            let attempt = running.or_else(|| run.state.failure().map(|_| run.attempt))?;
            if !execution.spec(index).kind.has_log() {
                return None;
            }
            Some((index, self.log(execution, index, attempt)))
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
            tokio::task::spawn_blocking(read).await.unwrap_or_default()
        };
        if !shared.is_empty() {
            let keys: Vec<LogKey> = shared.keys().copied().collect();
            // A log that cannot be read now is no reason to show no page.
            let ends = self.app.store.log_ends(&keys, SMALLEST_READ).await.unwrap_or_default();
            let line = |(key, end): (&LogKey, _)| Some((*shared.get(key)?, last_line_of(end)?));
            lines.extend(ends.iter().filter_map(line));
        }
        lines
    }
}

fn last_line_of(end: &crate::store::LogEnd) -> Option<String> {
    runlog::last_line_in(&end.bytes, end.at)
}

impl Log {
    /// How many bytes it has; 0 when there is none yet.
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
            Self::Shared(store, key) => {
                let most = most.max(SMALLEST_READ);
                let bytes = store.log_bytes(*key, offset, most).await?;
                Ok(runlog::lines_from(&bytes, offset, bytes.len() as u64 == most))
            }
        }
    }

    /// Its last lines that end before `end`, or its last lines.
    pub async fn before(&self, end: Option<u64>, most: usize) -> Result<Chunk, LogError> {
        match self {
            Self::Here(path) => match end {
                Some(end) => read(path, move |path| runlog::read_before(path, end, most)).await,
                None => read(path, move |path| runlog::read_tail(path, most)).await,
            },
            Self::Shared(store, key) => {
                let size = self.size().await?;
                let mut window = LastLines::before(end.map_or(size, |end| end.min(size)), most);
                loop {
                    let (start, length) = window.wanted();
                    let bytes = store.log_bytes(*key, start, length).await?;
                    if let Some(chunk) = window.in_bytes(&bytes) {
                        return Ok(chunk);
                    }
                }
            }
        }
    }

    /// The whole of it as text, block by block; the last line says why, if the rest cannot be read.
    pub fn text(self) -> impl Stream<Item = Result<Bytes, HttpError>> {
        stream::try_unfold(Some((self, PlainCursor::default())), |left| async move {
            let Some((log, mut cursor)) = left else { return Ok(None) };
            let Some(offset) = cursor.wants() else { return Ok(None) };
            let chunk = match log.from(offset, PlainCursor::BLOCK).await {
                Ok(chunk) => chunk,
                Err(LogError::Unreadable(problem)) => {
                    return Ok(Some((
                        Bytes::from(format!("{}\n", Locale::default().logs().unreadable(&problem))),
                        None,
                    )));
                }
                Err(LogError::Page(error)) => return Err(error),
            };
            Ok(cursor.text(&chunk).map(|text| (Bytes::from(text), Some((log, cursor)))))
        })
    }
}

/// Reads where waiting for the disk holds up nobody.
async fn read(path: &Path, how: impl FnOnce(&Path) -> io::Result<Chunk> + Send + 'static) -> Result<Chunk, LogError> {
    let path = path.to_owned();
    let chunk = block(move || how(&path)).await.map_err(|error| HttpError::from(anyhow::Error::from(error)))?;
    Ok(chunk?)
}
