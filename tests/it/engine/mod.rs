//! The engine and the operations, with a scripted executor, a clock that is set, and ticks by hand.

mod checkpoints;
mod drafts;
mod earlier;
mod edits;
mod execute;
pub mod executor;
mod farewell;
mod faults;
mod flow;
mod four_eyes;
mod leaving;
mod marks;
mod orders;
mod permission;
mod places;
mod releases;
mod replicas;
mod restart;
mod returns;
mod rollback;
pub mod stage;
mod stops;
pub mod tasks;
mod variables;
mod verify;
