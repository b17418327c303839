//! The overview and the activity of a region.

mod list;
mod overview;

use actix_web::web::{ServiceConfig, get, resource};

pub(super) use list::__path_index;
pub(super) use overview::__path_show as __path_overview;

/// Their routes.
pub fn routes(api: &mut ServiceConfig) {
    api.service(resource("/{project_id}/pipeline/overview").route(get().to(overview::show)))
        .service(resource("/{project_id}/pipeline/activity").route(get().to(list::index)));
}
