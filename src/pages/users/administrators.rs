//! Makes somebody an administrator, or one no more. The last one who may sign in stays one.

use actix_web::HttpRequest;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};

use crate::app::accounts::AccountError;
use crate::domain::ids::UserId;
use crate::domain::people::User;
use crate::http::Site;
use crate::http::response::{self, Reply};
use crate::http::session::CurrentUser;
use crate::messages::Locale;
use crate::messages::told::Told;
use crate::pages::components::dialog::Around;
use crate::pages::components::{ConfirmDialog, Section, urls};

/// Asks before somebody becomes one.
pub async fn new(site: Data<Site>, request: HttpRequest, reader: CurrentUser, id: Path<UserId>) -> Reply {
    let user = site.app.user(&reader.caller(&site, &request), *id).await?.user;
    show(StatusCode::OK, &request, &reader, view(&user, true)).await
}

/// Asks before somebody is one no more.
pub async fn edit(site: Data<Site>, request: HttpRequest, reader: CurrentUser, id: Path<UserId>) -> Reply {
    let user = site.app.user(&reader.caller(&site, &request), *id).await?.user;
    show(StatusCode::OK, &request, &reader, view(&user, false)).await
}

/// Makes them one.
pub async fn create(site: Data<Site>, request: HttpRequest, reader: CurrentUser, id: Path<UserId>) -> Reply {
    let caller = reader.caller(&site, &request);
    let user = site.app.user(&caller, *id).await?.user;
    site.app.set_administrator(&caller, &user.name, true).await?;
    site.sessions.forget();
    Ok(response::done(&request, &urls::users(), &Told::AdministratorMade(user.name)))
}

/// Takes it from them. Whoever takes it from themselves goes on where they may still go.
pub async fn destroy(site: Data<Site>, request: HttpRequest, reader: CurrentUser, id: Path<UserId>) -> Reply {
    let caller = reader.caller(&site, &request);
    let user = site.app.user(&caller, *id).await?.user;
    match site.app.set_administrator(&caller, &user.name, false).await {
        Ok(()) => {
            site.sessions.forget();
            let next = if user.id == reader.user().id { urls::home() } else { urls::users() };
            Ok(response::done(&request, &next, &Told::AdministratorUnmade(user.name)))
        }
        Err(AccountError::LastAdministrator(name)) => {
            let error = Some(Locale::default().accounts().last_administrator(&name));
            show(StatusCode::CONFLICT, &request, &reader, ConfirmDialog { error, ..view(&user, false) }).await
        }
        Err(other) => Err(other.into()),
    }
}

async fn show(status: StatusCode, request: &HttpRequest, reader: &CurrentUser, dialog: ConfirmDialog) -> Reply {
    Around { request, reader, section: Section::Users }.show(status, &dialog.title.clone(), dialog).await
}

fn view(user: &User, administrator: bool) -> ConfirmDialog {
    let words = Locale::default().members();
    ConfirmDialog {
        title: words.administrator_title(&user.name, administrator),
        sentence: words.administering(&user.name, administrator),
        url: urls::user_act(user.id, if administrator { "promote" } else { "demote" }),
        cancel_url: urls::users(),
        button: if administrator { words.promote() } else { words.demote() }.to_owned(),
        danger: !administrator,
        ..ConfirmDialog::default()
    }
}
