//! Region Release Tasks: search, filters, the table, pages.

use std::fmt::Display;

use askama::Template;
use askama::filters::HtmlSafe;

use crate::pages::components::{Action, Chrome, Hidden, Look, Menu, Notice, SelectOption, Status, When, part};

/// The whole page, with the table or a place for it.
#[derive(Debug, Template)]
#[template(path = "release_tasks/index.html")]
pub struct ReleaseListPage<T: Display + HtmlSafe = ReleaseTable> {
    /// Around it.
    pub chrome: Chrome,
    /// The region at hand.
    pub region: String,
    /// Takes the filters as a GET form: `q`, `status`, `creator`.
    pub url: String,
    /// What is searched for.
    pub search: String,
    /// Hidden fields that a new search keeps: the team, the sort.
    pub kept: Vec<Hidden>,
    /// What the reader should know: drafts of theirs that go soon.
    pub notices: Vec<Notice>,
    /// The filters as selects, in order.
    pub filters: Vec<FilterSelect>,
    /// The list of the same team without search and filters, if there is any of these.
    pub clear_url: Option<String>,
    /// Such as Create Release Task, when the reader may.
    pub actions: Vec<Action>,
    /// The part that refreshes itself.
    pub table: T,
}

/// One select of the filters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FilterSelect {
    /// The name of the form's field.
    pub name: String,
    /// What is read before it: "Status".
    pub label: String,
    /// In order; the first is "any".
    pub options: Vec<SelectOption>,
}

/// The table with its count and pages: comes back alone every few seconds when something changed.
#[derive(Debug, Template)]
#[template(path = "release_tasks/_table.html")]
pub struct ReleaseTable {
    /// Heads of columns that can be sorted.
    pub name: SortLink,
    /// See `name`.
    pub status: SortLink,
    /// See `name`.
    pub team: SortLink,
    /// See `name`.
    pub creator: SortLink,
    /// See `name`.
    pub last_executed: SortLink,
    /// The rows of this page.
    pub rows: Vec<ReleaseRow>,
    /// How many there are: "6 release tasks", "3 of 412 release tasks match".
    pub count: String,
    /// Shown in place of an empty table.
    pub empty: Option<EmptyList>,
    /// "1 to 50 of 412"; none when there is one page.
    pub shown: Option<String>,
    /// The page before.
    pub previous: Option<String>,
    /// The page after.
    pub next: Option<String>,
    /// What can be done with those that are chosen; none when there is no row.
    pub bulk: Option<BulkBar>,
    /// Answers this fragment anew, or 204 when nothing changed since the `seen` in the URL.
    pub refresh: Option<String>,
}

/// What can be done with the release tasks that are chosen: a GET form, whose boxes are in the rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BulkBar {
    /// Takes the GET: `do`, and `chosen` once for each of them.
    pub url: String,
    /// Sent along: the query of the list.
    pub list: String,
    /// Whether the reader may execute and delete release tasks of any team.
    pub operates: bool,
}

/// Why there is no row, and what to do first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EmptyList {
    /// "No release tasks yet", "Nothing matches".
    pub title: String,
    /// What to do.
    pub sentence: String,
    /// A command line to copy.
    pub command: Option<String>,
    /// Such as "Clear the filters".
    pub action: Option<Action>,
}

/// The head of a column that sorts when it is followed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SortLink {
    /// The list sorted by this column, or the other way around.
    pub url: String,
    /// How the list is sorted by it now.
    pub sorted: Sorted,
}

/// How a list is sorted by a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Sorted {
    /// By another one.
    #[default]
    No,
    /// Smallest first.
    Up,
    /// Greatest first.
    Down,
}

impl SortLink {
    /// For `aria-sort`, when it is sorted by this column.
    pub fn aria(&self) -> Option<&'static str> {
        match self.sorted {
            Sorted::No => None,
            Sorted::Up => Some("ascending"),
            Sorted::Down => Some("descending"),
        }
    }

    /// The icon beside the words.
    pub fn icon(&self) -> &'static str {
        match self.sorted {
            Sorted::No | Sorted::Down => "down",
            Sorted::Up => "up",
        }
    }
}

/// A release task as a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReleaseRow {
    /// Unique in the table and stable, so that a refresh finds it.
    pub id: String,
    /// Its key, which is what is sent when it is chosen.
    pub key: String,
    /// That a newer version was saved than the one that was executed last.
    pub edited: Option<String>,
    /// Its name.
    pub name: String,
    /// Its page.
    pub url: String,
    /// What it is for; may be empty.
    pub description: String,
    /// Its status.
    pub status: Status,
    /// The look of each phase.
    pub phases: Vec<Look>,
    /// The phases in words, for who does not see them: "2 of 5 phases done".
    pub phases_told: String,
    /// The team that owns it.
    pub team: String,
    /// Who created it.
    pub creator: String,
    /// When it was last executed; none is "never".
    pub last_executed: Option<When>,
    /// The one most likely, and Edit.
    pub actions: Vec<Action>,
    /// The rest of them.
    pub menu: Option<Menu>,
}

part!(ReleaseTable);
