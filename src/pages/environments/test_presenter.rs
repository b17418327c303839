//! From a test of a connection to its page.

use super::test_view::{CheckRow, ConnectionTestLive, KeyRow, TargetPanel};
use crate::app::environments::EnvironmentDetail;
use crate::app::reads::PinnedKey;
use crate::domain::connection_test::{ConnectionCheck, ConnectionTest, TestedTarget};
use crate::domain::environment::EnvironmentSettings;
use crate::domain::execution::Moment;
use crate::domain::ssh::{HostKey, SshHost};
use crate::messages::{self, Locale};
use crate::pages::components::{
    Action, ActionStyle, Fact, FactValue, Hidden, Look, Notice, Status, When, component_urls,
};

/// What is known of an environment's connection.
pub struct KnownConnection<'k> {
    /// The environment.
    pub of: &'k EnvironmentDetail,
    /// The last test.
    pub test: Option<&'k ConnectionTest>,
    /// The keys that are pinned.
    pub pinned: &'k [PinnedKey],
}

/// What was found so far; `mark` is that of tests of connections.
pub fn live(region: &str, known: &KnownConnection<'_>, mark: u64, now: Moment) -> ConnectionTestLive {
    let words = Locale::default().connections();
    let id = known.of.environment.id;
    let operation = |word| component_urls::environment_operation(region, id, word);
    let targets = known.test.map(|test| test.targets.as_slice()).unwrap_or_default();
    let goes_on = known.test.is_some_and(|test| test.ended_at.is_none());
    let mut actions = Vec::new();
    if known.of.may_manage {
        actions.push(Action::post(words.test(), operation("test")).styled(ActionStyle::Primary));
        let fresh: Vec<Hidden> = targets.iter().filter(|target| is_fresh(target, known)).filter_map(pin).collect();
        if fresh.len() > 1 && !goes_on {
            actions.push(Action::post_with(words.pin_all(fresh.len()), operation("host-keys"), fresh));
        }
    }
    ConnectionTestLive {
        title: words.test().to_owned(),
        lead: match &known.of.environment.settings {
            EnvironmentSettings::Command(_) => words.lead_of_server(),
            EnvironmentSettings::Ssh(_) => words.lead_of_hosts(),
        },
        actions,
        facts: known.test.map(|test| facts(test, now)).unwrap_or_default(),
        notice: known.test.map(|test| notice(known, test)),
        targets: targets.iter().map(|target| panel(target, known, &operation("host-keys"))).collect(),
        refresh: goes_on.then(|| component_urls::connection_test_seen(region, id, mark)),
    }
}

fn facts(test: &ConnectionTest, now: Moment) -> Vec<Fact> {
    let words = Locale::default().components();
    vec![
        Fact::text("Tested", words.environment_version(test.version)),
        Fact::text("By", test.asked_by.name()),
        Fact::new("When", FactValue::When(When::at(test.asked_at, now))),
    ]
}

fn notice(known: &KnownConnection<'_>, test: &ConnectionTest) -> Notice {
    let words = Locale::default().connections();
    let all = known.of.environment.settings.ssh().map_or(1, |ssh| ssh.hosts.len() + 1);
    let wrong = test.targets.iter().filter(|target| !target.is_well()).count();
    if test.ended_at.is_none() {
        return Notice::new(Look::Running, "", words.goes_on(test.targets.len(), all));
    }
    if wrong > 0 {
        return Notice::new(Look::Failed, "", words.is_wrong(wrong, test.targets.len()));
    }
    Notice::new(Look::Done, "", words.is_well())
}

/// Whether it is a host that is met for the first time.
fn is_fresh(target: &TestedTarget, known: &KnownConnection<'_>) -> bool {
    let is_new = |host: &SshHost| known.pinned.iter().all(|pin| pin.address != host.place());
    target.host.as_ref().is_some_and(is_new) && !target.keys.is_empty()
}

/// What pins the keys that a host showed.
fn pin(target: &TestedTarget) -> Option<Hidden> {
    let fingerprints: Vec<String> = target.keys.iter().map(HostKey::fingerprint).collect();
    Some(Hidden::new("pin", format!("{} {}", target.host.as_ref()?.place(), fingerprints.join(" "))))
}

fn panel(target: &TestedTarget, known: &KnownConnection<'_>, pin_url: &str) -> TargetPanel {
    let words = Locale::default().connections();
    let pinned: Vec<&PinnedKey> = match &target.host {
        Some(host) => known.pinned.iter().filter(|pin| pin.address == host.place()).collect(),
        None => Vec::new(),
    };
    let new_keys: Vec<KeyRow> = target
        .keys
        .iter()
        .filter(|key| pinned.iter().all(|pin| pin.key != **key))
        .map(|key| KeyRow { kind: key.kind(), fingerprint: key.fingerprint(), by: String::new() })
        .collect();
    let offers = known.of.may_manage && !new_keys.is_empty() && known.test.is_some_and(|test| test.ended_at.is_some());
    let label = if pinned.is_empty() { words.pin() } else { words.pin_anew() };
    TargetPanel {
        name: target.host.as_ref().map_or(words.server().to_owned(), |host| host.name.clone()),
        place: target.host.as_ref().map(|host| format!("{}@{}", host.user, host.place())).unwrap_or_default(),
        status: status(target.is_well()),
        checks: target.checks.iter().map(row).collect(),
        pin: pin(target).filter(|_| offers).map(|pin| Action::post_with(label, pin_url, vec![pin])),
        new_keys,
        pinned: pinned
            .into_iter()
            .map(|pin| KeyRow {
                kind: pin.key.kind(),
                fingerprint: pin.key.fingerprint(),
                by: pin.by.name().to_owned(),
            })
            .collect(),
    }
}

fn status(is_well: bool) -> Status {
    let words = Locale::default().connections();
    if is_well { Status::new(Look::Done, words.well()) } else { Status::new(Look::Failed, words.wrong()) }
}

fn row(check: &ConnectionCheck) -> CheckRow {
    let words = Locale::default().connections();
    CheckRow {
        what: words.step(check.step).to_owned(),
        status: status(check.failure.is_none()),
        detail: check.detail.clone(),
        why: check.failure.as_ref().map(|cause| messages::failure_cause(cause, Locale::default())).unwrap_or_default(),
        took: words.took(check.took_ms),
    }
}
