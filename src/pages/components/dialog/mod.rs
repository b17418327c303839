//! A dialog: alone for the script, which shows it over the page at hand, and as a page of its own for everybody else.

pub mod view;

use actix_web::http::StatusCode;
use askama::Template;

use super::release_context::Subject;
use super::{DialogPage, Section, layout};
use crate::http::response::{self, Reply};

/// Shows it.
pub async fn show<D>(subject: &Subject, title: &str, dialog: D) -> Reply
where
    D: Template + askama::filters::HtmlSafe,
{
    show_with(StatusCode::OK, subject, title, dialog).await
}

/// Shows it with a status of its own, as one that comes back with a refusal.
pub async fn show_with<D>(status: StatusCode, subject: &Subject, title: &str, dialog: D) -> Reply
where
    D: Template + askama::filters::HtmlSafe,
{
    if response::is_htmx(&subject.request) {
        return response::page_with(status, &dialog);
    }
    let chrome = layout::around(&subject.request, &subject.reader, title, Section::ReleaseTasks).await?;
    response::page_with(status, &DialogPage { chrome, dialog })
}
