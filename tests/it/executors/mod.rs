//! The `command` executor with real processes.

mod confined;
mod crashes;
mod endings;
mod logs;
mod replaced;
mod stage;
mod tidied;
mod verify;
