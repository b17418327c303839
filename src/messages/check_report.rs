//! Sentences of `tollgate check`: each finding, and what it means.

use crate::domain::consistency::{Inconsistency, Whole};

/// Sentences of `tollgate check`.
pub trait CheckReportSentences {
    /// A finding about an execution, with its task if it is about one.
    fn finding(&self, finding: &Inconsistency) -> String;

    /// A finding about the database as a whole.
    fn whole(&self, found: &Whole) -> String;

    /// An execution of which a column holds what cannot be read.
    fn unreadable(&self, problem: &str) -> String;

    /// A live attempt of this machine whose run folder is missing.
    fn no_run_folder(&self, task: &str, attempt: u32) -> String;

    /// Attempts of an execution that ended here, and whose logs and run folders are missing before their time is over.
    fn no_files(&self, attempts: usize) -> String;
}
