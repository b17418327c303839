//! The Activity of a release task, in pages.

use actix_web::web::Query;

use super::presenter;
use crate::domain::ids::EventId;
use crate::http::response::Reply;
use crate::pages::components::release_context::Subject;
use crate::pages::components::release_urls::TabName;
use crate::pages::release_tasks::detail::ExecutionDetail;
use crate::pages::release_tasks::page::{Turned, answer, of_release};
use crate::pages::release_tasks::view::Body;

/// Activity.
pub async fn index(subject: Subject, turned: Query<Turned<EventId>>) -> Reply {
    let rows = subject.site.app.activity(&subject.visible, turned.into_inner().turn(), presenter::PAGE).await?;
    let detail = ExecutionDetail::of(&subject, subject.release.last.as_ref()).await?;
    let live = of_release(&subject, TabName::Activity, &detail, Body::Activity(presenter::of(&subject, &rows)));
    answer(&subject, format!("{}, activity", subject.release.name), live).await
}
