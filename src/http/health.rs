//! `/healthz` and `/readyz`: whether the process lives, and whether it can do anything.
//!
//! `/healthz` asks nothing else, so that a database that is slow or away restarts nobody: a supervisor that kills what
//! is not healthy would only add to the harm. `/readyz` asks the database, for whoever watches over an installation or
//! starts one thing after another. A load balancer in front of several replicas asks `/healthz` too: they share one
//! database, and the page that says that it is away is better than none.

use std::time::Duration;

use actix_web::HttpResponse;
use actix_web::http::header::{ContentType, RETRY_AFTER};
use actix_web::web::Data;

use crate::http::Site;
use crate::http::error::AGAIN_IN;
use crate::http::throttle::Throttle;

/// Whoever watches asks every few seconds, and strangers may ask as often as they like.
static NOT_READY: Throttle = Throttle::every(Duration::from_secs(10));

/// It lives.
pub async fn live() -> HttpResponse {
    HttpResponse::Ok().content_type(ContentType::plaintext()).body("ok\n")
}

/// Its database answers; the reason why not is in the log, and nobody who is not signed in is told.
pub async fn ready(site: Data<Site>) -> HttpResponse {
    let Err(error) = site.app.check_ready().await else {
        return HttpResponse::Ok().content_type(ContentType::plaintext()).body("ready\n");
    };
    if NOT_READY.is_due() {
        tracing::warn!(error = &error as &dyn std::error::Error, "not ready; database does not answer");
    }
    let mut answer = HttpResponse::ServiceUnavailable();
    answer.content_type(ContentType::plaintext()).insert_header((RETRY_AFTER, AGAIN_IN)).body("no database\n")
}
