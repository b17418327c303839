//! From members to the rows of the page, and from checkpoints to what is said of them.

use super::view::{MemberRow, MembersPage, RoleLegend};
use crate::app::reads::IdAndName;
use crate::app::{Short, TeamMembers};
use crate::domain::execution::Moment;
use crate::domain::ids::TeamId;
use crate::domain::people::{Person, Role, User};
use crate::messages::Locale;
use crate::messages::members::NamedCheckpoint;
use crate::pages::components::{Action, ActionStyle, Look, Menu, Notice, NoticeItem, SelectOption, Status, When, urls};

/// The page, as that reader may see it.
pub fn page(found: &TeamMembers, teams: &[IdAndName<TeamId>], reader: &User, now: Moment) -> MembersPage {
    let words = Locale::default().members();
    let theirs = teams.iter().filter(|team| reader.may_read(team.id));
    let options = theirs.map(|team| SelectOption::new(team.id.to_string(), &team.name, team.id == found.team.id));
    let warning = (!found.short.is_empty()).then(|| Notice {
        hint: Some(words.short_hint().to_owned()),
        ..short_notice(words.short_title(found.short.len()), &found.short)
    });
    MembersPage {
        title: words.members_title(&found.team.name),
        actions: actions(found),
        lead: words.members_lead(&found.team.name, found.may_manage),
        choose_url: urls::members(),
        teams: options.collect(),
        warning,
        rows: found.members.iter().map(|member| row(found, member, reader, now)).collect(),
        may_manage: found.may_manage,
        legend: Role::ALL.map(|role| RoleLegend { role: words.role(role), meaning: words.role_meaning(role) }).to_vec(),
        ..MembersPage::default()
    }
}

fn actions(found: &TeamMembers) -> Vec<Action> {
    let words = Locale::default().invitations();
    let secrets = Action::link(Locale::default().named_secrets().short_title(), urls::secrets_of(found.team.id));
    if !found.may_manage {
        return vec![secrets];
    }
    let invite = Action::link(words.invite(), urls::invite_to(found.team.id)).styled(ActionStyle::Primary);
    let open = Action::link(words.open_invitations(found.invited), urls::invitations_of(found.team.id));
    let open = (found.invited > 0).then_some(open);
    let import = Action::link(words.import(), urls::import_people(found.team.id));
    let channels = Action::link(Locale::default().notices().channels_short(), urls::channels_of(found.team.id));
    open.into_iter().chain([secrets, channels, import, invite]).collect()
}

fn row(found: &TeamMembers, person: &Person, reader: &User, now: Moment) -> MemberRow {
    let Person { user, disabled_at, last_seen_at } = person;
    let words = Locale::default().members();
    let is_enabled = disabled_at.is_none();
    MemberRow {
        name: user.name.clone(),
        is_administrator: user.administrator,
        is_reader: user.id == reader.id,
        roles: Role::ALL.map(|role| user.has(found.team.id, role)).to_vec(),
        state: Status::new(if is_enabled { Look::Done } else { Look::Idle }, words.user_state(is_enabled)),
        seen: seen(*last_seen_at, user.id == reader.id, now),
        actions: found.may_manage.then(|| edit(found, user)).into_iter().collect(),
        more: found.may_manage.then(|| more(found, user, is_enabled)).flatten(),
    }
}

/// When somebody was last seen: whoever reads it is seen now.
pub fn seen(last: Option<Moment>, is_reader: bool, now: Moment) -> Option<When> {
    let last = if is_reader { Some(now) } else { last };
    last.map(|last| When::at(last, now))
}

fn edit(found: &TeamMembers, user: &User) -> Action {
    let action = Action::open(Locale::default().members().edit_roles(), urls::member_roles(found.team.id, user.id));
    action.styled(ActionStyle::Small).about(format!("of {}", user.name))
}

fn more(found: &TeamMembers, user: &User, is_enabled: bool) -> Option<Menu> {
    let (words, links) = (Locale::default().members(), Locale::default().invitations());
    let account = |word: &str| urls::member_account(found.team.id, user.id, word);
    let mut items = Vec::new();
    if found.keeps.contains(&user.id) && is_enabled {
        items.push(Action::open(links.make_reset(), account("reset")));
        items.push(Action::open(words.disable(), account("disable")).styled(ActionStyle::Danger));
    } else if found.keeps.contains(&user.id) {
        items.push(Action::post(words.enable(), account("enable")));
    }
    let removal = Action::open(words.remove_member(), urls::member_removal(found.team.id, user.id));
    items.push(removal.styled(ActionStyle::Danger));
    Menu::of(format!("member-{}", user.id), words.more(&user.name), ActionStyle::SmallQuiet, items)
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
