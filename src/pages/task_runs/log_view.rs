//! Windows of a log: its end first, what is before by link, what comes by itself.

use super::handler::Window;
use super::view::{LogLine, LogMore, LogSource, LogTail, LogView};
use super::{Found, html};
use crate::app::{Log, LogError};
use crate::http::error::HttpError;
use crate::messages::Locale;
use crate::pages::components::release_urls::with_query;
use crate::pages::components::{Action, ActionStyle};
use crate::runlog::{self, Chunk, ansi};

/// How many lines a page has.
const MAX_LINES: usize = 1000;
/// How many bytes of HTML they may have together, but one line is always shown.
const MAX_HTML: usize = 512 * 1024;
/// How much of a log that grows is looked at in one refresh.
const MAX_BYTES: u64 = 128 * 1024;

/// The log on the page of the task; checkpoints and waits have none, nor what was never begun.
pub async fn whole(found: &Found, window: Window) -> Result<Option<LogView>, HttpError> {
    let (execution, run) = (&found.execution, found.run());
    if !execution.spec(found.task).kind.has_log() {
        return Ok(None);
    }
    let attempt = found.attempt(window.attempt);
    if run.attempt == 0 && !found.grows(attempt) {
        return Ok(None);
    }
    if let Some(text) = found.logs_removed().await? {
        return Ok(Some(empty(attempt, LogMore { text, ..LogMore::default() })));
    }
    match readable(found, &found.log(attempt)?, window, attempt).await {
        Ok(view) => Ok(Some(view)),
        Err(LogError::Unreadable(problem)) => Ok(Some(empty(attempt, unreadable(&problem)))),
        Err(error) => Err(error.into()),
    }
}

/// A log of which nothing can be shown.
fn empty(attempt: u32, more: LogMore) -> LogView {
    LogView {
        title: Locale::default().logs().title(attempt),
        earlier: None,
        earlier_url: String::new(),
        lines: Vec::new(),
        later: None,
        more,
        download_url: None,
    }
}

/// The end of a log that cannot be read. It is not asked for again: whoever made it something else than a file meant it.
fn unreadable(problem: &std::io::Error) -> LogMore {
    LogMore { text: Locale::default().logs().unreadable(problem), ..LogMore::default() }
}

async fn readable(found: &Found, log: &Log, window: Window, attempt: u32) -> Result<LogView, LogError> {
    let (subject, execution, run) = (&found.subject, &found.execution, found.run());
    let size = log.size().await?;
    let (mut chunk, page) = (log.before(window.before, MAX_LINES).await?, window.before.is_some());
    let own_url = with_query(&subject.urls().task(execution.number, &run.name), &[("attempt", &attempt.to_string())]);
    let more = if page {
        LogMore::default()
    } else if execution.ended_at.is_some() {
        // Nothing is added to it any more.
        end(log)
    } else {
        more(found, log, attempt, &mut chunk, size).await?
    };
    let lines = fitting(&mut chunk);
    let first = chunk.lines.first().filter(|line| line.offset > 0);
    let earlier = first.map(|line| {
        let url = with_query(&own_url, &[("before", &line.offset.to_string())]);
        Action::link(Locale::default().logs().earlier(line.number), format!("{url}#log"))
            .styled(ActionStyle::SmallQuiet)
    });
    let later = page.then(|| {
        Action::link(Locale::default().logs().newest(), format!("{own_url}#log")).styled(ActionStyle::SmallQuiet)
    });
    Ok(LogView {
        title: Locale::default().logs().title(attempt),
        earlier,
        earlier_url: with_query(&own_url, &[("before", "")]),
        lines,
        later,
        more,
        download_url: (run.attempt > 0).then(|| subject.urls().log_download(execution.number, &run.name, attempt)),
    })
}

/// What comes after `from`.
pub async fn after(found: &Found, attempt: u32, from: u64) -> Result<LogTail, HttpError> {
    if let Some(text) = found.logs_removed().await? {
        return Ok(LogTail { lines: Vec::new(), more: LogMore { text, ..LogMore::default() } });
    }
    match readable_after(found, &found.log(attempt)?, attempt, from).await {
        Ok(tail) => Ok(tail),
        Err(LogError::Unreadable(problem)) => Ok(LogTail { lines: Vec::new(), more: unreadable(&problem) }),
        Err(error) => Err(error.into()),
    }
}

async fn readable_after(found: &Found, log: &Log, attempt: u32, from: u64) -> Result<LogTail, LogError> {
    let size = log.size().await?;
    let mut chunk = log.from(from, MAX_BYTES).await?;
    // What was not looked at yet is new, though the log does not grow any more.
    let looked_at = if from.saturating_add(MAX_BYTES) < size { chunk.next } else { size };
    let more = more(found, log, attempt, &mut chunk, looked_at).await?;
    Ok(LogTail { lines: lines(&chunk), more })
}

/// The end of the log: a line that is not ended yet stands there until it is.
async fn more(found: &Found, log: &Log, attempt: u32, chunk: &mut Chunk, size: u64) -> Result<LogMore, LogError> {
    let whole_read = log.size().await? <= size;
    if !found.grows(attempt) && whole_read {
        return Ok(end(log));
    }
    let unfinished = chunk.lines.pop_if(|line| line.partial).map(|line| ansi::plain(&line.text));
    let text = unfinished.filter(|text| !text.trim().is_empty());
    let url = found.subject.urls().log(found.execution.number, &found.run().name, attempt);
    let refresh = with_query(
        &url,
        &[
            ("from", &chunk.next.to_string()),
            ("size", &size.to_string()),
            ("of", &found.execution.id.to_string()),
            ("seen", &found.subject.mark.to_string()),
        ],
    );
    let words = Locale::default().logs();
    let waiting = if attempt > found.run().attempt { words.not_started() } else { words.running() };
    Ok(LogMore { refresh: Some(refresh), behind: !whole_read, text: text.unwrap_or_else(|| waiting.to_owned()) })
}

/// After the last line of a log that is whole, or in place of one that is gone.
fn end(log: &Log) -> LogMore {
    let words = Locale::default().logs();
    let text = if log.is_gone() { words.gone() } else { words.ends() };
    LogMore { text: text.to_owned(), ..LogMore::default() }
}

fn lines(chunk: &Chunk) -> Vec<LogLine> {
    chunk.lines.iter().map(shown).collect()
}

fn shown(line: &runlog::LogEntry) -> LogLine {
    LogLine {
        number: line.number,
        offset: line.offset,
        time: line.at.format("%H:%M:%S").to_string(),
        source: if line.remark { LogSource::Tollgate } else { LogSource::Out },
        html: html::of(&line.text),
    }
}

/// The last of the lines that a page has room for; those before them are left for another page.
fn fitting(chunk: &mut Chunk) -> Vec<LogLine> {
    let (mut lines, mut size) = (Vec::new(), 0);
    for line in chunk.lines.iter().rev().map(shown) {
        size += line.html.len();
        if size > MAX_HTML && !lines.is_empty() {
            break;
        }
        lines.push(line);
    }
    let surplus = chunk.lines.len() - lines.len();
    chunk.lines.drain(..surplus);
    lines.reverse();
    lines
}
