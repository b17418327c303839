//! The caller: who asks, as they find out themselves, and their tokens.

mod show;
mod tokens;

use actix_web::web::{ServiceConfig, get, resource};

pub(super) use show::__path_show;
pub(super) use tokens::__path_tokens;

/// Their routes.
pub fn routes(api: &mut ServiceConfig) {
    api.service(resource("/caller").route(get().to(show::show)))
        .service(resource("/caller/tokens").route(get().to(tokens::tokens)));
}
