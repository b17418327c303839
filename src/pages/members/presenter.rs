//! From members to the rows of the page, and from checkpoints to what is said of them.

use super::view::{MemberRow, MembersPage, RoleLegend};
use crate::app::reads::IdAndName;
use crate::app::{Short, TeamMembers};
use crate::domain::ids::TeamId;
use crate::domain::people::{Person, Role, User};
use crate::messages::Locale;
use crate::messages::members::NamedCheckpoint;
use crate::pages::components::{Action, ActionStyle, Look, Notice, NoticeItem, Status, urls};
use crate::pages::release_tasks::list::view::SelectOption;

/// The page, as that reader may see it.
pub fn page(found: &TeamMembers, teams: &[IdAndName<TeamId>], reader: &User) -> MembersPage {
    let words = Locale::default().members();
    let theirs = teams.iter().filter(|team| reader.may_read(team.id));
    let options = theirs.map(|team| SelectOption::new(team.id.to_string(), &team.name, team.id == found.team.id));
    let warning = (!found.short.is_empty()).then(|| Notice {
        hint: Some(words.short_hint().to_owned()),
        ..short_notice(words.short_title(found.short.len()), &found.short)
    });
    MembersPage {
        title: words.members_title(&found.team.name),
        actions: if found.may_manage { actions(found) } else { Vec::new() },
        lead: words.members_lead(&found.team.name, found.may_manage),
        choose_url: urls::members(),
        teams: options.collect(),
        warning,
        rows: found.members.iter().map(|member| row(found, member, reader)).collect(),
        may_manage: found.may_manage,
        legend: Role::ALL.map(|role| RoleLegend { role: words.role(role), meaning: words.role_meaning(role) }).to_vec(),
        ..MembersPage::default()
    }
}

fn actions(found: &TeamMembers) -> Vec<Action> {
    let words = Locale::default().invitations();
    let invite = Action::link(words.invite(), urls::invite_to(found.team.id)).styled(ActionStyle::Primary);
    let open = Action::link(words.open_invitations(found.invited), urls::invitations_of(found.team.id));
    let open = (found.invited > 0).then_some(open);
    open.into_iter().chain([invite]).collect()
}

fn row(found: &TeamMembers, Person { user, disabled_at }: &Person, reader: &User) -> MemberRow {
    let words = Locale::default().members();
    let action = |label: &str, url: String| {
        let action = Action::open(label, url).styled(ActionStyle::Small).about(format!("of {}", user.name));
        found.may_manage.then_some(action)
    };
    let is_enabled = disabled_at.is_none();
    MemberRow {
        name: user.name.clone(),
        is_administrator: user.administrator,
        is_reader: user.id == reader.id,
        roles: Role::ALL.map(|role| user.has(found.team.id, role)).to_vec(),
        state: Status::new(if is_enabled { Look::Done } else { Look::Idle }, words.user_state(is_enabled)),
        edit: action(words.edit_roles(), urls::member_roles(found.team.id, user.id)),
        remove: action(words.remove_member(), urls::member_removal(found.team.id, user.id)),
    }
}

/// What is said of checkpoints that too few people can agree to.
pub fn short_notice(title: String, short: &[Short]) -> Notice {
    let items = short_lines(short).into_iter().map(NoticeItem::of).collect();
    Notice { items, ..Notice::new(Look::Asking, title, "") }
}

/// A line for each of them.
pub fn short_lines(short: &[Short]) -> Vec<String> {
    let words = Locale::default().members();
    let line = |Short { region, release, task, agreement }: &Short| {
        words.short_checkpoint(NamedCheckpoint { task, release, region }, *agreement)
    };
    short.iter().map(line).collect()
}
