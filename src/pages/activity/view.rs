//! Activity over all teams and regions: filters, rows, and the way to a file of them.

use askama::Template;

use crate::pages::components::{Chrome, ClockTime, Field, Link, Look};
use crate::pages::release_tasks::list::view::FilterSelect;

/// The whole page.
#[derive(Debug, Default, Template)]
#[template(path = "activity/index.html")]
pub struct ActivityPage {
    /// Around it.
    pub chrome: Chrome,
    /// What it shows.
    pub lead: &'static str,
    /// Takes the filters as a GET form.
    pub url: String,
    /// Who is looked for.
    pub who: String,
    /// Which release task is looked for.
    pub what: String,
    /// Team, region, kind.
    pub filters: Vec<FilterSelect>,
    /// The first day.
    pub from: Field,
    /// The last day.
    pub until: Field,
    /// The zone of the days in the address; empty is UTC.
    pub zone: String,
    /// Says of which zone the days are, if any is chosen.
    pub days_of: Option<String>,
    /// The page without filters, if there is any.
    pub clear_url: Option<String>,
    /// What the filters choose, as files.
    pub exports: Vec<Link>,
    /// Newest first.
    pub rows: Vec<ActivityRow>,
    /// Newer ones.
    pub newer: Option<String>,
    /// Older ones.
    pub older: Option<String>,
}

/// One event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActivityRow {
    /// Icon and colours.
    pub look: Look,
    /// Who, with all that they did.
    pub who: Link,
    /// What, going on after the name.
    pub sentence: String,
    /// What they said.
    pub comment: Option<String>,
    /// The release task and execution, with the page of it.
    pub place: Option<Link>,
    /// "storefront · eu-west".
    pub belongs: Option<String>,
    /// By which road, where it was no page: the token, the command line.
    pub road: Option<String>,
    /// When, exactly.
    pub when: ClockTime,
}
