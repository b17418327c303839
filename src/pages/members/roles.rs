//! Edit Roles: the roles of a member, ticked. What the change means for checkpoints that wait is told before it is made.

use std::collections::BTreeSet;

use actix_web::HttpRequest;
use actix_web::http::StatusCode;
use actix_web::web::{Bytes, Data, Path};

use super::presenter::short_notice;
use super::sent_form::{SentRoles, mark};
use super::view::{RoleBox, RolesDialog};
use crate::app::accounts::AccountError;
use crate::app::{Member, RoleChange, Short};
use crate::domain::ids::{TeamId, UserId};
use crate::domain::people::Role;
use crate::http::Site;
use crate::http::response::{self, Reply};
use crate::http::session::CurrentUser;
use crate::messages::Locale;
use crate::messages::told::Told;
use crate::pages::components::dialog::Around;
use crate::pages::components::{Hidden, Section, urls};

/// Asks for them.
pub async fn edit(site: Data<Site>, request: HttpRequest, reader: CurrentUser, path: Path<(TeamId, UserId)>) -> Reply {
    let (team, user) = path.into_inner();
    let member = site.app.member(&reader.caller(&site, &request), team, user).await?;
    let dialog = view(&member, &member.person.user.roles_in(team), &[]);
    around(&request, &reader).show(StatusCode::OK, &dialog.title.clone(), dialog).await
}

/// Changes them. What stands in the way is told in the form, as it was ticked.
pub async fn update(
    site: Data<Site>,
    request: HttpRequest,
    reader: CurrentUser,
    path: Path<(TeamId, UserId)>,
    body: Bytes,
) -> Reply {
    let caller = reader.caller(&site, &request);
    let (team, user) = path.into_inner();
    let member = site.app.member(&caller, team, user).await?;
    let sent = SentRoles::read(&body);
    let words = Locale::default();
    let refused = |status, error| {
        let dialog = RolesDialog { error: Some(error), ..view(&member, &sent.roles, &[]) };
        around(&request, &reader).show(status, words.members().edit_roles(), dialog)
    };
    if sent.roles.is_empty() {
        return refused(StatusCode::UNPROCESSABLE_ENTITY, words.members().no_role().to_owned()).await;
    }
    let change = RoleChange { team, user, roles: sent.roles.clone() };
    let short = site.app.short_after(&caller, &change).await?;
    if !sent.knows_of(&short) {
        let dialog = view(&member, &sent.roles, &short);
        return around(&request, &reader).show(StatusCode::CONFLICT, &dialog.title.clone(), dialog).await;
    }
    match site.app.change_roles(&caller, &change).await {
        Ok(()) => {
            site.sessions.forget();
            let told = Told::RolesChanged(member.person.user.name.clone(), member.team.name.clone());
            Ok(response::done(&request, &urls::members_of(team), &told))
        }
        Err(AccountError::LastManager { user, team }) => {
            refused(StatusCode::CONFLICT, words.accounts().last_manager(&user, &team)).await
        }
        Err(other) => Err(other.into()),
    }
}

fn around<'a>(request: &'a HttpRequest, reader: &'a CurrentUser) -> Around<'a> {
    Around { request, reader, section: Section::Members }
}

fn view(Member { team, person }: &Member, ticked: &BTreeSet<Role>, short: &[Short]) -> RolesDialog {
    let words = Locale::default().members();
    let is_warned = !short.is_empty();
    RolesDialog {
        title: words.roles_title(&person.user.name, &team.name),
        lead: words.roles_lead().to_owned(),
        url: urls::member_roles(team.id, person.user.id),
        hidden: if is_warned { vec![Hidden::new("told", mark(short))] } else { Vec::new() },
        cancel_url: urls::members_of(team.id),
        warning: is_warned.then(|| short_notice(words.short_after_title(short.len()), short)),
        roles: role_boxes(ticked),
        error: None,
        button: words.save_roles(is_warned),
    }
}

/// A box for each role, ticked where it is held.
pub fn role_boxes(ticked: &BTreeSet<Role>) -> Vec<RoleBox> {
    let words = Locale::default().members();
    let role = |role: Role| RoleBox {
        word: role.word(),
        role: words.role(role),
        meaning: words.role_meaning(role),
        held: ticked.contains(&role),
    };
    Role::ALL.map(role).to_vec()
}
