//! Artefacts: files that a build leaves and that are kept, what names them, and their limits.

use glob::{MatchOptions, Pattern};
use serde::{Deserialize, Serialize};

use super::failure_cause::{FileKind, IoFault};

/// The most patterns of a build.
pub const MAX_PATTERNS: usize = 20;
/// The most bytes of a pattern, and of the path of an artefact.
pub const MAX_PATH_LEN: usize = 255;
/// The most artefacts of an attempt.
pub const MAX_ARTEFACTS: usize = 100;
/// The most bytes of one.
pub const MAX_ARTEFACT: u64 = 32 * 1024 * 1024;
/// The most bytes of all of an attempt.
pub const MAX_ARTEFACTS_SIZE: u64 = 256 * 1024 * 1024;

/// How a pattern is read: `*` stays within a folder, and a name that begins with a dot is no other than others.
const OPTIONS: MatchOptions =
    MatchOptions { case_sensitive: true, require_literal_separator: true, require_literal_leading_dot: false };

/// A file that was kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Artefact {
    /// Where it was in the working folder of its build.
    pub path: String,
    /// Its bytes.
    pub size: u64,
    /// Their SHA-256, in hexadecimal.
    pub sha256: String,
}

impl Artefact {
    /// Its name without the folders that it was in.
    pub fn file_name(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or(&self.path)
    }
}

/// Whether a text is the pattern of paths in the working folder.
pub fn is_pattern(text: &str) -> bool {
    let is_part = |part: &str| !part.is_empty() && part != "." && part != "..";
    text.len() <= MAX_PATH_LEN
        && text.trim_end_matches('/').split('/').all(is_part)
        && !text.chars().any(char::is_control)
        && Pattern::new(text.trim_end_matches('/')).is_ok()
}

/// Patterns that are ready to be used.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ArtefactPatterns(Vec<(String, Pattern)>);

impl ArtefactPatterns {
    /// These; what is no pattern was refused when it was saved, and names nothing.
    pub fn new(texts: &[String]) -> Self {
        let read = |text: &String| Some((text.clone(), Pattern::new(text.trim_end_matches('/')).ok()?));
        Self(texts.iter().filter_map(read).collect())
    }

    /// Whether none names anything.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The patterns that name a file: by its path, or by a folder that it is in.
    pub fn naming(&self, path: &str) -> Vec<&str> {
        let ends = path.match_indices('/').map(|(end, _)| end).chain(std::iter::once(path.len()));
        let begins: Vec<&str> = ends.map(|end| &path[..end]).collect();
        let names = |pattern: &Pattern| begins.iter().any(|begin| pattern.matches_with(begin, OPTIONS));
        self.0.iter().filter(|(_, pattern)| names(pattern)).map(|(text, _)| text.as_str()).collect()
    }

    /// Every pattern, as it is written.
    pub fn texts(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(text, _)| text.as_str())
    }
}

/// Why files were not kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "artefact", rename_all = "snake_case")]
pub enum ArtefactFault {
    /// A pattern names no file.
    NothingThere {
        /// The pattern.
        pattern: String,
    },
    /// A file is too large.
    TooLarge {
        /// Its path.
        path: String,
        /// Its bytes.
        size: u64,
    },
    /// All of them are too large together.
    AllTooLarge {
        /// Their bytes.
        size: u64,
    },
    /// There are too many.
    TooMany,
    /// A path is too long, or no text.
    Path {
        /// The path.
        path: String,
    },
    /// It is no file.
    NotAFile {
        /// Its path.
        path: String,
        /// What it is.
        found: FileKind,
    },
    /// It was changed while it was read.
    Changed {
        /// Its path.
        path: String,
    },
    /// They could not be read.
    Unreadable {
        /// Why.
        problem: IoFault,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_stays_in_the_working_folder() {
        for good in ["a", "dist/", "dist/*.tar.gz", "**/report.xml", "[ab].txt", ".hidden"] {
            assert!(is_pattern(good), "{good}");
        }
        for bad in ["", "/", "/etc/passwd", "..", "a/../b", "./a", "a//b", "a\nb", "[a", "a/***", &"a".repeat(256)] {
            assert!(!is_pattern(bad), "{bad}");
        }
    }

    #[test]
    fn a_pattern_names_files_by_their_path_or_by_a_folder() {
        let patterns = ArtefactPatterns::new(&["dist/".to_owned(), "*.log".to_owned(), "**/x".to_owned()]);
        assert_eq!(patterns.naming("dist/a/b"), ["dist/"]);
        assert_eq!(patterns.naming("a.log"), ["*.log"]);
        assert!(patterns.naming("logs/a.log").is_empty());
        assert_eq!(patterns.naming("a/b/x"), ["**/x"]);
        assert!(patterns.naming("distant").is_empty());
    }
}
