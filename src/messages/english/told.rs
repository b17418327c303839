//! Notices that are shown once after an operation.

use super::English;
use super::grammar::counted;
use crate::messages::blanking::BlankingSentences as _;
use crate::messages::editor::EditorSentences as _;
use crate::messages::told::Told;

/// The sentence of a notice.
pub fn told(told: &Told) -> String {
    match told {
        Told::PasswordChanged => "Your password is changed, and your other sessions are ended.".to_owned(),
        Told::SessionEnded => "The session is ended.".to_owned(),
        Told::SessionsEnded(0) => "There was no other session.".to_owned(),
        Told::SessionsEnded(1) => "One other session is ended.".to_owned(),
        Told::SessionsEnded(count) => format!("{count} other sessions are ended."),
        Told::Executed(name, number) => format!("{name} is being released: execution {number} has started."),
        Told::Agreed(task) => format!("You agreed to {task}."),
        Told::Rejected(task) => format!("You rejected {task}."),
        Told::Paused(name) => format!("{name} is paused: what runs ends, and nothing more is started."),
        Told::Continued(name) => format!("{name} goes on."),
        Told::Terminated(name) => format!("{name} is terminated: what runs is being stopped."),
        Told::Retried(name) => format!("{name} is retried: what failed or never ran is executed."),
        Told::Skipped(task, name) => format!("{task} is skipped, and {name} goes on."),
        Told::RolledBack(name) => {
            format!("{name} is being rolled back: what its last execution changed is undone.")
        }
        Told::Cloned(from, name) => format!("{name} is a copy of {from}, and was never executed."),
        Told::Restored(name, old, new) => {
            format!("Version {old} of {name} is its newest version again, as version {new}.")
        }
        Told::Merged(version) => format!("Your draft now goes on from version {version}."),
        Told::Undeleted(name) => format!("{name} is restored: it is on the lists again, with all that it had."),
        Told::RetentionChanged(region) => {
            format!("{region} keeps logs and run folders by the new rules. What may go is removed in the background.")
        }
        Told::RolesChanged(user, team) => format!("{user} has other roles in {team} now."),
        Told::MemberRemoved(user, team) => format!("{user} is no member of {team} any more."),
        Told::InvitationRevoked(user) => format!("The invitation of {user} is taken back: its link works no more."),
        Told::Joined(team) => format!("You are a member of {team} now."),
        Told::Declined(team) => format!("You declined the invitation to {team}."),
        Told::UserDisabled(user) => format!("{user} is disabled, and all their sessions are ended."),
        Told::TokenRenewed(token, day) => format!("{token} is good until {day}."),
        Told::TokenRevoked(token) => format!("{token} is revoked."),
        Told::EnvironmentSaved(name) => format!("The environment {name} is saved."),
        Told::EnvironmentDeleted(name) => format!("The environment {name} is deleted."),
        Told::ConnectionTestAsked(name) => format!("The connection of {name} is being tested."),
        Told::HostKeysPinned(count) => keys_pinned(*count),
        Told::ApplicationSaved(name) => format!("The application {name} is saved."),
        Told::ApplicationDeleted(name) => format!("The application {name} is deleted."),
        Told::ChannelSaved(channel) => format!("The channel {channel} is saved."),
        Told::ChannelTried(channel) => channel_tried(channel),
        Told::SecretSet(name) => format!("The secret {name} is set."),
        Told::SecretForgotten(name) => format!("The secret {name} is forgotten."),
        Told::ChannelRemoved(channel) => format!("The channel {channel} is removed, and its secrets are forgotten."),
        Told::SentAgain => "It is on its way again.".to_owned(),
        Told::SentAlready => "It is no longer on the list: somebody was faster.".to_owned(),
        Told::Dismissed(1) => "One undelivered notice is dismissed.".to_owned(),
        Told::Dismissed(count) => format!("{count} undelivered notices are dismissed."),
        Told::MailServerSet => "The mail server is set. Send a test.".to_owned(),
        Told::NoOwnAddress => {
            "Nothing was sent: you have no address yet. Say one under My Account, and confirm it.".to_owned()
        }
        Told::MailTried => "A test is on its way to your own address. What became of it stands here soon.".to_owned(),
        Told::AddressAsked(address) => format!("A link is on its way to {address}. Open it and confirm the address."),
        Told::AddressConfirmed => "Your address is confirmed. Notifications go there from now on.".to_owned(),
        Told::AddressLinkOver => {
            "That link is good for nothing: it was used, it is too old, or a newer one was sent. Ask for another."
                .to_owned()
        }
        Told::AddressForgotten => "Your address is forgotten. You are told nothing by e-mail any more.".to_owned(),
        Told::EventsChosen => "You are told these events from now on.".to_owned(),
        Told::NoEventsChosen => {
            "You chose no event: you are told nothing by e-mail, not even that a checkpoint waits for you.".to_owned()
        }
        Told::TeamsFollowed => "You are told what your teams choose for their members.".to_owned(),
        Told::MemberEventsChosen(team) => {
            format!("Members of {team} are told these events by e-mail, unless they have chosen themselves.")
        }
        Told::NoMemberEvents(team) => {
            format!("Members of {team} are told nothing by e-mail, unless they have chosen themselves.")
        }
        Told::UserEnabled(user) => format!("{user} may sign in again."),
        Told::AdministratorMade(user) => format!("{user} is an administrator now."),
        Told::AdministratorUnmade(user) => format!("{user} is no administrator any more."),
        Told::TeamAdded(team) => format!("There is a team {team} now. Give it members next."),
        Told::RegionAdded(region) => format!("There is a region {region} now."),
        Told::ScriptsAllowed(team) => format!("{team} may have scripts run on the server."),
        Told::ScriptsForbidden(team) => {
            format!("{team} may have no more scripts run on the server; what runs goes on.")
        }
        Told::ValueBlanked(counts, releases, active, more) => English.value_blanked(*counts, *releases, active, *more),
        Told::Deleted(name) => format!("{name} is deleted."),
        Told::DraftEdited(label, references, place) => English.edited(label, *references, place.as_ref()),
        Told::DraftNotMoved(label, end) => English.not_moved(label, *end),
        Told::DraftUndone(label) => English.undone(label),
        Told::DraftRedone(label) => English.redone(label),
        Told::DraftReplaced(straightened) => {
            [Some(English.yaml_taken().to_owned()), English.straightened(straightened)]
                .into_iter()
                .flatten()
                .collect::<Vec<_>>()
                .join(" ")
        }
        Told::TextDiscarded => "The text of the YAML tab is discarded.".to_owned(),
        Told::DraftDiscarded(name) => format!("The draft of {name} is discarded."),
        Told::VersionSaved(name, 1) => format!("Version 1 saved. {name} has never been executed."),
        Told::VersionSaved(_, version) => format!("Version {version} saved."),
    }
}

fn keys_pinned(count: usize) -> String {
    format!("The keys of {} are pinned, and the connection is tested with them.", counted(count, "host"))
}

fn channel_tried(channel: &str) -> String {
    format!("A test is on its way to {channel}. What became of it stands here soon.")
}
