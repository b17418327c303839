//! The log as a file. It is read in windows, never as a whole.

use actix_web::HttpResponse;
use actix_web::web::{Bytes, Query};
use futures_util::{Stream, StreamExt as _, stream};

use super::Found;
use super::handler::Window;
use crate::app::{Log, LogError};
use crate::http::connections::Busy;
use crate::http::error::HttpError;
use crate::http::response::Reply;
use crate::messages::Locale;
use crate::pages::components::release_context::Subject;

/// The whole log as text.
pub async fn show(subject: Subject, window: Query<Window>) -> Reply {
    let found = Found::of(subject, window.host).await?;
    // Nobody who reads slowly is cut off as long as they read.
    let busy = Busy::with(&found.subject.request);
    let (attempt, task) = (found.attempt(window.attempt)?, &found.run().name);
    if attempt > found.run().attempt || !found.execution.spec(found.task).kind.has_log() {
        return Err(found.no_attempt(attempt));
    }
    let log = match found.log(attempt)? {
        Some(log) if log.is_gone() => text_of(Locale::default().logs().gone().to_owned()).boxed(),
        Some(log) => text(log).boxed(),
        None => text_of(found.log_removed(attempt)).boxed(),
    };
    let host = found.host.map(|host| format!("-host-{host}")).unwrap_or_default();
    let file = format!("{}-{}-{task}-{attempt}{host}.log", found.subject.release.name, found.execution.number);
    Ok(HttpResponse::Ok()
        .content_type("text/plain; charset=utf-8")
        .insert_header(("content-disposition", format!("attachment; filename=\"{file}\"")))
        .streaming(Box::pin(log.inspect(move |_| {
            let _ = &busy;
        }))))
}

/// One line.
fn text_of(sentence: String) -> impl Stream<Item = Result<Bytes, HttpError>> {
    stream::once(async move { Ok(Bytes::from(format!("{sentence}\n"))) })
}

/// The whole of a log; the last line says why, if the rest cannot be read.
fn text(log: Log) -> impl Stream<Item = Result<Bytes, HttpError>> {
    log.text().map(|block| match block {
        Ok(text) => Ok(Bytes::from(text)),
        Err(LogError::Unreadable(problem)) => {
            Ok(Bytes::from(format!("{}\n", Locale::default().logs().unreadable(&problem))))
        }
        Err(error) => Err(error.into()),
    })
}
