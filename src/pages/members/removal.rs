//! Remove: takes a member from a team, after telling which checkpoints would then wait in vain.

use std::collections::BTreeSet;

use actix_web::HttpRequest;
use actix_web::http::StatusCode;
use actix_web::web::{Bytes, Data, Path};

use super::presenter::short_lines;
use super::sent_form::{SentRoles, mark};
use crate::app::accounts::AccountError;
use crate::app::{Member, RoleChange, Short};
use crate::domain::ids::{TeamId, UserId};
use crate::http::Site;
use crate::http::response::{self, Reply};
use crate::http::session::CurrentUser;
use crate::messages::Locale;
use crate::messages::told::Told;
use crate::pages::components::dialog::Around;
use crate::pages::components::{ConfirmDialog, Hidden, Section, Steps, urls};

/// Asks first.
pub async fn new(site: Data<Site>, request: HttpRequest, reader: CurrentUser, path: Path<(TeamId, UserId)>) -> Reply {
    let caller = reader.caller(&site, &request);
    let change = removal(path.into_inner());
    let member = site.app.member(&caller, change.team, change.user).await?;
    let short = site.app.short_after(&caller, &change).await?;
    show(StatusCode::OK, &request, &reader, view(&member, &short)).await
}

/// Does it, and goes on to the members, or where the reader may still go.
pub async fn create(
    site: Data<Site>,
    request: HttpRequest,
    reader: CurrentUser,
    path: Path<(TeamId, UserId)>,
    body: Bytes,
) -> Reply {
    let caller = reader.caller(&site, &request);
    let change = removal(path.into_inner());
    let member = site.app.member(&caller, change.team, change.user).await?;
    let short = site.app.short_after(&caller, &change).await?;
    if !SentRoles::read(&body).knows_of(&short) {
        return show(StatusCode::CONFLICT, &request, &reader, view(&member, &short)).await;
    }
    match site.app.change_roles(&caller, &change).await {
        Ok(()) => {
            site.sessions.forget();
            let told = Told::MemberRemoved(member.person.user.name.clone(), member.team.name.clone());
            let leaves = change.user == reader.user().id && !reader.user().administrator;
            let next = if leaves { urls::home() } else { urls::members_of(change.team) };
            Ok(response::done(&request, &next, &told))
        }
        Err(AccountError::LastManager { user, team }) => {
            let error = Some(Locale::default().accounts().last_manager(&user, &team));
            show(StatusCode::CONFLICT, &request, &reader, ConfirmDialog { error, ..view(&member, &short) }).await
        }
        Err(other) => Err(other.into()),
    }
}

fn removal((team, user): (TeamId, UserId)) -> RoleChange {
    RoleChange { team, user, roles: BTreeSet::new() }
}

async fn show(status: StatusCode, request: &HttpRequest, reader: &CurrentUser, dialog: ConfirmDialog) -> Reply {
    let around = Around { request, reader, section: Section::Members };
    around.show(status, &dialog.title.clone(), dialog).await
}

fn view(Member { team, person }: &Member, short: &[Short]) -> ConfirmDialog {
    let words = Locale::default().members();
    let name = &person.user.name;
    ConfirmDialog {
        title: words.removal_title(name, &team.name),
        sentence: words.removal(name),
        steps: Steps::of(words.short_after_title(short.len()), short_lines(short)),
        url: urls::member_removal(team.id, person.user.id),
        hidden: vec![Hidden::new("told", mark(short))],
        cancel_url: urls::members_of(team.id),
        button: words.remove_member().to_owned(),
        danger: true,
        ..ConfirmDialog::default()
    }
}
