//! Settings of teams: what one may do, and what its members are told.

use std::collections::BTreeSet;

use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::IdAndName;
use super::channels::{kinds, words};
use super::connect::Store;
use super::entities::team;
use super::error::{Result, StoreError};
use super::write::WriteTx;
use crate::domain::ids::TeamId;
use crate::domain::notices::NoticeKind;
use crate::domain::scripts::ScriptPermission;

/// What a team may do beside what everyone may.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TeamPermission {
    /// Name of the team.
    pub team: String,
    /// Whether it may have scripts run on the server.
    pub scripts: ScriptPermission,
}

/// What a team has chosen that its members are told by e-mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MemberEvents {
    /// The team.
    pub team: IdAndName<TeamId>,
    /// The events, if somebody has chosen.
    pub events: Option<BTreeSet<NoticeKind>>,
}

impl Store {
    /// What these teams have chosen for their members, by the names of the teams.
    pub async fn member_events(&self, teams: &[TeamId]) -> Result<Vec<MemberEvents>> {
        let some = team::Entity::find().filter(team::Column::Id.is_in(teams.iter().copied()));
        let chosen = |row: team::Model| {
            let events = row.member_events.as_deref().map(|words| kinds("teams.member_events", words)).transpose()?;
            Ok(MemberEvents { team: IdAndName { id: row.id, name: row.name }, events })
        };
        some.order_by_asc(team::Column::Name).all(&self.reader).await?.into_iter().map(chosen).collect()
    }

    /// Every team by name, and whether it may have scripts run on the server.
    pub async fn script_permissions(&self) -> Result<Vec<TeamPermission>> {
        let teams = team::Entity::find().select_only().columns([team::Column::Name, team::Column::RunsScripts]);
        let rows: Vec<(String, bool)> = teams.order_by_asc(team::Column::Name).into_tuple().all(&self.reader).await?;
        let team = |(team, granted): (String, bool)| {
            let scripts = ScriptPermission::of(team.clone(), granted);
            TeamPermission { team, scripts }
        };
        Ok(rows.into_iter().map(team).collect())
    }
}

impl WriteTx {
    /// The teams of these names, as far as there are any.
    pub(super) async fn teams_named(&self, names: BTreeSet<&str>) -> Result<Vec<IdAndName<TeamId>>> {
        let some = team::Entity::find().filter(team::Column::Name.is_in(names)).order_by_asc(team::Column::Id);
        let teams = some.all(&self.tx).await?;
        Ok(teams.into_iter().map(|team| IdAndName { id: team.id, name: team.name }).collect())
    }

    /// Whether that team may have scripts run on the server now.
    pub async fn script_permission(&self, team_id: TeamId) -> Result<ScriptPermission> {
        let found: Option<(String, bool)> = team::Entity::find_by_id(team_id)
            .select_only()
            .columns([team::Column::Name, team::Column::RunsScripts])
            .into_tuple()
            .one(&self.tx)
            .await?;
        let (name, granted) = found.ok_or_else(|| no_team(team_id))?;
        Ok(ScriptPermission::of(name, granted))
    }

    /// Says what members of that team are told by e-mail unless they have chosen themselves.
    pub async fn choose_member_events(&self, team_id: TeamId, events: &BTreeSet<NoticeKind>) -> Result<()> {
        let update = team::Entity::update_many()
            .col_expr(team::Column::MemberEvents, Expr::value(words(events)))
            .filter(team::Column::Id.eq(team_id));
        update.exec(&self.tx).await?;
        Ok(())
    }

    /// Says whether that team may have scripts run on the server; answers whether it was otherwise before.
    pub async fn permit_scripts(&self, team_id: TeamId, granted: bool) -> Result<bool> {
        let changed = team::Entity::update_many()
            .col_expr(team::Column::RunsScripts, Expr::value(granted))
            .filter(team::Column::Id.eq(team_id))
            .filter(team::Column::RunsScripts.ne(granted))
            .exec(&self.tx)
            .await?;
        Ok(changed.rows_affected == 1)
    }
}

pub(super) fn no_team(team_id: TeamId) -> StoreError {
    StoreError::Unreadable { column: "teams.id", found: format!("no team {team_id}") }
}
