//! Fills the layout of every page: who reads, in which region, what was just done.

pub mod view;

use actix_web::web::Data;
use actix_web::{HttpMessage, HttpRequest};

use super::{Chrome, Flash, Look, Me, RegionLink, Section, urls};
use crate::http::error::HttpError;
use crate::http::session::CurrentUser;
use crate::http::{Site, response};
use crate::pages::approvals;
use crate::pages::regions::{self, CurrentRegion};

/// Around a page of somebody signed in.
pub async fn around(
    request: &HttpRequest,
    reader: &CurrentUser,
    title: impl Into<String>,
    section: Section,
) -> Result<Chrome, HttpError> {
    let Some(site) = request.app_data::<Data<Site>>() else { return Ok(Chrome::public(title)) };
    let regions = site.sessions.regions(&site.app).await?;
    let here = request.extensions().get::<CurrentRegion>().map(|region| region.name.clone());
    let here = here.or_else(|| regions::remembered(request, &regions)).unwrap_or_default();
    let link = |name: &str| RegionLink { name: name.to_owned(), url: urls::release_tasks(name), current: name == here };
    let me = Me {
        name: reader.user().name.clone(),
        account_url: urls::account(),
        sign_out_url: urls::logout(),
        approvals_url: urls::approvals(),
        approvals: approvals::count(site, &reader.caller(site, request)).await?,
        audit_url: reader.user().administrator.then(|| urls::audit(false)),
        replicas_url: reader.user().administrator.then(urls::replicas),
        release_tasks_url: if here.is_empty() { urls::home() } else { urls::release_tasks(&here) },
        regions: regions.iter().map(|region| link(&region.name)).collect(),
        region: here,
    };
    Ok(Chrome { title: title.into(), section, me: Some(me), flash: flash(request) })
}

/// What was just done, for the page that shows it. [`page_cookies`](crate::pages::page_cookies) makes the browser forget it.
fn flash(request: &HttpRequest) -> Option<Flash> {
    response::flash(request).map(|text| Flash { look: Look::Done, text })
}
