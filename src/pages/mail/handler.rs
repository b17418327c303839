//! `/e-mail`: how the server sends mail. For everybody but administrators there is no such page.

use actix_web::HttpRequest;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Form, Query};
use serde::Deserialize;

use super::view::{MailCell, MailOutcome, MailPage};
use crate::app::mail::{MailError, MailSetup};
use crate::domain::execution::Moment;
use crate::domain::mail::{MailEncryption, MailFault, MailSettings};
use crate::http::Site;
use crate::http::response::{self, Reply};
use crate::http::session::CurrentUser;
use crate::messages::Locale;
use crate::messages::told::Told;
use crate::pages::channels;
use crate::pages::components::{Action, ActionStyle, Field, Look, Notice, Section, SelectOption, layout, urls};

/// What was sent.
#[derive(Deserialize, Default)]
pub struct SentMail {
    #[serde(default)]
    host: String,
    #[serde(default)]
    port: String,
    #[serde(default)]
    encryption: String,
    #[serde(default)]
    sender: String,
    #[serde(default)]
    user: String,
    #[serde(default)]
    password: String,
}

impl SentMail {
    fn settings(&self) -> MailSettings {
        let encryption = MailEncryption::from_word(&self.encryption).unwrap_or_default();
        let port = match self.port.trim() {
            "" => encryption.usual_port(),
            port => port.parse().unwrap_or(0),
        };
        MailSettings {
            host: self.host.trim().to_owned(),
            port,
            encryption,
            sender: self.sender.trim().to_owned(),
            user: self.user.trim().to_owned(),
        }
    }
}

impl From<&MailSettings> for SentMail {
    fn from(known: &MailSettings) -> Self {
        Self {
            host: known.host.clone(),
            port: known.port.to_string(),
            encryption: known.encryption.word().to_owned(),
            sender: known.sender.clone(),
            user: known.user.clone(),
            password: String::new(),
        }
    }
}

/// The page.
pub async fn show(site: Data<Site>, request: HttpRequest, reader: CurrentUser) -> Reply {
    let setup = site.app.mail_setup(&reader.caller(&site, &request)).await?;
    let typed = setup.settings.as_ref().map(SentMail::from).unwrap_or_default();
    page((&site, &request, &reader), StatusCode::OK, &setup, (&typed, &[])).await
}

/// Says how mail is sent.
pub async fn update(site: Data<Site>, request: HttpRequest, reader: CurrentUser, form: Form<SentMail>) -> Reply {
    let caller = reader.caller(&site, &request);
    let password = Some(form.password.clone()).filter(|typed| !typed.is_empty());
    match site.app.set_mail(&caller, &form.settings(), password).await {
        Ok(()) => Ok(response::done(&request, &urls::mail(""), &Told::MailServerSet)),
        Err(MailError::Invalid(faults)) => {
            let setup = site.app.mail_setup(&caller).await?;
            let around = (&**site, &request, &reader);
            page(around, StatusCode::UNPROCESSABLE_ENTITY, &setup, (&form, &faults)).await
        }
        Err(other) => Err(other.into()),
    }
}

/// Sends a test to the reader's own address.
pub async fn attempt(site: Data<Site>, request: HttpRequest, reader: CurrentUser) -> Reply {
    let caller = reader.caller(&site, &request);
    // For everybody else there is no such page.
    site.app.mail_setup(&caller).await?;
    if site.app.own_contact(&caller).await?.is_none_or(|contact| contact.address.is_none()) {
        return Ok(response::done(&request, &urls::mail(""), &Told::NoOwnAddress));
    }
    site.app.try_mail(&caller).await?;
    Ok(response::done(&request, &urls::mail(""), &Told::MailTried))
}

/// How the last mail to the reader ended, if it is another than the page shows.
pub async fn show_outcome(
    site: Data<Site>,
    request: HttpRequest,
    reader: CurrentUser,
    seen: Query<channels::SeenMark>,
) -> Reply {
    let setup = site.app.mail_setup(&reader.caller(&site, &request)).await?;
    if mark(&setup) == seen.seen {
        return Ok(response::unchanged());
    }
    response::page(&shown(&setup, site.app.clock.now()))
}

/// It refreshes itself only while a test is on its way.
fn shown(setup: &MailSetup, now: Moment) -> MailOutcome {
    let outcome = if setup.is_tried { channels::being_sent() } else { channels::outcome(setup.last.as_ref(), now) };
    MailOutcome { row: MailCell { outcome }, refresh: setup.is_tried.then(|| urls::mail_outcome(mark(setup))) }
}

fn mark(setup: &MailSetup) -> u64 {
    (channels::mark(setup.last.as_slice(), &[]) << 1) | u64::from(setup.is_tried)
}

async fn page(
    (site, request, reader): (&Site, &HttpRequest, &CurrentUser),
    status: StatusCode,
    setup: &MailSetup,
    (typed, faults): (&SentMail, &[MailFault]),
) -> Reply {
    let words = Locale::default().notices();
    let field = |value: &str, fault: MailFault| Field {
        value: value.to_owned(),
        error: faults.contains(&fault).then(|| words.mail_fault(fault).to_owned()),
    };
    let chosen = MailEncryption::from_word(&typed.encryption).unwrap_or_default();
    let way = |way: MailEncryption| SelectOption::new(way.word(), words.mail_encryption(way), way == chosen);
    let attempt = Action::post(words.try_it(), urls::mail("try")).styled(ActionStyle::Small);
    let has_links = site.web.public_url.is_some();
    let page = MailPage {
        chrome: layout::around(request, reader, words.mail_title(), Section::Mail).await?,
        title: words.mail_title(),
        lead: words.mail_lead(),
        warning: (!has_links).then(|| Notice::new(Look::Info, words.no_links_title(), words.no_links())),
        url: urls::mail(""),
        host: field(&typed.host, MailFault::Host),
        port: field(&typed.port, MailFault::Port),
        encryption: MailEncryption::ALL.map(way).to_vec(),
        sender: field(&typed.sender, MailFault::Sender),
        user: field(&typed.user, MailFault::User),
        password: match field("", MailFault::PasswordOfAnother) {
            Field { error: None, .. } => field("", MailFault::PlainPassword),
            kept => kept,
        },
        password_hint: words.mail_password_hint(setup.has_password),
        attempt: setup.settings.is_some().then_some(attempt),
        outcome: shown(setup, site.app.clock.now()),
    };
    response::page_with(status, &page)
}
