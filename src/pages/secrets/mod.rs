//! Named secrets of a team and of an environment: everybody in the team reads their names, its managers set and forget them. No
//! page shows a value.

mod handler;
mod presenter;
mod sent_form;
pub mod view;

use actix_web::web::{ServiceConfig, get, post, resource};

use super::forms::{FieldRule, FormRules};

/// Room for a value of 8 KiB, each byte of which may be sent as three.
const MAX_LEN: usize = 64 * 1024;

/// What is given back of a form. A value is typed again.
const FIELDS: &[FieldRule] = &[FieldRule::Line("name"), FieldRule::Secret("secret"), FieldRule::Hidden("for_tasks")];

/// The forms that they take.
pub const FORMS: &[FormRules] = &[
    FormRules::at("/teams/{team}/secrets/new", "").up_to(MAX_LEN).giving_back(FIELDS),
    FormRules::at("/teams/{team}/secrets/{name}/set", "").up_to(MAX_LEN).giving_back(FIELDS),
    FormRules::at("/teams/{team}/secrets/{name}/forget", ""),
    FormRules::at("/regions/{region}/environments/{environment}/secrets/new", "").up_to(MAX_LEN).giving_back(FIELDS),
    FormRules::at("/regions/{region}/environments/{environment}/secrets/{name}/set", "")
        .up_to(MAX_LEN)
        .giving_back(FIELDS),
    FormRules::at("/regions/{region}/environments/{environment}/secrets/{name}/forget", ""),
];

/// Its routes.
pub fn routes(app: &mut ServiceConfig) {
    app.service(resource("/teams/{team}/secrets").route(get().to(handler::index)))
        .service(resource("/teams/{team}/secrets/new").route(get().to(handler::new)).route(post().to(handler::create)))
        .service(
            resource("/teams/{team}/secrets/{name}/set")
                .route(get().to(handler::edit))
                .route(post().to(handler::update)),
        )
        .service(
            resource("/teams/{team}/secrets/{name}/forget")
                .route(get().to(handler::confirm))
                .route(post().to(handler::destroy)),
        )
        .service(resource("/regions/{region}/environments/{environment}/secrets").route(get().to(handler::index)))
        .service(
            resource("/regions/{region}/environments/{environment}/secrets/new")
                .route(get().to(handler::new))
                .route(post().to(handler::create)),
        )
        .service(
            resource("/regions/{region}/environments/{environment}/secrets/{name}/set")
                .route(get().to(handler::edit))
                .route(post().to(handler::update)),
        )
        .service(
            resource("/regions/{region}/environments/{environment}/secrets/{name}/forget")
                .route(get().to(handler::confirm))
                .route(post().to(handler::destroy)),
        );
}
