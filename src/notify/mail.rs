//! E-mail: one message to one person, handed to the mail server that an administrator has set.

use std::error::Error as _;

use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart, SinglePart};
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, Tls, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use lettre::{Address, AsyncSmtpTransport, AsyncTransport as _, Message, Tokio1Executor};
use tokio::time::timeout;

use super::content::Content;
use super::dispatch::DispatchOptions;
use super::plain;
use crate::domain::delivery::{DeliveryFailure, in_short};
use crate::domain::ids::DeliveryId;
use crate::domain::mail::{MailEncryption, MailSettings};

/// Hands one message over. It is delivered when the server has said so after the whole of it.
pub async fn send(
    settings: &MailSettings,
    password: Option<&str>,
    message: &Message,
    options: &DispatchOptions,
) -> Result<(), DeliveryFailure> {
    let transport = transport(settings, password, options)?;
    match timeout(options.mail_timeout, transport.send(message.clone())).await {
        Ok(Ok(_)) => Ok(()),
        Ok(Err(error)) => Err(failure(&error)),
        Err(_) => Err(DeliveryFailure::MailTimeout),
    }
}

/// The message: text and the simplest HTML, with the same id at each attempt.
pub fn message(
    id: DeliveryId,
    settings: &MailSettings,
    to: &str,
    content: &Content,
) -> Result<Message, DeliveryFailure> {
    let sender: Address = settings.sender.parse().map_err(|_| DeliveryFailure::NoMailServer)?;
    let to: Address = to.parse().map_err(|_| DeliveryFailure::NoAddress)?;
    let id = format!("<{id}@{}>", sender.domain());
    let part = |kind: ContentType, body: String| SinglePart::builder().header(kind).body(body);
    let both = MultiPart::alternative()
        .singlepart(part(ContentType::TEXT_PLAIN, plain::letter(content)))
        .singlepart(part(ContentType::TEXT_HTML, plain::html(content)));
    let automatic = HeaderName::new_from_ascii_str("Auto-Submitted");
    Message::builder()
        .from(Mailbox::new(Some("Tollgate".to_owned()), sender))
        .to(Mailbox::new(None, to))
        .subject(one_line(&content.text.subject))
        .message_id(Some(id))
        .raw_header(HeaderValue::new(automatic, "auto-generated".to_owned()))
        .multipart(both)
        .map_err(|_| DeliveryFailure::NoAddress)
}

/// No name that somebody chose begins another header.
fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

fn transport(
    settings: &MailSettings,
    password: Option<&str>,
    options: &DispatchOptions,
) -> Result<AsyncSmtpTransport<Tokio1Executor>, DeliveryFailure> {
    let parameters = || {
        let mut parameters = TlsParameters::builder(settings.host.clone());
        for root in &options.mail_roots {
            let root = Certificate::from_der(root.clone()).map_err(|error| failure(&error))?;
            parameters = parameters.add_root_certificate(root);
        }
        parameters.build_rustls().map_err(|error| failure(&error))
    };
    let tls = match settings.encryption {
        MailEncryption::StartTls => Tls::Required(parameters()?),
        MailEncryption::Tls => Tls::Wrapper(parameters()?),
        MailEncryption::Plain => Tls::None,
    };
    let builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(&settings.host)
        .port(settings.port)
        .tls(tls)
        .timeout(Some(options.mail_step_timeout))
        .hello_name(ClientId::Domain(domain(settings)));
    Ok(match password {
        Some(password) if !settings.user.is_empty() => {
            builder.credentials(Credentials::new(settings.user.clone(), password.to_owned())).build()
        }
        Some(_) | None => builder.build(),
    })
}

fn domain(settings: &MailSettings) -> String {
    settings.sender.rsplit_once('@').map_or("localhost", |(_, domain)| domain).to_owned()
}

fn failure(error: &lettre::transport::smtp::Error) -> DeliveryFailure {
    let said = error.source().map_or_else(|| error.to_string(), ToString::to_string);
    match error.status() {
        Some(code) => DeliveryFailure::MailRefused { code: u16::from(code), said: in_short(&said) },
        // It does not offer what we insist on.
        None if error.is_client() && said.contains("STARTTLS") => DeliveryFailure::MailNotEncrypted,
        None if error.is_timeout() => DeliveryFailure::MailTimeout,
        None => DeliveryFailure::MailUnreachable { problem: in_short(&said) },
    }
}
