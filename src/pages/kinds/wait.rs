//! A wait on pages.

use super::KindView;
use crate::domain::kinds::{CommandSpec, Wait};
use crate::format::written_duration;
use crate::pages::components::Fact;

impl KindView for Wait {
    fn plan(&self) -> Vec<String> {
        vec![match self {
            Self::Seconds { seconds: length } => format!("For {}", written_duration(*length)),
            Self::Clock { hour, minute, zone } => format!("Until {hour:02}:{minute:02} in {zone}"),
        }]
    }

    fn inputs(&self) -> Vec<Fact> {
        let waits = match self {
            Self::Seconds { seconds: count } => written_duration(*count),
            Self::Clock { hour, minute, zone } => format!("until {hour:02}:{minute:02} in {zone}"),
        };
        vec![Fact::text("Waits", waits)]
    }

    fn command(&self) -> Option<&CommandSpec> {
        None
    }
}
