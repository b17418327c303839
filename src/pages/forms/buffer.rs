//! Reads the whole of a form before anything is done with it, and keeps it: what the answer may have to give back. What is
//! no form is refused before any of it is read, so that there is no body that nobody measures.

use actix_web::body::{EitherBody, MessageBody};
use actix_web::dev::{Payload, ServiceRequest, ServiceResponse};
use actix_web::http::header::{self, HeaderValue};
use actix_web::middleware::Next;
use actix_web::mime::{APPLICATION_WWW_FORM_URLENCODED, MULTIPART_FORM_DATA};
use actix_web::web::Bytes;
use actix_web::{Error, HttpMessage};

use crate::http::body;
use crate::http::error::HttpError;
use crate::pages::forms::{self, FormRules, MAX_FORM_LEN, multipart};

/// The type of a form without files.
const FORM_TYPE: &str = "application/x-www-form-urlencoded";

/// The most fields of a form: an execution of all 200 tasks has one for each.
const MAX_FIELDS: usize = 1_000;

/// A form that was sent.
#[derive(Debug, Clone)]
pub struct Kept {
    /// All of it.
    pub body: Bytes,
    /// The rules of the route that it was sent to, if it has any.
    pub rules: Option<&'static FormRules>,
}

/// Keeps forms; requests without a body are let through, and those that nobody reads the body of.
pub async fn keep_typed<B: MessageBody>(
    mut request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B>>, Error> {
    let is_of = |kind: &str| request.content_type().eq_ignore_ascii_case(kind);
    // Before the route is chosen: who is signed in may not be known, and what they typed is given back all the same.
    let rules = request.match_pattern().and_then(|route| forms::of(&route));
    let file = rules.and_then(|rules| rules.file).filter(|_| is_of(MULTIPART_FORM_DATA.essence_str()));
    let is_form = is_of(APPLICATION_WWW_FORM_URLENCODED.essence_str()) || file.is_some();
    if !request.method().is_safe() && !is_form && body::is_sent(&request) {
        return Ok(request.error_response(HttpError::UnsupportedMedia).map_into_right_body());
    }
    if !request.method().is_safe() && is_form {
        let form = match read(&mut request, rules.map_or(MAX_FORM_LEN, |rules| rules.most), file).await {
            Ok(form) => form,
            Err(error) => return Ok(request.error_response(error).map_into_right_body()),
        };
        request.extensions_mut().insert(Kept { body: form, rules });
    }
    Ok(next.call(request).await?.map_into_left_body())
}

/// The form, with a file in the place of that field if it may have one.
async fn read(request: &mut ServiceRequest, most: usize, file: Option<&str>) -> Result<Bytes, HttpError> {
    let sent = body::read(request, most).await?;
    let Some(field) = file else { return few_fields(sent) };
    let form = few_fields(multipart::as_typed(request.headers(), sent, field).await?)?;
    if form.len() > most {
        return Err(HttpError::TooLarge);
    }
    let headers = request.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(FORM_TYPE));
    headers.insert(header::CONTENT_LENGTH, HeaderValue::from(form.len()));
    request.set_payload(Payload::from(form.clone()));
    Ok(form)
}

fn few_fields(form: Bytes) -> Result<Bytes, HttpError> {
    // It would be read with other letters in the place of those that cannot be.
    if let Some(field) = form[..].split(|byte| *byte == b'&').find(|field| !is_utf8(&decoded(field))) {
        let name = field.split(|byte| *byte == b'=').next().unwrap_or_default();
        return Err(HttpError::FieldNotUtf8(String::from_utf8_lossy(&decoded(name)).into_owned()));
    }
    if form[..].split(|byte| *byte == b'&').count() > MAX_FIELDS {
        return Err(HttpError::TooManyFields);
    }
    Ok(form)
}

fn is_utf8(bytes: &[u8]) -> bool {
    std::str::from_utf8(bytes).is_ok()
}

/// What a form says, with its `%41` as the bytes that they stand for.
fn decoded(form: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(form.len());
    let mut rest = form;
    while let Some((first, behind)) = rest.split_first() {
        let code = behind.get(..2).and_then(|code| std::str::from_utf8(code).ok());
        let byte = code.filter(|_| *first == b'%').and_then(|code| u8::from_str_radix(code, 16).ok());
        bytes.push(byte.unwrap_or(*first));
        rest = if byte.is_some() { &behind[2..] } else { behind };
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn f17_a_form_that_is_not_utf_8_is_refused() {
        let is_taken = |form: &'static str| few_fields(Bytes::from_static(form.as_bytes())).is_ok();
        for good in ["", "a=b", "a=Gr%C3%BC%c3%9fe", "a=%EF%BF%BD", "a=%", "a=%zz", "a=%4", "a=%+1", "ü=1"] {
            assert!(is_taken(good), "{good}");
        }
        for bad in ["a=Gr%FC%DFe", "a=%ff", "a=%C3", "a=%C3x", "%fe=1"] {
            assert!(!is_taken(bad), "{bad}");
        }
        let told = few_fields(Bytes::from_static(b"rev=1&check=Gr%FC%DFe&n=1")).map_err(|error| error.to_string());
        assert_eq!(told, Err("the field check of the form is not UTF-8".to_owned()));
    }
}
