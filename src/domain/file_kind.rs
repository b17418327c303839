//! Kinds of things that have a name in a folder.

use serde::{Deserialize, Serialize};

/// What can have a name in a folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FileKind {
    /// A named pipe.
    Pipe,
    /// A symbolic link.
    Link,
    /// A folder.
    Folder,
    /// A socket.
    Socket,
    /// A regular file.
    File,
    /// Anything else.
    Device,
}
