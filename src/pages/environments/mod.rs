//! Environments of a region: whoever is in their team reads them, its managers make, change and delete them.

mod examples;
mod handler;
mod options;
pub mod options_view;
mod presenter;
mod sent_form;
mod test_handler;
mod test_presenter;
pub mod test_view;
pub mod view;

pub use presenter::{component_row, component_status};

use actix_web::web::{ServiceConfig, get, post, resource};

use super::forms::{FieldRule, FormRules};

/// Room for two scripts of 64 KiB, each byte of which may be sent as three.
const MAX_LEN: usize = 512 * 1024;

/// The forms that they take.
pub const FORMS: &[FormRules] = &[
    FormRules::at("/regions/{region}/environments/new", "").up_to(MAX_LEN).giving_back(&[
        FieldRule::Hidden("team"),
        FieldRule::Hidden("kind"),
        FieldRule::Line("name"),
        FieldRule::Line("description"),
        FieldRule::Lines("hosts"),
        FieldRule::Line("user"),
        FieldRule::Line("key"),
        FieldRule::Line("batch"),
        FieldRule::Line("max_failed"),
        FieldRule::Lines("deploy"),
        FieldRule::Lines("verify"),
        FieldRule::Lines("remove"),
        FieldRule::Lines("variables"),
        FieldRule::Line("timeout"),
    ]),
    FormRules::at("/regions/{region}/environments/{environment}/edit", "").up_to(MAX_LEN).giving_back(&[
        FieldRule::Hidden("seen"),
        FieldRule::Line("description"),
        FieldRule::Lines("hosts"),
        FieldRule::Line("user"),
        FieldRule::Line("key"),
        FieldRule::Line("batch"),
        FieldRule::Line("max_failed"),
        FieldRule::Lines("deploy"),
        FieldRule::Lines("verify"),
        FieldRule::Lines("remove"),
        FieldRule::Lines("variables"),
        FieldRule::Line("timeout"),
    ]),
    FormRules::at("/regions/{region}/environments/{environment}/options", "").giving_back(&[
        FieldRule::Hidden("seen"),
        FieldRule::Hidden("lock"),
        FieldRule::Line("required"),
        FieldRule::Hidden("role"),
        FieldRule::Line("people"),
        FieldRule::Hidden("four_eyes"),
        FieldRule::Line("other_teams"),
    ]),
    FormRules::at("/regions/{region}/environments/{environment}/delete", ""),
    FormRules::at("/regions/{region}/environments/{environment}/test", ""),
    FormRules::at("/regions/{region}/environments/{environment}/host-keys", ""),
];

/// Its routes.
pub fn routes(app: &mut ServiceConfig) {
    app.service(resource("/regions/{region}/environments").route(get().to(handler::index)))
        .service(
            resource("/regions/{region}/environments/new")
                .route(get().to(handler::new))
                .route(post().to(handler::create)),
        )
        .service(resource("/regions/{region}/environments/{environment}").route(get().to(handler::show)))
        .service(
            resource("/regions/{region}/environments/{environment}/edit")
                .route(get().to(handler::edit))
                .route(post().to(handler::update)),
        )
        .service(
            resource("/regions/{region}/environments/{environment}/options")
                .route(get().to(options::edit))
                .route(post().to(options::update)),
        )
        .service(
            resource("/regions/{region}/environments/{environment}/delete")
                .route(get().to(handler::confirm))
                .route(post().to(handler::destroy)),
        )
        .service(
            resource("/regions/{region}/environments/{environment}/test")
                .route(get().to(test_handler::show))
                .route(post().to(test_handler::create)),
        )
        .service(
            resource("/regions/{region}/environments/{environment}/host-keys").route(post().to(test_handler::pin)),
        );
}
