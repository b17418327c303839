//! The log as a file. It is read in windows, never as a whole.

use actix_web::HttpResponse;
use actix_web::web::Query;
use futures_util::StreamExt as _;

use super::Found;
use super::handler::Window;
use crate::http::connections::Busy;
use crate::http::response::Reply;
use crate::pages::components::release_context::Subject;

/// The whole log as text.
pub async fn show(subject: Subject, window: Query<Window>) -> Reply {
    let found = Found::of(subject).await?;
    // Nobody who reads slowly is cut off as long as they read.
    let busy = Busy::with(&found.subject.request);
    let (attempt, task) = (found.attempt(window.attempt), &found.run().name);
    let file = format!("{}-{}-{task}-{attempt}.log", found.subject.release.name, found.execution.number);
    Ok(HttpResponse::Ok()
        .content_type("text/plain; charset=utf-8")
        .insert_header(("content-disposition", format!("attachment; filename=\"{file}\"")))
        .streaming(Box::pin(found.log(attempt).text().inspect(move |_| {
            let _ = &busy;
        }))))
}
