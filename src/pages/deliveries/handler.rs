//! `/deliveries`. For everybody but administrators and managers there is no such page.

use actix_web::HttpRequest;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Form, Path};
use chrono::DateTime;
use serde::Deserialize;

use super::presenter;
use super::view::DeliveriesPage;
use crate::domain::ids::DeliveryId;
use crate::http::Site;
use crate::http::error::HttpError;
use crate::http::response::{self, Reply};
use crate::http::session::CurrentUser;
use crate::messages::told::Told;
use crate::pages::components::dialog::Around;
use crate::pages::components::{Section, layout, urls};
use crate::pages::release_tasks::seen;

/// What the dialog showed: all that was given up by then.
#[derive(Deserialize)]
pub struct SentDismissal {
    #[serde(default)]
    until: i64,
}

/// The page, or its live part alone; nothing while it shows the newest state, which memory alone tells.
pub async fn index(site: Data<Site>, request: HttpRequest, reader: CurrentUser) -> Reply {
    let mark = site.app.live.deliveries_mark();
    let seen = seen(&request);
    if seen == Some(mark) {
        return Ok(response::unchanged());
    }
    let failed = site.app.undelivered(&reader.caller(&site, &request)).await?;
    let live = presenter::live(failed, mark, site.app.clock.now());
    if seen.is_some() && response::is_htmx(&request) {
        return response::page(&live);
    }
    let chrome = layout::around(&request, &reader, live.title, Section::Deliveries).await?;
    response::page(&DeliveriesPage { chrome, live })
}

/// Has one sent again.
pub async fn update(site: Data<Site>, request: HttpRequest, reader: CurrentUser, id: Path<DeliveryId>) -> Reply {
    let again = site.app.send_again(&reader.caller(&site, &request), *id).await?;
    let told = if again { Told::SentAgain } else { Told::SentAlready };
    Ok(response::done(&request, &urls::deliveries(), &told))
}

/// Takes one off the list.
pub async fn destroy(site: Data<Site>, request: HttpRequest, reader: CurrentUser, id: Path<DeliveryId>) -> Reply {
    let dismissed = site.app.dismiss(&reader.caller(&site, &request), *id).await?;
    let told = if dismissed { Told::Dismissed(1) } else { Told::SentAlready };
    Ok(response::done(&request, &urls::deliveries(), &told))
}

/// Asks before all of it is taken off the list.
pub async fn dismissal(site: Data<Site>, request: HttpRequest, reader: CurrentUser) -> Reply {
    let asked = site.app.dismissal(&reader.caller(&site, &request)).await?;
    let dialog = presenter::dismissal(asked);
    let around = Around { request: &request, reader: &reader, section: Section::Deliveries };
    around.show(StatusCode::OK, &dialog.title.clone(), dialog).await
}

/// Takes all of it off the list.
pub async fn destroy_all(
    site: Data<Site>,
    request: HttpRequest,
    reader: CurrentUser,
    form: Form<SentDismissal>,
) -> Reply {
    let until = DateTime::from_timestamp_micros(form.until).ok_or(HttpError::NotFound)?;
    let count = site.app.dismiss_all(&reader.caller(&site, &request), until).await?;
    Ok(response::done(&request, &urls::deliveries(), &Told::Dismissed(count)))
}
