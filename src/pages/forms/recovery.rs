//! Gives back what somebody typed into a form: when the database is away, the answer shows it again, so that nothing is lost.

use actix_web::{HttpMessage, HttpRequest};
use url::form_urlencoded;

use super::buffer::Kept;
use super::{FieldRule, FormRules};
use crate::messages::Locale;
use crate::pages::errors::view::{Typed, TypedField};

/// The form that was sent, to be sent again, as far as its rules say; none when nothing was, or when it has no rules.
pub fn again(request: &HttpRequest) -> Option<Typed> {
    let Kept { body, rules } = request.extensions().get::<Kept>()?.clone();
    let url = request.uri().path_and_query()?.to_string();
    Some(Typed { url, fields: fields(rules?, &body) })
}

fn fields(rules: &FormRules, body: &[u8]) -> Vec<TypedField> {
    let given_back = |name: &str| rules.fields.iter().find(|rule| rule.name() == name);
    form_urlencoded::parse(body).filter_map(|(name, value)| Some(field(*given_back(&name)?, &value))).collect()
}

fn field(rule: FieldRule, value: &str) -> TypedField {
    let (name, value) = (rule.name().to_owned(), value.to_owned());
    let label = Locale::default().errors().field_label(rule.name()).unwrap_or(rule.name());
    match rule {
        FieldRule::Secret(_) => TypedField::Secret { label, name },
        // An empty comment was meant to be empty.
        FieldRule::Line(_) | FieldRule::Lines(_) if !value.is_empty() => {
            TypedField::Shown { label, long: matches!(rule, FieldRule::Lines(_)), name, value }
        }
        FieldRule::Hidden(_) | FieldRule::Line(_) | FieldRule::Lines(_) => TypedField::Hidden { name, value },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_form_declares_is_given_back_and_all_else_is_dropped() {
        let rules = FormRules::at("/a", "/b").giving_back(&[
            FieldRule::Hidden("round"),
            FieldRule::Lines("comment"),
            FieldRule::Line("name"),
            FieldRule::Secret("password"),
        ]);
        let body = b"round=2&comment=No.&name=&password=correct+horse&pin=correct+horse&Password=correct+horse&round=3";
        let hidden = |name: &str, value: &str| TypedField::Hidden { name: name.to_owned(), value: value.to_owned() };
        let expected = [
            hidden("round", "2"),
            TypedField::Shown { label: "Comments", name: "comment".to_owned(), value: "No.".to_owned(), long: true },
            hidden("name", ""),
            TypedField::Secret { label: "Password", name: "password".to_owned() },
            hidden("round", "3"),
        ];
        assert_eq!(fields(&rules, body), expected);
        assert_eq!(fields(&FormRules::at("/a", "/b"), body), []);
    }
}
