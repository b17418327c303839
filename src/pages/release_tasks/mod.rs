//! Release tasks: the list, the page of one with its tabs, and the page of one of its executions.

pub mod activity;
pub mod definition;
pub mod fragment_cache;
pub mod head;
pub mod list;
pub mod process;
pub mod show;
pub mod timeline;
pub mod view;
pub mod visibility_cache;

use actix_web::HttpRequest;

/// The mark that the page of a request shows, if it refreshes itself.
pub fn seen(request: &HttpRequest) -> Option<u64> {
    request.query_string().split('&').find_map(|pair| pair.strip_prefix("seen="))?.parse().ok()
}
