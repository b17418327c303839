//! Sentences about tests of connections.

use super::English;
use super::grammar::counted;
use crate::domain::connection_test::ConnectionStep;
use crate::messages::connections::ConnectionSentences;
use crate::messages::ssh::SshSentences as _;

impl ConnectionSentences for English {
    fn test(&self) -> &'static str {
        "Test Connection"
    }

    fn lead_of_server(&self) -> &'static str {
        "Whether the scripts of this environment can be run on the server. Nothing of theirs is run."
    }

    fn lead_of_hosts(&self) -> &'static str {
        "Whether scripts can be run on each host. The keys by which the hosts are known are pinned here, by a person who has \
         compared them."
    }

    fn server(&self) -> &'static str {
        "On the server"
    }

    fn step(&self, step: ConnectionStep) -> &'static str {
        match step {
            ConnectionStep::Permission => "The team may have scripts run on the server",
            ConnectionStep::Interpreter => "What runs the script is there",
            ConnectionStep::Key => "The key can be used",
            ConnectionStep::HostKeys => "Its keys are known",
            ConnectionStep::Probe(step) => self.probe_step(step),
        }
    }

    fn took(&self, milliseconds: u64) -> String {
        format!("{milliseconds} ms")
    }

    fn well(&self) -> &'static str {
        "OK"
    }

    fn wrong(&self) -> &'static str {
        "Failed"
    }

    fn is_well(&self) -> &'static str {
        "Everything is well."
    }

    fn is_wrong(&self, wrong: usize, all: usize) -> String {
        if all == 1 { "Something is not well.".to_owned() } else { format!("{wrong} of {all} are not well.") }
    }

    fn goes_on(&self, done: usize, all: usize) -> String {
        format!("The test goes on: {done} of {} looked at.", counted(all, "place"))
    }

    fn pin(&self) -> &'static str {
        "Pin These Keys"
    }

    fn pin_anew(&self) -> &'static str {
        "Pin These Keys Instead"
    }

    fn pin_all(&self, count: usize) -> String {
        format!("Pin the Keys of {}", counted(count, "Host"))
    }

    fn other_test(&self) -> &'static str {
        "The connection was tested again meanwhile, and the host shows other keys. Look at the newest test before you pin them."
    }
}
