//! Notices: which events are told, to whom, until when that is of use, and when it is tried again.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

use super::event::Event;
use super::execution::{Execution, FailReason, Intent, Moment};
use super::ids::{ChannelId, TeamId, UserId};
use super::people::Role;
use super::status::ReleaseStatus;
use super::tokens::ENDS_SOON;
use super::{policy, schedule};

/// Longest time before the deadline of a checkpoint at which its approvers are told once more.
const DEADLINE_LEAD: TimeDelta = TimeDelta::hours(1);

/// That a release started is of use for so long.
const START_USEFUL: TimeDelta = TimeDelta::minutes(30);

/// How a release ended is of use for so long.
const END_USEFUL: TimeDelta = TimeDelta::hours(2);

/// While an execution is paused nobody decides its checkpoints: after so long it is looked at again.
const PAUSE_INTERVAL: TimeDelta = TimeDelta::minutes(1);

/// Pauses in seconds after each attempt that failed. After the last one nothing more is tried by itself.
const RETRY_DELAYS: [i64; 11] = [10, 30, 60, 5 * 60, 15 * 60, 30 * 60, 3600, 2 * 3600, 4 * 3600, 8 * 3600, 8 * 3600];

/// Kind of what is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NoticeKind {
    /// A checkpoint asks its approvers.
    CheckpointWaits,
    /// The deadline of a checkpoint that waits is near.
    DeadlineNear,
    /// A release started.
    ReleaseStarted,
    /// It ended as Successful.
    ReleaseSuccessful,
    /// It ended as Release failed, for another reason than a rejection.
    ReleaseFailed,
    /// Somebody rejected a checkpoint of it.
    ReleaseRejected,
    /// What it did was undone.
    RolledBack,
    /// Something could not be undone.
    RollbackFailed,
    /// A token ends soon: the reader's own, or one of the team's services.
    TokenEnds,
}

impl NoticeKind {
    /// Every kind, in the order of the screen.
    pub const ALL: [Self; 9] = [
        Self::CheckpointWaits,
        Self::DeadlineNear,
        Self::ReleaseStarted,
        Self::ReleaseSuccessful,
        Self::ReleaseFailed,
        Self::ReleaseRejected,
        Self::RolledBack,
        Self::RollbackFailed,
        Self::TokenEnds,
    ];

    /// What a person is told who has not chosen: that they are waited for, and that a token ends.
    pub const DEFAULT: [Self; 3] = [Self::CheckpointWaits, Self::DeadlineNear, Self::TokenEnds];

    /// The stored and written word.
    pub const fn word(self) -> &'static str {
        match self {
            Self::CheckpointWaits => "checkpoint_waits",
            Self::DeadlineNear => "deadline_near",
            Self::ReleaseStarted => "release_started",
            Self::ReleaseSuccessful => "release_successful",
            Self::ReleaseFailed => "release_failed",
            Self::ReleaseRejected => "release_rejected",
            Self::RolledBack => "rolled_back",
            Self::RollbackFailed => "rollback_failed",
            Self::TokenEnds => "token_ends",
        }
    }

    /// The kind of that word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }

    /// Whether it asks somebody to decide a checkpoint.
    pub fn asks(self) -> bool {
        self.useful_for().is_none()
    }

    /// How long it is of use; none for what is of use until the checkpoint is decided.
    fn useful_for(self) -> Option<TimeDelta> {
        match self {
            Self::CheckpointWaits | Self::DeadlineNear => None,
            Self::ReleaseStarted => Some(START_USEFUL),
            Self::ReleaseSuccessful
            | Self::ReleaseFailed
            | Self::ReleaseRejected
            | Self::RolledBack
            | Self::RollbackFailed => Some(END_USEFUL),
            Self::TokenEnds => Some(ENDS_SOON),
        }
    }

    /// Whether what happened then is old news by now.
    pub fn is_late(self, happened_at: Moment, now: Moment) -> bool {
        self.useful_for().is_some_and(|limit| now - happened_at > limit)
    }
}

/// Something to be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PlannedNotice {
    /// What.
    pub kind: NoticeKind,
    /// Place of its event among those that happened together.
    pub event: usize,
    /// The checkpoint that it is about, if it is about one.
    pub gate: Option<AskedGate>,
    /// When it is to be told.
    pub due_at: Moment,
}

/// One asking of a checkpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AskedGate {
    /// Index of the checkpoint in its execution.
    pub task: usize,
    /// Which asking of it.
    pub round: u32,
}

/// What is to be told of these events, after which the execution is as it is.
pub fn of_events(execution: &Execution, happened: &[Event], at: Moment) -> Vec<PlannedNotice> {
    let mut notices = Vec::new();
    for (event, it) in happened.iter().enumerate() {
        match it {
            Event::Executed { .. } => {
                notices.push(PlannedNotice { kind: NoticeKind::ReleaseStarted, event, gate: None, due_at: at });
            }
            Event::CheckpointOpened { task, deadline, .. } => {
                let gate = Some(AskedGate { task: *task, round: execution.tasks[*task].round });
                notices.push(PlannedNotice { kind: NoticeKind::CheckpointWaits, event, gate, due_at: at });
                let remind = |deadline: Moment| PlannedNotice {
                    kind: NoticeKind::DeadlineNear,
                    event,
                    gate,
                    due_at: deadline - lead(deadline - at),
                };
                notices.extend(deadline.map(remind));
            }
            Event::Ended { status } => {
                let kind = of_end(execution, *status);
                notices.extend(kind.map(|kind| PlannedNotice { kind, event, gate: None, due_at: at }));
            }
            Event::AttemptStarted { .. }
            | Event::PlaceAsked { .. }
            | Event::ComponentAwaited { .. }
            | Event::AttemptEnded { .. }
            | Event::Decided { .. }
            | Event::CheckpointExpired { .. }
            | Event::TaskCancelled { .. }
            | Event::Superseded(_)
            | Event::PauseAsked
            | Event::Continued
            | Event::TerminateAsked
            | Event::RetryAsked { .. }
            | Event::TaskSkipped { .. }
            | Event::RollBackAsked
            | Event::PolicyRollBack { .. }
            | Event::AlsoStartedBy { .. }
            | Event::Resumed => {}
        }
    }
    notices
}

/// How long before its deadline a checkpoint that waits for so long reminds of it.
fn lead(whole: TimeDelta) -> TimeDelta {
    DEADLINE_LEAD.min(whole / 2)
}

fn of_end(execution: &Execution, status: ReleaseStatus) -> Option<NoticeKind> {
    match status {
        ReleaseStatus::Successful => Some(NoticeKind::ReleaseSuccessful),
        // Whoever started the newer one was told of it, and its own start is news enough.
        ReleaseStatus::ReleaseFailed if execution.superseded().is_some() => None,
        ReleaseStatus::ReleaseFailed => {
            let rejected = execution.failures().iter().any(|(_, reason)| *reason == FailReason::Rejected);
            Some(if rejected { NoticeKind::ReleaseRejected } else { NoticeKind::ReleaseFailed })
        }
        ReleaseStatus::RolledBack => Some(NoticeKind::RolledBack),
        ReleaseStatus::RollbackFailed => Some(NoticeKind::RollbackFailed),
        ReleaseStatus::ToRelease
        | ReleaseStatus::Running
        | ReleaseStatus::ToBeApproved
        | ReleaseStatus::Pausing
        | ReleaseStatus::Paused
        | ReleaseStatus::Retrying
        | ReleaseStatus::RollingBack => None,
    }
}

/// Whether a notice is of use now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Usefulness {
    /// It is to be told now.
    Useful,
    /// It is to be told, if at all, no earlier than then.
    NotBefore(Moment),
    /// It is old news: part of a digest, and no message of its own.
    Late,
    /// Nobody is asked any more.
    Pointless,
}

/// Whether that notice of an execution is of use now.
pub fn usefulness(
    kind: NoticeKind,
    gate: Option<AskedGate>,
    execution: &Execution,
    happened_at: Moment,
    now: Moment,
) -> Usefulness {
    let Some(AskedGate { task, round }) = gate.filter(|_| kind.asks()) else {
        return if kind.is_late(happened_at, now) { Usefulness::Late } else { Usefulness::Useful };
    };
    let Some(run) = execution.tasks.get(task).filter(|run| run.round == round) else { return Usefulness::Pointless };
    let Some(deadline) = run.state.asking() else { return Usefulness::Pointless };
    match execution.intent {
        Intent::Terminate => return Usefulness::Pointless,
        Intent::Pause { .. } => return Usefulness::NotBefore(now + PAUSE_INTERVAL),
        Intent::Run | Intent::Retry => {}
    }
    match (kind, deadline) {
        (NoticeKind::DeadlineNear, None) => Usefulness::Pointless,
        (_, Some(deadline)) if deadline <= now && schedule::expires(execution, task) => Usefulness::Pointless,
        (NoticeKind::DeadlineNear, Some(deadline)) => {
            // A pause has moved it.
            let due = deadline - lead(deadline - happened_at);
            if due > now { Usefulness::NotBefore(due) } else { Usefulness::Useful }
        }
        (
            NoticeKind::CheckpointWaits
            | NoticeKind::ReleaseStarted
            | NoticeKind::ReleaseSuccessful
            | NoticeKind::ReleaseFailed
            | NoticeKind::ReleaseRejected
            | NoticeKind::RolledBack
            | NoticeKind::RollbackFailed
            | NoticeKind::TokenEnds,
            _,
        ) => Usefulness::Useful,
    }
}

/// How something is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChannelKind {
    /// An e-mail to a person.
    Email,
    /// A signed request to another system.
    Webhook,
    /// A message to an incoming webhook of Slack, or of a chat that takes the same.
    Slack,
    /// The same for Microsoft Teams.
    Teams,
}

impl ChannelKind {
    /// Those that a team has, in the order of the screen.
    pub const OF_TEAMS: [Self; 3] = [Self::Webhook, Self::Slack, Self::Teams];

    /// The stored and written word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Webhook => "webhook",
            Self::Slack => "slack",
            Self::Teams => "teams",
        }
    }

    /// The kind of that word.
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Email].into_iter().chain(Self::OF_TEAMS).find(|kind| kind.word() == word)
    }

    /// Whether its address is a secret: whoever knows it may write there.
    pub fn has_secret_address(self) -> bool {
        match self {
            Self::Slack | Self::Teams => true,
            Self::Email | Self::Webhook => false,
        }
    }
}

/// Who is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Recipient {
    /// A channel of a team.
    Channel(ChannelId),
    /// A person, by e-mail.
    Person(UserId),
}

/// A channel of a team as far as it matters for who is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChannelChoice {
    /// Key.
    pub id: ChannelId,
    /// How it is reached.
    pub kind: ChannelKind,
    /// Whether anything is told there.
    pub enabled: bool,
    /// What is told there.
    pub events: BTreeSet<NoticeKind>,
}

/// A person who has a confirmed address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonChoice {
    /// The person, with their roles as they are now.
    pub user: super::people::User,
    /// What they want to be told.
    pub events: BTreeSet<NoticeKind>,
}

/// Everybody who is told that: channels and people that chose it. Of a checkpoint those people alone who may decide it as
/// its approvers and have not yet.
pub fn audience(
    kind: NoticeKind,
    gate: Option<AskedGate>,
    execution: &Execution,
    channels: &[ChannelChoice],
    people: &[PersonChoice],
) -> Vec<(ChannelKind, Recipient)> {
    let chosen = channels.iter().filter(|channel| channel.enabled && channel.events.contains(&kind));
    let mut told: Vec<_> = chosen.map(|channel| (channel.kind, Recipient::Channel(channel.id))).collect();
    let wanted = people.iter().filter(|person| is_told(kind, gate, execution, person));
    told.extend(wanted.map(|person| (ChannelKind::Email, Recipient::Person(person.user.id))));
    told
}

/// Whether that person is told.
pub fn is_told(kind: NoticeKind, gate: Option<AskedGate>, execution: &Execution, person: &PersonChoice) -> bool {
    let concerns = match gate {
        Some(gate) => !policy::approvers(std::slice::from_ref(&person.user), execution, gate.task).is_empty(),
        None => person.user.roles.iter().any(|held| held.team == execution.team_id),
    };
    concerns && person.events.contains(&kind)
}

/// Whose token it is that ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenHolder {
    /// A person's own.
    Person(UserId),
    /// One of the services of a team.
    Team(TeamId),
}

/// Everybody who is told that a token ends: its owner or, of a service's, the managers and the channels of its team.
pub fn told_of_token(
    holder: TokenHolder,
    channels: &[ChannelChoice],
    people: &[PersonChoice],
) -> Vec<(ChannelKind, Recipient)> {
    let of_team = |channel: &&ChannelChoice| match holder {
        TokenHolder::Team(_) => channel.enabled && channel.events.contains(&NoticeKind::TokenEnds),
        TokenHolder::Person(_) => false,
    };
    let mut told: Vec<_> =
        channels.iter().filter(of_team).map(|channel| (channel.kind, Recipient::Channel(channel.id))).collect();
    let wanted = people.iter().filter(|person| hears_of_token(holder, person));
    told.extend(wanted.map(|person| (ChannelKind::Email, Recipient::Person(person.user.id))));
    told
}

/// Whether that person is told.
pub fn hears_of_token(holder: TokenHolder, person: &PersonChoice) -> bool {
    let concerns = match holder {
        TokenHolder::Person(owner) => person.user.id == owner,
        TokenHolder::Team(team) => person.user.has(team, Role::Manager),
    };
    concerns && person.events.contains(&NoticeKind::TokenEnds)
}

/// When it is tried again after so many attempts have failed; none if it is not.
pub fn next_try(attempts: u32, now: Moment) -> Option<Moment> {
    let place = usize::try_from(attempts).ok()?.checked_sub(1)?;
    RETRY_DELAYS.get(place).map(|seconds| now + TimeDelta::seconds(*seconds))
}
