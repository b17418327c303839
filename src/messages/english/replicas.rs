//! Words about replicas.

use super::English;
use crate::messages::replicas::ReplicaSentences;

impl ReplicaSentences for English {
    fn lead(&self) -> &'static str {
        "The servers that share this database. Any of them answers any request; an execution is carried on by one of \
                        them at a time, and its scripts run on that one's machine."
    }

    fn working(&self) -> &'static str {
        "Working"
    }

    fn stopped(&self) -> &'static str {
        "Stopped"
    }

    fn gone(&self) -> &'static str {
        "Gone"
    }

    fn more(&self, count: usize) -> String {
        format!("and {count} more")
    }
}
