//! Artefacts of a task: a row for each, and each as a file.

use actix_web::HttpResponse;
use actix_web::web::Bytes;
use futures_util::StreamExt as _;

use super::Found;
use super::view::ArtefactRow;
use crate::http::connections::Busy;
use crate::http::error::HttpError;
use crate::http::response::{Reply, attachment};
use crate::messages::Locale;
use crate::pages::components::release_context::Subject;

/// What the task left.
pub async fn rows(found: &Found) -> Result<Vec<ArtefactRow>, HttpError> {
    let subject = &found.subject;
    let kept = subject.site.app.artefacts(&subject.visible, &found.execution, found.run()).await?;
    let attempts: std::collections::BTreeSet<u32> = kept.iter().map(|one| one.attempt.number).collect();
    let row = |one: crate::app::reads::KeptArtefact| ArtefactRow {
        url: subject.urls().artefact((found.execution.number, &found.run().name), (one.attempt.number, one.position)),
        size: Locale::default().storage().size(one.artefact.size),
        attempt: (attempts.len() > 1).then_some(one.attempt.number),
        path: one.artefact.path,
        sha256: one.artefact.sha256,
    };
    Ok(kept.into_iter().map(row).collect())
}

/// One of them as a file.
pub async fn show(subject: Subject) -> Reply {
    let found = Found::of(subject, None).await?;
    let subject = &found.subject;
    // Nobody who reads slowly is cut off as long as they read.
    let busy = Busy::with(&subject.request);
    let number = |name: &str| subject.request.match_info().get(name).and_then(|text| text.parse::<u32>().ok());
    let (Some(attempt), Some(position)) = (number("attempt"), number("position")) else {
        return Err(HttpError::NotFound);
    };
    let which = (&found.execution, found.run());
    let file = subject.site.app.artefact(&subject.visible, which, (attempt, position)).await?;
    let (name, size) = (file.artefact().file_name().to_owned(), file.artefact().size);
    let bytes = file.bytes().map(|piece| piece.map(Bytes::from).map_err(HttpError::from));
    Ok(HttpResponse::Ok()
        .content_type("application/octet-stream")
        .insert_header(attachment(&name))
        .no_chunking(size)
        .streaming(Box::pin(bytes.inspect(move |_| {
            let _ = &busy;
        }))))
}
