//! `/users`. For everybody but administrators there is no such page.

use actix_web::HttpRequest;
use actix_web::web::{Data, Query};
use serde::Deserialize;

use super::presenter::{self, Wanted};
use super::view::UsersPage;
use crate::http::Site;
use crate::http::response::{self, Reply};
use crate::http::session::CurrentUser;
use crate::pages::components::{Section, layout};

/// Which part of the list.
#[derive(Debug, Deserialize)]
pub struct UsersQuery {
    #[serde(default)]
    q: String,
    page: Option<usize>,
}

/// A page of it.
pub async fn index(site: Data<Site>, request: HttpRequest, reader: CurrentUser, query: Query<UsersQuery>) -> Reply {
    let people = site.app.users(&reader.caller(&site, &request)).await?;
    let teams = site.sessions.teams(&site.app).await?;
    let UsersQuery { q, page } = query.into_inner();
    let wanted = Wanted { search: q, page: page.unwrap_or(1).clamp(1, 1_000_000), now: site.app.clock.now() };
    response::page(&UsersPage {
        chrome: layout::around(&request, &reader, "Users", Section::Users).await?,
        ..presenter::page(&people, &teams, reader.user(), wanted)
    })
}
