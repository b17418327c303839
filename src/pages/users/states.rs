//! Disable and Enable: whether somebody may sign in. Which checkpoints would wait in vain is told before.

use actix_web::HttpRequest;
use actix_web::http::StatusCode;
use actix_web::web::{Bytes, Data, Path};

use crate::app::Short;
use crate::app::accounts::AccountError;
use crate::domain::ids::UserId;
use crate::domain::people::User;
use crate::http::Site;
use crate::http::response::{self, Reply};
use crate::http::session::CurrentUser;
use crate::messages::Locale;
use crate::messages::told::Told;
use crate::pages::components::dialog::Around;
use crate::pages::components::{ConfirmDialog, Hidden, Section, Steps, urls};
use crate::pages::members::{SentRoles, mark, short_lines};

/// Asks before somebody is disabled.
pub async fn new(site: Data<Site>, request: HttpRequest, reader: CurrentUser, id: Path<UserId>) -> Reply {
    let caller = reader.caller(&site, &request);
    let user = site.app.user(&caller, *id).await?.user;
    let short = site.app.short_without_user(&caller, *id).await?;
    show(StatusCode::OK, &request, &reader, view(&user, &short)).await
}

/// Disables them, and ends their sessions.
pub async fn create(
    site: Data<Site>,
    request: HttpRequest,
    reader: CurrentUser,
    id: Path<UserId>,
    body: Bytes,
) -> Reply {
    let caller = reader.caller(&site, &request);
    let user = site.app.user(&caller, *id).await?.user;
    let short = site.app.short_without_user(&caller, *id).await?;
    if !SentRoles::read(&body).knows_of(&short) {
        return show(StatusCode::CONFLICT, &request, &reader, view(&user, &short)).await;
    }
    match site.app.disable_user(&caller, &user.name).await {
        Ok(_) => {
            site.sessions.forget();
            Ok(response::done(&request, &urls::users(), &Told::UserDisabled(user.name)))
        }
        Err(AccountError::LastAdministrator(name)) => {
            let error = Some(Locale::default().accounts().last_administrator(&name));
            show(StatusCode::CONFLICT, &request, &reader, ConfirmDialog { error, ..view(&user, &short) }).await
        }
        Err(other) => Err(other.into()),
    }
}

/// Lets them sign in again.
pub async fn destroy(site: Data<Site>, request: HttpRequest, reader: CurrentUser, id: Path<UserId>) -> Reply {
    let caller = reader.caller(&site, &request);
    let user = site.app.user(&caller, *id).await?.user;
    site.app.enable_user(&caller, &user.name).await?;
    Ok(response::done(&request, &urls::users(), &Told::UserEnabled(user.name)))
}

async fn show(status: StatusCode, request: &HttpRequest, reader: &CurrentUser, dialog: ConfirmDialog) -> Reply {
    Around { request, reader, section: Section::Users }.show(status, &dialog.title.clone(), dialog).await
}

fn view(user: &User, short: &[Short]) -> ConfirmDialog {
    let words = Locale::default().members();
    ConfirmDialog {
        title: words.disable_title(&user.name),
        sentence: words.disabling(&user.name),
        steps: Steps::of(words.short_after_title(short.len()), short_lines(short)),
        url: urls::user_act(user.id, "disable"),
        hidden: vec![Hidden::new("told", mark(short))],
        cancel_url: urls::users(),
        button: words.disable().to_owned(),
        danger: true,
        ..ConfirmDialog::default()
    }
}
