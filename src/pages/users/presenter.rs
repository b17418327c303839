//! From people to the rows of the page.

use super::view::{UserRow, UsersPage};
use crate::app::reads::IdAndName;
use crate::domain::account::folded;
use crate::domain::execution::Moment;
use crate::domain::ids::TeamId;
use crate::domain::people::{Person, User};
use crate::messages::Locale;
use crate::pages::components::{Action, ActionStyle, Look, Menu, Status, When, urls};
use crate::pages::members::seen;

/// How many are on a page.
const PAGE: usize = 100;

/// Which part of the list is wanted.
#[derive(Debug)]
pub struct Wanted {
    /// A part of the name; empty for everybody.
    pub search: String,
    /// The number of the page.
    pub page: usize,
    /// The time.
    pub now: Moment,
}

/// The page.
pub fn page(people: &[Person], teams: &[IdAndName<TeamId>], reader: &User, wanted: Wanted) -> UsersPage {
    let part = folded(&wanted.search);
    let found: Vec<&Person> = people.iter().filter(|person| folded(&person.user.name).contains(&part)).collect();
    let before = (wanted.page - 1) * PAGE;
    let url = |page: usize| urls::users_with(&wanted.search, page);
    let rows = found.iter().skip(before).take(PAGE).map(|person| row(person, teams, reader, wanted.now)).collect();
    UsersPage {
        lead: Locale::default().members().users_lead().to_owned(),
        search_url: urls::users(),
        rows,
        before: (wanted.page > 1).then(|| url(wanted.page - 1)),
        after: (found.len() > before + PAGE).then(|| url(wanted.page + 1)),
        search: wanted.search,
        ..UsersPage::default()
    }
}

fn row(
    Person { user, disabled_at, last_seen_at }: &Person,
    teams: &[IdAndName<TeamId>],
    reader: &User,
    now: Moment,
) -> UserRow {
    let words = Locale::default().members();
    let small = |action: Action| action.styled(ActionStyle::Small).about(user.name.clone());
    let state = if disabled_at.is_none() {
        small(Action::open(words.disable(), urls::user_act(user.id, "disable")))
    } else {
        small(Action::post(words.enable(), urls::user_act(user.id, "enable")))
    };
    let (label, act) = if user.administrator { (words.demote(), "demote") } else { (words.promote(), "promote") };
    let reset = Action::open(Locale::default().invitations().make_reset(), urls::user_act(user.id, "reset"));
    let administrator = Action::open(label, urls::user_act(user.id, act));
    let items = disabled_at.is_none().then_some(reset).into_iter().chain([administrator]).collect();
    let in_team = |team: &IdAndName<TeamId>| {
        let roles: Vec<&str> = user.roles_in(team.id).into_iter().map(|role| words.role(role)).collect();
        (!roles.is_empty()).then(|| format!("{}: {}", team.name, roles.join(", ")))
    };
    let is_enabled = disabled_at.is_none();
    UserRow {
        name: user.name.clone(),
        is_reader: user.id == reader.id,
        is_administrator: user.administrator,
        roles: teams.iter().filter_map(in_team).collect(),
        state: Status::new(if is_enabled { Look::Done } else { Look::Idle }, words.user_state(is_enabled)),
        seen: seen(*last_seen_at, user.id == reader.id, now),
        since: disabled_at.map(|since| When::at(since, now)),
        actions: vec![state],
        more: Menu::of(format!("user-{}", user.id), words.more(&user.name), ActionStyle::SmallQuiet, items),
    }
}
