//! The rules, tested from outside: tables, scenarios, random histories, and every failure once.

mod clocks;
mod comments;
mod fail_everywhere;
mod golden;
mod histories;
mod permission;
mod places;
mod regressions;
mod scenarios;
mod selection;
mod starters;
mod states;
mod task_table;

use tollgate_testing::{invariants, notation, random, world};
