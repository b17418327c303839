//! Disable, Enable and Reset Password on the page of a team: for whoever keeps the account of that member.

use actix_web::HttpRequest;
use actix_web::http::StatusCode;
use actix_web::web::{Bytes, Data, Path};

use super::presenter::short_lines;
use super::sent_form::{SentRoles, mark};
use crate::app::accounts::AccountError;
use crate::app::{Member, Short};
use crate::domain::ids::{TeamId, UserId};
use crate::http::Site;
use crate::http::response::{self, Reply};
use crate::http::session::CurrentUser;
use crate::messages::Locale;
use crate::messages::told::Told;
use crate::pages::components::dialog::Around;
use crate::pages::components::{ConfirmDialog, Hidden, Link, Section, Steps, urls};
use crate::pages::resets;

/// Asks before a member is disabled.
pub async fn new(site: Data<Site>, request: HttpRequest, reader: CurrentUser, path: Path<(TeamId, UserId)>) -> Reply {
    let (caller, (team, user)) = (reader.caller(&site, &request), path.into_inner());
    let member = site.app.kept_member(&caller, team, user).await?;
    let short = site.app.short_without_member(&caller, team, user).await?;
    show(StatusCode::OK, &request, &reader, disabling(&member, &short)).await
}

/// Disables them, and ends their sessions.
pub async fn create(
    site: Data<Site>,
    request: HttpRequest,
    reader: CurrentUser,
    path: Path<(TeamId, UserId)>,
    body: Bytes,
) -> Reply {
    let (caller, (team, user)) = (reader.caller(&site, &request), path.into_inner());
    let member = site.app.kept_member(&caller, team, user).await?;
    let short = site.app.short_without_member(&caller, team, user).await?;
    if !SentRoles::read(&body).knows_of(&short) {
        return show(StatusCode::CONFLICT, &request, &reader, disabling(&member, &short)).await;
    }
    match site.app.disable_member(&caller, team, user).await {
        Ok(()) => {
            site.sessions.forget();
            let told = Told::UserDisabled(member.person.user.name);
            Ok(response::done(&request, &urls::members_of(team), &told))
        }
        Err(AccountError::LastAdministrator(name)) => {
            let error = Some(Locale::default().accounts().last_administrator(&name));
            show(StatusCode::CONFLICT, &request, &reader, ConfirmDialog { error, ..disabling(&member, &short) }).await
        }
        Err(other) => Err(other.into()),
    }
}

/// Lets them sign in again.
pub async fn destroy(
    site: Data<Site>,
    request: HttpRequest,
    reader: CurrentUser,
    path: Path<(TeamId, UserId)>,
) -> Reply {
    let (caller, (team, user)) = (reader.caller(&site, &request), path.into_inner());
    let member = site.app.kept_member(&caller, team, user).await?;
    site.app.enable_member(&caller, team, user).await?;
    let told = Told::UserEnabled(member.person.user.name);
    Ok(response::done(&request, &urls::members_of(team), &told))
}

/// Asks before a link is made that sets a new password.
pub async fn reset(site: Data<Site>, request: HttpRequest, reader: CurrentUser, path: Path<(TeamId, UserId)>) -> Reply {
    let (team, user) = path.into_inner();
    let member = site.app.kept_member(&reader.caller(&site, &request), team, user).await?;
    show(StatusCode::OK, &request, &reader, resetting(&member)).await
}

/// Makes it, and shows it.
pub async fn make_reset(
    site: Data<Site>,
    request: HttpRequest,
    reader: CurrentUser,
    path: Path<(TeamId, UserId)>,
) -> Reply {
    let (caller, (team, user)) = (reader.caller(&site, &request), path.into_inner());
    let member = site.app.kept_member(&caller, team, user).await?;
    match site.app.make_reset_link_of_member(&caller, team, user).await {
        Ok(made) => {
            let back = Link::new(Locale::default().invitations().back_to_members(), urls::members_of(team));
            resets::made((&site, &request), &reader, made, (Section::Members, back)).await
        }
        Err(AccountError::Disabled(name)) => {
            let error = Some(Locale::default().accounts().disabled(&name));
            show(StatusCode::CONFLICT, &request, &reader, ConfirmDialog { error, ..resetting(&member) }).await
        }
        Err(other) => Err(other.into()),
    }
}

async fn show(status: StatusCode, request: &HttpRequest, reader: &CurrentUser, dialog: ConfirmDialog) -> Reply {
    Around { request, reader, section: Section::Members }.show(status, &dialog.title.clone(), dialog).await
}

fn resetting(Member { team, person }: &Member) -> ConfirmDialog {
    let url = urls::member_account(team.id, person.user.id, "reset");
    resets::asking(&person.user.name, url, urls::members_of(team.id))
}

fn disabling(Member { team, person }: &Member, short: &[Short]) -> ConfirmDialog {
    let words = Locale::default().members();
    ConfirmDialog {
        title: words.disable_title(&person.user.name),
        sentence: words.disabling(&person.user.name),
        steps: Steps::of(words.short_after_title(short.len()), short_lines(short)),
        url: urls::member_account(team.id, person.user.id, "disable"),
        hidden: vec![Hidden::new("told", mark(short))],
        cancel_url: urls::members_of(team.id),
        button: words.disable().to_owned(),
        danger: true,
        ..ConfirmDialog::default()
    }
}
