//! Tokens: a page with one's own and those of the services of teams that one manages, a form that makes another, and the dialogs
//! that renew and revoke one. A secret is on the page that answers the form, and nowhere else.

mod dialogs;
mod handler;
mod presenter;
mod sent_form;
pub mod view;

use actix_web::web::{ServiceConfig, get, post, resource};

pub use presenter::ending;

use super::forms::{FieldRule, FormRules};

/// The forms that they take.
pub const FORMS: &[FormRules] = &[
    FormRules::at("/tokens", "").giving_back(&[FieldRule::Line("name")]),
    FormRules::at("/tokens/{id}/renew", ""),
    FormRules::at("/tokens/{id}/revoke", ""),
];

/// Their routes.
pub fn routes(app: &mut ServiceConfig) {
    app.service(resource("/tokens").route(get().to(handler::index)).route(post().to(handler::create)))
        .service(
            resource("/tokens/{id}/renew").route(get().to(dialogs::renew)).route(post().to(dialogs::confirm_renewal)),
        )
        .service(
            resource("/tokens/{id}/revoke")
                .route(get().to(dialogs::revoke))
                .route(post().to(dialogs::confirm_revocation)),
        );
}
