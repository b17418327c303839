//! `/blank-value`. For everybody but administrators there is no such page.

use actix_web::HttpRequest;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Form};
use serde::Deserialize;

use super::view::{BlankingPage, FoundPlaces, FoundRow};
use crate::app::{FoundRelease, FoundValue};
use crate::domain::blanking::UnwantedValue;
use crate::http::Site;
use crate::http::error::HttpError;
use crate::http::response::{self, Reply};
use crate::http::session::CurrentUser;
use crate::messages::Locale;
use crate::messages::told::Told;
use crate::pages::components::release_urls::ReleaseUrls;
use crate::pages::components::{Link, Section, layout, urls};

/// What was sent.
#[derive(Deserialize)]
pub struct BlankForm {
    #[serde(default)]
    unwanted: String,
    #[serde(default)]
    confirmed: Option<String>,
    #[serde(default)]
    logs: Option<String>,
    #[serde(rename = "do", default)]
    asked: Asked,
}

/// Which of the two buttons.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Asked {
    /// Only where it stands: also what Enter asks for.
    #[default]
    Find,
    /// A mark in its place.
    Blank,
}

/// Asks for the value.
pub async fn new(site: Data<Site>, request: HttpRequest, reader: CurrentUser) -> Reply {
    reader.caller(&site, &request).reads_everything().map_err(HttpError::from)?;
    show(StatusCode::OK, &request, &reader, BlankingPage::default()).await
}

/// Says where it stands, or blanks it.
pub async fn create(site: Data<Site>, request: HttpRequest, reader: CurrentUser, form: Form<BlankForm>) -> Reply {
    let caller = reader.caller(&site, &request);
    // Whoever may not is told nothing about what was typed.
    caller.reads_everything().map_err(HttpError::from)?;
    let words = Locale::default().blanking();
    let value = UnwantedValue::typed(&form.unwanted);
    let not_confirmed = (form.asked == Asked::Blank && form.confirmed.is_none()).then(|| words.blank_not_confirmed());
    let (Ok(value), None) = (&value, not_confirmed) else {
        let error = value.err().map(|fault| words.unwanted_fault(fault));
        let page = BlankingPage { error, not_confirmed, ..BlankingPage::default() };
        return show(StatusCode::UNPROCESSABLE_ENTITY, &request, &reader, page).await;
    };
    match form.asked {
        Asked::Find => {
            let found = places(site.app.find_value(&caller, value).await?);
            show(StatusCode::OK, &request, &reader, BlankingPage { found: Some(found), ..BlankingPage::default() })
                .await
        }
        Asked::Blank => {
            let done = site.app.blank_value(&caller, value, form.logs.is_some()).await?;
            let told = Told::value_blanked(done.counts, done.releases, done.active);
            Ok(response::done(&request, &urls::blank_value(), &told))
        }
    }
}

async fn show(status: StatusCode, request: &HttpRequest, reader: &CurrentUser, page: BlankingPage) -> Reply {
    let words = Locale::default().blanking();
    let chrome = layout::around(request, reader, words.blank_title(), Section::Blanking).await?;
    let page = BlankingPage {
        chrome,
        title: words.blank_title(),
        lead: words.blank_lead(),
        url: urls::blank_value(),
        hint: words.blank_hint(),
        ..page
    };
    response::page_with(status, &page)
}

fn places(found: FoundValue) -> FoundPlaces {
    let words = Locale::default().blanking();
    let mut summary = Vec::new();
    if !found.releases.is_empty() {
        summary.push(words.value_found(found.releases.len()));
    }
    if found.new_drafts > 0 {
        summary.push(words.value_in_new_drafts(found.new_drafts));
    }
    if summary.is_empty() {
        summary.push(words.value_nowhere().to_owned());
    }
    FoundPlaces { summary, rows: found.releases.into_iter().map(row).collect() }
}

fn row(release: FoundRelease) -> FoundRow {
    let words = Locale::default().blanking();
    FoundRow {
        release: Link { text: release.name, url: ReleaseUrls::new(&release.region, release.id).show() },
        team: release.team,
        region: release.region,
        counts: words.blanked_counts(release.counts),
        remark: release.is_active.then(|| words.not_blanked_now()),
    }
}
