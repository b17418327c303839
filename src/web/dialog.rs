//! A dialog: alone for the script, which shows it over the page at hand, and as a page of its own for everybody else.

use actix_web::http::StatusCode;
use askama::Template;

use super::chrome;
use super::reply::{self, Reply};
use super::subject::Subject;
use super::views::{DialogPage, Section};

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
    if reply::is_htmx(&subject.request) {
        return reply::page_with(status, &dialog);
    }
    let chrome = chrome::around(&subject.request, &subject.reader, title, Section::ReleaseTasks).await?;
    reply::page_with(status, &DialogPage { chrome, dialog })
}
