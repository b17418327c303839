//! `/healthz`: whether the process answers. It asks nothing else, so that a slow database restarts nobody.

use actix_web::HttpResponse;
use actix_web::http::header::ContentType;

/// It does.
pub async fn show() -> HttpResponse {
    HttpResponse::Ok().content_type(ContentType::plaintext()).body("ok\n")
}
