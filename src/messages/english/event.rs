//! Sentences about events, as they go on after the name of who did it: “operator *executed version 2 as execution 3*”.

use std::borrow::Cow;

use crate::domain::blanking::BlankedCounts;
use crate::domain::dry_run::TriedRelease;
use crate::domain::event::{AccountEvent, Event, GateOutcome, NewLabels, ReleaseEvent};
use crate::domain::execution::{
    AttemptKind, CancelReason, Decision, DecisionAuthority, Moment, SkipReason, Start, Verdict,
};
use crate::domain::outcome::Outcome;
use crate::domain::people::Actor;
use crate::domain::refusal::Denial;
use crate::domain::retention::{DRAFT_DAYS, RetentionPolicy};
use crate::messages::blanking::BlankingSentences as _;
use crate::messages::storage::StorageSentences as _;

use super::English;
use super::activity::exported;
use super::cause::failure_cause;
use super::changes;
use super::grammar::{counted, listed, moment, scripts_run, to_the_second, unended};
use super::notice_pages::{dismissed, member_events_chosen};
use super::secrets::secret;
use super::variables::values;
use super::words;

/// What happened to an execution.
pub fn event(event: &Event) -> String {
    match event {
        Event::Executed { number, version, skipped, supersedes, variables, .. } => {
            let without = if *skipped > 0 { format!(", without {}", counted(*skipped, "task")) } else { String::new() };
            let closed = supersedes.map(|closed| format!(", in the place of execution {closed}")).unwrap_or_default();
            format!("executed version {version} as execution {number}{without}{}{closed}", values(variables))
        }
        Event::AttemptStarted { name, attempt, kind, until, .. } => started(name, *attempt, *kind, *until),
        Event::PlaceAsked { name, running, .. } => format!("let {name} wait for a place: {}", scripts_run(*running)),
        Event::ComponentAwaited { name, holder, .. } => {
            format!("let {name} wait for {}", changes::awaited(holder))
        }
        Event::AttemptEnded { name, attempt, kind, outcome, again_at, .. } => {
            ended(name, (*attempt, *kind), outcome, *again_at)
        }
        Event::CheckpointOpened { name, again: Some(environment), .. } => {
            format!("asked again for a decision on {name}, because {environment} was changed since")
        }
        Event::CheckpointOpened { name, deadline: None, .. } => format!("asked for a decision on {name}"),
        Event::CheckpointOpened { name, deadline: Some(deadline), .. } => {
            format!("asked for a decision on {name} by {}", moment(*deadline))
        }
        Event::Decided { name, decision, gate, .. } => decided(name, decision, *gate),
        Event::CheckpointExpired { name, .. } => format!("closed {name}, because nobody decided before its deadline"),
        Event::TaskCancelled { name, why: CancelReason::Terminated, .. } => {
            format!("cancelled {name}, because the release was terminated")
        }
        Event::TaskCancelled { name, why: CancelReason::ReleaseEnded, .. } => {
            format!("closed {name}, because the release had ended")
        }
        Event::TaskCancelled { name, why: CancelReason::Superseded(by), .. } => {
            format!("closed {name}, because execution {} took the place of this one", by.execution)
        }
        Event::Superseded(by) => format!("superseded it by execution {}: it waited for a decision", by.execution),
        Event::PauseAsked => "paused it".to_owned(),
        Event::Continued => "continued it".to_owned(),
        Event::TerminateAsked => "terminated it".to_owned(),
        Event::RetryAsked { .. } => "retried what had failed".to_owned(),
        Event::TaskSkipped { name, why: SkipReason::ByPerson { .. }, .. } => {
            format!("skipped {name}, which had failed, and retried the rest")
        }
        Event::TaskSkipped { name, why: SkipReason::NotSelected, .. } => format!("left out {name}"),
        Event::RollBackAsked => "rolled it back".to_owned(),
        Event::PolicyRollBack { version, from, failed } => {
            let why = if failed.is_empty() {
                "it was terminated".to_owned()
            } else {
                format!("{} failed", listed(failed.iter().map(String::as_str), "and"))
            };
            format!("of version {version} rolled it back, since {why} in the phase {from} or after it")
        }
        Event::AlsoStartedBy { who, how } => also_started(who, *how),
        Event::Resumed => "went on with the retry".to_owned(),
        Event::Ended { status } => format!("saw it end: {}", words::release_status(*status)),
    }
}

/// What happened to a release task outside its executions.
pub fn release_event(event: &ReleaseEvent) -> String {
    match event {
        ReleaseEvent::Created { name } => format!("created the release task {name}"),
        ReleaseEvent::Edited { version, note, labels } => {
            let more = new_labels(labels).map(|more| format!(" and {more}")).unwrap_or_default();
            let note = note.as_ref().map(|note| format!(": {note}")).unwrap_or_default();
            format!("saved version {version}{more}{note}")
        }
        ReleaseEvent::Restored { version, from } => format!("saved version {from} again as version {version}"),
        ReleaseEvent::Described { labels, .. } if !labels.is_none() => new_labels(labels).unwrap_or_default(),
        ReleaseEvent::Described { name, .. } => format!("changed the name or the description of {name}"),
        ReleaseEvent::Cloned { from, name } => format!("cloned {from} as {name}"),
        ReleaseEvent::SecretsGiven { execution, task, attempt, secrets } => format!(
            "gave {} of {task} in execution #{execution} the {} {}",
            if *attempt == 0 { "the source".to_owned() } else { format!("attempt {attempt}") },
            if secrets.len() == 1 { "secret" } else { "secrets" },
            listed(secrets.iter().map(String::as_str), "and")
        ),
        ReleaseEvent::Deleted => "deleted the release task".to_owned(),
        ReleaseEvent::Undeleted => "restored the deleted release task".to_owned(),
        ReleaseEvent::ValueBlanked(counts) => format!("blanked a value in {}", English.blanked_counts(*counts)),
        ReleaseEvent::Purged => {
            "removed logs, run folders and drafts of the deleted release task, which cannot be restored any more"
                .to_owned()
        }
    }
}

/// What changed of a release task beside its definition.
fn new_labels(NewLabels { renamed_from, described }: &NewLabels) -> Option<String> {
    match (renamed_from, described) {
        (None, false) => None,
        (None, true) => Some("changed the description".to_owned()),
        (Some(from), false) => Some(format!("changed the name, which was {from}")),
        (Some(from), true) => Some(format!("changed the description and the name, which was {from}")),
    }
}

/// What happened to accounts, teams and regions.
pub fn account_event(event: &AccountEvent) -> String {
    match event {
        AccountEvent::UserAdded { name } => format!("added the user {name}"),
        AccountEvent::SignedIn => "signed in".to_owned(),
        AccountEvent::SignedOut => "signed out".to_owned(),
        AccountEvent::SignInFailed { account: None, times } => {
            format!("refused a sign-in with a wrong name or password{}", so_often(*times))
        }
        AccountEvent::SignInFailed { account: Some(account), times } => {
            let (name, often) = (account.name(), so_often(*times));
            format!("refused a sign-in as {name}, with a wrong password or because the user is disabled{often}")
        }
        AccountEvent::PasswordRefused { times } => {
            format!("was refused a new password, because the present one was wrong{}", so_often(*times))
        }
        AccountEvent::ActionRefused { operation, release, why, times, .. } => {
            let (operation, why) = (words::operation(*operation), lacked(*why));
            format!("was refused {operation} of {release}: {why}{}", so_often(*times))
        }
        AccountEvent::CreationRefused { team, why, times } => {
            format!("was refused a new release task of the team {team}: {}{}", lacked(*why), so_often(*times))
        }
        AccountEvent::PasswordChanged { name } => format!("changed the password of {name}"),
        AccountEvent::SessionsEnded { count } => {
            let count = counted(usize::try_from(*count).unwrap_or(usize::MAX), "session");
            format!("ended {count}")
        }
        AccountEvent::DraftsBlanked { drafts } => {
            let counts = BlankedCounts { drafts: *drafts, ..BlankedCounts::default() };
            format!("blanked a value in {} of release tasks that were never saved", English.blanked_counts(counts))
        }
        AccountEvent::TeamAdded { name } => format!("added the team {name}"),
        AccountEvent::ScriptsAllowed { team } => format!("allowed the team {team} to run scripts on the server"),
        AccountEvent::ScriptsForbidden { team } => format!("forbade the team {team} to run scripts on the server"),
        AccountEvent::RegionAdded { name } => format!("added the region {name}"),
        AccountEvent::RetentionChanged { region, before, after } => retention_changed(region, before, after),
        AccountEvent::DraftExpired { user, release: Some(release) } => {
            format!("removed the draft of {release} by {user}, which nobody had changed for {DRAFT_DAYS} days")
        }
        AccountEvent::DraftExpired { user, release: None } => {
            format!("removed a draft by {user} that was never saved, and that nobody had changed for {DRAFT_DAYS} days")
        }
        AccountEvent::Restored { taken_at } => format!("restored the backup of {}", moment(*taken_at)),
        AccountEvent::RoleGranted { user, team, role } => {
            format!("gave {user} the role {} in the team {team}", role.word())
        }
        AccountEvent::RoleRevoked { user, team, role } => {
            format!("took the role {} in the team {team} from {user}", role.word())
        }
        AccountEvent::Invited { name, team, roles } => {
            format!("invited {name} to the team {team} as {}", listed(roles.iter().map(|role| role.word()), "and"))
        }
        AccountEvent::InvitationRevoked { name, team } => {
            format!("took back the invitation of {name} to the team {team}")
        }
        AccountEvent::InvitationAccepted { team, by } => {
            format!("accepted the invitation of {by} to the team {team}")
        }
        AccountEvent::InvitationDeclined { team, by } => {
            format!("declined the invitation of {by} to the team {team}")
        }
        AccountEvent::ResetLinkMade { name } => format!("made a link that sets a new password of {name}"),
        AccountEvent::PasswordReset { by } => format!("set a new password by a link of {by}"),
        AccountEvent::AdministratorMade { name } => format!("made {name} an administrator"),
        AccountEvent::AdministratorUnmade { name } => format!("took the rights of an administrator from {name}"),
        AccountEvent::UserDisabled { name } => format!("disabled the user {name}"),
        AccountEvent::UserEnabled { name } => format!("enabled the user {name} again"),
        AccountEvent::SecretSet(of) => format!("set {}", secret(of)),
        AccountEvent::SecretForgotten(of) => format!("had {} forgotten", secret(of)),
        AccountEvent::ConnectionTestAsked { environment, team } => {
            format!("had the connection of the environment {environment} of the team {team} tested")
        }
        AccountEvent::DryRunMade(TriedRelease { release, team }) => {
            format!("had it looked what the release task {release} of the team {team} would do")
        }
        AccountEvent::HostKeysPinned { environment, team, host, fingerprints } => format!(
            "pinned {} for the host {host} of the environment {environment} of the team {team}",
            fingerprints.join(", ")
        ),
        AccountEvent::EnvironmentOptionsSet { environment, team, lock, approval, lent } => {
            changes::options_set((environment, team), *lock, approval.as_ref(), lent)
        }
        AccountEvent::ObjectChanged { object, name, team, change, version } => {
            changes::object_changed((*object, *change), (name, team), *version)
        }
        AccountEvent::ChannelMade { channel, team } => format!("made the channel {channel} of the team {team}"),
        AccountEvent::ChannelChanged { channel, team } => format!("changed the channel {channel} of the team {team}"),
        AccountEvent::ChannelRemoved { channel, team } => format!("removed the channel {channel} of the team {team}"),
        AccountEvent::MemberEventsChosen { team, events } => member_events_chosen(team, events),
        AccountEvent::DeliveriesDismissed { count, recipients } => dismissed(*count, recipients),
        AccountEvent::MailServerSet { host } => format!("set the mail server {host}"),
        AccountEvent::AddressConfirmed => "confirmed an address for e-mail".to_owned(),
        AccountEvent::AddressForgotten => "had their address for e-mail forgotten".to_owned(),
        AccountEvent::EncryptionKeyChanged { before, after } => key_changed(before.as_deref(), after),
        AccountEvent::TokenMade { token, team, person } => token_made(token, team.as_deref(), person.as_deref()),
        AccountEvent::TokenRenewed { token, until, .. } => {
            format!("renewed the token {token} until {}", moment(*until))
        }
        AccountEvent::ActivityExported { format, filter } => exported(*format, filter),
        AccountEvent::TokenRevoked { token, .. } => format!("revoked the token {token}"),
    }
}

fn retention_changed(region: &str, before: &RetentionPolicy, after: &RetentionPolicy) -> String {
    let told = |policy: &RetentionPolicy| {
        let (good, other) = (English.kept(policy.successful), English.kept(policy.unsuccessful));
        format!("successful ones {good}, others {other}")
    };
    format!("changed what {region} keeps of executions from {} to {}", told(before), told(after))
}

fn key_changed(before: Option<&str>, after: &str) -> String {
    let instead = before.map(|before| format!(" instead of {before}")).unwrap_or_default();
    format!("encrypts secrets with the key {after}{instead}")
}

fn token_made(token: &str, team: Option<&str>, person: Option<&str>) -> String {
    let whose = match (team, person) {
        (Some(team), _) => format!(" for services of the team {team}"),
        (None, Some(person)) => format!(" for {person}"),
        (None, None) => String::new(),
    };
    format!("made the token {token}{whose}")
}

fn also_started(who: &[Actor], how: Start) -> String {
    let why = match how {
        Start::ByToken => "made or renewed the token with which it was done",
        Start::Caused => "caused it, as the request said",
        Start::Executed => "executed it",
        Start::Edited => "saved the version",
        Start::Retried => "retried it",
        Start::Skipped => "skipped a task of it",
    };
    format!("did so also on account of {}: {why}", listed(who.iter().map(Actor::name), "and"))
}

/// After what is not told each time.
fn so_often(times: u64) -> String {
    if times > 1 { format!(" ({times} times within an hour)") } else { String::new() }
}

fn started(name: &str, attempt: u32, kind: AttemptKind, until: Option<Moment>) -> String {
    let begun = match (kind, until) {
        (AttemptKind::Undo, _) => return format!("began to undo {name} (attempt {attempt})"),
        (AttemptKind::Do, Some(until)) => format!("began {name}, which waits until {}", moment(until)),
        (AttemptKind::Do, None) => format!("started {name}"),
    };
    if attempt > 1 { format!("{begun} (attempt {attempt})") } else { begun }
}

fn ended(name: &str, (attempt, kind): (u32, AttemptKind), outcome: &Outcome, again_at: Option<Moment>) -> String {
    let which: Cow<'_, str> = match (kind, attempt) {
        (AttemptKind::Undo, _) => format!("the roll back of {name}").into(),
        (AttemptKind::Do, 0 | 1) => Cow::Borrowed(name),
        (AttemptKind::Do, attempt) => format!("attempt {attempt} of {name}").into(),
    };
    let sentence = match outcome {
        Outcome::Succeeded { .. } if kind == AttemptKind::Undo => format!("undid {name}"),
        Outcome::Succeeded { .. } => format!("saw {which} succeed"),
        Outcome::Failed { cause } => format!("saw {which} fail: {}", unended(&failure_cause(cause))),
        Outcome::TimedOut { seconds } => {
            format!("stopped {which}, because it took longer than its timeout of {}", counted_seconds(*seconds))
        }
        Outcome::Errored { cause } => format!("could not carry out {which}: {}", unended(&failure_cause(cause))),
        Outcome::Interrupted { cause } => format!("lost sight of {which}: {}", unended(&failure_cause(cause))),
        Outcome::Stopped => format!("stopped {which}"),
    };
    match again_at {
        Some(at) => format!("{sentence}; it is tried again at {}", to_the_second(at)),
        None => sentence,
    }
}

fn decided(name: &str, decision: &Decision, gate: GateOutcome) -> String {
    let did = match decision.verdict {
        Verdict::Agree => format!("agreed to {name}"),
        Verdict::Reject => format!("rejected {name}"),
    };
    let right = match decision.standing {
        DecisionAuthority::Approver => "",
        DecisionAuthority::Override => ", overriding its approvers as an administrator",
    };
    let more = match gate {
        GateOutcome::StillOpen => "; more must agree",
        GateOutcome::Passed | GateOutcome::Rejected => "",
    };
    format!("{did}{right}{more}")
}

fn counted_seconds(seconds: u64) -> String {
    counted(usize::try_from(seconds).unwrap_or(usize::MAX), "second")
}

/// The right that somebody who was refused lacks.
fn lacked(why: Denial) -> &'static str {
    match why {
        Denial::NotPermitted => "their role does not allow it",
        Denial::NotAnApprover => "the checkpoint does not name them",
        Denial::OwnRelease => "they count as a starter of the release",
        Denial::NotAMember => "they are not in the team",
        Denial::ScriptsNotPermitted => "their team may not run scripts on the server",
        Denial::OutOfScope => "the token that they used is not for that",
    }
}
