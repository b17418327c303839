//! The `command` executor with real processes.

mod confined;
mod crashes;
mod endings;
mod logs;
mod replaced;
mod secrets;
mod stage;
mod tidied;
mod verify;
