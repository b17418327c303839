//! Notices: what is told of a release task by e-mail, in a chat and to other systems.

use super::English;
use super::failure::failed_task;
use super::grammar::{counted, moment};
use super::{notice_pages as pages, words};
use crate::domain::channels::ChannelFault;
use crate::domain::delivery::{DeliveryFailure, DeliveryKind};
use crate::domain::execution::{Execution, Moment};
use crate::domain::kinds::Deciders;
use crate::domain::mail::{MailEncryption, MailFault};
use crate::domain::notices::{ChannelKind, NoticeKind};
use crate::domain::reference;
use crate::messages::dialogs::DialogSentences as _;
use crate::messages::differences::DifferenceSentences as _;
use crate::messages::notices::{
    ChangesBefore, DigestEntry, NoticeFacts, NoticeSection, NoticeSentences, NoticeText, TokenEndFacts,
};
use crate::messages::{Locale, changes};

/// The most lines of what changed.
const MAX_CHANGE_LINES: usize = 12;

impl NoticeSentences for English {
    fn notice(&self, facts: &NoticeFacts<'_>) -> NoticeText {
        let (execution, names) = (facts.execution, facts.names);
        let mut text = NoticeText {
            subject: format!("{}: {}", names.release, happened(facts)),
            lead: lead(facts),
            facts: vec![
                fact("Release task", names.release),
                fact("Region", names.region),
                fact("Team", names.team),
                fact("Execution", &format!("{} (version {})", execution.number, execution.version)),
                fact("Status", words::release_status(execution.status())),
                fact("Started by", &self.starters(execution)),
            ],
            sections: Vec::new(),
            action: if facts.gate.is_some() { "Open the dialog" } else { "Open the release task" }.to_owned(),
            footer: footer(facts.kind).to_owned(),
        };
        if facts.gate.is_some() {
            ask(self, facts, &mut text);
        }
        let failed: Vec<_> = execution.tasks.iter().filter_map(failed_task).collect();
        if !failed.is_empty() && execution.ended_at.is_some() {
            text.sections.push(NoticeSection { title: "What failed".to_owned(), lines: failed });
        }
        text
    }

    fn digest(&self, team: &str, lines: &[DigestEntry<'_>], count: usize) -> NoticeText {
        let line = |entry: &DigestEntry<'_>| {
            let DigestEntry { kind, happened_at, release, region, execution } = entry;
            let what = self.notice_kind(*kind).to_lowercase();
            format!("{}: {release} in {region}, execution {execution}: {what}", moment(*happened_at))
        };
        let mut listed: Vec<String> = lines.iter().map(line).collect();
        if count > lines.len() {
            listed.insert(0, format!("… and {} before", counted(count - lines.len(), "notice")));
        }
        NoticeText {
            subject: format!("{team}: {} that could not be told in time", counted(count, "notice")),
            lead: "This could not be delivered while it was new. Here it is in one message.".to_owned(),
            sections: vec![NoticeSection { title: "What happened".to_owned(), lines: listed }],
            action: "Open Tollgate".to_owned(),
            ..NoticeText::default()
        }
    }

    fn trial(&self, team: &str) -> NoticeText {
        let lead = match team {
            "" => "Somebody tried whether Tollgate can send e-mail. It can.".to_owned(),
            team => format!("Somebody tried this channel of the team {team}. Nothing happened to any release task."),
        };
        NoticeText {
            subject: "Tollgate: a test".to_owned(),
            lead,
            action: "Open Tollgate".to_owned(),
            ..NoticeText::default()
        }
    }

    fn confirmation(&self, name: &str, until: Moment) -> NoticeText {
        NoticeText {
            subject: "Tollgate: confirm your address".to_owned(),
            lead: format!(
                "Somebody signed in to Tollgate as {name} wants notifications sent here. If that was you, open the link \
                 and confirm it before {}. If not, do nothing: nothing is sent here.",
                moment(until)
            ),
            action: "Confirm the address".to_owned(),
            footer: "The link asks you to sign in. Opening it confirms nothing.".to_owned(),
            ..NoticeText::default()
        }
    }

    fn token_ends(&self, facts: &TokenEndFacts<'_>) -> NoticeText {
        pages::token_ends(self, facts)
    }

    fn notice_kind(&self, kind: NoticeKind) -> &'static str {
        match kind {
            NoticeKind::CheckpointWaits => "A checkpoint waits",
            NoticeKind::DeadlineNear => "The deadline of a checkpoint is near",
            NoticeKind::ReleaseStarted => "A release started",
            NoticeKind::ReleaseSuccessful => "A release succeeded",
            NoticeKind::ReleaseFailed => "A release failed",
            NoticeKind::ReleaseRejected => "A checkpoint was rejected",
            NoticeKind::RolledBack => "A release was rolled back",
            NoticeKind::RollbackFailed => "A roll back failed",
            NoticeKind::TokenEnds => "A token expires soon",
        }
    }

    fn channel_kind(&self, kind: ChannelKind) -> &'static str {
        match kind {
            ChannelKind::Email => "E-mail",
            ChannelKind::Webhook => "Webhook",
            ChannelKind::Slack => "Chat (Slack)",
            ChannelKind::Teams => "Chat (Microsoft Teams)",
        }
    }

    fn delivery_kind(&self, kind: DeliveryKind) -> &'static str {
        pages::delivery_kind(kind)
    }

    fn delivery_state(&self, word: &str) -> &'static str {
        pages::delivery_state(word)
    }

    fn channels_title(&self, team: &str) -> String {
        format!("Notifications of {team}")
    }

    fn channels_short(&self) -> &'static str {
        "Notifications"
    }

    fn channels_lead(&self) -> &'static str {
        "Where this team's events go. Each person says under My Account what they are told by e-mail."
    }

    fn add_channel(&self, kind: ChannelKind) -> &'static str {
        pages::add_channel(kind)
    }

    fn new_channel_title(&self, kind: ChannelKind, team: &str) -> String {
        format!("New {} of {team}", self.channel_kind(kind))
    }

    fn channel_lead(&self, kind: ChannelKind) -> &'static str {
        pages::channel_lead(kind)
    }

    fn address_hint(&self, kind: ChannelKind, is_known: bool) -> &'static str {
        pages::address_hint(kind, is_known)
    }

    fn secret_address(&self) -> &'static str {
        "address kept secret"
    }

    fn channel_fault(&self, fault: ChannelFault) -> String {
        pages::channel_fault(fault)
    }

    fn turned_off(&self) -> &'static str {
        "Turned off"
    }

    fn try_it(&self) -> &'static str {
        "Test"
    }

    fn new_key(&self) -> &'static str {
        "New Key"
    }

    fn remove(&self) -> &'static str {
        "Remove"
    }

    fn key_title(&self, channel: &str) -> String {
        format!("The signing key of “{channel}” is made. Copy it now: it is shown this once.")
    }

    fn key_hint(&self) -> &'static str {
        "The receiver checks signatures with it. After a new key was made, the old one signs too for a day."
    }

    fn no_links_title(&self) -> &'static str {
        "Messages go out without links."
    }

    fn no_links(&self) -> &'static str {
        "The server was not told the address at which people reach it: start it with --public-url."
    }

    fn undelivered_title(&self) -> &'static str {
        "Undelivered"
    }

    fn undelivered_lead(&self) -> &'static str {
        "What could not be sent yet and is tried again, and what was given up: after a day of attempts, or refused for good."
    }

    fn tried(&self, attempts: u32) -> String {
        format!("tried {}", counted(usize::try_from(attempts).unwrap_or(usize::MAX), "time"))
    }

    fn send_again(&self) -> &'static str {
        "Send Again"
    }

    fn mail_title(&self) -> &'static str {
        "E-mail"
    }

    fn mail_lead(&self) -> &'static str {
        "The server to which Tollgate hands its e-mail. Who is told what, each person says under My Account."
    }

    fn mail_encryption(&self, way: MailEncryption) -> &'static str {
        pages::mail_encryption(way)
    }

    fn mail_fault(&self, fault: MailFault) -> &'static str {
        pages::mail_fault(fault)
    }

    fn mail_password_hint(&self, is_kept: bool) -> &'static str {
        if is_kept { "One is kept. Empty leaves it as it is." } else { "Kept encrypted, and never shown." }
    }

    fn forget_address(&self) -> &'static str {
        "Forget My Address"
    }

    fn no_mail_server(&self) -> &'static str {
        "Nothing was sent: no mail server is set yet. An administrator sets it under E-mail."
    }

    fn too_many_links(&self) -> &'static str {
        "Five links were sent within the last hour. Wait a while, then try again."
    }

    fn bad_address(&self) -> &'static str {
        "That is no address. Write it as name@example.org."
    }

    fn confirm_title(&self) -> &'static str {
        "Confirm Your Address"
    }

    fn delivery_failure(&self, failure: &DeliveryFailure) -> String {
        pages::delivery_failure(failure)
    }
}

fn fact(name: &str, value: &str) -> (String, String) {
    (name.to_owned(), value.to_owned())
}

/// Phase and name of the checkpoint.
fn checkpoint(facts: &NoticeFacts<'_>) -> Option<String> {
    let run = facts.execution.tasks.get(facts.gate?.task)?;
    let phase = facts.execution.definition.phases.get(run.place.phase)?;
    Some(format!("{} / {}", phase.name, run.name))
}

/// What happened, in a few words.
fn happened(facts: &NoticeFacts<'_>) -> String {
    let number = facts.execution.number;
    let at = checkpoint(facts).unwrap_or_default();
    match facts.kind {
        NoticeKind::CheckpointWaits => format!("{at} is to be approved (execution {number})"),
        NoticeKind::DeadlineNear => format!("{at} is still to be approved, and its deadline is near"),
        NoticeKind::ReleaseStarted => format!("execution {number} started"),
        NoticeKind::ReleaseSuccessful => format!("execution {number} is Successful"),
        NoticeKind::ReleaseFailed => format!("execution {number}: Release failed"),
        NoticeKind::ReleaseRejected => format!("execution {number} was rejected: Release failed"),
        NoticeKind::RolledBack => format!("execution {number} is Rolled back"),
        NoticeKind::RollbackFailed => format!("execution {number}: Rollback failed"),
        NoticeKind::TokenEnds => "a token expires soon".to_owned(),
    }
}

fn lead(facts: &NoticeFacts<'_>) -> String {
    let NoticeFacts { execution, names, .. } = facts;
    let (release, region, number) = (names.release, names.region, execution.number);
    let at = checkpoint(facts).unwrap_or_default();
    match facts.kind {
        NoticeKind::CheckpointWaits => {
            format!("The release of {release} in {region} waits at {at} until it is approved.")
        }
        NoticeKind::DeadlineNear => {
            format!("The release of {release} in {region} still waits at {at}, and the deadline is near.")
        }
        NoticeKind::ReleaseStarted => format!("Execution {number} of {release} started in {region}."),
        NoticeKind::ReleaseSuccessful => format!("Execution {number} of {release} in {region} is Successful."),
        NoticeKind::ReleaseFailed if execution.was_terminated() => {
            format!("Execution {number} of {release} in {region} was terminated.")
        }
        NoticeKind::ReleaseFailed => format!("Execution {number} of {release} in {region} failed."),
        NoticeKind::ReleaseRejected => {
            format!("A checkpoint of execution {number} of {release} in {region} was rejected.")
        }
        NoticeKind::RolledBack => format!("What execution {number} of {release} did in {region} is undone."),
        NoticeKind::RollbackFailed => {
            format!("Something that execution {number} of {release} did in {region} could not be undone.")
        }
        NoticeKind::TokenEnds => format!("A token with which {release} is released in {region} expires soon."),
    }
}

fn footer(kind: NoticeKind) -> &'static str {
    if kind.asks() {
        "The link opens the dialog and asks you to sign in. Opening it decides nothing."
    } else {
        "The link opens the release task and asks you to sign in."
    }
}

/// What an approver needs.
fn ask(english: &English, facts: &NoticeFacts<'_>, text: &mut NoticeText) {
    let Some(asked) = facts.gate else { return };
    let execution: &Execution = facts.execution;
    let (run, Some(gate)) = (&execution.tasks[asked.task], execution.spec(asked.task).kind.gate()) else { return };
    text.facts.extend(checkpoint(facts).map(|at| fact("Checkpoint", &at)));
    text.facts.push(fact("Decided by", &english.deciders(gate)));
    match gate.deciders {
        Deciders::Listed { .. } => {
            text.facts.push(fact("Agreed", &format!("{} of {}", run.agreed(), gate.required)));
        }
        Deciders::Team => {}
    }
    text.facts.extend(facts.able.map(|able| fact(english.able_now(), &english.able(able))));
    let deadline = run.state.asking().flatten();
    text.facts.extend(deadline.map(|at| fact(english.at_deadline(gate.on_deadline), &moment(at))));
    let blank = english.not_known();
    let check = reference::fill_or(gate.check, blank, &|it| execution.value(asked.task, facts.names, it));
    if !check.trim().is_empty() {
        let lines = check.lines().map(str::to_owned).collect();
        text.sections.push(NoticeSection { title: "What to check".to_owned(), lines });
    }
    text.sections.push(changed(english, facts));
}

fn changed(english: &English, facts: &NoticeFacts<'_>) -> NoticeSection {
    match facts.changes {
        ChangesBefore::FirstExecution => {
            NoticeSection { title: "What changed".to_owned(), lines: vec![english.first_execution().to_owned()] }
        }
        ChangesBefore::SameVersion { execution } => {
            let line = english.since_same_version(execution, facts.execution.version);
            NoticeSection { title: "What changed".to_owned(), lines: vec![line] }
        }
        ChangesBefore::Changed { execution, version, comparison } => {
            let rows = changes(comparison, Locale::English);
            let mut lines: Vec<String> = rows
                .into_iter()
                .flat_map(|row| {
                    let fields = row.fields.into_iter().map(|field| format!("  {field}"));
                    std::iter::once(row.words).chain(fields).collect::<Vec<_>>()
                })
                .collect();
            if lines.len() > MAX_CHANGE_LINES {
                let more = lines.len() - MAX_CHANGE_LINES;
                lines.truncate(MAX_CHANGE_LINES);
                lines.push(english.more_changes(more));
            }
            NoticeSection { title: english.since_execution(execution, version, facts.execution.version), lines }
        }
    }
}
