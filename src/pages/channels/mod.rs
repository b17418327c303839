//! Channels of a team, to which notices go: whoever manages it makes, changes, tries and removes them.

mod dialogs;
mod handler;
mod presenter;
mod sent_form;
pub mod view;

use actix_web::web::{ServiceConfig, get, post, resource};

use super::forms::{FieldRule, FormRules};

pub use handler::SeenMark;
pub use presenter::{being_sent, event_boxes, mark, outcome};
pub use sent_form::{events, is_default};

/// The forms that they take. An address may be a secret, and is typed again.
pub const FORMS: &[FormRules] = &[
    FormRules::at("/teams/{team}/channels/new", "").giving_back(&[
        FieldRule::Line("name"),
        FieldRule::Hidden("kind"),
        FieldRule::Hidden("event"),
        FieldRule::Hidden("enabled"),
    ]),
    FormRules::at("/teams/{team}/channels/{channel}", "").giving_back(&[
        FieldRule::Line("name"),
        FieldRule::Hidden("event"),
        FieldRule::Hidden("enabled"),
    ]),
    FormRules::at("/teams/{team}/member-events", "").giving_back(&[FieldRule::Hidden("event")]),
    FormRules::at("/teams/{team}/channels/{channel}/try", ""),
    FormRules::at("/teams/{team}/channels/{channel}/rotate", ""),
    FormRules::at("/teams/{team}/channels/{channel}/remove", ""),
];

/// Its routes.
pub fn routes(app: &mut ServiceConfig) {
    app.service(resource("/teams/{team}/channels").route(get().to(handler::index)))
        .service(resource("/teams/{team}/channels/new").route(get().to(handler::new)).route(post().to(handler::create)))
        .service(resource("/teams/{team}/member-events").route(post().to(handler::choose)))
        .service(resource("/teams/{team}/channels/list").route(get().to(handler::show_list)))
        .service(
            resource("/teams/{team}/channels/{channel}")
                .route(get().to(handler::edit))
                .route(post().to(handler::update)),
        )
        .service(resource("/teams/{team}/channels/{channel}/try").route(post().to(handler::attempt)))
        .service(
            resource("/teams/{team}/channels/{channel}/rotate")
                .route(get().to(dialogs::rotate))
                .route(post().to(handler::rotate)),
        )
        .service(
            resource("/teams/{team}/channels/{channel}/remove")
                .route(get().to(dialogs::remove))
                .route(post().to(handler::destroy)),
        );
}
