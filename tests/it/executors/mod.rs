//! The `command` executor with real processes.

mod crashes;
mod endings;
mod logs;
mod stage;
mod tidied;
