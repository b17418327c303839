//! The Definition, and a version of it as a file.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Query;
use serde::Deserialize;

use super::presenter::{self, Compared, Numbered};
use crate::http::compact;
use crate::http::error::HttpError;
use crate::http::response::{self, Reply};
use crate::pages::components::release_context::Subject;
use crate::pages::components::release_urls::TabName;
use crate::pages::components::{Section, layout};
use crate::pages::release_tasks::detail::ExecutionDetail;
use crate::pages::release_tasks::page::of_release;
use crate::pages::release_tasks::view::{Body, ReleasePage};

/// Which version, and which two to compare.
#[derive(Debug, Deserialize)]
pub struct VersionChoice {
    version: Option<u32>,
    from: Option<u32>,
    to: Option<u32>,
}

/// Definition, of any version, and what changed between two.
pub async fn show(subject: Subject, choice: Query<VersionChoice>) -> Reply {
    let shown = choice.version.or(choice.to).unwrap_or(subject.release.version);
    let versions = subject.site.app.versions(&subject.visible).await?;
    let load = async |number: u32| {
        if versions.iter().any(|version| version.number == number) {
            let definition = subject.site.app.definition(&subject.visible, number).await?;
            Ok(Numbered { number, definition })
        } else {
            Err(HttpError::NotFound)
        }
    };
    let body = load(shown).await?;
    let pair = match (choice.from, choice.to) {
        (Some(from), Some(to)) => Some(Compared { from: load(from).await?, to: load(to).await? }),
        _ => None,
    };
    let view = presenter::of(&subject, body, &versions, pair).await?;
    let detail = ExecutionDetail::of(&subject, subject.release.last.as_ref()).await?;
    let live = of_release(&subject, TabName::Definition, &detail, Body::Definition(Box::new(view)));
    let title = format!("{}, definition", subject.release.name);
    let chrome = layout::around(&subject.request, &subject.reader, title, Section::ReleaseTasks).await?;
    let page = ReleasePage { chrome, live, changes: None };
    let html = presenter::aside(move || compact::render(&page)).await?;
    Ok(response::html(StatusCode::OK, html.map_err(anyhow::Error::from)?))
}

/// A version as YAML: a file for `tollgate import`.
pub async fn show_yaml(subject: Subject, choice: Query<VersionChoice>) -> Reply {
    let version = choice.version.unwrap_or(subject.release.version);
    let versions = subject.site.app.versions(&subject.visible).await?;
    if !versions.iter().any(|known| known.number == version) {
        return Err(HttpError::NotFound);
    }
    let definition = subject.site.app.definition(&subject.visible, version).await?;
    let text = match subject.site.app.version_text(&subject.visible, version).await? {
        Some(text) => text,
        None => presenter::yaml(&subject, definition).await?,
    };
    let file = format!("attachment; filename=\"{}.yaml\"", subject.release.name);
    Ok(HttpResponse::Ok()
        .content_type("application/yaml; charset=utf-8")
        .insert_header(("content-disposition", file))
        .body(text))
}
