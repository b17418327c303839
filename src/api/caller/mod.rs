//! The caller: who asks, as they find out themselves.

mod show;

use actix_web::web::{ServiceConfig, get, resource};

pub(super) use show::__path_show;

/// Its route.
pub fn routes(api: &mut ServiceConfig) {
    api.service(resource("/caller").route(get().to(show::show)));
}
