//! Invitations to a team: whoever manages it invites people and takes invitations back; whoever is invited joins by the link,
//! or says yes or no on a page of their own.

mod handler;
mod import;
mod joining;
mod own;
mod presenter;
mod sent_form;
pub mod view;

use actix_web::web::{ServiceConfig, get, post, resource};

use super::forms::{FieldRule, FormRules};

/// The forms that they take.
pub const FORMS: &[FormRules] = &[
    FormRules::at("/teams/{team}/invitations/new", "")
        .giving_back(&[FieldRule::Line("name"), FieldRule::Hidden("role")]),
    FormRules::at("/teams/{team}/invitations/import", "")
        .long()
        .giving_back(&[FieldRule::Lines("people")])
        .or_file("people"),
    FormRules::at("/teams/{team}/invitations/{invitation}/revoke", ""),
    FormRules::at("/invitations/join", "").giving_back(&[
        FieldRule::Hidden("token"),
        FieldRule::Secret("password"),
        FieldRule::Secret("again"),
    ]),
    FormRules::at("/invitations/{invitation}/accept", ""),
    FormRules::at("/invitations/{invitation}/decline", ""),
];

/// The route that nobody need be signed in for.
pub fn public_routes(app: &mut ServiceConfig) {
    app.service(resource("/invitations/join").route(get().to(joining::new)).route(post().to(joining::create)));
}

/// Their other routes.
pub fn routes(app: &mut ServiceConfig) {
    app.service(resource("/invitations").route(get().to(own::index)))
        .service(resource("/invitations/{invitation}/accept").route(post().to(own::accept)))
        .service(resource("/invitations/{invitation}/decline").route(post().to(own::decline)))
        .service(resource("/teams/{team}/invitations").route(get().to(handler::index)))
        .service(
            resource("/teams/{team}/invitations/new").route(get().to(handler::new)).route(post().to(handler::create)),
        )
        .service(
            resource("/teams/{team}/invitations/import").route(get().to(import::new)).route(post().to(import::create)),
        )
        .service(resource("/teams/{team}/invitations/{invitation}/revoke").route(post().to(handler::destroy)));
}
