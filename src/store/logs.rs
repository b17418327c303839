//! Logs that every replica can show: the machine that runs a script adds what it wrote, piece by piece, at the offset that
//! it has in the log. A piece that is added twice is there once.

use std::collections::HashMap;
use std::io::{self, Read as _, Write as _};
use std::ops::Range;

use flate2::Compression;
use flate2::read::ZlibDecoder;
use flate2::write::ZlibEncoder;
use sea_orm::sea_query::{CaseStatement, ExprTrait as _, Func, OnConflict, SimpleExpr};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use tokio::task::spawn_blocking;

use crate::domain::ids::{ReleaseId, TaskRunId};
use crate::runlog::{Extent, KEPT_LEN, SMALLEST_READ};

use super::attempts::AttemptKey;
use super::codec::{column, count};
use super::connect::Store;
use super::entities::log_chunk as chunks;
use super::error::{Result, StoreError};
use super::write::WriteTx;

/// The most rows that one statement adds.
const MAX_ROWS: usize = 64;

/// A log: of a target of an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct LogKey {
    /// The attempt.
    pub attempt: AttemptKey,
    /// Which of its targets: 0 for the first, or the only one.
    pub target: u32,
}

impl From<AttemptKey> for LogKey {
    fn from(attempt: AttemptKey) -> Self {
        Self { attempt, target: 0 }
    }
}

/// What a log grew by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogChunk {
    /// Whose log.
    pub of: LogKey,
    /// The release task, whose pages show it.
    pub release: ReleaseId,
    /// Where the piece begins in the log.
    pub at: u64,
    /// What is in it.
    pub bytes: Vec<u8>,
    /// What of the log is not kept any more: pieces that lie in there go.
    pub dropped: Option<Range<u64>>,
}

/// What became of pieces.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AppendResult {
    /// They are there.
    All,
    /// Some were there already: how long the logs are must be asked again.
    NotAll,
}

/// The end of a log.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LogEnd {
    /// Where it begins in the log.
    pub at: u64,
    /// What is in it.
    pub bytes: Vec<u8>,
}

impl Store {
    /// Adds what logs grew by, all of it or nothing, and tells those who look at their pages elsewhere.
    pub async fn add_to_logs(&self, pieces: Vec<LogChunk>) -> Result<AppendResult> {
        let tx = self.begin_write().await?;
        for piece in &pieces {
            tx.news.log(piece.release);
        }
        let gone: Vec<Condition> = pieces.iter().filter_map(is_dropped).collect();
        let mut rows = aside(move || pieces.iter().map(packed).collect::<Result<Vec<_>>>()).await?;
        let expected = rows.len() as u64;
        let key = [chunks::Column::TaskRunId, chunks::Column::Number, chunks::Column::Target, chunks::Column::BeginsAt];
        let mut added = 0;
        while !rows.is_empty() {
            let rest = rows.split_off(by_one_statement(rows.len()));
            added += chunks::Entity::insert_many(std::mem::replace(&mut rows, rest))
                .on_conflict(OnConflict::columns(key).do_nothing().to_owned())
                .exec_without_returning(&tx.tx)
                .await?;
        }
        if !gone.is_empty() {
            chunks::Entity::delete_many().filter(filled_up(gone)).exec(&tx.tx).await?;
        }
        tx.commit().await?;
        Ok(if added == expected { AppendResult::All } else { AppendResult::NotAll })
    }

    /// How long those logs are here; one of which nothing is here is not among them.
    pub async fn log_lengths(&self, of: &[LogKey]) -> Result<HashMap<LogKey, u64>> {
        if of.is_empty() {
            return Ok(HashMap::new());
        }
        let rows: Vec<(TaskRunId, i32, i32, i64)> = chunks::Entity::find()
            .select_only()
            .columns([chunks::Column::TaskRunId, chunks::Column::Number, chunks::Column::Target])
            .column_as(chunks::Column::EndsAt.max(), "length")
            .filter(filled_up(of.iter().map(|key| is_of(*key)).collect()))
            .group_by(chunks::Column::TaskRunId)
            .group_by(chunks::Column::Number)
            .group_by(chunks::Column::Target)
            .into_tuple()
            .all(&self.reader)
            .await?;
        let length = |(task_run_id, number, target, length)| {
            Ok((key_of(task_run_id, number, target)?, count("log_chunks.ends_at", length)?))
        };
        rows.into_iter().map(length).collect()
    }

    /// Which bytes of a log are here.
    pub async fn log_extent(&self, of: LogKey) -> Result<Extent> {
        // The beginning of a log ends before this place, and what is kept of its end begins behind it once something is dropped.
        let between = offset(KEPT_LEN + SMALLEST_READ);
        let is_early = || chunks::Column::BeginsAt.lt(between);
        let when = |is: SimpleExpr, column: chunks::Column| -> SimpleExpr {
            CaseStatement::new().case(is, column.into_expr()).into()
        };
        let found: Option<(Option<i64>, Option<i64>, Option<i64>)> = chunks::Entity::find()
            .select_only()
            .column_as(SimpleExpr::from(Func::max(when(is_early(), chunks::Column::EndsAt))), "early")
            .column_as(SimpleExpr::from(Func::min(when(is_early().not(), chunks::Column::BeginsAt))), "late")
            .column_as(chunks::Column::EndsAt.max(), "length")
            .filter(is_of(of))
            .into_tuple()
            .one(&self.reader)
            .await?;
        let (early, late, end) = found.unwrap_or_default();
        let end = count("log_chunks.ends_at", end.unwrap_or_default())?;
        let (Some(early), Some(late)) = (early, late) else { return Ok(Extent { dropped: None, end }) };
        let dropped = count("log_chunks.ends_at", early)?..count("log_chunks.begins_at", late)?;
        Ok(Extent { dropped: Some(dropped).filter(|dropped| !dropped.is_empty()), end })
    }

    /// The bytes of a log from an offset on, so many at most.
    pub async fn log_bytes(&self, of: LogKey, from: u64, most: u64) -> Result<Vec<u8>> {
        let until = from.saturating_add(most);
        let rows = chunks::Entity::find()
            .filter(is_of(of))
            .filter(chunks::Column::EndsAt.gt(offset(from)))
            .filter(chunks::Column::BeginsAt.lt(offset(until)))
            .order_by_asc(chunks::Column::BeginsAt)
            .all(&self.reader)
            .await?;
        aside(move || joined(rows, from, until)).await
    }

    /// The last bytes of those logs, so many at most of each: in two queries, however many logs there are.
    pub async fn log_ends(&self, of: &[LogKey], most: u64) -> Result<HashMap<LogKey, LogEnd>> {
        let lengths = self.log_lengths(of).await?;
        if lengths.is_empty() {
            return Ok(HashMap::new());
        }
        let is_last = |(key, length): (&LogKey, &u64)| {
            is_of(*key).add(chunks::Column::EndsAt.gt(offset(length.saturating_sub(most))))
        };
        let rows = chunks::Entity::find()
            .filter(filled_up(lengths.iter().map(is_last).collect()))
            .order_by_asc(chunks::Column::BeginsAt)
            .all(&self.reader)
            .await?;
        let mut of_each: HashMap<LogKey, Vec<chunks::Model>> = HashMap::new();
        for row in rows {
            let key = key_of(row.task_run_id, row.number, row.target)?;
            of_each.entry(key).or_default().push(row);
        }
        let end = move |(key, rows): (LogKey, Vec<chunks::Model>)| {
            let at = lengths.get(&key).copied().unwrap_or_default().saturating_sub(most);
            Ok((key, LogEnd { at, bytes: joined(rows, at, u64::MAX)? }))
        };
        aside(move || of_each.into_iter().map(end).collect()).await
    }
}

/// How many of the rows that are left one statement adds. Each connection keeps the statements that it has prepared, on
/// both its ends: they are to be few, not one for each number of rows.
fn by_one_statement(left: usize) -> usize {
    1 << left.clamp(1, MAX_ROWS).ilog2()
}

/// Any of these. The last one stands there again and again, so that there are few such statements too.
fn filled_up(mut any: Vec<Condition>) -> Condition {
    if let Some(last) = any.last().cloned() {
        any.resize(any.len().next_power_of_two(), last);
    }
    any.into_iter().fold(Condition::any(), Condition::add)
}

impl WriteTx {
    /// How long a log is.
    pub(super) async fn log_length(&self, of: LogKey) -> Result<u64> {
        let length: Option<Option<i64>> = chunks::Entity::find()
            .select_only()
            .column_as(chunks::Column::EndsAt.max(), "length")
            .filter(is_of(of))
            .into_tuple()
            .one(&self.tx)
            .await?;
        count("log_chunks.ends_at", length.flatten().unwrap_or_default())
    }

    /// Adds one piece, and tells those who look at its pages elsewhere.
    pub(super) async fn add_chunk(&self, piece: LogChunk) -> Result<()> {
        self.news.log(piece.release);
        let row = aside(move || packed(&piece)).await?;
        chunks::Entity::insert(row).exec_without_returning(&self.tx).await?;
        Ok(())
    }
}

fn is_dropped(piece: &LogChunk) -> Option<Condition> {
    let dropped = piece.dropped.as_ref()?;
    let lies_there = is_of(piece.of)
        .add(chunks::Column::BeginsAt.gte(offset(dropped.start)))
        .add(chunks::Column::EndsAt.lte(offset(dropped.end)));
    Some(lies_there)
}

fn key_of(task_run_id: TaskRunId, number: i32, target: i32) -> Result<LogKey> {
    let attempt = AttemptKey { task_run_id, number: count("log_chunks.number", number)? };
    Ok(LogKey { attempt, target: count("log_chunks.target", target)? })
}

fn is_of(key: LogKey) -> Condition {
    // Somebody may ask for an attempt that cannot be.
    let number = |number: u32| i32::try_from(number).unwrap_or(i32::MAX);
    Condition::all()
        .add(chunks::Column::TaskRunId.eq(key.attempt.task_run_id))
        .add(chunks::Column::Number.eq(number(key.attempt.number)))
        .add(chunks::Column::Target.eq(number(key.target)))
}

/// An offset as somebody asks for it: there may be nothing.
fn offset(offset: u64) -> i64 {
    i64::try_from(offset).unwrap_or(i64::MAX)
}

/// Where it holds up nobody that something is packed and unpacked.
async fn aside<T: Send + 'static>(work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    spawn_blocking(work).await.map_err(|error| unreadable(&io::Error::other(error)))?
}

fn packed(piece: &LogChunk) -> Result<chunks::ActiveModel> {
    let pack = || {
        let mut packer = ZlibEncoder::new(Vec::new(), Compression::fast());
        packer.write_all(&piece.bytes)?;
        packer.finish()
    };
    Ok(chunks::ActiveModel::from(chunks::Model {
        task_run_id: piece.of.attempt.task_run_id,
        number: column(piece.of.attempt.number),
        target: column(piece.of.target),
        begins_at: column(piece.at),
        ends_at: column(piece.at + piece.bytes.len() as u64),
        data: pack().map_err(|error| unreadable(&error))?,
    }))
}

/// What is in the pieces between two offsets. They follow each other, and only the first and the last reach beyond.
fn joined(rows: Vec<chunks::Model>, from: u64, until: u64) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    for row in rows {
        let (begin, end): (u64, u64) =
            (count("log_chunks.begins_at", row.begins_at)?, count("log_chunks.ends_at", row.ends_at)?);
        let mut piece = Vec::new();
        // A row that says another length than it has must not take all the memory.
        let mut unpacked = ZlibDecoder::new(row.data.as_slice()).take(end.saturating_sub(begin) + 1);
        let length = unpacked.read_to_end(&mut piece).map_err(|error| unreadable(&error))? as u64;
        if end.checked_sub(begin) != Some(length) {
            return Err(unreadable(&io::Error::other(format!("it is {length} bytes long"))));
        }
        let within = |offset: u64| usize::try_from(offset.clamp(begin, end) - begin).unwrap_or(usize::MAX);
        bytes.extend_from_slice(&piece[within(from)..within(until)]);
    }
    Ok(bytes)
}

fn unreadable(error: &io::Error) -> StoreError {
    StoreError::Unreadable { column: "log_chunks.data", found: error.to_string() }
}
