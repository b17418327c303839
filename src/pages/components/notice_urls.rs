//! URLs of notifications: channels of a team, mail, one's own address, and what could not be delivered.

use crate::domain::ids::{ChannelId, DeliveryId, TeamId};

/// Where a link leads that confirms an address, and what takes its form.
pub fn confirming_address() -> String {
    "/account/e-mail/confirm".to_owned()
}

/// The same, for whoever has the secret.
pub fn address_confirmation(secret: &str) -> String {
    format!("{}?token={secret}", confirming_address())
}

/// Says to which address notices go: "", "events", "forget".
pub fn own_address(word: &str) -> String {
    format!("/account/e-mail{}{word}", if word.is_empty() { "" } else { "/" })
}

/// The channels of a team: GET lists them.
pub fn channels_of(team: TeamId) -> String {
    format!("/teams/{team}/channels")
}

/// The list alone, or nothing when it is still as at that mark.
pub fn channel_list(team: TeamId, seen: u64) -> String {
    format!("/teams/{team}/channels/list?seen={seen}")
}

/// Says what members of a team are told by e-mail.
pub fn member_events(team: TeamId) -> String {
    format!("/teams/{team}/member-events")
}

/// Makes a channel of a team: GET has the form.
pub fn new_channel(team: TeamId, kind: &str) -> String {
    format!("/teams/{team}/channels/new?kind={kind}")
}

/// Changes a channel of a team: GET has the form.
pub fn channel(team: TeamId, id: ChannelId) -> String {
    format!("/teams/{team}/channels/{id}")
}

/// What is done to a channel: "try", "rotate", "remove".
pub fn channel_operation(team: TeamId, id: ChannelId, word: &str) -> String {
    format!("{}/{word}", channel(team, id))
}

/// What could not be delivered.
pub fn deliveries() -> String {
    "/deliveries".to_owned()
}

/// The same alone, or nothing when it is still as at that mark.
pub fn deliveries_seen(seen: u64) -> String {
    format!("/deliveries?seen={seen}")
}

/// Has it sent again.
pub fn send_again(id: DeliveryId) -> String {
    format!("/deliveries/{id}/send-again")
}

/// Takes it off the list.
pub fn dismiss(id: DeliveryId) -> String {
    format!("/deliveries/{id}/dismiss")
}

/// Takes everything off the list: GET asks first.
pub fn dismissal() -> String {
    "/deliveries/dismiss".to_owned()
}

/// How the last mail to the reader ended, or nothing when that is still as at that mark.
pub fn mail_outcome(seen: u64) -> String {
    format!("/e-mail/outcome?seen={seen}")
}

/// How mail is sent: GET shows it, POST says it; "try" sends one.
pub fn mail(word: &str) -> String {
    format!("/e-mail{}{word}", if word.is_empty() { "" } else { "/" })
}
