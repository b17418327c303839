//! Dispatch: each letter by its channel, through the one client for outgoing requests or to the mail server.

use std::time::Duration;

use async_trait::async_trait;
use chrono::DateTime;
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderValue, RETRY_AFTER, USER_AGENT};
use reqwest::{Method, StatusCode};
use tokio::task::spawn_blocking;

use super::content::{self, Content, LinkTo};
use super::{Courier, chat, mail, webhook};
use crate::app::secrets::SecretError;
use crate::app::{App, AppError, Letter, LetterContent, LetterDestination};
use crate::domain::delivery::DeliveryFailure;
use crate::domain::execution::Moment;
use crate::domain::http::HttpFailure;
use crate::domain::ids::DeliveryId;
use crate::domain::notices::ChannelKind;
use crate::keyring::Plaintext;
use crate::outgoing::{HttpAnswer, HttpClient, HttpRequest, Redirects};
use crate::store::Channel;

/// How long receivers have, and whom a mail server is certified by.
#[derive(Debug, Clone)]
pub struct DispatchOptions {
    /// For a request and its answer.
    pub request_timeout: Duration,
    /// For each command to a mail server and its answer.
    pub mail_step_timeout: Duration,
    /// For a whole message, however slowly the mail server answers each step.
    pub mail_timeout: Duration,
    /// Certificates in DER that are trusted beside those of the machine.
    pub mail_roots: Vec<Vec<u8>>,
}

impl Default for DispatchOptions {
    fn default() -> Self {
        Self {
            request_timeout: Duration::from_secs(15),
            mail_step_timeout: Duration::from_secs(15),
            mail_timeout: Duration::from_secs(45),
            mail_roots: Vec::new(),
        }
    }
}

/// Sends letters for real.
#[derive(Clone)]
pub struct Dispatcher {
    app: App,
    client: HttpClient,
    links: LinkTo,
    options: DispatchOptions,
}

impl Dispatcher {
    /// One that asks by that client, and makes addresses of pages so.
    pub fn new(app: App, client: HttpClient, links: LinkTo) -> Self {
        Self { app, client, links, options: DispatchOptions::default() }
    }

    /// The same with other times, or other trust.
    #[must_use]
    pub fn with(self, options: DispatchOptions) -> Self {
        Self { options, ..self }
    }

    async fn to_channel(&self, id: DeliveryId, channel: &Channel, content: &Content) -> Result<(), DeliveryFailure> {
        let (url, headers, body) = match channel.choice.kind {
            ChannelKind::Webhook => {
                let keys = self.app.channel_keys(channel).await.map_err(|error| unreadable(&error))?;
                let keys: Vec<&str> = keys.iter().map(Plaintext::expose).collect();
                if keys.is_empty() {
                    return Err(DeliveryFailure::NoSecret);
                }
                let body = self.app.body_to_send(id, &webhook::body(content)).await;
                let body = body.map_err(|error| not_kept(&error))?.into_bytes();
                let headers = webhook::headers(id, self.app.clock.now(), &body, &keys);
                (channel.address.clone().unwrap_or_default(), headers.ok_or(DeliveryFailure::NoSecret)?, body)
            }
            ChannelKind::Slack | ChannelKind::Teams | ChannelKind::Email => {
                let address = self.app.chat_address(channel).await.map_err(|error| unreadable(&error))?;
                let address = address.ok_or(DeliveryFailure::NoSecret)?;
                let mut headers = HeaderMap::new();
                headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
                headers.insert(USER_AGENT, HeaderValue::from_static(webhook::AGENT));
                (address.expose().to_owned(), headers, chat::body(channel.choice.kind, content))
            }
        };
        let request = HttpRequest {
            method: Method::POST,
            url,
            headers,
            body,
            redirects: Redirects::Never,
            timeout: self.options.request_timeout,
            // Its status is all that matters: a receiver that has said 2xx has it, whatever else it says how slowly.
            max_body: 0,
        };
        match self.client.send(&request).await {
            Ok(answer) if answer.status.is_success() => Ok(()),
            Ok(answer) => Err(refused(&answer, self.app.clock.now())),
            // It has the whole address in it, which may be a secret.
            Err(HttpFailure::BadUrl { .. }) => {
                Err(DeliveryFailure::NoAnswer(HttpFailure::BadUrl { url: channel.name.clone() }))
            }
            Err(failure) => Err(DeliveryFailure::NoAnswer(failure)),
        }
    }

    async fn to_person(&self, id: DeliveryId, address: &str, content: &Content) -> Result<(), DeliveryFailure> {
        let found = self.app.mail_to_send_by().await.map_err(|error| unreadable(&error))?;
        let (settings, password) = found.ok_or(DeliveryFailure::NoMailServer)?;
        let message = mail::message(id, &settings, address, content)?;
        mail::send(&settings, password.as_ref().map(Plaintext::expose), &message, &self.options).await
    }
}

#[async_trait]
impl Courier for Dispatcher {
    async fn send(&self, letter: &Letter) -> Result<(), DeliveryFailure> {
        let (whole, links) = (letter.clone(), self.links.clone());
        // What changed between two long definitions takes time.
        let content = spawn_blocking(move || content::of(&whole, &links)).await;
        let content = content.map_err(|_| DeliveryFailure::NothingToTell)?;
        if matches!(letter.content, LetterContent::Confirmation { .. }) && content.link.is_none() {
            return Err(DeliveryFailure::NoPublicUrl);
        }
        match &letter.to {
            LetterDestination::Channel(channel) => self.to_channel(letter.id, channel, &content).await,
            LetterDestination::Email { address, .. } => self.to_person(letter.id, address, &content).await,
        }
    }
}

/// The failure of an answer that is not 2xx.
fn refused(answer: &HttpAnswer, now: Moment) -> DeliveryFailure {
    let status = answer.status.as_u16();
    let is_for_later = matches!(answer.status, StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE);
    let said = answer.headers.get(RETRY_AFTER).filter(|_| is_for_later).and_then(|value| value.to_str().ok());
    match said.and_then(|said| wait(said, now)) {
        Some(seconds) => DeliveryFailure::AskedToWait { status, seconds },
        None => DeliveryFailure::Answered { status },
    }
}

/// Seconds from what a receiver says: a number of them, or a date.
fn wait(said: &str, now: Moment) -> Option<u32> {
    let until = || DateTime::parse_from_rfc2822(said.trim()).ok();
    said.trim().parse().ok().or_else(|| u32::try_from((until()?.to_utc() - now).num_seconds()).ok())
}

fn not_kept(error: &AppError) -> DeliveryFailure {
    tracing::warn!(error = error as &dyn std::error::Error, "could not keep body of delivery; nothing was sent");
    DeliveryFailure::NotKept
}

fn unreadable(error: &SecretError) -> DeliveryFailure {
    tracing::warn!(error = error as &dyn std::error::Error, "could not read secret for delivery");
    DeliveryFailure::NoSecret
}
