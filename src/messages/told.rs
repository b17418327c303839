//! Notices that are shown once after an operation. A browser carries it to the next page as one of these cases, never as a
//! sentence, so that no other sentence than ours is shown as ours.

use serde::{Deserialize, Serialize};

use super::Locale;
use super::editor::{BoardEnd, BoardPlace};
use crate::domain::blanking::BlankedCounts;
use crate::domain::decide::Command;
use crate::domain::edit::ActionLabel;
use crate::domain::execution::Verdict;

/// What was done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Told {
    /// The reader changed their password.
    PasswordChanged,
    /// They ended a session.
    SessionEnded,
    /// They ended so many others.
    SessionsEnded(u64),
    /// They began that execution of a release task.
    Executed(String, u32),
    /// They agreed to a checkpoint.
    Agreed(String),
    /// They rejected it.
    Rejected(String),
    /// They paused a release task.
    Paused(String),
    /// They let it go on.
    Continued(String),
    /// They terminated it.
    Terminated(String),
    /// They retried it.
    Retried(String),
    /// They skipped a task of a release task.
    Skipped(String, String),
    /// They rolled it back.
    RolledBack(String),
    /// They copied it, under that name.
    Cloned(String, String),
    /// They made an old version of a release task the newest one: its name, the old number and the new one.
    Restored(String, u32, u32),
    /// They merged a draft with that version.
    Merged(u32),
    /// They deleted it.
    Deleted(String),
    /// They put it on the lists again.
    Undeleted(String),
    /// They changed how long that region keeps logs.
    RetentionChanged(String),
    /// They changed the roles of that member of that team.
    RolesChanged(String, String),
    /// They removed that member from that team.
    MemberRemoved(String, String),
    /// They took back the invitation of that name.
    InvitationRevoked(String),
    /// They joined that team.
    Joined(String),
    /// They did not want to join that team.
    Declined(String),
    /// They disabled that user.
    UserDisabled(String),
    /// They let that user sign in again.
    UserEnabled(String),
    /// They made that user an administrator.
    AdministratorMade(String),
    /// They took that from them.
    AdministratorUnmade(String),
    /// They renewed a token, until that day.
    TokenRenewed(String, String),
    /// They revoked a token.
    TokenRevoked(String),
    /// They saved that channel.
    ChannelSaved(String),
    /// They sent a test to that channel.
    ChannelTried(String),
    /// They removed that channel.
    ChannelRemoved(String),
    /// They set that secret.
    SecretSet(String),
    /// They had that secret forgotten.
    SecretForgotten(String),
    /// They saved that environment.
    EnvironmentSaved(String),
    /// They deleted that environment.
    EnvironmentDeleted(String),
    /// They had the connection of that environment tested.
    ConnectionTestAsked(String),
    /// They pinned the keys of so many hosts.
    HostKeysPinned(usize),
    /// They saved that application.
    ApplicationSaved(String),
    /// They deleted that application.
    ApplicationDeleted(String),
    /// They had something sent again.
    SentAgain,
    /// They took so many off the list of what could not be delivered.
    Dismissed(u64),
    /// It was sent meanwhile.
    SentAlready,
    /// They said how mail is sent.
    MailServerSet,
    /// They sent a test to their own address.
    MailTried,
    /// They have no address to which a test could go.
    NoOwnAddress,
    /// A link goes to that address.
    AddressAsked(String),
    /// They confirmed their address.
    AddressConfirmed,
    /// The link was used before, or its time is over, or it is somebody else's.
    AddressLinkOver,
    /// They had their address forgotten.
    AddressForgotten,
    /// They said what they want to be told.
    EventsChosen,
    /// They chose that nothing is.
    NoEventsChosen,
    /// They are told what their teams have chosen.
    TeamsFollowed,
    /// They chose what members of that team are told.
    MemberEventsChosen(String),
    /// They chose that members of that team are told nothing.
    NoMemberEvents(String),
    /// They made that team.
    TeamAdded(String),
    /// They made that region.
    RegionAdded(String),
    /// They allowed that team scripts on the server.
    ScriptsAllowed(String),
    /// They forbade them.
    ScriptsForbidden(String),
    /// They blanked a value in so much of so many release tasks; those, and so many more, are under way and have it still.
    ValueBlanked(BlankedCounts, usize, Vec<String>, usize),
    /// They changed a draft; so many references follow, and what they moved is there.
    DraftEdited(ActionLabel, usize, Option<BoardPlace>),
    /// They wanted to move an element of a draft on that is at that end.
    DraftNotMoved(ActionLabel, BoardEnd),
    /// They undid an action.
    DraftUndone(ActionLabel),
    /// They did it again.
    DraftRedone(ActionLabel),
    /// A text took the place of what was in a draft.
    DraftReplaced(Vec<String>),
    /// A text that was typed and not applied was discarded.
    TextDiscarded,
    /// They threw the draft of a release task away.
    DraftDiscarded(String),
    /// They saved that version of it.
    VersionSaved(String, u32),
}

/// How many names one message has at most: it fits into a cookie.
const MOST_NAMES: usize = 5;

impl Told {
    /// That a value was blanked in so much of so many release tasks, and not in those, which are under way.
    pub fn value_blanked(counts: BlankedCounts, releases: usize, mut active: Vec<String>) -> Self {
        let more = active.len().saturating_sub(MOST_NAMES);
        active.truncate(MOST_NAMES);
        Self::ValueBlanked(counts, releases, active, more)
    }

    /// What was asked of the last execution of the release task of that name.
    pub fn asked(name: &str, command: &Command) -> Self {
        let name = name.to_owned();
        match command {
            Command::Decide { task, verdict: Verdict::Agree, .. } => Self::Agreed(task.clone()),
            Command::Decide { task, verdict: Verdict::Reject, .. } => Self::Rejected(task.clone()),
            Command::Pause => Self::Paused(name),
            Command::Continue => Self::Continued(name),
            Command::Terminate => Self::Terminated(name),
            Command::Retry => Self::Retried(name),
            Command::Skip { task, .. } => Self::Skipped(task.clone(), name),
            Command::RollBack => Self::RolledBack(name),
        }
    }

    /// The sentence.
    pub fn sentence(&self, locale: Locale) -> String {
        locale.sentences().told(self)
    }
}
