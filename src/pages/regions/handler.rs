//! `/` and `/regions/{region}`: both lead on to the release tasks of a region.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};

use super::current_region::{CurrentRegion, remembered};
use crate::http::Site;
use crate::http::error::HttpError;
use crate::http::response::{self, Reply};
use crate::pages::components::urls;

/// `/`: on to the region of the last visit.
pub async fn index(site: Data<Site>, request: HttpRequest) -> Reply {
    let regions = site.sessions.regions(&site.app).await?;
    let region = remembered(&request, &regions).ok_or(HttpError::NoRegion)?;
    Ok(response::see_other(&urls::release_tasks(&region)))
}

/// `/regions/{region}`: on to its release tasks.
pub async fn show(region: CurrentRegion) -> HttpResponse {
    response::see_other(&urls::release_tasks(&region.name))
}
