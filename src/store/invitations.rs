//! Invitations to teams: found by the hash of a secret that only their link has, by their team, or by the name invited.

use std::collections::BTreeSet;

use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, JoinType, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect, RelationTrait, Select,
};

use super::codec;
use super::connect::Store;
use super::entities::{invitation, password_reset, team};
use super::error::Result;
use super::people::known_role;
use super::write::WriteTx;
use crate::domain::account::folded;
use crate::domain::execution::Moment;
use crate::domain::ids::{InvitationId, TeamId, UserId};
use crate::domain::invitation::Invitation;
use crate::domain::people::Role;

#[derive(FromQueryResult)]
struct Row {
    id: InvitationId,
    team_id: TeamId,
    team_name: String,
    name: String,
    roles: String,
    by_id: Option<UserId>,
    by_name: String,
    created_at: Moment,
    expires_at: Moment,
}

impl Store {
    /// The invitations of a team by name, those included whose time is over.
    pub async fn invitations_of(&self, team: TeamId) -> Result<Vec<Invitation>> {
        let of_team = invitation::Entity::find().filter(invitation::Column::TeamId.eq(team));
        found(&self.reader, of_team.order_by_asc(invitation::Column::NameFolded)).await
    }

    /// The invitations of whoever has that name that are open then, by the name of the team.
    pub async fn invitations_for(&self, name: &str, now: Moment) -> Result<Vec<Invitation>> {
        let open = invitation::Entity::find()
            .filter(invitation::Column::NameFolded.eq(folded(name)))
            .filter(invitation::Column::ExpiresAt.gt(now))
            .order_by_asc(team::Column::Name);
        found(&self.reader, open).await
    }

    /// When the last of the open invitations of whoever has that name ends, if there is any.
    pub async fn invited_until(&self, name: &str, now: Moment) -> Result<Option<Moment>> {
        let last = invitation::Entity::find()
            .select_only()
            .column(invitation::Column::ExpiresAt)
            .filter(invitation::Column::NameFolded.eq(folded(name)))
            .filter(invitation::Column::ExpiresAt.gt(now))
            .order_by_desc(invitation::Column::ExpiresAt)
            .limit(1);
        Ok(last.into_tuple().one(&self.reader).await?)
    }

    /// How many invitations of a team are open then.
    pub async fn count_open_invitations(&self, team: TeamId, now: Moment) -> Result<u64> {
        let open = invitation::Entity::find()
            .filter(invitation::Column::TeamId.eq(team))
            .filter(invitation::Column::ExpiresAt.gt(now));
        Ok(open.count(&self.reader).await?)
    }

    /// The invitation whose link has the secret of that hash.
    pub async fn invitation_by(&self, secret_hash: &[u8]) -> Result<Option<Invitation>> {
        Ok(found(&self.reader, by_secret(secret_hash)).await?.pop())
    }

    /// How many invitations that team has to others than these names, those included whose time is over.
    pub async fn other_invitations(&self, team: TeamId, but: &[&str]) -> Result<u64> {
        Ok(others(team, but).count(&self.reader).await?)
    }

    /// Forgets the links that ended before that moment; answers how many.
    pub async fn sweep_links(&self, before: Moment) -> Result<u64> {
        let old = invitation::Entity::delete_many().filter(invitation::Column::ExpiresAt.lte(before));
        let resets = password_reset::Entity::delete_many().filter(password_reset::Column::ExpiresAt.lte(before));
        Ok(old.exec(&self.writer).await?.rows_affected + resets.exec(&self.writer).await?.rows_affected)
    }
}

impl WriteTx {
    /// The invitation of that key.
    pub async fn invitation(&self, id: InvitationId) -> Result<Option<Invitation>> {
        Ok(found(&self.tx, invitation::Entity::find_by_id(id)).await?.pop())
    }

    /// The invitation whose link has the secret of that hash.
    pub async fn invitation_by(&self, secret_hash: &[u8]) -> Result<Option<Invitation>> {
        Ok(found(&self.tx, by_secret(secret_hash)).await?.pop())
    }

    /// How many invitations that team has to others than these names, those included whose time is over.
    pub async fn other_invitations(&self, team: TeamId, but: &[&str]) -> Result<u64> {
        Ok(others(team, but).count(&self.tx).await?)
    }

    /// Adds invitations to a team, each with the hash of its secret, in the place of any to the same names.
    pub async fn replace_invitations(&self, team: TeamId, new: &[(Invitation, [u8; 32])]) -> Result<()> {
        let names = new.iter().map(|(invitation, _)| folded(&invitation.name));
        invitation::Entity::delete_many()
            .filter(invitation::Column::TeamId.eq(team))
            .filter(invitation::Column::NameFolded.is_in(names))
            .exec(&self.tx)
            .await?;
        let rows = new.iter().map(|(invitation, hash)| {
            invitation::ActiveModel::from(invitation::Model {
                id: invitation.id,
                team_id: invitation.team,
                name: invitation.name.clone(),
                name_folded: folded(&invitation.name),
                roles: invitation.roles.iter().map(|role| role.word()).collect::<Vec<_>>().join(" "),
                secret_hash: hash.to_vec(),
                by_id: invitation.by.id(),
                by_name: invitation.by.name().to_owned(),
                created_at: invitation.created_at,
                expires_at: invitation.expires_at,
            })
        });
        invitation::Entity::insert_many(rows).exec_without_returning(&self.tx).await?;
        Ok(())
    }

    /// Takes an invitation away; answers whether it was there.
    pub async fn remove_invitation(&self, id: InvitationId) -> Result<bool> {
        Ok(invitation::Entity::delete_by_id(id).exec(&self.tx).await?.rows_affected == 1)
    }
}

fn by_secret(secret_hash: &[u8]) -> Select<invitation::Entity> {
    invitation::Entity::find().filter(invitation::Column::SecretHash.eq(secret_hash))
}

fn others(team: TeamId, but: &[&str]) -> Select<invitation::Entity> {
    invitation::Entity::find()
        .filter(invitation::Column::TeamId.eq(team))
        .filter(invitation::Column::NameFolded.is_not_in(but.iter().map(|name| folded(name))))
}

async fn found(db: &impl ConnectionTrait, which: Select<invitation::Entity>) -> Result<Vec<Invitation>> {
    let columns = [
        invitation::Column::Id,
        invitation::Column::TeamId,
        invitation::Column::Name,
        invitation::Column::Roles,
        invitation::Column::ById,
        invitation::Column::ByName,
        invitation::Column::CreatedAt,
        invitation::Column::ExpiresAt,
    ];
    let with_team = which.join(JoinType::InnerJoin, invitation::Relation::Team.def());
    let rows = with_team.select_only().columns(columns).column_as(team::Column::Name, "team_name");
    rows.into_model().all(db).await?.into_iter().map(read).collect()
}

fn read(row: Row) -> Result<Invitation> {
    let Row { id, team_id, team_name, name, roles, by_id, by_name, created_at, expires_at } = row;
    let roles: BTreeSet<Role> =
        roles.split(' ').map(|word| known_role("invitations.roles", word)).collect::<Result<_>>()?;
    let by = codec::actor(by_id, by_name);
    Ok(Invitation { id, team: team_id, team_name, name, roles, by, created_at, expires_at })
}
