//! `/account/e-mail`: one's own address, which is used once it is confirmed. A link that is opened confirms nothing.

use actix_web::HttpRequest;
use actix_web::http::StatusCode;
use actix_web::web::{Bytes, Data, Form, Query};
use serde::Deserialize;

use super::view::{AddressPart, ConfirmPage};
use crate::app::mail::AddressAsked;
use crate::app::reads::{Contact, MemberEvents};
use crate::domain::event_choice::told_events;
use crate::domain::notices::NoticeKind;
use crate::http::Site;
use crate::http::response::{self, Reply};
use crate::http::session::CurrentUser;
use crate::messages::Locale;
use crate::messages::told::Told;
use crate::pages::account;
use crate::pages::channels;
use crate::pages::components::dialog::Around;
use crate::pages::components::{Action, ActionStyle, ConfirmDialog, Field, Hidden, Section, layout, urls};

/// An address, as typed.
#[derive(Deserialize)]
pub struct SentAddress {
    #[serde(default)]
    address: String,
}

/// The secret of a link.
#[derive(Deserialize)]
pub struct SentSecret {
    #[serde(default)]
    token: String,
}

/// The part of My Account about the address.
pub fn own(contact: Option<&Contact>, teams: &[MemberEvents], typed: Option<Field>) -> AddressPart {
    let (words, pages) = (Locale::default().notices(), Locale::default().notice_pages());
    let own = contact.and_then(|contact| contact.events.as_ref());
    let of_teams: Vec<(String, Vec<NoticeKind>)> = teams
        .iter()
        .map(|team| (team.team.name.clone(), told_events(own, team.events.as_ref()).into_iter().collect()))
        .collect();
    let events =
        own.cloned().unwrap_or_else(|| of_teams.iter().flat_map(|(_, events)| events.iter().copied()).collect());
    let follow =
        Action::post_with(pages.follow_teams(), urls::own_address("events"), vec![Hidden::new("team_choice", "on")]);
    let forget = Action::open(words.forget_address(), urls::own_address("forget")).styled(ActionStyle::Small);
    AddressPart {
        address: contact.and_then(|contact| contact.address.clone()),
        asked: contact.and_then(|contact| contact.asked_address.clone()),
        url: urls::own_address(""),
        typed: typed.unwrap_or_default(),
        events_url: urls::own_address("events"),
        events: channels::event_boxes(&events),
        whose: if own.is_some() { pages.own_events().to_owned() } else { pages.team_events(&of_teams) },
        follow: own.is_some().then_some(follow),
        events_error: None,
        forget: contact.is_some().then_some(forget),
    }
}

/// Sends a link to an address.
pub async fn create(site: Data<Site>, request: HttpRequest, reader: CurrentUser, form: Form<SentAddress>) -> Reply {
    let caller = reader.caller(&site, &request);
    let words = Locale::default().notices();
    // A link needs the address of the server.
    if site.web.public_url.is_none() {
        let typed = Field::of(&form.address).wrong(words.no_links());
        let page = account::page_with_address(&site, &request, &reader, typed).await?;
        return response::page_with(StatusCode::UNPROCESSABLE_ENTITY, &page);
    }
    let wrong = match site.app.ask_address(&caller, &form.address).await? {
        AddressAsked::Sent => {
            let told = Told::AddressAsked(form.address.trim().to_owned());
            return Ok(response::done(&request, &urls::account(), &told));
        }
        AddressAsked::NoAddress => words.bad_address(),
        AddressAsked::TooOften => words.too_many_links(),
        AddressAsked::NoServer => words.no_mail_server(),
    };
    let typed = Field::of(&form.address).wrong(wrong);
    let page = account::page_with_address(&site, &request, &reader, typed).await?;
    response::page_with(StatusCode::UNPROCESSABLE_ENTITY, &page)
}

/// Says what is told.
pub async fn update(site: Data<Site>, request: HttpRequest, reader: CurrentUser, body: Bytes) -> Reply {
    let chosen = (!channels::is_default(&body)).then(|| channels::events(&body));
    site.app.choose_events(&reader.caller(&site, &request), chosen.as_ref()).await?;
    let told = match chosen {
        None => Told::TeamsFollowed,
        Some(events) if events.is_empty() => Told::NoEventsChosen,
        Some(_) => Told::EventsChosen,
    };
    Ok(response::done(&request, &urls::account(), &told))
}

/// Asks before the address is forgotten.
pub async fn forgetting(site: Data<Site>, request: HttpRequest, reader: CurrentUser) -> Reply {
    let contact = site.app.own_contact(&reader.caller(&site, &request)).await?;
    let known = contact.and_then(|contact| contact.address.or(contact.asked_address));
    let words = Locale::default().notice_pages();
    let dialog = ConfirmDialog {
        title: words.forgetting_title().to_owned(),
        about: known.unwrap_or_default(),
        sentence: words.forgetting().to_owned(),
        url: urls::own_address("forget"),
        cancel_url: urls::account(),
        button: Locale::default().notices().forget_address().to_owned(),
        danger: true,
        ..ConfirmDialog::default()
    };
    let around = Around { request: &request, reader: &reader, section: Section::Elsewhere };
    around.show(StatusCode::OK, words.forgetting_title(), dialog).await
}

/// Forgets the address.
pub async fn destroy(site: Data<Site>, request: HttpRequest, reader: CurrentUser) -> Reply {
    site.app.forget_address(&reader.caller(&site, &request)).await?;
    Ok(response::done(&request, &urls::account(), &Told::AddressForgotten))
}

/// Where the link leads: it changes nothing.
pub async fn confirmation(
    site: Data<Site>,
    request: HttpRequest,
    reader: CurrentUser,
    sent: Query<SentSecret>,
) -> Reply {
    let (words, pages) = (Locale::default().notices(), Locale::default().notice_pages());
    let address = site.app.address_to_confirm(&reader.caller(&site, &request), &sent.token).await?;
    response::page(&ConfirmPage {
        chrome: layout::around(&request, &reader, words.confirm_title(), Section::Elsewhere).await?,
        title: words.confirm_title(),
        lead: address.as_deref().map_or_else(|| pages.confirm_over().to_owned(), |it| pages.confirm_lead(it)),
        is_good: address.is_some(),
        url: urls::confirming_address(),
        hidden: vec![Hidden::new("token", &sent.token)],
        cancel_url: urls::account(),
    })
}

/// Confirms the address, and uses the secret up.
pub async fn confirm(site: Data<Site>, request: HttpRequest, reader: CurrentUser, form: Form<SentSecret>) -> Reply {
    let confirmed = site.app.confirm_address(&reader.caller(&site, &request), &form.token).await?;
    let told = if confirmed { Told::AddressConfirmed } else { Told::AddressLinkOver };
    Ok(response::done(&request, &urls::account(), &told))
}
