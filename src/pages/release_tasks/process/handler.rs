//! The Release Process View of the last execution, or of the plan.

use actix_web::HttpRequest;

use super::presenter;
use crate::http::response::{self, Reply};
use crate::pages::components::checkpoint;
use crate::pages::components::release_urls::TabName;
use crate::pages::release_tasks::detail::ExecutionDetail;
use crate::pages::release_tasks::page::{answer_all, changed, of_release};
use crate::pages::release_tasks::view::Body;

/// Release Process View.
pub async fn show(request: HttpRequest) -> Reply {
    let Some(subject) = changed(&request).await? else { return Ok(response::unchanged()) };
    let last = subject.release.last.as_ref();
    let live = async || {
        let detail = ExecutionDetail::of_cards(&subject, last).await?;
        let view = match last {
            Some(execution) => {
                let people = checkpoint::people(&subject, execution).await?;
                presenter::of(&subject, execution, &detail, &people)
            }
            None => presenter::planned(&subject.release.definition, &detail.changes),
        };
        Ok(of_release(&subject, TabName::Process, &detail, Body::Process(view)))
    };
    answer_all(&subject, subject.release.name.clone(), last, live).await
}
