//! `/help/api`.

use std::sync::OnceLock;

use actix_web::HttpRequest;
use actix_web::web::Data;

use super::presenter;
use super::view::{ApiReference, ReferencePage};
use crate::http::Site;
use crate::http::response::{self, Reply};
use crate::http::session::CurrentUser;
use crate::pages::components::{Section, layout};

/// Read once: the description is the same as long as the program.
static REFERENCE: OnceLock<ApiReference> = OnceLock::new();

/// The page.
pub async fn show(site: Data<Site>, request: HttpRequest, reader: CurrentUser) -> Reply {
    let reference = REFERENCE.get_or_init(|| presenter::reference(site.description));
    let chrome = layout::around(&request, &reader, "API", Section::Elsewhere).await?;
    response::page(&ReferencePage { chrome, reference })
}
