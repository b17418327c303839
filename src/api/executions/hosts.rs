//! Hosts on which tasks of executions work, in answers.

use serde::Serialize;
use utoipa::ToSchema;

use crate::app::reads::HostTarget;
use crate::domain::execution::TaskRun;
use crate::domain::outcome::Outcome;
use crate::messages::{self, Locale};

/// A host on which the last attempt at a task works.
#[derive(Debug, Serialize, ToSchema)]
pub struct HostRunItem {
    /// Its name.
    name: String,
    /// The account, and where it is found.
    address: String,
    /// `waiting`, `running`, `successful`, `done_before` (by an earlier attempt), `failed`, `timed_out`, `errored`, `interrupted`,
    /// `stopped`, or `not_tried` where the attempt ended before.
    status: &'static str,
    /// Why it failed, in a sentence.
    cause: Option<String>,
}

/// The hosts of the last attempt at a task.
pub(super) fn hosts_of((hosts, run): (&Vec<HostTarget>, &TaskRun)) -> Vec<HostRunItem> {
    let goes_on = run.state.in_flight().is_some_and(|(attempt, _)| attempt == run.attempt);
    let item = |host: &HostTarget| {
        let (name, address) = host.parts();
        let outcome = host.target.outcome.as_ref();
        HostRunItem {
            name: name.to_owned(),
            address: address.to_owned(),
            status: status(host, goes_on),
            cause: outcome.and_then(|outcome| messages::outcome(outcome, Locale::default())),
        }
    };
    hosts.iter().map(item).collect()
}

fn status(host: &HostTarget, goes_on: bool) -> &'static str {
    match &host.target.outcome {
        Some(Outcome::Succeeded { .. }) if host.is_done_before => "done_before",
        Some(Outcome::Succeeded { .. }) => "successful",
        Some(Outcome::Failed { .. }) => "failed",
        Some(Outcome::TimedOut { .. }) => "timed_out",
        Some(Outcome::Errored { .. }) => "errored",
        Some(Outcome::Interrupted { .. }) => "interrupted",
        Some(Outcome::Stopped) => "stopped",
        None if host.target.progress.is_some() => "running",
        None if goes_on => "waiting",
        None => "not_tried",
    }
}
