//! Execution Records, and the page of one execution with its tabs.

use actix_web::HttpRequest;
use actix_web::web::Query;

use super::presenter;
use crate::http::response::{self, Reply};
use crate::pages::components::checkpoint;
use crate::pages::components::release_context::Subject;
use crate::pages::components::release_urls::TabName;
use crate::pages::release_tasks::detail::ExecutionDetail;
use crate::pages::release_tasks::page::{Turned, answer, answer_all, changed, of_execution, of_release, title};
use crate::pages::release_tasks::view::Body;
use crate::pages::release_tasks::{process, timeline};

/// Execution Records.
pub async fn index(subject: Subject, turned: Query<Turned<u32>>) -> Reply {
    let records = subject.site.app.executions(&subject.visible, turned.into_inner().turn(), presenter::PAGE).await?;
    let view = presenter::of(&subject, &records);
    let detail = ExecutionDetail::of(&subject, subject.release.last.as_ref()).await?;
    let live = of_release(&subject, TabName::Executions, &detail, Body::Executions(view));
    answer(&subject, format!("{}, execution records", subject.release.name), live).await
}

/// The Release Process View of one execution, as it was.
pub async fn show(request: HttpRequest) -> Reply {
    let Some(subject) = changed(&request).await? else { return Ok(response::unchanged()) };
    let execution = subject.execution().await?;
    let live = async || {
        let detail = ExecutionDetail::of_cards(&subject, Some(&execution)).await?;
        let people = checkpoint::people(&subject, &execution).await?;
        let view = process::of(&subject, &execution, &detail, &people);
        Ok(of_execution(&subject, &execution, TabName::Process, &detail, Body::Process(view)))
    };
    answer_all(&subject, title(&subject, &execution), Some(&execution), live).await
}

/// The Timeline of one execution.
pub async fn show_timeline(request: HttpRequest) -> Reply {
    let Some(subject) = changed(&request).await? else { return Ok(response::unchanged()) };
    let execution = subject.execution().await?;
    let live = async || {
        let attempts = subject.site.app.attempts(&subject.visible, &execution).await?;
        let detail = ExecutionDetail::of(&subject, Some(&execution)).await?;
        let view = timeline::of(&subject, &execution, &detail, &attempts);
        Ok(of_execution(&subject, &execution, TabName::Timeline, &detail, Body::Timeline(view)))
    };
    answer_all(&subject, title(&subject, &execution), Some(&execution), live).await
}
