//! A dialog: alone for the script, which shows it over the page at hand, and as a page of its own for everybody else.

pub mod view;

use actix_web::HttpRequest;
use actix_web::http::StatusCode;
use askama::Template;

use super::release_context::Subject;
use super::{DialogPage, Section, layout};
use crate::http::response::{self, Reply};
use crate::http::session::CurrentUser;

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
    let around = Around { request: &subject.request, reader: &subject.reader, section: Section::ReleaseTasks };
    around.show(status, title, dialog).await
}

/// What is around a dialog where it is a page.
#[derive(Clone, Copy)]
pub struct Around<'a> {
    /// The request.
    pub request: &'a HttpRequest,
    /// Who reads it.
    pub reader: &'a CurrentUser,
    /// The entry of the side bar that it belongs to.
    pub section: Section,
}

impl Around<'_> {
    /// Shows it, alone for the script.
    pub async fn show<D>(self, status: StatusCode, title: &str, dialog: D) -> Reply
    where
        D: Template + askama::filters::HtmlSafe,
    {
        if response::is_htmx(self.request) {
            return response::page_with(status, &dialog);
        }
        let chrome = layout::around(self.request, self.reader, title, self.section).await?;
        response::page_with(status, &DialogPage { chrome, dialog })
    }
}
