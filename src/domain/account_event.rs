//! Events of accounts, teams and regions, for the audit.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::activity::{ActivityFilter, ExportFormat};
use super::dry_run::TriedRelease;
use super::environment::{ApproverRule, ReleaseLock};
use super::execution::Moment;
use super::ids::ReleaseId;
use super::notices::NoticeKind;
use super::people::{Actor, Role};
use super::refusal::{Denial, Operation};
use super::retention::RetentionPolicy;
use super::secrets::SecretLabel;
use super::team_object::{ObjectChange, TeamObject};

/// Events of an earlier version were not summed up.
fn once() -> u64 {
    1
}

/// What happened to accounts, for the audit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum AccountEvent {
    /// The first administrator, or another user, was made.
    UserAdded {
        /// Their name.
        name: String,
    },
    /// Somebody signed in.
    SignedIn,
    /// Somebody signed out.
    SignedOut,
    /// A sign-in failed. A name that was typed and is nobody's is not kept: it may be a password.
    SignInFailed {
        /// The account whose name was typed.
        #[serde(default)]
        account: Option<Actor>,
        /// How often that is within an hour.
        #[serde(default = "once")]
        times: u64,
    },
    /// Somebody wanted to change their own password, and gave another as the present one.
    PasswordRefused {
        /// How often that is within an hour.
        times: u64,
    },
    /// Somebody asked for what they have no right to.
    ActionRefused {
        /// What.
        operation: Operation,
        /// Name of the release task.
        release: String,
        /// Its key.
        release_id: ReleaseId,
        /// Which right they lack.
        why: Denial,
        /// How often they were refused such a thing within an hour.
        times: u64,
    },
    /// Somebody wanted to make a release task in a team where they may not.
    CreationRefused {
        /// Name of the team.
        team: String,
        /// Which right they lack.
        why: Denial,
        /// How often they were refused such a thing within an hour.
        times: u64,
    },
    /// A password was changed.
    PasswordChanged {
        /// Whose.
        name: String,
    },
    /// Sessions were ended by their owner.
    SessionsEnded {
        /// How many.
        count: u64,
    },
    /// A value was blanked in drafts of release tasks that were never saved.
    DraftsBlanked {
        /// How many.
        drafts: u64,
    },
    /// A team was made.
    TeamAdded {
        /// Its name.
        name: String,
    },
    /// A team may have scripts run on the server.
    ScriptsAllowed {
        /// Name of the team.
        team: String,
    },
    /// A team may not have scripts run on the server any more.
    ScriptsForbidden {
        /// Name of the team.
        team: String,
    },
    /// A region was made.
    RegionAdded {
        /// Its name.
        name: String,
    },
    /// A region keeps logs and run folders by other rules.
    RetentionChanged {
        /// Name of the region.
        region: String,
        /// What it kept before.
        before: RetentionPolicy,
        /// What it keeps from then on.
        after: RetentionPolicy,
    },
    /// A draft went that nobody had changed for long.
    DraftExpired {
        /// Name of whose it was.
        user: String,
        /// Name of the release task that it was of; none if it was never saved.
        release: Option<String>,
    },
    /// A backup took the place of what there was.
    Restored {
        /// When it had been made.
        taken_at: Moment,
    },
    /// A user got a role in a team.
    RoleGranted {
        /// Name of the user.
        user: String,
        /// Name of the team.
        team: String,
        /// The role.
        role: Role,
    },
    /// A user lost a role in a team.
    RoleRevoked {
        /// Name of the user.
        user: String,
        /// Name of the team.
        team: String,
        /// The role.
        role: Role,
    },
    /// Somebody was asked to join a team.
    Invited {
        /// The name that they sign in with, or will.
        name: String,
        /// Name of the team.
        team: String,
        /// The roles that they are to get in it.
        roles: BTreeSet<Role>,
    },
    /// An invitation was taken back.
    InvitationRevoked {
        /// Whose it was.
        name: String,
        /// Name of the team.
        team: String,
    },
    /// Somebody joined a team that they were invited to.
    InvitationAccepted {
        /// Name of the team.
        team: String,
        /// Name of who had invited them.
        by: String,
    },
    /// Somebody did not want to join a team that they were invited to.
    InvitationDeclined {
        /// Name of the team.
        team: String,
        /// Name of who had invited them.
        by: String,
    },
    /// Somebody made a link that sets a new password.
    ResetLinkMade {
        /// Whose.
        name: String,
    },
    /// Somebody set a new password by such a link; all their sessions ended.
    PasswordReset {
        /// Name of who had made it.
        by: String,
    },
    /// A user became an administrator.
    AdministratorMade {
        /// Their name.
        name: String,
    },
    /// A user is no administrator any more.
    AdministratorUnmade {
        /// Their name.
        name: String,
    },
    /// A user may not sign in any more; their sessions ended.
    UserDisabled {
        /// Their name.
        name: String,
    },
    /// A disabled user may sign in again.
    UserEnabled {
        /// Their name.
        name: String,
    },
    /// A secret was set. What it is, nobody is told.
    SecretSet(SecretLabel),
    /// A secret was forgotten.
    SecretForgotten(SecretLabel),
    /// A channel of a team was made, to which notices go.
    ChannelMade {
        /// Its name.
        channel: String,
        /// Name of the team.
        team: String,
    },
    /// A channel of a team was changed.
    ChannelChanged {
        /// Its name.
        channel: String,
        /// Name of the team.
        team: String,
    },
    /// A channel of a team was removed.
    ChannelRemoved {
        /// Its name.
        channel: String,
        /// Name of the team.
        team: String,
    },
    /// An environment or an application of a team was made, changed or deleted.
    ObjectChanged {
        /// What it is.
        object: TeamObject,
        /// Its name.
        name: String,
        /// Name of the team.
        team: String,
        /// What happened to it.
        change: ObjectChange,
        /// The number of the version that it has now, if it has versions.
        version: Option<u32>,
    },
    /// It was said how many releases work in an environment at a time, which approval they need, and who may release there.
    EnvironmentOptionsSet {
        /// Name of the environment.
        environment: String,
        /// Name of the team that owns it.
        team: String,
        /// How many.
        lock: ReleaseLock,
        /// Which approval.
        approval: Option<ApproverRule>,
        /// Names of the other teams that may release there.
        lent: Vec<String>,
    },
    /// The connection of an environment was to be tested.
    ConnectionTestAsked {
        /// Name of the environment.
        environment: String,
        /// Name of the team.
        team: String,
    },
    /// It was looked what a release task would do.
    DryRunMade(TriedRelease),
    /// From now on a host is known by these keys.
    HostKeysPinned {
        /// Name of the environment.
        environment: String,
        /// Name of the team.
        team: String,
        /// Where the host is found.
        host: String,
        /// The fingerprints of the keys.
        fingerprints: Vec<String>,
    },
    /// It was said what members of a team are told by e-mail unless they choose themselves.
    MemberEventsChosen {
        /// Name of the team.
        team: String,
        /// The events.
        events: BTreeSet<NoticeKind>,
    },
    /// What could not be delivered was taken off the list.
    DeliveriesDismissed {
        /// How many.
        count: u64,
        /// Names of the first channels and people to whom it was to go.
        recipients: Vec<String>,
    },
    /// It was said how mail is sent.
    MailServerSet {
        /// Name of the mail server.
        host: String,
    },
    /// Somebody confirmed an address, to which notices go.
    AddressConfirmed,
    /// Somebody had their address forgotten.
    AddressForgotten,
    /// Another key encrypts secrets.
    EncryptionKeyChanged {
        /// The one that did.
        before: Option<String>,
        /// The one that does.
        after: String,
    },
    /// A token was made.
    TokenMade {
        /// Its name, and how it begins.
        token: String,
        /// The team whose services use it, if it is no person's.
        team: Option<String>,
        /// Whose it is, where somebody else made it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        person: Option<String>,
    },
    /// A token lasts longer.
    TokenRenewed {
        /// Its name, and how it begins.
        token: String,
        /// Its new end.
        until: Moment,
        /// The team whose services use it, if it is no person's.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        team: Option<String>,
    },
    /// Somebody took the activity away as a file.
    ActivityExported {
        /// Written how.
        format: ExportFormat,
        /// What of it.
        filter: ActivityFilter,
    },
    /// A token is over before its time.
    TokenRevoked {
        /// Its name, and how it begins.
        token: String,
        /// The team whose services use it, if it is no person's.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        team: Option<String>,
    },
}

impl AccountEvent {
    /// Name of the team that it concerns, whose managers may read it; none of what concerns a person or the installation.
    pub fn team(&self) -> Option<&str> {
        match self {
            Self::ScriptsAllowed { team }
            | Self::ScriptsForbidden { team }
            | Self::RoleGranted { team, .. }
            | Self::RoleRevoked { team, .. }
            | Self::Invited { team, .. }
            | Self::InvitationRevoked { team, .. }
            | Self::InvitationAccepted { team, .. }
            | Self::InvitationDeclined { team, .. }
            | Self::ChannelMade { team, .. }
            | Self::ChannelChanged { team, .. }
            | Self::ChannelRemoved { team, .. }
            | Self::ObjectChanged { team, .. }
            | Self::EnvironmentOptionsSet { team, .. }
            | Self::ConnectionTestAsked { team, .. }
            | Self::HostKeysPinned { team, .. }
            | Self::MemberEventsChosen { team, .. } => Some(team),
            Self::DryRunMade(of) => Some(&of.team),
            Self::SecretSet(of) | Self::SecretForgotten(of) => of.team.as_deref(),
            Self::TokenMade { team, .. } | Self::TokenRenewed { team, .. } | Self::TokenRevoked { team, .. } => {
                team.as_deref()
            }
            // What was refused to whom is between them and administrators.
            Self::ActionRefused { .. }
            | Self::CreationRefused { .. }
            | Self::UserAdded { .. }
            | Self::SignedIn
            | Self::SignedOut
            | Self::SignInFailed { .. }
            | Self::PasswordRefused { .. }
            | Self::PasswordChanged { .. }
            | Self::SessionsEnded { .. }
            | Self::DraftsBlanked { .. }
            | Self::TeamAdded { .. }
            | Self::RegionAdded { .. }
            | Self::RetentionChanged { .. }
            | Self::DraftExpired { .. }
            | Self::Restored { .. }
            | Self::ResetLinkMade { .. }
            | Self::PasswordReset { .. }
            | Self::AdministratorMade { .. }
            | Self::AdministratorUnmade { .. }
            | Self::UserDisabled { .. }
            | Self::UserEnabled { .. }
            | Self::DeliveriesDismissed { .. }
            | Self::MailServerSet { .. }
            | Self::AddressConfirmed
            | Self::AddressForgotten
            | Self::EncryptionKeyChanged { .. }
            | Self::ActivityExported { .. } => None,
        }
    }
}
