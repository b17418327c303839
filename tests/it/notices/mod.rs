//! Notices of executions: to whom they are told, how often, and what becomes of one that cannot be delivered.

mod misbehaviour;
mod outbox;
mod receivers;
mod stage;
mod tokens;
