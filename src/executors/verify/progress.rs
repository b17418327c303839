//! Progress of a check: since when it is tried, since when it holds, and what was seen at last. It is recorded at each change,
//! and now and then in between, so that whoever goes on knows for how long nobody looked.

use std::cmp::Ordering;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{CheckJob, after, between};
use crate::domain::check::{CheckNews, CheckSeen};
use crate::domain::execution::Moment;
use crate::executors::{TargetChange, TargetRecord};

/// At least this often it is recorded that somebody looks.
const RECORD_INTERVAL: Duration = Duration::from_secs(10);

/// So many changes are told in the log, which would grow for days otherwise. Nobody reads more, and the end is told in any case.
const MAX_CHANGES: u32 = 10_000;

/// For so long, beside the time between two checks, nobody may have looked before what was seen counts for nothing: a replica
/// is taken over within that time.
const MAX_GAP: Duration = Duration::from_secs(45);

/// How far a check is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct CheckProgress {
    began: Moment,
    /// Since when it holds without a break.
    holds_since: Option<Moment>,
    last: Option<CheckSeen>,
    /// How often something else was seen than before.
    #[serde(default)]
    changes: u32,
    /// When somebody looked at last, as recorded.
    looked: Moment,
}

impl CheckProgress {
    /// From what was recorded, or from the beginning; and what is new.
    pub(super) fn resumed(recorded: Option<&str>, job: &CheckJob, now: Moment) -> (Self, Vec<CheckNews>) {
        let Some(mut known) = recorded.and_then(|text| serde_json::from_str::<Self>(text).ok()) else {
            let request = format!("{} {}", job.http.method.word(), job.http.url);
            let fresh = Self { began: now, holds_since: None, last: None, changes: 0, looked: now };
            return (fresh, vec![CheckNews::Begun { request }]);
        };
        let gap = between(known.looked, now);
        if known.holds_since.is_none() || gap <= MAX_GAP + job.every {
            return (known, Vec::new());
        }
        known.holds_since = None;
        known.looked = now;
        (known, vec![CheckNews::Unwatched { seconds: gap.as_secs() }])
    }

    /// Takes what was seen; answers what is new about it.
    pub(super) fn saw(&mut self, seen: CheckSeen, now: Moment) -> Vec<CheckNews> {
        self.holds_since = seen.holds().then(|| self.holds_since.unwrap_or(now));
        let is_news = self.last.as_ref().is_none_or(|last| !last.is_like(&seen));
        self.last = Some(seen.clone());
        if !is_news {
            return Vec::new();
        }
        self.changes = self.changes.saturating_add(1);
        match self.changes.cmp(&MAX_CHANGES) {
            Ordering::Less => vec![CheckNews::Seen(seen)],
            Ordering::Equal => vec![CheckNews::Seen(seen), CheckNews::ManyChanges { told: MAX_CHANGES }],
            Ordering::Greater => Vec::new(),
        }
    }

    /// What was seen at last.
    pub(super) fn last(&self) -> Option<&CheckSeen> {
        self.last.as_ref()
    }

    /// For how long it has held; nothing while it does not.
    pub(super) fn has_held_for(&self, now: Moment) -> Option<Duration> {
        self.holds_since.map(|since| between(since, now))
    }

    /// How long it may still take.
    pub(super) fn left(&self, job: &CheckJob, now: Moment) -> Duration {
        between(now, after(self.began, job.within))
    }

    /// Until the next check: no later than when it may be over.
    pub(super) fn pause(&self, job: &CheckJob, now: Moment) -> Duration {
        let held = self.has_held_for(now).map(|held| job.holds.saturating_sub(held));
        job.every.min(self.left(job, now)).min(held.unwrap_or(Duration::MAX))
    }

    /// Whether it is time to record again that somebody looks.
    pub(super) fn is_old(&self, now: Moment) -> bool {
        between(self.looked, now) >= RECORD_INTERVAL
    }

    /// It is about to be recorded.
    pub(super) fn recorded(&mut self, now: Moment) {
        self.looked = now;
    }

    /// What is to be recorded.
    pub(super) fn change(&self, news: &[CheckNews]) -> TargetChange {
        let progress = serde_json::to_string(self).ok();
        TargetChange {
            record: TargetRecord { progress, ..TargetRecord::default() },
            lines: news.iter().map(ToString::to_string).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_without_end_do_not_fill_the_log_without_end() {
        let answer = |status| CheckSeen::Answer { status, took_ms: 1, faults: Vec::new() };
        let now = Moment::UNIX_EPOCH;
        let mut progress = CheckProgress { began: now, holds_since: None, last: None, changes: 0, looked: now };
        let told: usize = (0..2 * MAX_CHANGES).map(|n| progress.saw(answer(200 + (n % 2) as u16), now).len()).sum();
        assert_eq!(told, MAX_CHANGES as usize + 1, "the last line says that there are no more");
    }
}
