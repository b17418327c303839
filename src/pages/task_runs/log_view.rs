//! Windows of a log: its end first, what is before by link, what comes by itself; a line with those around it; what is found.

use super::Found;
use super::handler::Window;
use super::log_lines::LogLines;
use super::view::{LogLine, LogMore, LogTail, LogView};
use crate::app::{Log, LogError};
use crate::http::error::HttpError;
use crate::messages::Locale;
use crate::pages::components::release_urls::with_query;
use crate::pages::components::{Action, ActionStyle};
use crate::runlog::{Chunk, ansi};

/// How many lines a page has.
const MAX_LINES: usize = 1000;
/// How many bytes of HTML they may have together, but one line is always shown.
const MAX_HTML: usize = 512 * 1024;
/// How many lines stand before the one that was asked for, and how much of the log is looked at for it and those after it.
const LINES_BEFORE: usize = 200;
const MAX_BYTES_AROUND: u64 = 256 * 1024;
/// How much of a log that grows is looked at in one refresh.
const MAX_BYTES: u64 = 128 * 1024;

/// The log on the page of the task; checkpoints and waits have none, nor what was never begun.
pub async fn whole(found: &Found, window: &Window) -> Result<Option<LogView>, HttpError> {
    let (execution, run) = (&found.execution, found.run());
    if !execution.spec(found.task).kind.has_log() {
        return Ok(None);
    }
    let attempt = found.attempt(window.attempt)?;
    if run.attempt == 0 && !found.grows(attempt) {
        return Ok(None);
    }
    let Some(log) = found.log(attempt)? else {
        return Ok(Some(empty(attempt, removed(found, attempt))));
    };
    match readable(found, &log, window, attempt).await {
        Ok(view) => Ok(Some(view)),
        Err(LogError::Unreadable(problem)) => Ok(Some(empty(attempt, unreadable(&problem)))),
        Err(error) => Err(error.into()),
    }
}

/// A log of which nothing can be shown.
fn empty(attempt: u32, more: LogMore) -> LogView {
    LogView {
        title: Locale::default().logs().title(attempt, None),
        attempt,
        host: None,
        url: String::new(),
        find: String::new(),
        told: None,
        follows: false,
        earlier: None,
        earlier_url: String::new(),
        lines: Vec::new(),
        later: Vec::new(),
        more,
        download_url: None,
    }
}

/// In place of a log that is gone.
fn removed(found: &Found, attempt: u32) -> LogMore {
    LogMore { text: found.log_removed(attempt), ..LogMore::default() }
}

/// The end of a log that cannot be read. It is not asked for again: whoever made it something else than a file meant it.
fn unreadable(problem: &std::io::Error) -> LogMore {
    LogMore { text: Locale::default().logs().unreadable(problem), ..LogMore::default() }
}

async fn readable(found: &Found, log: &Log, window: &Window, attempt: u32) -> Result<LogView, LogError> {
    let (subject, number, run) = (&found.subject, found.execution.number, found.run());
    let url = subject.urls().task(number, &run.name);
    let part = match (window.wanted(), window.line, window.before) {
        (Some(wanted), _, _) => matching(found, log, attempt, wanted).await?,
        (None, Some(line), _) => around(found, log, attempt, line).await?,
        (None, None, Some(before)) => earlier(found, log, attempt, before).await?,
        (None, None, None) => newest(found, log, attempt).await?,
    };
    let words = Locale::default().logs();
    let own_url = with_query(&url, &found.query(attempt));
    let link = |text: String, key: &str, line: u64| {
        let url = with_query(&own_url, &[(key, &line.to_string())]);
        Action::link(text, format!("{url}#log")).styled(ActionStyle::SmallQuiet)
    };
    let (first, last) = (part.lines.first(), part.lines.last());
    let earlier = first.filter(|line| part.begins != Begins::Anywhere && line.number > 1);
    let after = last.filter(|_| part.ends == Ends::Before);
    let mut later: Vec<Action> =
        after.map(|line| link(words.after().to_owned(), "line", line.number + 1)).into_iter().collect();
    if part.ends != Ends::AtEnd {
        let text = if part.begins == Begins::Anywhere { words.all() } else { words.newest() };
        later.push(Action::link(text, format!("{own_url}#log")).styled(ActionStyle::SmallQuiet));
    }
    Ok(LogView {
        title: words.title(attempt, found.host),
        attempt,
        host: found.host,
        url,
        find: window.wanted().unwrap_or_default().to_owned(),
        told: part.told,
        follows: part.more.refresh.is_some() && window.line.is_none(),
        earlier: earlier.map(|line| link(words.earlier(line.number), "before", line.number)),
        earlier_url: with_query(&own_url, &[("before", "")]),
        lines: part.lines,
        later,
        more: part.more,
        download_url: (run.attempt > 0)
            .then(|| with_query(&subject.urls().log_download(number, &run.name, attempt), &found.host_query())),
    })
}

/// A part of a log, as a page shows it.
struct Part {
    lines: Vec<LogLine>,
    begins: Begins,
    ends: Ends,
    more: LogMore,
    told: Option<String>,
}

/// How the lines of a part follow each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Begins {
    /// Each is the one after the other.
    AtLine,
    /// They come from anywhere in the log.
    Anywhere,
}

/// What is behind a part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ends {
    /// Nothing.
    AtEnd,
    /// More lines.
    Before,
    /// More, but these have no place in it.
    Nowhere,
}

fn lines_of(found: &Found, attempt: u32, asked: Option<u64>) -> LogLines {
    LogLines { attempt, host: found.host, now: found.subject.now(), asked }
}

/// The last lines, and what comes.
async fn newest(found: &Found, log: &Log, attempt: u32) -> Result<Part, LogError> {
    let size = log.size().await?;
    let mut chunk = log.before(None, MAX_LINES).await?;
    let more = if found.execution.ended_at.is_some() {
        // Nothing is added to it any more.
        end(log)
    } else {
        more(found, log, attempt, &mut chunk, size).await?
    };
    let lines = lines_of(found, attempt, None).last_fitting(&chunk, MAX_HTML);
    Ok(Part { lines, begins: Begins::AtLine, ends: Ends::AtEnd, more, told: None })
}

/// The lines before the line of that number.
async fn earlier(found: &Found, log: &Log, attempt: u32, number: u64) -> Result<Part, LogError> {
    let before = log.find_line(number).await?;
    let chunk = log.before(Some(before), MAX_LINES).await?;
    let lines = lines_of(found, attempt, None).last_fitting(&chunk, MAX_HTML);
    Ok(Part { lines, begins: Begins::AtLine, ends: Ends::Before, more: LogMore::default(), told: None })
}

/// The line of that number, with those around it.
async fn around(found: &Found, log: &Log, attempt: u32, number: u64) -> Result<Part, LogError> {
    let size = log.size().await?;
    let at = log.find_line(number).await?;
    let before = log.before(Some(at), LINES_BEFORE).await?;
    let mut chunk = log.from(at, MAX_BYTES_AROUND).await?;
    let made = lines_of(found, attempt, Some(number));
    let asked = chunk.lines.iter().find(|line| made.is_asked(line));
    let words = Locale::default().logs();
    let told = if let Some(line) = asked {
        (line.dropped > 0).then(|| words.not_kept(number))
    } else {
        let last = chunk.lines.last().or(before.lines.last());
        Some(words.no_such_line(number, last.map_or(0, |line| line.number)))
    };
    let mut lines = made.last_fitting(&before, MAX_HTML / 2);
    let after = made.first_fitting(&chunk, MAX_LINES - LINES_BEFORE, MAX_HTML / 2);
    let is_rest =
        after.len() == chunk.lines.len() && (chunk.next >= size || chunk.lines.last().is_some_and(|it| it.partial));
    let (mut after, mut more_to_come) = (after, LogMore::default());
    if is_rest {
        let all = chunk.lines.len();
        more_to_come = if found.execution.ended_at.is_some() {
            end(log)
        } else {
            more(found, log, attempt, &mut chunk, size).await?
        };
        after.truncate(after.len() - (all - chunk.lines.len()));
    }
    lines.extend(after);
    let ends = if is_rest { Ends::AtEnd } else { Ends::Before };
    Ok(Part { lines, begins: Begins::AtLine, ends, more: more_to_come, told })
}

/// The lines of the whole log in which a text is seen.
async fn matching(found: &Found, log: &Log, attempt: u32, wanted: &str) -> Result<Part, LogError> {
    let matches = log.find_text(wanted.to_owned(), MAX_LINES).await?;
    let chunk = Chunk { lines: matches.lines, next: 0 };
    let lines = lines_of(found, attempt, None).last_fitting(&chunk, MAX_HTML);
    let told = Locale::default().logs().found(matches.count, lines.len(), matches.dropped);
    Ok(Part { lines, begins: Begins::Anywhere, ends: Ends::Nowhere, more: LogMore::default(), told: Some(told) })
}

/// What comes after `from`.
pub async fn after(found: &Found, attempt: u32, from: u64) -> Result<LogTail, HttpError> {
    let Some(log) = found.log(attempt)? else {
        return Ok(LogTail { lines: Vec::new(), more: removed(found, attempt) });
    };
    match readable_after(found, &log, attempt, from).await {
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
    let lines = lines_of(found, attempt, None).all(&chunk);
    Ok(LogTail { lines, more })
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
    let mut query = found.host_query();
    query.extend([
        ("from", chunk.next.to_string()),
        ("size", size.to_string()),
        ("of", found.execution.id.to_string()),
        ("seen", found.subject.mark.to_string()),
    ]);
    let refresh = with_query(&url, &query);
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
