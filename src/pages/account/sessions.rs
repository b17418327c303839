//! Ends one's own sessions.

use actix_web::HttpRequest;
use actix_web::web::{Data, Path};

use crate::domain::ids::SessionId;
use crate::http::Site;
use crate::http::error::HttpError;
use crate::http::response::{self, Reply};
use crate::http::session::CurrentUser;
use crate::messages::told::Told;
use crate::pages::components::urls;
use crate::pages::sessions::sign_out;

/// Ends one of one's own sessions; the one at hand by signing out.
pub async fn destroy(site: Data<Site>, request: HttpRequest, reader: CurrentUser, id: Path<SessionId>) -> Reply {
    if *id == reader.session() {
        return sign_out(&site, &request, &reader).await;
    }
    if !site.app.end_session(&reader.caller(&site, &request), *id).await? {
        return Err(HttpError::NotFound);
    }
    site.sessions.forget();
    Ok(response::see_other_saying(&request, &urls::account(), &Told::SessionEnded))
}

/// Ends all of one's own sessions but the one at hand.
pub async fn destroy_others(site: Data<Site>, request: HttpRequest, reader: CurrentUser) -> Reply {
    let count = site.app.end_other_sessions(&reader.caller(&site, &request), reader.session()).await?;
    site.sessions.forget();
    Ok(response::see_other_saying(&request, &urls::account(), &Told::SessionsEnded(count)))
}
