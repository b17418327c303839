//! Pages of errors.

use tollgate::messages::Locale;
use tollgate::messages::errors::ErrorWords;
use tollgate::pages::components::{Action, ActionStyle, Chrome};
use tollgate::pages::errors::view::{ErrorPage, Typed, TypedField};

use crate::people::chrome;

pub fn error(status: u16) -> ErrorPage {
    let (title, sentence) = match status {
        403 => {
            ("You may not do this", "Execute needs the role operator in the team Storefront. Ask one of its managers.")
        }
        409 => ("Not possible now", "Pause is not possible: shop-web-release is Successful."),
        422 => ("This could not be read", "The form is not complete."),
        500 => (
            "Something went wrong here",
            "What you asked for was not done. It is not your fault; try again in a moment.",
        ),
        503 => ("The database does not answer", "Nothing was done. Try again in a moment."),
        _ => ("This page does not exist", "Or you may not see it. Check the address, or ask who sent it to you."),
    };
    ErrorPage {
        chrome: chrome(title),
        status,
        title: title.into(),
        sentence: sentence.into(),
        details: vec![],
        typed: (status == 503).then(typed),
        reference: (status == 500).then(|| "019a-7f31-22c0".into()),
        actions: vec![Action::link("Region Release Tasks", "/g/list").styled(ActionStyle::Primary)],
    }
}

fn typed() -> Typed {
    let shown = |name: &str, label, value: &str, long| TypedField::Shown {
        label,
        name: name.into(),
        value: value.into(),
        long,
    };
    Typed {
        url: "/g/503".into(),
        fields: vec![
            TypedField::Hidden { name: "round".into(), value: "1".into() },
            shown("name", "Name", "shop-web-copy", false),
            shown("comment", "Comments", "The pages look right.\nGo.", true),
            TypedField::Secret { label: "Password", name: "password".into() },
        ],
    }
}

/// The set-up link was used.
pub fn setup_over() -> ErrorPage {
    let way_on = Action::link(Locale::English.errors().sign_in(), "/g/login").styled(ActionStyle::Primary);
    stranger(410, Locale::English.errors().setup_over(), vec![way_on])
}

/// Too many sign in: the form is given back, without its password.
pub fn crowded() -> ErrorPage {
    let name = TypedField::Shown { label: "Name", name: "name".into(), value: "operator".into(), long: false };
    let fields = vec![name, TypedField::Secret { label: "Password", name: "password".into() }];
    let typed = Some(Typed { url: "/g/login".into(), fields });
    ErrorPage { typed, ..stranger(503, Locale::English.errors().crowded(), vec![]) }
}

/// An error for whoever is not signed in.
fn stranger(status: u16, words: ErrorWords, actions: Vec<Action>) -> ErrorPage {
    ErrorPage {
        chrome: Chrome::public(words.title),
        status,
        title: words.title.to_owned(),
        sentence: words.sentence,
        details: vec![],
        typed: None,
        reference: None,
        actions,
    }
}
