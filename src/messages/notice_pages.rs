//! Sentences of the pages of notifications that ask before something is done, and that tell what became of it.

use crate::domain::notices::NoticeKind;

/// Sentences of the dialogs and lists around notifications.
pub trait NoticePageSentences {
    /// Whose choice of events is used for somebody: their own.
    fn own_events(&self) -> &'static str;

    /// Or that of these teams, each with its events.
    fn team_events(&self, teams: &[(String, Vec<NoticeKind>)]) -> String;

    /// Takes the choice of the teams.
    fn follow_teams(&self) -> &'static str;

    /// In place of every kind of notices.
    fn every_event(&self) -> &'static str;

    /// A secret address was typed, and the form comes back without it.
    fn address_lost(&self) -> &'static str;

    /// What is sent by e-mail is on its way.
    fn being_sent(&self) -> &'static str;

    /// The link that confirms an address is over.
    fn confirm_over(&self) -> &'static str;

    /// What confirming that address means.
    fn confirm_lead(&self, address: &str) -> String;

    /// The title of the dialog that removes a channel.
    fn removal_title(&self, channel: &str) -> String;

    /// What that does.
    fn removal(&self) -> &'static str;

    /// The title of the dialog that replaces a signing key.
    fn rotation_title(&self, channel: &str) -> String;

    /// What that does.
    fn rotation(&self) -> &'static str;

    /// A channel to which nothing can be sent any more.
    fn channel_removed(&self) -> &'static str;

    /// In the place of the team, of what is about none.
    fn no_team(&self) -> &'static str;

    /// It is tried again, at the time that stands below.
    fn tried_again(&self) -> &'static str;

    /// It is not tried any more.
    fn given_up(&self) -> &'static str;

    /// Takes something off the list of what could not be delivered.
    fn dismiss(&self) -> &'static str;

    /// Takes everything off that list.
    fn dismiss_all(&self) -> &'static str;

    /// The title of the dialog that does, for so many.
    fn dismissal_title(&self, count: u64) -> String;

    /// What that does.
    fn dismissal(&self) -> &'static str;

    /// The title of the dialog that forgets the reader's address.
    fn forgetting_title(&self) -> &'static str;

    /// What that does.
    fn forgetting(&self) -> &'static str;
}
