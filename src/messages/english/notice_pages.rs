//! Words of the pages of notifications: of channels, of mail, and of what could not be delivered.

use super::check::http_failure;
use super::system;
use crate::domain::channels::{ChannelFault, MAX_CHANNEL_NAME, MAX_CHANNELS};
use crate::domain::delivery::{DeliveryFailure, DeliveryKind};
use crate::domain::mail::{MailEncryption, MailFault};
use crate::domain::notices::ChannelKind;

/// What else than a notice is delivered.
pub fn delivery_kind(kind: DeliveryKind) -> &'static str {
    match kind {
        DeliveryKind::Notice => "A notice",
        DeliveryKind::Digest => "A digest of late notices",
        DeliveryKind::Trial => "A test",
        DeliveryKind::Confirmation => "The link that confirms an address",
    }
}

/// What became of a delivery.
pub fn delivery_state(word: &str) -> &'static str {
    match word {
        "sent" => "Delivered",
        "undeliverable" => "Undelivered",
        "pending" => "Tried again soon",
        "withdrawn" => "No longer needed",
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
        DeliveryFailure::NoAnswer(failure) => format!("There was no answer: {}.", http_failure(failure)),
        DeliveryFailure::Answered { status } if (300..400).contains(status) => {
            format!("The receiver answered {status}, which leads elsewhere. Give the address that it leads to.")
        }
        DeliveryFailure::Answered { status: 410 } => {
            "The receiver answered 410: it does not want this any more.".to_owned()
        }
        DeliveryFailure::Answered { status } => format!("The receiver answered {status} instead of 2xx."),
        DeliveryFailure::MailRefused { code, said } => format!("The mail server refused it: {code} {said}"),
        DeliveryFailure::MailUnreachable { problem } => {
            format!("The mail server was not reached: {}", system::in_words(problem))
        }
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
        DeliveryFailure::ChannelGone => "The channel was removed, or it is turned off.".to_owned(),
        DeliveryFailure::NoAddress => "The person has no confirmed address any more.".to_owned(),
        DeliveryFailure::NothingToTell => "The release task is gone.".to_owned(),
    }
}
