//! Sentences about tests of connections.

use crate::domain::connection_test::ConnectionStep;

/// Sentences about tests of connections.
pub trait ConnectionSentences {
    /// The operation, and the title of its page.
    fn test(&self) -> &'static str;

    /// What a test of an environment of scripts on the server is good for.
    fn lead_of_server(&self) -> &'static str;

    /// What a test of an environment of hosts is good for.
    fn lead_of_hosts(&self) -> &'static str;

    /// The name of the server itself, before what is looked at there.
    fn server(&self) -> &'static str;

    /// What is looked at.
    fn step(&self, step: ConnectionStep) -> &'static str;

    /// How long it took, in milliseconds.
    fn took(&self, milliseconds: u64) -> String;

    /// That it is well.
    fn well(&self) -> &'static str;

    /// That it is not.
    fn wrong(&self) -> &'static str;

    /// That all is well.
    fn is_well(&self) -> &'static str;

    /// That so many of the places are not well.
    fn is_wrong(&self, wrong: usize, all: usize) -> String;

    /// That it goes on, at so many of the places.
    fn goes_on(&self, done: usize, all: usize) -> String;

    /// Pins the keys of a host that is met for the first time.
    fn pin(&self) -> &'static str;

    /// Pins the keys of a host in place of others.
    fn pin_anew(&self) -> &'static str;

    /// Pins the keys of so many hosts.
    fn pin_all(&self, count: usize) -> String;

    /// That the keys are not those of the last test.
    fn other_test(&self) -> &'static str;
}
