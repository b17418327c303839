//! The law: states, transitions, and who may do what. Pure: no I/O, no clock, no ids of its own.

pub mod outcome;
