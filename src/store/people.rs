//! Regions, teams, users and what they may do.

use std::collections::BTreeSet;

use sea_orm::sea_query::{Expr, Query};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, FromQueryResult, JoinType, PaginatorTrait, QueryFilter,
    QueryOrder, QuerySelect, RelationTrait,
};

use super::codec;
use super::connect::Store;
use super::entities::{membership, region, team, user};
use super::error::{Result, StoreError};
use super::load;
use super::new_id;
use super::write::WriteTx;
use crate::domain::account::folded;
use crate::domain::execution::Moment;
use crate::domain::ids::{RegionId, TeamId, UserId};
use crate::domain::people::{HeldRole, Person, Role, User};
use crate::domain::retention::RetentionPolicy;

/// So many names are bound in one query: SQLite takes 32,766 values, PostgreSQL 65,535.
const MAX_NAMES_BOUND: usize = 10_000;

/// What a sign-in is compared with.
#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult)]
pub struct Credentials {
    /// The user.
    pub id: UserId,
    /// Their name as they write it.
    pub name: String,
    /// The hash of their password.
    pub password_hash: String,
    /// Since when they may not sign in, if so.
    pub disabled_at: Option<Moment>,
}

impl Store {
    /// What the sign-in of that user is compared with; the case of the name does not matter.
    pub async fn credentials(&self, name: &str) -> Result<Option<Credentials>> {
        credentials(&self.reader, name).await
    }

    /// The user as they are now, unless they are disabled.
    pub async fn user(&self, id: UserId) -> Result<Option<User>> {
        load(&self.reader, id).await
    }

    /// Whether there is any user at all.
    pub async fn has_users(&self) -> Result<bool> {
        has_users(&self.reader).await
    }

    /// Whether anybody administers: an administrator who may sign in.
    pub async fn has_administrator(&self) -> Result<bool> {
        has_administrator(&self.reader).await
    }
}

#[derive(FromQueryResult)]
struct PersonRow {
    id: UserId,
    name: String,
    administrator: bool,
    disabled_at: Option<Moment>,
    last_seen_at: Option<Moment>,
    team_id: Option<TeamId>,
    role: Option<String>,
}

impl Store {
    /// Everybody who has an account, by name, each with their roles by the name of the team.
    pub async fn everybody(&self) -> Result<Vec<Person>> {
        people(&self.reader, Condition::all()).await
    }

    /// Everybody with a role in that team, by name, each with their roles in it and in no other.
    pub async fn members(&self, team: TeamId) -> Result<Vec<Person>> {
        people(&self.reader, Condition::all().add(membership::Column::TeamId.eq(team))).await
    }

    /// Everybody with a role in that team, by name, each with all their roles.
    pub async fn people_of(&self, team: TeamId) -> Result<Vec<Person>> {
        let members = Query::select()
            .column(membership::Column::UserId)
            .from(membership::Entity)
            .and_where(membership::Column::TeamId.eq(team))
            .take();
        people(&self.reader, Condition::all().add(user::Column::Id.in_subquery(members))).await
    }

    /// The names of these users.
    pub async fn names_of(&self, users: &[UserId]) -> Result<Vec<(UserId, String)>> {
        let named = user::Entity::find().select_only().columns([user::Column::Id, user::Column::Name]);
        Ok(named.filter(user::Column::Id.is_in(users.iter().copied())).into_tuple().all(&self.reader).await?)
    }

    /// That person with all their roles, whether they may sign in or not.
    pub async fn person(&self, id: UserId) -> Result<Option<Person>> {
        Ok(people(&self.reader, Condition::all().add(user::Column::Id.eq(id))).await?.pop())
    }

    /// Whom checkpoints of these teams can ask, by name: everybody with a role in one of them, and the accounts of those names, which
    /// are written as in a definition. All of them, whether they may sign in or not.
    pub async fn asked(&self, teams: &BTreeSet<TeamId>, names: &BTreeSet<String>) -> Result<Vec<Person>> {
        // So many names can be bound; a definition of more has everybody read.
        if names.len() + teams.len() > MAX_NAMES_BOUND {
            return self.everybody().await;
        }
        let member = membership::Column::TeamId.is_in(teams.iter().copied());
        let named = user::Column::NameFolded.is_in(names.iter().map(|name| folded(name)));
        people(&self.reader, Condition::any().add(member).add(named)).await
    }
}

impl WriteTx {
    /// Says since when a user may not sign in, or that they may again.
    pub async fn set_disabled(&self, id: UserId, since: Option<Moment>) -> Result<()> {
        let update = user::Entity::update_many()
            .col_expr(user::Column::DisabledAt, Expr::value(since))
            .filter(user::Column::Id.eq(id));
        if update.exec(&self.tx).await?.rows_affected == 1 { Ok(()) } else { Err(StoreError::Stale) }
    }

    /// Says whether a user administers.
    pub async fn set_administrator(&self, id: UserId, administrator: bool) -> Result<()> {
        let update = user::Entity::update_many()
            .col_expr(user::Column::Administrator, Expr::value(administrator))
            .filter(user::Column::Id.eq(id));
        if update.exec(&self.tx).await?.rows_affected == 1 { Ok(()) } else { Err(StoreError::Stale) }
    }

    /// How many administrators there are beside that user who may sign in.
    pub async fn other_administrators(&self, id: UserId) -> Result<u64> {
        let others = user::Entity::find()
            .filter(user::Column::Administrator.eq(true))
            .filter(user::Column::DisabledAt.is_null())
            .filter(user::Column::Id.ne(id));
        Ok(others.count(&self.tx).await?)
    }

    /// Everybody with a role in that team, by name, each with their roles in it and in no other.
    pub async fn members(&self, team: TeamId) -> Result<Vec<Person>> {
        people(&self.tx, Condition::all().add(membership::Column::TeamId.eq(team))).await
    }

    /// That person with all their roles, whether they may sign in or not.
    pub async fn person(&self, id: UserId) -> Result<Option<Person>> {
        Ok(people(&self.tx, Condition::all().add(user::Column::Id.eq(id))).await?.pop())
    }

    /// How many managers that team has beside that user who may sign in.
    pub async fn other_managers(&self, team: TeamId, id: UserId) -> Result<u64> {
        let others = membership::Entity::find()
            .join(JoinType::InnerJoin, membership::Relation::User.def())
            .filter(membership::Column::TeamId.eq(team))
            .filter(membership::Column::Role.eq(Role::Manager.word()))
            .filter(membership::Column::UserId.ne(id))
            .filter(user::Column::DisabledAt.is_null());
        Ok(others.count(&self.tx).await?)
    }

    /// The user as they are now, unless they are disabled: what they may do is looked up at the click.
    pub async fn user(&self, id: UserId) -> Result<Option<User>> {
        load(&self.tx, id).await
    }

    /// Whether anybody administers: an administrator who may sign in.
    pub async fn has_administrator(&self) -> Result<bool> {
        has_administrator(&self.tx).await
    }

    /// What the sign-in of that user is compared with; the case of the name does not matter.
    pub async fn credentials(&self, name: &str) -> Result<Option<Credentials>> {
        credentials(&self.tx, name).await
    }

    /// Adds a user without roles. [`StoreError::NameTaken`] if there is one of that name, whatever the case.
    pub async fn insert_user(&self, new: &User, password_hash: &str, at: Moment) -> Result<()> {
        let row = user::ActiveModel::from(user::Model {
            id: new.id,
            name: new.name.clone(),
            name_folded: folded(&new.name),
            password_hash: password_hash.to_owned(),
            administrator: new.administrator,
            created_at: at,
            disabled_at: None,
            last_seen_at: None,
            service: false,
        });
        user::Entity::insert(row).exec_without_returning(&self.tx).await?;
        Ok(())
    }

    /// Gives a user another password. A link that would set one is good for nothing any more.
    pub async fn set_password(&self, id: UserId, password_hash: &str) -> Result<()> {
        let update = user::Entity::update_many()
            .col_expr(user::Column::PasswordHash, Expr::value(password_hash))
            .filter(user::Column::Id.eq(id));
        self.remove_reset(id).await?;
        if update.exec(&self.tx).await?.rows_affected == 1 { Ok(()) } else { Err(StoreError::Stale) }
    }

    /// Adds a team, which may not have scripts run on the server.
    pub async fn insert_team(&self, name: &str, at: Moment) -> Result<TeamId> {
        let new = team::Model {
            id: new_id(),
            name: name.to_owned(),
            created_at: at,
            runs_scripts: false,
            member_events: None,
        };
        let row = team::ActiveModel::from(new);
        let id = *row.id.as_ref();
        team::Entity::insert(row).exec_without_returning(&self.tx).await?;
        Ok(id)
    }

    /// The names of all teams. Until the end of this write nobody else asks, to make one.
    pub async fn team_names(&self) -> Result<Vec<String>> {
        load::lock_place_names(&self.tx).await?;
        Ok(team::Entity::find().select_only().column(team::Column::Name).into_tuple().all(&self.tx).await?)
    }

    /// The names of all people who have an account.
    pub async fn user_names(&self) -> Result<Vec<String>> {
        let people = user::Entity::find().filter(user::Column::Service.eq(false));
        Ok(people.select_only().column(user::Column::Name).into_tuple().all(&self.tx).await?)
    }

    /// The names of all regions. Until the end of this write nobody else asks, to make one.
    pub async fn region_names(&self) -> Result<Vec<String>> {
        load::lock_place_names(&self.tx).await?;
        Ok(region::Entity::find().select_only().column(region::Column::Name).into_tuple().all(&self.tx).await?)
    }

    /// Adds a region.
    pub async fn insert_region(&self, name: &str, at: Moment) -> Result<RegionId> {
        let RetentionPolicy { successful, unsuccessful } = RetentionPolicy::default();
        let row = region::ActiveModel::from(region::Model {
            id: new_id(),
            name: name.to_owned(),
            created_at: at,
            keep_successful_days: codec::column(successful.days),
            keep_successful_executions: codec::column(successful.executions),
            keep_unsuccessful_days: codec::column(unsuccessful.days),
            keep_unsuccessful_executions: codec::column(unsuccessful.executions),
        });
        let id = *row.id.as_ref();
        region::Entity::insert(row).exec_without_returning(&self.tx).await?;
        Ok(id)
    }

    /// The key of the team of that name.
    pub async fn team_named(&self, name: &str) -> Result<Option<TeamId>> {
        let named = team::Entity::find().select_only().column(team::Column::Id).filter(team::Column::Name.eq(name));
        Ok(named.into_tuple().one(&self.tx).await?)
    }

    /// Gives a user a role in a team; answers whether they did not hold it before.
    pub async fn grant(&self, user_id: UserId, team_id: TeamId, role: Role) -> Result<bool> {
        let row = membership::ActiveModel::from(membership::Model { user_id, team_id, role: role.word().to_owned() });
        let granted = membership::Entity::insert(row)
            .on_conflict_do_nothing_on([
                membership::Column::UserId,
                membership::Column::TeamId,
                membership::Column::Role,
            ])
            .exec_without_returning(&self.tx)
            .await?;
        Ok(matches!(granted, sea_orm::TryInsertResult::Inserted(rows) if rows > 0))
    }

    /// Takes a role in a team from a user; answers whether they held it.
    pub async fn revoke(&self, user_id: UserId, team_id: TeamId, role: Role) -> Result<bool> {
        let key = (user_id, team_id, role.word().to_owned());
        Ok(membership::Entity::delete_by_id(key).exec(&self.tx).await?.rows_affected == 1)
    }
}

async fn people(db: &impl ConnectionTrait, which: Condition) -> Result<Vec<Person>> {
    let rows: Vec<PersonRow> = user::Entity::find()
        .select_only()
        .columns([user::Column::Id, user::Column::Name, user::Column::Administrator])
        .columns([user::Column::DisabledAt, user::Column::LastSeenAt])
        .columns([membership::Column::TeamId, membership::Column::Role])
        .left_join(membership::Entity)
        .join(JoinType::LeftJoin, membership::Relation::Team.def())
        .filter(which)
        // A service is nobody: no list of people has it, and no checkpoint asks it.
        .filter(user::Column::Service.eq(false))
        .order_by_asc(user::Column::NameFolded)
        .order_by_asc(team::Column::Name)
        .order_by_asc(membership::Column::Role)
        .into_model()
        .all(db)
        .await?;
    let mut people: Vec<Person> = Vec::new();
    for PersonRow { id, name, administrator, disabled_at, last_seen_at, team_id, role } in rows {
        if people.last().is_none_or(|last| last.user.id != id) {
            let user = User { id, name, administrator, roles: Vec::new() };
            people.push(Person { user, disabled_at, last_seen_at });
        }
        if let (Some(person), Some(team), Some(word)) = (people.last_mut(), team_id, role) {
            person.user.roles.push(HeldRole { team, role: known_role("memberships.role", &word)? });
        }
    }
    Ok(people)
}

pub(super) fn known_role(column: &'static str, word: &str) -> Result<Role> {
    Role::from_word(word).ok_or_else(|| codec::unreadable(column, word))
}

async fn credentials(db: &impl ConnectionTrait, name: &str) -> Result<Option<Credentials>> {
    let people = user::Entity::find().filter(user::Column::Service.eq(false));
    let named = people.filter(user::Column::NameFolded.eq(folded(name)));
    Ok(named.into_model().one(db).await?)
}

async fn has_administrator(db: &impl ConnectionTrait) -> Result<bool> {
    let any: Option<UserId> = user::Entity::find()
        .select_only()
        .column(user::Column::Id)
        .filter(user::Column::Administrator.eq(true))
        .filter(user::Column::DisabledAt.is_null())
        .limit(1)
        .into_tuple()
        .one(db)
        .await?;
    Ok(any.is_some())
}

async fn has_users(db: &impl ConnectionTrait) -> Result<bool> {
    let any: Option<UserId> =
        user::Entity::find().select_only().column(user::Column::Id).limit(1).into_tuple().one(db).await?;
    Ok(any.is_some())
}

/// A user and one of their roles: one query for both.
#[derive(FromQueryResult)]
struct UserRow {
    name: String,
    administrator: bool,
    team_id: Option<TeamId>,
    role: Option<String>,
}

async fn load(db: &impl ConnectionTrait, id: UserId) -> Result<Option<User>> {
    let rows: Vec<UserRow> = user::Entity::find_by_id(id)
        .select_only()
        .columns([user::Column::Name, user::Column::Administrator])
        .columns([membership::Column::TeamId, membership::Column::Role])
        .left_join(membership::Entity)
        .filter(user::Column::DisabledAt.is_null())
        .into_model()
        .all(db)
        .await?;
    let Some(first) = rows.first() else { return Ok(None) };
    let mut user = User { id, name: first.name.clone(), administrator: first.administrator, roles: Vec::new() };
    for (team, word) in rows.into_iter().filter_map(|row| row.team_id.zip(row.role)) {
        user.roles.push(HeldRole { team, role: known_role("memberships.role", &word)? });
    }
    user.roles.sort_unstable();
    Ok(Some(user))
}
