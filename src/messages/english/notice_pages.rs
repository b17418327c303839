//! Words of the pages of notifications: of channels, of mail, and of what could not be delivered.

use std::collections::BTreeSet;

use chrono::TimeDelta;

use super::English;
use super::check::http_failure;
use super::grammar::{capital, counted, listed, moment, time_left};
use super::system;
use crate::domain::channels::{ChannelFault, MAX_CHANNEL_NAME, MAX_CHANNELS};
use crate::domain::delivery::{DeliveryFailure, DeliveryKind};
use crate::domain::http::HttpFailure;
use crate::domain::mail::{MailEncryption, MailFault};
use crate::domain::notices::{ChannelKind, NoticeKind};
use crate::messages::notice_pages::NoticePageSentences;
use crate::messages::notices::{NoticeSentences as _, NoticeText, TokenEndFacts};
use crate::messages::tokens::TokenSentences as _;

/// Of a channel to which nothing can be sent any more.
const CHANNEL_REMOVED: &str = "The channel was removed.";

impl NoticePageSentences for English {
    fn own_events(&self) -> &'static str {
        "You have chosen what you are told, for all your teams."
    }

    fn team_events(&self, teams: &[(String, Vec<NoticeKind>)]) -> String {
        let of_team = |(team, events): &(String, Vec<NoticeKind>)| format!(" {team}: {}.", kinds(events));
        let each: String = teams.iter().map(of_team).collect();
        format!("You have not chosen. You are told what each team has chosen for its members.{each}")
    }

    fn follow_teams(&self) -> &'static str {
        "Use My Teams' Choice"
    }

    fn every_event(&self) -> &'static str {
        "Every event"
    }

    fn address_lost(&self) -> &'static str {
        "Type the address again: it is a secret, and is not given back."
    }

    fn being_sent(&self) -> &'static str {
        "Being sent"
    }

    fn confirm_over(&self) -> &'static str {
        "That link is good for nothing: it was used, it is too old, a newer one was sent, or it is somebody else's."
    }

    fn confirm_lead(&self, address: &str) -> String {
        format!("From then on notifications for you go to {address}.")
    }

    fn removal_title(&self, channel: &str) -> String {
        format!("Remove {channel}?")
    }

    fn removal(&self) -> &'static str {
        "Nothing is sent there any more, what still waits to be sent is given up, and its secrets are forgotten. A channel \
         that was removed does not come back: you add it anew."
    }

    fn rotation_title(&self, channel: &str) -> String {
        format!("Make a new key for {channel}?")
    }

    fn rotation(&self) -> &'static str {
        "The new key is shown once. For a day everything is signed with both keys, so that the receiver has time to take the \
         new one; after that the old key is worth nothing."
    }

    fn channel_removed(&self) -> &'static str {
        CHANNEL_REMOVED
    }

    fn no_team(&self) -> &'static str {
        "no team"
    }

    fn tried_again(&self) -> &'static str {
        "Next try"
    }

    fn given_up(&self) -> &'static str {
        "Given up"
    }

    fn dismiss(&self) -> &'static str {
        "Dismiss"
    }

    fn dismiss_all(&self) -> &'static str {
        "Dismiss All"
    }

    fn dismissal_title(&self, count: u64) -> String {
        format!("Dismiss {}?", counted(usize::try_from(count).unwrap_or(usize::MAX), "undelivered notice"))
    }

    fn dismissal(&self) -> &'static str {
        "They leave this list for everybody who sees it, and are not sent again. The audit keeps that you did it."
    }

    fn forgetting_title(&self) -> &'static str {
        "Forget your address?"
    }

    fn forgetting(&self) -> &'static str {
        "Nothing is sent to you by e-mail any more, not even that a checkpoint waits for you. What you chose to be told is \
         forgotten as well. You can give an address again at any time."
    }
}

/// Somebody took undelivered notices off the list.
pub fn dismissed(count: u64, recipients: &[String]) -> String {
    let many = counted(usize::try_from(count).unwrap_or(usize::MAX), "undelivered notice");
    format!("dismissed {many} to {}", listed(recipients.iter().map(String::as_str), "and"))
}

/// Somebody chose what members of a team are told.
pub fn member_events_chosen(team: &str, events: &BTreeSet<NoticeKind>) -> String {
    format!("chose what members of the team {team} are told by e-mail: {}", kinds(events))
}

/// Kinds of notices in a sentence.
fn kinds<'k>(events: impl IntoIterator<Item = &'k NoticeKind>) -> String {
    let words: Vec<String> = events.into_iter().map(|kind| English.notice_kind(*kind).to_lowercase()).collect();
    if words.is_empty() { "nothing".to_owned() } else { words.join("; ") }
}

/// What else than a notice is delivered.
pub fn delivery_kind(kind: DeliveryKind) -> &'static str {
    match kind {
        DeliveryKind::Notice => "A notice",
        DeliveryKind::Digest => "A digest of late notices",
        DeliveryKind::Trial => "A test",
        DeliveryKind::Confirmation => "The link that confirms an address",
        DeliveryKind::TokenEnds => "A token expires soon",
    }
}

/// A token ends soon.
pub fn token_ends(english: &English, facts: &TokenEndFacts<'_>) -> NoticeText {
    let TokenEndFacts { name, prefix, team, expires_at, last_used_at, now } = *facts;
    // Half a day more than there is: a letter that is sent a moment late counts the day that has begun.
    let days = (expires_at - now + TimeDelta::hours(12)).num_days().max(1);
    let left = counted(usize::try_from(days).unwrap_or(usize::MAX), "day");
    let token = match team {
        Some(team) => format!("The token “{name}” of a service of {team}"),
        None => format!("Your token “{name}”"),
    };
    let used = last_used_at.map_or_else(|| english.never_used().to_owned(), moment);
    let fact = |name: &str, value: String| (name.to_owned(), value);
    NoticeText {
        subject: format!("The token {name} expires in {left}"),
        lead: format!(
            "{token} expires at {}. From then on whatever signs in with it is refused. Renew it, or revoke it if nothing uses \
             it any more.",
            moment(expires_at)
        ),
        facts: vec![
            fact("Token", format!("{name} ({prefix}…)")),
            fact("Expires", moment(expires_at)),
            fact("Last used", used),
        ],
        action: "Open Tokens".to_owned(),
        footer: "The link opens the page of tokens and asks you to sign in. Opening it changes nothing.".to_owned(),
        ..NoticeText::default()
    }
}

/// What became of a delivery.
pub fn delivery_state(word: &str) -> &'static str {
    match word {
        "sent" => "Delivered",
        "undeliverable" => "Undelivered",
        "pending" => "Tried again soon",
        "withdrawn" => "No longer needed",
        "dismissed" => "Dismissed",
        _ => "In a digest",
    }
}

/// Leads to the form of a new channel.
pub fn add_channel(kind: ChannelKind) -> &'static str {
    match kind {
        ChannelKind::Email => "Add E-mail",
        ChannelKind::Webhook => "Add Webhook",
        ChannelKind::Slack => "Add Chat (Slack)",
        ChannelKind::Teams => "Add Chat (Teams)",
    }
}

/// What is sent to such a channel.
pub fn channel_lead(kind: ChannelKind) -> &'static str {
    match kind {
        ChannelKind::Email => "Each person says under My Account what they are told.",
        ChannelKind::Webhook => {
            "A POST with a JSON body for each event, signed as Standard Webhooks wants it. The key is shown once, after Save."
        }
        ChannelKind::Slack => {
            "A message to an incoming webhook of Slack, Mattermost, or another chat that takes the same."
        }
        ChannelKind::Teams => "A card to an incoming webhook of Microsoft Teams.",
    }
}

/// What is to be typed as its address.
pub fn address_hint(kind: ChannelKind, is_known: bool) -> &'static str {
    match (kind.has_secret_address(), is_known) {
        (true, true) => "Kept secret. Empty leaves it as it is.",
        (true, false) => "Kept encrypted, and never shown again: whoever knows it can write there.",
        (false, _) => "Begins with https://, or http:// where nobody listens on the way.",
    }
}

/// What is wrong with a channel.
pub fn channel_fault(fault: ChannelFault) -> String {
    match fault {
        ChannelFault::NameMissing => "Give it a name.".to_owned(),
        ChannelFault::NameBad => format!("The name may have at most {MAX_CHANNEL_NAME} characters, all in one line."),
        ChannelFault::NameTaken => "The team has a channel of that name. Choose another.".to_owned(),
        ChannelFault::AddressMissing => "Say where it leads.".to_owned(),
        ChannelFault::AddressBad => {
            "That is no address for requests. Write it as https://example.org/hook, without a user in it.".to_owned()
        }
        ChannelFault::AddressNotAllowed { address, purpose } => {
            format!("{}.", http_failure(&HttpFailure::NotAllowed { host: address.to_string(), address, purpose }))
        }
        ChannelFault::AddressPlain => "The address is a secret: it must begin with https://.".to_owned(),
        ChannelFault::NoEvents => "Choose at least one event.".to_owned(),
        ChannelFault::TooMany => format!("The team has {MAX_CHANNELS} channels. Remove one first."),
    }
}

/// A way to encrypt the connection to the mail server.
pub fn mail_encryption(way: MailEncryption) -> &'static str {
    match way {
        MailEncryption::StartTls => "STARTTLS (port 587)",
        MailEncryption::Tls => "TLS from the start (port 465)",
        MailEncryption::Plain => "None (port 25)",
    }
}

/// What is wrong with the settings of mail.
pub fn mail_fault(fault: MailFault) -> &'static str {
    match fault {
        MailFault::Host => "Write the name of a host, such as mail.example.org.",
        MailFault::Port => "Write a number from 1 to 65535.",
        MailFault::Sender => "Write an address, such as tollgate@example.org.",
        MailFault::User => "The name is too long, or has characters that no name has.",
        MailFault::PasswordOfAnother => "The password that is kept is for another server or name: type it again.",
        MailFault::PlainPassword => "Without encryption the password could be read on the way. Choose an encryption.",
    }
}

/// Why something was not delivered.
pub fn delivery_failure(failure: &DeliveryFailure) -> String {
    match failure {
        // They begin with a name.
        DeliveryFailure::NoAnswer(failure @ (HttpFailure::NotAllowed { .. } | HttpFailure::BadUrl { .. })) => {
            format!("{}.", http_failure(failure))
        }
        DeliveryFailure::NoAnswer(failure) => format!("{}.", capital(&http_failure(failure))),
        DeliveryFailure::Answered { status } if (300..400).contains(status) => {
            format!("The receiver answered {status}, which leads elsewhere. Give the address that it leads to.")
        }
        DeliveryFailure::Answered { status: 410 } => {
            "The receiver answered 410: it does not want this any more.".to_owned()
        }
        DeliveryFailure::AskedToWait { status, seconds } => {
            format!("The receiver answered {status}: it asks to wait for {}.", time_left(i64::from(*seconds)))
        }
        DeliveryFailure::Answered { status } => format!("The receiver answered {status} instead of 2xx."),
        DeliveryFailure::MailRefused { code, said } => format!("The mail server refused it: {code} {said}"),
        DeliveryFailure::MailUnreachable { problem } => {
            format!("The mail server was not reached: {}", system::in_words(problem))
        }
        DeliveryFailure::MailTimeout => "The mail server gave no answer in time.".to_owned(),
        DeliveryFailure::MailNotEncrypted => {
            "The mail server does not offer STARTTLS, and nothing is sent without encryption.".to_owned()
        }
        DeliveryFailure::NoMailServer => "No mail server is set. An administrator sets it under E-mail.".to_owned(),
        DeliveryFailure::NoPublicUrl => {
            "The server does not know its own address: start it with --public-url.".to_owned()
        }
        DeliveryFailure::NoSecret => {
            "The secret of the channel cannot be read. Type it again, or start the server with its key file.".to_owned()
        }
        DeliveryFailure::NotKept => "The database was away, and nothing was sent.".to_owned(),
        DeliveryFailure::ChannelGone => CHANNEL_REMOVED.to_owned(),
        DeliveryFailure::ChannelOff => "The channel is turned off.".to_owned(),
        DeliveryFailure::NoAddress => "The person has no confirmed address any more.".to_owned(),
        DeliveryFailure::NothingToTell => "The release task is gone.".to_owned(),
    }
}
