//! Answers of subcommands of the real program.

use std::process::{ExitStatus, Output};

/// How a subcommand ended, and what it said.
pub struct Answer {
    pub status: ExitStatus,
    pub out: String,
    pub err: String,
}

impl Answer {
    pub fn of(output: Output) -> Self {
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Self { status: output.status, out: text(output.stdout), err: text(output.stderr) }
    }

    #[track_caller]
    pub fn succeeds(&self, says: &str) {
        assert!(self.status.success(), "{}{}", self.out, self.err);
        assert!(self.out.contains(says), "{says:?} is not said by: {}{}", self.out, self.err);
    }

    #[track_caller]
    pub fn fails(&self, says: &str) {
        let said = format!("{}{}", self.out, self.err);
        assert!(!self.status.success() && said.contains(says), "{says:?} is not said by: {said}");
        assert!(!said.contains("panicked"), "{said}");
    }
}
