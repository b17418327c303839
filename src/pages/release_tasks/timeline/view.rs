//! The Timeline: bars over time, one line for each task, attempts and waiting told apart.

use askama::Template;

use crate::pages::components::{Elapsed, Status, part};

/// The width of every line of bars, in its own units.
pub const WIDTH: u32 = 1000;

/// The whole view.
#[derive(Debug, Clone, PartialEq, Eq, Default, Template)]
#[template(path = "release_tasks/_timeline.html")]
pub struct TimelineView {
    /// Evenly spaced, from the start: "0s", "30s", "1m 0s".
    pub ticks: Vec<String>,
    /// By phase.
    pub phases: Vec<TimelinePhase>,
}

/// The lines of one phase.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TimelinePhase {
    /// "1 Build".
    pub name: String,
    /// In the order of the process view.
    pub rows: Vec<TimelineRow>,
}

/// The line of a task.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TimelineRow {
    /// Its name.
    pub name: String,
    /// Its task run.
    pub url: Option<String>,
    /// Its status.
    pub status: Status,
    /// What it did when; empty when it did not begin.
    pub bars: Vec<Bar>,
    /// How long its last attempt took.
    pub time: Option<Elapsed>,
}

/// What a bar means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BarKind {
    /// Between two attempts, or paused.
    Rest,
    /// An attempt that still runs.
    Work,
    /// An attempt that succeeded.
    Good,
    /// An attempt that did not.
    Fail,
    /// People were waited for.
    Ask,
    /// Undoing.
    Undo,
}

impl BarKind {
    /// Its class in the style sheet.
    pub fn class(self) -> &'static str {
        match self {
            Self::Rest => "rest",
            Self::Work => "work",
            Self::Good => "good",
            Self::Fail => "fail",
            Self::Ask => "ask",
            Self::Undo => "undo",
        }
    }
}

/// A bar: from `x` on, `width` wide, of `WIDTH` in all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bar {
    /// What it means.
    pub kind: BarKind,
    /// Where it begins.
    pub x: u32,
    /// How wide it is, at least so wide that it can be seen.
    pub width: u32,
    /// In words: "Attempt 1, failed after 12s".
    pub told: String,
}

impl Bar {
    /// The bar from `start` to `end`, in milliseconds from the start of `whole` milliseconds.
    pub fn spanning(kind: BarKind, start: i64, end: i64, whole: i64, told: impl Into<String>) -> Self {
        let whole = whole.max(1);
        let place = |moment: i64| u32::try_from(moment.clamp(0, whole) * i64::from(WIDTH) / whole).unwrap_or(WIDTH);
        let width = place(end).saturating_sub(place(start)).max(3);
        Self { kind, x: place(start).min(WIDTH - width), width, told: told.into() }
    }
}

impl TimelineRow {
    /// All its bars in words.
    pub fn told(&self) -> String {
        if self.bars.is_empty() {
            return "Not begun".into();
        }
        self.bars.iter().map(|bar| bar.told.as_str()).collect::<Vec<_>>().join("; ")
    }
}

part!(TimelineView);
