//! E-mail: how the server sends it, for administrators, and the address of each person, for themselves.

mod address;
mod handler;
pub mod view;

use actix_web::web::{ServiceConfig, get, post, resource};

use super::forms::{FieldRule, FormRules};

pub use address::own;

/// The forms that they take.
pub const FORMS: &[FormRules] = &[
    FormRules::at("/e-mail", "").giving_back(&[FieldRule::Secret("password")]),
    FormRules::at("/e-mail/try", ""),
    FormRules::at("/account/e-mail", ""),
    FormRules::at("/account/e-mail/events", "")
        .giving_back(&[FieldRule::Hidden("event"), FieldRule::Hidden("team_choice")]),
    FormRules::at("/account/e-mail/forget", ""),
    FormRules::at("/account/e-mail/confirm", "").giving_back(&[FieldRule::Hidden("token")]),
];

/// Their routes.
pub fn routes(app: &mut ServiceConfig) {
    app.service(resource("/e-mail").route(get().to(handler::show)).route(post().to(handler::update)))
        .service(resource("/e-mail/outcome").route(get().to(handler::show_outcome)))
        .service(resource("/e-mail/try").route(post().to(handler::attempt)))
        .service(resource("/account/e-mail").route(post().to(address::create)))
        .service(resource("/account/e-mail/events").route(post().to(address::update)))
        .service(
            resource("/account/e-mail/forget").route(get().to(address::forgetting)).route(post().to(address::destroy)),
        )
        .service(
            resource("/account/e-mail/confirm")
                .route(get().to(address::confirmation))
                .route(post().to(address::confirm)),
        );
}
