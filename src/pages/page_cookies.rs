//! Cookies that follow a page: the region it was in is remembered, the sentence it told once is forgotten.

use actix_web::Error;
use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::middleware::Next;

use crate::http::response;
use crate::pages::regions;

/// Sets them on whole pages.
pub async fn remember(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let mut response = next.call(request).await?;
    if response.status().is_success() && !response::is_htmx(response.request()) {
        let region = regions::to_remember(response.request());
        let told = response::no_flash(response.request());
        for cookie in region.into_iter().chain(told) {
            // A cookie of ours can always be written.
            let _ = response.response_mut().add_cookie(&cookie);
        }
    }
    Ok(response)
}
