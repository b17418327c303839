//! The rules, tested from outside: tables, scenarios, random histories, and every failure once.

mod clocks;
mod comments;
mod fail_everywhere;
mod golden;
mod histories;
mod invariants;
mod mends;
mod notation;
mod permission;
mod places;
mod random;
mod scenarios;
mod starters;
mod states;
mod task_table;
mod world;
