//! Executions of a release task, which the interface that ours is like calls records, with their tasks and logs.

mod artefacts;
mod bodies;
mod events;
mod hosts;
mod list;
mod log;
mod log_search;
mod logged;
mod of_key;
mod position;
mod show;
mod window;

use actix_web::web::{ServiceConfig, get, resource};

pub(super) use artefacts::{__path_index as __path_artefacts, __path_show as __path_artefact};
pub(super) use events::{__path_show as __path_events, EndEvent, LogEvent};
pub(super) use list::__path_index;
pub(super) use log::__path_show as __path_log;
pub(super) use log_search::{__path_file, __path_search};
pub(super) use of_key::__path_find;
pub(super) use show::__path_show;

/// A task of an execution.
const RECORD_TASK: &str = "/{project_id}/pipeline/pipelines/{pipeline_id}/records/{number}/tasks/{task_name}";

/// Their routes.
pub fn routes(api: &mut ServiceConfig) {
    let below = |rest: &str| resource(format!("{RECORD_TASK}{rest}"));
    api.service(below("/artefacts").route(get().to(artefacts::index)))
        .service(below("/artefacts/{attempt}/{position}").route(get().to(artefacts::show)));
    api.service(resource("/{project_id}/pipeline/records/{record_id}").route(get().to(of_key::find)))
        .service(resource("/{project_id}/pipeline/pipelines/{pipeline_id}/records").route(get().to(list::index)))
        .service(
            resource("/{project_id}/pipeline/pipelines/{pipeline_id}/records/{number}").route(get().to(show::show)),
        )
        .service(
            resource("/{project_id}/pipeline/pipelines/{pipeline_id}/records/{number}/events")
                .route(get().to(events::show)),
        )
        .service(
            resource("/{project_id}/pipeline/pipelines/{pipeline_id}/records/{number}/tasks/{task_name}/log")
                .route(get().to(log::show)),
        )
        .service(
            resource("/{project_id}/pipeline/pipelines/{pipeline_id}/records/{number}/tasks/{task_name}/log/search")
                .route(get().to(log_search::search)),
        )
        .service(
            resource("/{project_id}/pipeline/pipelines/{pipeline_id}/records/{number}/tasks/{task_name}/log/file")
                .route(get().to(log_search::file)),
        );
}
