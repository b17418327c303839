//! The tables as they are: dumb rows that never leave the store.

pub mod attempt;
pub mod attempt_target;
pub mod decision;
pub mod draft;
pub mod draft_step;
pub mod event;
pub mod execution;
pub mod invitation;
pub mod log_chunk;
pub mod membership;
pub mod password_reset;
pub mod region;
pub mod release;
pub mod removal;
pub mod replica;
pub mod script_place;
pub mod script_turn;
pub mod secret;
pub mod session;
pub mod setting;
pub mod storage_measure;
pub mod task_run;
pub mod team;
pub mod token;
pub mod user;
pub mod version;
