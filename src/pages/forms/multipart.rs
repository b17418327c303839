//! Forms with a file, read as if what is in the file had been typed: from there on they are forms as all others.

use std::future::ready;

use actix_multipart::{Multipart, MultipartError};
use actix_web::error::PayloadError;
use actix_web::http::header::HeaderMap;
use actix_web::web::Bytes;
use futures_util::{StreamExt as _, stream};
use url::form_urlencoded::byte_serialize;

use crate::http::error::HttpError;

/// The same form without parts. A file that was chosen takes the place of what was typed into that field.
pub async fn as_typed(headers: &HeaderMap, body: Bytes, field: &str) -> Result<Bytes, HttpError> {
    let mut parts = Multipart::new(headers, stream::once(ready(Ok::<_, PayloadError>(body))));
    let (mut typed, mut file) = (Vec::new(), None);
    while let Some(part) = parts.next().await {
        let mut part = part.map_err(unreadable)?;
        let mut value = Vec::new();
        while let Some(bytes) = part.next().await {
            value.extend_from_slice(&bytes.map_err(unreadable)?);
        }
        match part.content_disposition().and_then(|about| about.get_filename()) {
            None => typed.push((part.name().unwrap_or_default().to_owned(), value)),
            // None was chosen.
            Some("") => {}
            Some(_) => file = Some(value),
        }
    }
    if let Some(file) = file {
        typed.retain(|(name, _)| name != field);
        typed.push((field.to_owned(), file));
    }
    let pair = |(name, value): &(String, Vec<u8>)| {
        let (name, value) = (byte_serialize(name.as_bytes()), byte_serialize(value));
        format!("{}={}", name.collect::<String>(), value.collect::<String>())
    };
    Ok(typed.iter().map(pair).collect::<Vec<_>>().join("&").into())
}

#[expect(clippy::needless_pass_by_value, reason = "it is what map_err gives")]
fn unreadable(error: MultipartError) -> HttpError {
    HttpError::Unreadable(error.to_string())
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::{CONTENT_TYPE, HeaderValue};

    use super::*;

    async fn read(parts: &[(&str, &str, &str)]) -> Result<String, HttpError> {
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("multipart/form-data; boundary=x"));
        let part = |(name, more, value): &(&str, &str, &str)| {
            format!("--x\r\nContent-Disposition: form-data; name=\"{name}\"{more}\r\n\r\n{value}\r\n")
        };
        let body = parts.iter().map(part).collect::<String>() + "--x--\r\n";
        let form = as_typed(&headers, body.into(), "people").await?;
        Ok(String::from_utf8(form.to_vec()).unwrap())
    }

    #[actix_web::test]
    async fn a_file_takes_the_place_of_what_was_typed_and_none_leaves_it() {
        let typed = ("people", "", "a,b & c");
        let none = ("file", "; filename=\"\"", "");
        assert_eq!(read(&[typed, none, ("shown", "", "é")]).await.unwrap(), "people=a%2Cb+%26+c&shown=%C3%A9");
        let chosen = ("file", "; filename=\"team.csv\"", "name,roles\nann,viewer\n");
        assert_eq!(read(&[typed, chosen]).await.unwrap(), "people=name%2Croles%0Aann%2Cviewer%0A");
        assert_eq!(read(&[]).await.map_err(|error| error.to_string()).unwrap_or_default(), "");
    }

    #[actix_web::test]
    async fn what_is_cut_off_is_no_form() {
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("multipart/form-data; boundary=x"));
        let cut = Bytes::from_static(b"--x\r\nContent-Disposition: form-data; name=\"people\"\r\n\r\nname,ro");
        assert!(as_typed(&headers, cut, "people").await.is_err());
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("multipart/form-data"));
        assert!(as_typed(&headers, Bytes::new(), "people").await.is_err());
    }
}
