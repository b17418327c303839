//! Members of a team: everybody in it reads who they are; its managers and administrators change their roles, and take
//! somebody from it. Which checkpoints would then wait in vain is told before.

mod accounts;
mod handler;
mod presenter;
mod removal;
mod roles;
mod sent_form;
pub mod view;

pub use presenter::{seen, short_lines};
pub use roles::role_boxes;
pub use sent_form::{SentRoles, mark};

use actix_web::web::{ServiceConfig, get, post, resource};

use super::forms::FormRules;

/// The forms that they take.
pub const FORMS: &[FormRules] = &[
    FormRules::at("/teams/{team}/members/{user}/roles", ""),
    FormRules::at("/teams/{team}/members/{user}/remove", ""),
    FormRules::at("/teams/{team}/members/{user}/disable", ""),
    FormRules::at("/teams/{team}/members/{user}/enable", ""),
    FormRules::at("/teams/{team}/members/{user}/reset", ""),
];

/// Their routes.
pub fn routes(app: &mut ServiceConfig) {
    app.service(resource("/members").route(get().to(handler::first)))
        .service(resource("/teams/{team}/members").route(get().to(handler::index)))
        .service(
            resource("/teams/{team}/members/{user}/roles").route(get().to(roles::edit)).route(post().to(roles::update)),
        )
        .service(
            resource("/teams/{team}/members/{user}/remove")
                .route(get().to(removal::new))
                .route(post().to(removal::create)),
        )
        .service(
            resource("/teams/{team}/members/{user}/disable")
                .route(get().to(accounts::new))
                .route(post().to(accounts::create)),
        )
        .service(resource("/teams/{team}/members/{user}/enable").route(post().to(accounts::destroy)))
        .service(
            resource("/teams/{team}/members/{user}/reset")
                .route(get().to(accounts::reset))
                .route(post().to(accounts::make_reset)),
        );
}
