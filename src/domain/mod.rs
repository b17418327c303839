//! The rules: states, transitions, and who may do what. Pure: no I/O, no clock, no ids of its own.
#![deny(clippy::wildcard_enum_match_arm)]

pub mod account;
mod apply;
pub mod check;
pub mod compare;
pub mod consistency;
pub mod decide;
pub mod definition;
pub mod draft;
pub mod edit;
pub mod event;
pub mod execution;
pub mod failure_cause;
pub mod http;
pub mod ids;
pub mod isolation;
pub mod kinds;
pub mod merge;
pub mod names;
pub mod outcome;
pub mod people;
pub mod phase_summary;
pub mod placement;
pub mod places;
pub mod policy;
pub mod precondition;
pub mod reference;
pub mod refusal;
pub mod release;
pub mod rollup;
pub mod schedule;
pub mod scripts;
pub mod share;
pub mod status;
mod task_state;
pub mod validate;
pub mod values;
