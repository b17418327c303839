//! Sentences of notices: what is told of a release task by e-mail, in a chat and to other systems.

use crate::domain::channels::ChannelFault;
use crate::domain::compare::Comparison;
use crate::domain::delivery::{DeliveryFailure, DeliveryKind};
use crate::domain::execution::{Execution, Moment};
use crate::domain::mail::{MailEncryption, MailFault};
use crate::domain::notices::{AskedGate, ChannelKind, NoticeKind};
use crate::domain::unable::Able;
use crate::domain::values::Names;

/// What is told of an execution.
#[derive(Debug, Clone, Copy)]
pub struct NoticeFacts<'f> {
    /// What.
    pub kind: NoticeKind,
    /// The asking of a checkpoint that it is about, if it is about one.
    pub gate: Option<AskedGate>,
    /// The execution as it is now.
    pub execution: &'f Execution,
    /// What it and its places are called.
    pub names: Names<'f>,
    /// Who can decide the checkpoint now.
    pub able: Option<&'f Able>,
    /// What changed since the execution before.
    pub changes: ChangesBefore<'f>,
}

/// What changed since the execution before.
#[derive(Debug, Clone, Copy)]
pub enum ChangesBefore<'f> {
    /// There is none.
    FirstExecution,
    /// It ran the same version.
    SameVersion {
        /// Its number.
        execution: u32,
    },
    /// It ran another one.
    Changed {
        /// Its number.
        execution: u32,
        /// Its version.
        version: u32,
        /// What is different.
        comparison: &'f Comparison,
    },
}

/// What is told of a token that ends soon.
#[derive(Debug, Clone, Copy)]
pub struct TokenEndFacts<'f> {
    /// What uses it.
    pub name: &'f str,
    /// How its secret begins.
    pub prefix: &'f str,
    /// The team whose service uses it; none for the reader's own.
    pub team: Option<&'f str>,
    /// Its end.
    pub expires_at: Moment,
    /// When it was last used.
    pub last_used_at: Option<Moment>,
    /// When it is told.
    pub now: Moment,
}

/// One line of a digest.
#[derive(Debug, Clone, Copy)]
pub struct DigestEntry<'e> {
    /// What.
    pub kind: NoticeKind,
    /// When.
    pub happened_at: Moment,
    /// Name of the release task.
    pub release: &'e str,
    /// Name of its region.
    pub region: &'e str,
    /// Number of the execution.
    pub execution: u32,
}

/// A notice in words, from which each channel makes what it sends.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct NoticeText {
    /// In one line: release task, checkpoint, status.
    pub subject: String,
    /// In one or two sentences.
    pub lead: String,
    /// Names of values, and the values.
    pub facts: Vec<(String, String)>,
    /// Titles, and the lines under each.
    pub sections: Vec<NoticeSection>,
    /// On what leads to the page.
    pub action: String,
    /// Why the reader gets it.
    pub footer: String,
}

/// Lines under a title.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoticeSection {
    /// The title.
    pub title: String,
    /// The lines.
    pub lines: Vec<String>,
}

/// Sentences of notices, and of the pages where they are chosen.
pub trait NoticeSentences {
    /// A notice in words.
    fn notice(&self, facts: &NoticeFacts<'_>) -> NoticeText;

    /// Several that came too late for a message of their own; `count` of them in all.
    fn digest(&self, team: &str, lines: &[DigestEntry<'_>], count: usize) -> NoticeText;

    /// What is sent when somebody tries a channel of a team, or without a team whether mail is sent.
    fn trial(&self, team: &str) -> NoticeText;

    /// What is sent to an address that somebody has typed; its link is good until then.
    fn confirmation(&self, name: &str, until: Moment) -> NoticeText;

    /// A token ends soon.
    fn token_ends(&self, facts: &TokenEndFacts<'_>) -> NoticeText;

    /// The kind of what is told, as somebody chooses it.
    fn notice_kind(&self, kind: NoticeKind) -> &'static str;

    /// The kind of a channel.
    fn channel_kind(&self, kind: ChannelKind) -> &'static str;

    /// What else than a notice is delivered.
    fn delivery_kind(&self, kind: DeliveryKind) -> &'static str;

    /// What became of a delivery, by its word.
    fn delivery_state(&self, word: &str) -> &'static str;

    /// The page of a team's channels.
    fn channels_title(&self, team: &str) -> String;

    /// The link to that page.
    fn channels_short(&self) -> &'static str;

    /// What that page is for.
    fn channels_lead(&self) -> &'static str;

    /// Leads to the form of a new one.
    fn add_channel(&self, kind: ChannelKind) -> &'static str;

    /// The title of that form.
    fn new_channel_title(&self, kind: ChannelKind, team: &str) -> String;

    /// What is sent to such a channel.
    fn channel_lead(&self, kind: ChannelKind) -> &'static str;

    /// What is to be typed as its address.
    fn address_hint(&self, kind: ChannelKind, is_known: bool) -> &'static str;

    /// In the place of an address that is a secret.
    fn secret_address(&self) -> &'static str;

    /// What is wrong with a channel.
    fn channel_fault(&self, fault: ChannelFault) -> String;

    /// Nothing is told there.
    fn turned_off(&self) -> &'static str;

    /// Sends a test.
    fn try_it(&self) -> &'static str;

    /// Replaces a signing key.
    fn new_key(&self) -> &'static str;

    /// Removes a channel.
    fn remove(&self) -> &'static str;

    /// Above a signing key that was just made.
    fn key_title(&self, channel: &str) -> String;

    /// Under it.
    fn key_hint(&self) -> &'static str;

    /// Messages have no link.
    fn no_links_title(&self) -> &'static str;

    /// Why, and what to do.
    fn no_links(&self) -> &'static str;

    /// The page of what could not be delivered.
    fn undelivered_title(&self) -> &'static str;

    /// What it shows.
    fn undelivered_lead(&self) -> &'static str;

    /// How often something was tried.
    fn tried(&self, attempts: u32) -> String;

    /// Has it sent again.
    fn send_again(&self) -> &'static str;

    /// The page of how mail is sent.
    fn mail_title(&self) -> &'static str;

    /// What it is for.
    fn mail_lead(&self) -> &'static str;

    /// A way to encrypt the connection.
    fn mail_encryption(&self, way: MailEncryption) -> &'static str;

    /// What is wrong with the settings.
    fn mail_fault(&self, fault: MailFault) -> &'static str;

    /// Whether a password is kept.
    fn mail_password_hint(&self, is_kept: bool) -> &'static str;

    /// Forgets one's own address.
    fn forget_address(&self) -> &'static str;

    /// What was typed is no address.
    fn bad_address(&self) -> &'static str;

    /// A link cannot be sent, since nobody has said how.
    fn no_mail_server(&self) -> &'static str;

    /// Too many links were sent for that person lately.
    fn too_many_links(&self) -> &'static str;

    /// Where a link leads that confirms an address.
    fn confirm_title(&self) -> &'static str;

    /// Why something was not delivered.
    fn delivery_failure(&self, failure: &DeliveryFailure) -> String;
}
