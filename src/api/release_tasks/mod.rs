//! Release tasks at the addresses of the interface that ours is like, which calls them pipelines.

mod action;
mod activity;
pub mod bodies;
mod changes;
mod deleted;
mod dry_runs;
mod list;
mod show;
mod text;
mod versions;
mod write;

use actix_web::web::{ServiceConfig, delete, get, post, put, resource};

pub use show::{etag, found};
pub use write::expected;

pub(super) use action::__path_act;
pub(super) use activity::__path_index as __path_activity;
pub(super) use changes::__path_show as __path_changes;
pub(super) use deleted::{__path_index as __path_deleted, __path_restore};
pub(super) use dry_runs::{__path_create as __path_create_dry_run, __path_index as __path_dry_runs};
pub(super) use list::__path_index;
pub(super) use show::__path_show;
pub(super) use text::{__path_apply, __path_export};
pub(super) use versions::{__path_index as __path_versions, __path_show as __path_version};
pub(super) use write::{__path_create, __path_destroy, __path_update};

/// Their routes.
pub fn routes(api: &mut ServiceConfig) {
    api.service(
        resource("/{project_id}/pipeline/pipelines").route(get().to(list::index)).route(post().to(write::create)),
    )
    .service(
        resource("/{project_id}/pipeline/pipelines/{pipeline_id}")
            .route(get().to(show::show))
            .route(put().to(write::update))
            .route(delete().to(write::destroy)),
    )
    .service(resource("/{project_id}/pipeline/pipelines/{pipeline_id}/action").route(post().to(action::act)))
    .service(
        resource("/{project_id}/pipeline/pipelines/{pipeline_id}/dry-runs")
            .route(get().to(dry_runs::index))
            .route(post().to(dry_runs::create)),
    )
    .service(resource("/{project_id}/pipeline/pipelines/{pipeline_id}/activity").route(get().to(activity::index)))
    .service(resource("/{project_id}/pipeline/deleted-pipelines").route(get().to(deleted::index)))
    .service(
        resource("/{project_id}/pipeline/deleted-pipelines/{pipeline_id}/restore").route(post().to(deleted::restore)),
    )
    .service(resource("/{project_id}/pipeline/pipelines/{pipeline_id}/versions").route(get().to(versions::index)))
    .service(
        resource("/{project_id}/pipeline/pipelines/{pipeline_id}/versions/{number}").route(get().to(versions::show)),
    )
    .service(
        resource("/{project_id}/pipeline/pipelines/{pipeline_id}/versions/{number}/yaml").route(get().to(text::export)),
    )
    .service(
        resource("/{project_id}/pipeline/pipelines/{pipeline_id}/versions/{number}/changes")
            .route(get().to(changes::show)),
    )
    .service(resource("/{project_id}/pipeline/yaml").route(post().to(text::apply)));
}
