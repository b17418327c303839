//! Users, for administrators: everybody with their roles by team; who may sign in, and who administers.

mod administrators;
mod handler;
mod presenter;
mod resets;
mod states;
pub mod view;

use actix_web::web::{ServiceConfig, get, post, resource};

use super::forms::FormRules;

/// The forms that they take.
pub const FORMS: &[FormRules] = &[
    FormRules::at("/users/{user}/disable", ""),
    FormRules::at("/users/{user}/enable", ""),
    FormRules::at("/users/{user}/promote", ""),
    FormRules::at("/users/{user}/demote", ""),
    FormRules::at("/users/{user}/reset", ""),
];

/// Their routes.
pub fn routes(app: &mut ServiceConfig) {
    app.service(resource("/users").route(get().to(handler::index)))
        .service(resource("/users/{user}/disable").route(get().to(states::new)).route(post().to(states::create)))
        .service(resource("/users/{user}/enable").route(post().to(states::destroy)))
        .service(
            resource("/users/{user}/promote")
                .route(get().to(administrators::new))
                .route(post().to(administrators::create)),
        )
        .service(
            resource("/users/{user}/demote")
                .route(get().to(administrators::edit))
                .route(post().to(administrators::destroy)),
        )
        .service(resource("/users/{user}/reset").route(get().to(resets::new)).route(post().to(resets::create)));
}
