//! Applications of a region's teams, and their components with all revisions.

mod components;
mod found;
mod handler;
mod matrix;
mod presenter;
mod releasing;
pub mod view;

use actix_web::web::{ServiceConfig, get, post, resource};

use super::forms::{FieldRule, FormRules};

/// The forms that they take.
pub const FORMS: &[FormRules] = &[
    FormRules::at("/regions/{region}/applications/new", "").giving_back(&[
        FieldRule::Hidden("team"),
        FieldRule::Line("name"),
        FieldRule::Line("description"),
    ]),
    FormRules::at("/regions/{region}/applications/{application}/edit", "")
        .giving_back(&[FieldRule::Line("description")]),
    FormRules::at("/regions/{region}/applications/{application}/delete", ""),
    FormRules::at("/regions/{region}/applications/{application}/components/{component}/deploy-again", ""),
    FormRules::at("/regions/{region}/applications/{application}/components/{component}/promote", "")
        .giving_back(&[FieldRule::Hidden("to"), FieldRule::Hidden("fields")]),
];

/// Their routes.
pub fn routes(app: &mut ServiceConfig) {
    app.service(resource("/regions/{region}/applications").route(get().to(handler::index)))
        .service(
            resource("/regions/{region}/applications/new")
                .route(get().to(handler::new))
                .route(post().to(handler::create)),
        )
        .service(resource("/regions/{region}/applications/matrix").route(get().to(matrix::show)))
        .service(resource("/regions/{region}/applications/{application}").route(get().to(handler::show)))
        .service(
            resource("/regions/{region}/applications/{application}/edit")
                .route(get().to(handler::edit))
                .route(post().to(handler::update)),
        )
        .service(
            resource("/regions/{region}/applications/{application}/delete")
                .route(get().to(handler::confirm))
                .route(post().to(handler::destroy)),
        )
        .service(
            resource("/regions/{region}/applications/{application}/components/{component}")
                .route(get().to(components::show)),
        )
        .service(
            resource("/regions/{region}/applications/{application}/components/{component}/deploy-again")
                .route(post().to(releasing::deploy_again)),
        )
        .service(
            resource("/regions/{region}/applications/{application}/components/{component}/promote")
                .route(get().to(releasing::new_promotion))
                .route(post().to(releasing::promote)),
        );
}
