//! The Timeline of the last execution.

use actix_web::HttpRequest;

use super::presenter;
use super::view::TimelineView;
use crate::http::response::{self, Reply};
use crate::pages::components::release_urls::TabName;
use crate::pages::release_tasks::detail::ExecutionDetail;
use crate::pages::release_tasks::page::{answer_all, changed, of_release};
use crate::pages::release_tasks::view::Body;

/// Timeline of the last execution.
pub async fn show(request: HttpRequest) -> Reply {
    let Some(subject) = changed(&request).await? else { return Ok(response::unchanged()) };
    let last = subject.release.last.as_ref();
    let live = async || {
        let detail = ExecutionDetail::of(&subject, last).await?;
        let view = match last {
            Some(last) => {
                presenter::of(&subject, last, &detail, &subject.site.app.attempts(&subject.visible, last).await?)
            }
            None => TimelineView::default(),
        };
        Ok(of_release(&subject, TabName::Timeline, &detail, Body::Timeline(view)))
    };
    answer_all(&subject, subject.release.name.clone(), last, live).await
}
