//! Words of the page of the audit.

/// What it is.
pub fn lead(days: u32) -> String {
    format!(
        "Who did what, when and from where, newest first; also what was refused. Sign-ins and refusals are kept for \
         {days} days, everything else for ever. What is refused again and again is summed up by the hour."
    )
}

/// Before what was refused.
pub const REFUSED: &str = "Refused";

/// What it is about, where that is a release task.
pub fn place(release: &str, execution: Option<u32>) -> String {
    match execution {
        Some(number) => format!("{release} · execution #{number}"),
        None => release.to_owned(),
    }
}
