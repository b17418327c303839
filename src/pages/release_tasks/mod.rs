//! Release tasks: the list, and the page of one with its tabs.

pub mod activity;
pub mod definition;
pub mod detail;
pub mod fragment_cache;
pub mod head;
pub mod list;
pub mod page;
pub mod process;
pub mod timeline;
pub mod view;

use actix_web::HttpRequest;
use actix_web::web::{ServiceConfig, get, resource};

use super::components::release_urls::RELEASE_TASK;

/// The routes of the list, and of the page of one with its tabs.
pub fn routes(app: &mut ServiceConfig) {
    let below = |rest: &str| resource(format!("{RELEASE_TASK}{rest}"));
    app.service(resource("/regions/{region}/release-tasks").route(get().to(list::index)))
        .service(below("").route(get().to(process::show)))
        .service(below("/timeline").route(get().to(timeline::show)))
        .service(below("/definition").route(get().to(definition::show)))
        .service(below("/definition.yaml").route(get().to(definition::show_yaml)))
        .service(below("/activity").route(get().to(activity::index)));
}

/// The mark that the page of a request shows, if it refreshes itself.
pub fn seen(request: &HttpRequest) -> Option<u64> {
    request.query_string().split('&').find_map(|pair| pair.strip_prefix("seen="))?.parse().ok()
}
