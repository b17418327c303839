//! The region that one works in: named by the URL, remembered for the next visit.

use std::future::Future;
use std::pin::Pin;

use actix_web::cookie::{Cookie, time::Duration};
use actix_web::dev::Payload;
use actix_web::web::Data;
use actix_web::{FromRequest, HttpMessage, HttpRequest};

use crate::app::reads::IdAndName;
use crate::domain::ids::RegionId;
use crate::http::error::HttpError;
use crate::http::{Site, cookies};

const COOKIE: &str = "tollgate_region";

/// The region that the URL names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CurrentRegion {
    /// Key.
    pub id: RegionId,
    /// Its name, as in the URL.
    pub name: String,
}

impl FromRequest for CurrentRegion {
    type Error = HttpError;
    type Future = Pin<Box<dyn Future<Output = Result<Self, HttpError>>>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move {
            let site = request.app_data::<Data<Site>>().ok_or(HttpError::NotFound)?;
            let regions = site.sessions.regions(&site.app).await?;
            let name = request.match_info().get("region").unwrap_or_default();
            let found = regions.iter().find(|region| region.name == name).ok_or(HttpError::NotFound)?;
            let region = Self { id: found.id, name: found.name.clone() };
            request.extensions_mut().insert(region.clone());
            Ok(region)
        })
    }
}

/// The region to work in when the URL names none: the one of the last visit, or the first.
pub fn remembered(request: &HttpRequest, regions: &[IdAndName<RegionId>]) -> Option<String> {
    let last = cookies::values(request, COOKIE);
    let last = regions.iter().find(|region| last.contains(&region.name));
    last.or(regions.first()).map(|region| region.name.clone())
}

/// The cookie that remembers the region of this page, if it is not remembered already.
pub fn to_remember(request: &HttpRequest) -> Option<Cookie<'static>> {
    let name = request.extensions().get::<CurrentRegion>()?.name.clone();
    if cookies::values(request, COOKIE) == [name.as_str()] {
        return None;
    }
    let site = request.app_data::<Data<Site>>()?;
    Some(cookies::build(site, COOKIE, name, Duration::days(365)))
}
