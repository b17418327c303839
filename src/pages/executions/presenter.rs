//! Execution Records: the executions of a release task, newest first.

use super::view::{ExecutionRow, ExecutionsView};
use crate::app::reads::{ListedExecution as Record, Paged};
use crate::domain::lengths::Lengths;
use crate::domain::status::TaskStatus;
use crate::messages::Locale;
use crate::pages::components::release_context::Subject;
use crate::pages::components::release_urls::{TabName, with_query};
use crate::pages::components::{Elapsed, Status, When};
use crate::pages::release_tasks::process;

/// How many are on a page.
pub const PAGE: u64 = 50;

/// The records as they are shown.
pub fn of(subject: &Subject, records: &Paged<Record, u32>) -> ExecutionsView {
    let here = subject.urls().tab(TabName::Executions);
    let turned = |word: &str, number: u32| with_query(&here, &[(word, &number.to_string())]);
    ExecutionsView {
        rows: records.rows.iter().map(|record| row(subject, record)).collect(),
        newer: records.newer.map(|number| turned("after", number)),
        older: records.older.map(|number| turned("before", number)),
    }
}

fn row(subject: &Subject, record: &Record) -> ExecutionRow {
    let over = record.ended_at.is_some();
    let lengths = Lengths { rests: record.rests.clone(), ..Lengths::default() };
    ExecutionRow {
        number: record.number,
        url: subject.urls().execution(record.number),
        status: Status::of_release(record.status, record.why),
        phases: process::segments(&record.segments, over),
        phases_told: told(&record.segments),
        version: record.version,
        started_by: record.started_by.clone(),
        started: When::at(record.started_at, subject.now()),
        time: Elapsed::of(lengths.between(record.started_at, record.ended_at), subject.now()),
    }
}

/// The small segments in words.
pub fn told(segments: &[TaskStatus]) -> String {
    let done = segments.iter().filter(|status| **status == TaskStatus::Successful).count();
    Locale::default().release_tasks().phases_told(done, segments.len())
}
