//! Reset Password: an administrator makes a link by which a user sets a new one.

use actix_web::HttpRequest;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};

use crate::app::accounts::AccountError;
use crate::domain::ids::UserId;
use crate::domain::people::User;
use crate::http::Site;
use crate::http::response::Reply;
use crate::http::session::CurrentUser;
use crate::messages::Locale;
use crate::pages::components::dialog::Around;
use crate::pages::components::{ConfirmDialog, Link, Section, urls};
use crate::pages::resets;

/// Asks before.
pub async fn new(site: Data<Site>, request: HttpRequest, reader: CurrentUser, id: Path<UserId>) -> Reply {
    let user = site.app.user(&reader.caller(&site, &request), *id).await?.user;
    show(StatusCode::OK, &request, &reader, view(&user)).await
}

/// Makes it, and shows it.
pub async fn create(site: Data<Site>, request: HttpRequest, reader: CurrentUser, id: Path<UserId>) -> Reply {
    let caller = reader.caller(&site, &request);
    let user = site.app.user(&caller, *id).await?.user;
    match site.app.make_reset_link(&caller, &user.name).await {
        Ok(made) => {
            let back = Link::new(Locale::default().members().users_title(), urls::users());
            resets::made((&site, &request), &reader, made, (Section::Users, back)).await
        }
        Err(AccountError::Disabled(name)) => {
            let error = Some(Locale::default().accounts().disabled(&name));
            show(StatusCode::CONFLICT, &request, &reader, ConfirmDialog { error, ..view(&user) }).await
        }
        Err(other) => Err(other.into()),
    }
}

async fn show(status: StatusCode, request: &HttpRequest, reader: &CurrentUser, dialog: ConfirmDialog) -> Reply {
    Around { request, reader, section: Section::Users }.show(status, &dialog.title.clone(), dialog).await
}

fn view(user: &User) -> ConfirmDialog {
    resets::asking(&user.name, urls::user_act(user.id, "reset"), urls::users())
}
