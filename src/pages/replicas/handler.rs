//! `/replicas`, and its list alone. For everybody but administrators there is no such page.

use actix_web::HttpRequest;
use actix_web::web::{Data, Query};
use serde::Deserialize;

use super::presenter::{self, Known};
use super::view::ReplicasPage;
use crate::http::Site;
use crate::http::error::HttpError;
use crate::http::response::{self, Reply};
use crate::http::session::CurrentUser;
use crate::messages::Locale;
use crate::pages::components::{Section, layout};

/// What the page shows already.
#[derive(Debug, Deserialize)]
pub struct ReplicasQuery {
    seen: u64,
}

/// The page.
pub async fn index(site: Data<Site>, request: HttpRequest, reader: CurrentUser) -> Reply {
    let known = known(&site, &request, &reader).await?;
    let chrome = layout::around(&request, &reader, "Replicas", Section::Replicas).await?;
    let list = presenter::list(&site, &known);
    let keys = presenter::keys(&site.app.key_state(&reader.caller(&site, &request)).await?);
    response::page(&ReplicasPage {
        chrome,
        lead: Locale::default().replicas().lead().to_owned(),
        list,
        isolation: presenter::isolation(&known),
        keys,
    })
}

/// The list, if it is another than the page shows.
pub async fn show_list(
    site: Data<Site>,
    request: HttpRequest,
    reader: CurrentUser,
    shown: Query<ReplicasQuery>,
) -> Reply {
    let known = known(&site, &request, &reader).await?;
    if known.mark() == shown.seen {
        return Ok(response::unchanged());
    }
    response::page(&presenter::list(&site, &known))
}

async fn known(site: &Site, request: &HttpRequest, reader: &CurrentUser) -> Result<Known, HttpError> {
    let (replicas, carried) = site.app.replicas(&reader.caller(site, request)).await?;
    Ok(Known { replicas, carried })
}
