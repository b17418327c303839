//! Faults of a start: what keeps a script from being started.

use serde::{Deserialize, Serialize};

use super::FailureCause;

/// What keeps a script from being started.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "fault", rename_all = "snake_case")]
pub enum StartFault {
    /// The line that names the interpreter ends as on Windows.
    DosLineEnd {
        /// The line, without its end.
        interpreter: String,
    },
    /// The line that names the interpreter ends with a CR alone, so that all that follows belongs to it.
    LoneCr {
        /// The line, up to there.
        interpreter: String,
    },
    /// The first line is `#!` and names no program.
    NothingNamed,
    /// The first line names a folder.
    FolderNamed {
        /// The first line of the script.
        interpreter: String,
    },
    /// The first line is longer than the system reads of it, and the program is cut off.
    LineTooLong {
        /// The most bytes.
        most: usize,
    },
    /// `env` is given several words and takes them as the name of one program.
    EnvTakesOneWord {
        /// Those words.
        words: String,
    },
    /// The interpreter is there, and is no program that this machine can run.
    NoProgram {
        /// The first line of the script.
        interpreter: String,
    },
    /// The interpreter is a file that may not be run.
    NotExecutable {
        /// The first line of the script.
        interpreter: String,
    },
    /// Nothing may be run on the file system of the script or of its interpreter.
    Noexec {
        /// Where it is mounted.
        mount: String,
    },
    /// The environment is longer than the system takes.
    EnvironmentTooLong {
        /// The longest variable.
        variable: String,
        /// Its bytes, with its name.
        bytes: usize,
        /// The bytes of all variables.
        all: usize,
        /// The most bytes of one, if that one is too long; otherwise all of them are, together.
        most: Option<usize>,
    },
    /// The working folder is something else.
    NotAFolder {
        /// Which.
        folder: String,
    },
    /// The script may not enter the working folder.
    FolderClosed {
        /// Which.
        folder: String,
    },
}

impl StartFault {
    /// As a cause.
    pub fn cause(self) -> FailureCause {
        FailureCause::CannotStart { fault: self }
    }
}
