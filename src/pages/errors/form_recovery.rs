//! Keeps what somebody typed into a form while the request is answered: when the database is away, the answer shows it
//! again, so that nothing is lost.

use actix_web::{HttpMessage, HttpRequest};
use url::form_urlencoded;

use super::view::{Typed, TypedField};
use crate::http::middleware::buffer_form::Kept;
use crate::messages::errors;

/// Fields that only their owner knows, which no page ever shows.
const SECRETS: [&str; 3] = ["password", "current", "again"];

/// The form that was sent, to be sent again; none when nothing was.
pub fn again(request: &HttpRequest) -> Option<Typed> {
    let Kept(body) = request.extensions().get::<Kept>()?.clone();
    let url = request.uri().path_and_query()?.to_string();
    Some(Typed { url, fields: form_urlencoded::parse(&body).map(|(name, value)| field(&name, &value)).collect() })
}

fn field(name: &str, value: &str) -> TypedField {
    let name = name.to_owned();
    match errors::field_label(&name) {
        Some(label) if SECRETS.contains(&name.as_str()) => TypedField::Secret { label, name },
        // An empty comment was meant to be empty.
        Some(label) if !value.is_empty() => {
            TypedField::Shown { label, long: name == "comment", name, value: value.to_owned() }
        }
        Some(_) | None => TypedField::Hidden { name, value: value.to_owned() },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_typed_is_shown_and_a_secret_never() {
        assert_eq!(field("round", "2"), TypedField::Hidden { name: "round".to_owned(), value: "2".to_owned() });
        let comment =
            TypedField::Shown { label: "Comments", name: "comment".to_owned(), value: "No.".to_owned(), long: true };
        assert_eq!(field("comment", "No."), comment);
        for name in SECRETS {
            assert!(matches!(field(name, "correct horse"), TypedField::Secret { .. }), "{name}");
        }
    }
}
