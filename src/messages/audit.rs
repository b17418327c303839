//! Words of the page of the audit.

/// Words of the page of the audit.
pub trait AuditSentences {
    /// What it is.
    fn lead(&self, days: u32) -> String;

    /// Before what was refused.
    fn refused(&self) -> &'static str;

    /// What it is about, where that is a release task.
    fn place(&self, release: &str, execution: Option<u32>) -> String;
}
