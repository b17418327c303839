//! The form of a channel, as it was sent.

use std::collections::BTreeSet;

use url::form_urlencoded;

use crate::app::channels::TypedChannel;
use crate::domain::notices::{ChannelKind, NoticeKind};

/// Reads a body; the kind is that of a new channel.
pub fn read(sent: &[u8]) -> (Option<ChannelKind>, TypedChannel) {
    let (mut kind, mut typed) = (None, TypedChannel::default());
    for (name, value) in form_urlencoded::parse(sent) {
        match name.as_ref() {
            "kind" => kind = ChannelKind::from_word(&value).filter(|kind| ChannelKind::OF_TEAMS.contains(kind)),
            "name" => typed.name = value.into_owned(),
            "address" => typed.address = value.into_owned(),
            "event" => typed.events.extend(NoticeKind::from_word(&value)),
            "enabled" => typed.enabled = true,
            _ => {}
        }
    }
    (kind, typed)
}

/// Whether a body says that the choice of the teams is taken.
pub fn is_default(sent: &[u8]) -> bool {
    form_urlencoded::parse(sent).any(|(name, _)| name == "team_choice")
}

/// The kinds of notices that are ticked in a body.
pub fn events(sent: &[u8]) -> BTreeSet<NoticeKind> {
    read(sent).1.events
}
