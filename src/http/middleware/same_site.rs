//! Only our own pages may change something: no token in forms, but what every browser says about where a request comes
//! from. What says nothing is no browser, has no cookie that somebody else could use, and is let through.

use actix_web::Error;
use actix_web::body::{EitherBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{self, HeaderName};
use actix_web::middleware::Next;
use actix_web::web::Data;
use url::Url;

use crate::http::Site;
use crate::http::error::HttpError;

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Refuses what another site sends.
pub async fn same_site<B: MessageBody>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B>>, Error> {
    if request.method().is_safe() || comes_from_us(&request) {
        return Ok(next.call(request).await?.map_into_left_body());
    }
    Ok(request.error_response(HttpError::CrossSite).map_into_right_body())
}

fn comes_from_us(request: &ServiceRequest) -> bool {
    let said = |name| request.headers().get(name).map(|value| value.to_str().unwrap_or("unreadable"));
    match (said(SEC_FETCH_SITE), said(header::ORIGIN)) {
        (Some(site), _) => matches!(site, "same-origin" | "none"),
        (None, Some(origin)) => {
            let public = request.app_data::<Data<Site>>().and_then(|site| site.web.public_url.as_ref());
            is_our_origin(origin, said(header::HOST).unwrap_or_default(), public)
        }
        (None, None) => true,
    }
}

fn is_our_origin(origin: &str, host: &str, public: Option<&Url>) -> bool {
    let Ok(origin) = Url::parse(origin) else { return false };
    if public.is_some_and(|public| public.origin() == origin.origin()) {
        return true;
    }
    // The default port is left out of an origin and may be written in a host.
    Url::parse(&format!("{}://{host}/", origin.scheme()))
        .is_ok_and(|ours| origin.host().is_some() && ours.origin() == origin.origin())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_ours_when_it_is_the_host_asked_or_the_public_address() {
        let public = Url::parse("https://releases.example/").ok();
        assert!(is_our_origin("http://127.0.0.1:8080", "127.0.0.1:8080", None));
        assert!(is_our_origin("https://a.example", "a.example:443", None));
        assert!(is_our_origin("https://releases.example", "10.0.0.7:8080", public.as_ref()));
        for foreign in ["null", "", "http://127.0.0.1:8081", "https://evil.example", "file://"] {
            assert!(!is_our_origin(foreign, "127.0.0.1:8080", public.as_ref()), "{foreign}");
        }
    }
}
