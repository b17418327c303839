//! Tokens: found by the hash of a secret that only the program has which uses it, and kept for a while after their end, so that
//! whoever still sends one can be told why it is no good.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use sea_orm::sea_query::{Expr, IntoCondition};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, FromQueryResult, JoinType, QueryFilter, QuerySelect, QueryTrait,
    RelationTrait, SelectModel, Selector,
};

use super::codec;
use super::connect::Store;
use super::entities::{token, user};
use super::error::Result;
use super::new_id;
use super::reads::Scope;
use super::write::WriteTx;
use crate::domain::account::folded;
use crate::domain::execution::Moment;
use crate::domain::ids::{TeamId, TokenId, UserId};
use crate::domain::people::{Actor, HeldRole, Role, User};
use crate::domain::tokens::{TokenRights, TokenScope};

/// A token, as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// Key.
    pub id: TokenId,
    /// How its secret begins, by which people know it again.
    pub prefix: String,
    /// What uses it.
    pub name: String,
    /// Its owner: a person, or the account of a service.
    pub owner: UserId,
    /// Whether that is the account of a service.
    pub is_service: bool,
    /// What it may do.
    pub rights: TokenRights,
    /// Who made and who renewed it: they answer for what a service does with it.
    pub answerable: Vec<Actor>,
    /// When it was made.
    pub created_at: Moment,
    /// When its time is over.
    pub expires_at: Moment,
    /// When somebody ended it.
    pub revoked_at: Option<Moment>,
    /// When it was last used, to the minute.
    pub last_used_at: Option<Moment>,
    /// From where that was.
    pub last_used_from: Option<String>,
}

impl Token {
    /// Its name and how it begins: what is written beside whatever is done with it.
    pub fn label(&self) -> String {
        format!("{} ({}…)", self.name, self.prefix)
    }
}

/// Whose tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenOwner {
    /// A person's own.
    Person(UserId),
    /// Those of a team's services.
    Team(TeamId),
}

/// A token to be kept.
#[derive(Debug, Clone)]
pub struct FreshToken {
    /// The token.
    pub token: Token,
    /// What is kept of its secret.
    pub secret_hash: Vec<u8>,
    /// When it is first told that it ends.
    pub notice_due_at: Option<Moment>,
}

#[derive(FromQueryResult)]
struct Row {
    id: TokenId,
    prefix: String,
    name: String,
    user_id: UserId,
    service: bool,
    team_id: Option<TeamId>,
    scopes: String,
    answerable: String,
    created_at: Moment,
    expires_at: Moment,
    revoked_at: Option<Moment>,
    last_used_at: Option<Moment>,
    last_used_from: Option<String>,
}

impl TryFrom<Row> for Token {
    type Error = super::error::StoreError;

    fn try_from(row: Row) -> Result<Self> {
        let scope = |word| TokenScope::from_word(word).ok_or_else(|| codec::unreadable("tokens.scopes", word));
        let scopes: BTreeSet<_> = row.scopes.split_whitespace().map(scope).collect::<Result<_>>()?;
        Ok(Self {
            id: row.id,
            prefix: row.prefix,
            name: row.name,
            owner: row.user_id,
            is_service: row.service,
            rights: TokenRights { scopes, team: row.team_id },
            answerable: codec::from_json("tokens.answerable", &row.answerable)?,
            created_at: row.created_at,
            expires_at: row.expires_at,
            revoked_at: row.revoked_at,
            last_used_at: row.last_used_at,
            last_used_from: row.last_used_from,
        })
    }
}

impl Store {
    /// The token with that hash of its secret, whether it is over or not.
    pub async fn token_of_secret(&self, hash: &[u8]) -> Result<Option<Token>> {
        let found = tokens(token::Column::SecretHash.eq(hash)).one(&self.reader).await?;
        found.map(Token::try_from).transpose()
    }

    /// The token of that key.
    pub async fn token(&self, id: TokenId) -> Result<Option<Token>> {
        tokens(token::Column::Id.eq(id)).one(&self.reader).await?.map(Token::try_from).transpose()
    }

    /// The tokens of a person, and of the services of these teams, which nobody ended; the newest first.
    pub async fn tokens_for(&self, person: UserId, teams: &Scope) -> Result<Vec<Token>> {
        let services = Condition::all().add(user::Column::Service.eq(true));
        let services = match teams {
            Scope::All => services,
            Scope::Teams(teams) => services.add(token::Column::TeamId.is_in(teams.iter().copied())),
        };
        let whose = Condition::any().add(token::Column::UserId.eq(person)).add(services);
        let living = Condition::all().add(whose).add(token::Column::RevokedAt.is_null());
        let mut rows = tokens(living).all(&self.reader).await?;
        rows.sort_by_key(|row| Reverse(row.id));
        rows.into_iter().map(Token::try_from).collect()
    }

    /// All tokens that nobody ended, the newest first.
    pub async fn all_tokens(&self) -> Result<Vec<Token>> {
        let mut rows = tokens(token::Column::RevokedAt.is_null()).all(&self.reader).await?;
        rows.sort_by_key(|row| Reverse(row.id));
        rows.into_iter().map(Token::try_from).collect()
    }

    /// Remembers when and from where a token was used.
    pub async fn touch_token(&self, id: TokenId, at: Moment, from: Option<&str>) -> Result<()> {
        let update = token::Entity::update_many()
            .col_expr(token::Column::LastUsedAt, Expr::value(at))
            .col_expr(token::Column::LastUsedFrom, Expr::value(from))
            .filter(token::Column::Id.eq(id));
        update.exec(&self.writer).await?;
        Ok(())
    }

    /// Forgets the tokens of people that were over at that moment. Those of services stay: of them is known who answers for what a
    /// service did.
    pub async fn sweep_tokens(&self, over_at: Moment) -> Result<()> {
        let over = Condition::any().add(token::Column::RevokedAt.lt(over_at)).add(token::Column::ExpiresAt.lt(over_at));
        let people =
            user::Entity::find().select_only().column(user::Column::Id).filter(user::Column::Service.eq(false));
        let of_people = token::Column::UserId.in_subquery(people.into_query());
        token::Entity::delete_many().filter(over).filter(of_people).exec(&self.writer).await?;
        Ok(())
    }
}

impl WriteTx {
    /// The token of that key.
    pub async fn token(&self, id: TokenId) -> Result<Option<Token>> {
        tokens(token::Column::Id.eq(id)).one(&self.tx).await?.map(Token::try_from).transpose()
    }

    /// The tokens of that owner which nobody ended.
    pub async fn tokens_of(&self, owner: TokenOwner) -> Result<Vec<Token>> {
        let rows = tokens(of(owner)).all(&self.tx).await?;
        rows.into_iter().map(Token::try_from).collect()
    }

    /// Makes the account of a service in a team: it reads there, operates if it is to, and signs in with tokens only.
    pub async fn insert_service(&self, name: &str, (team, operates): (TeamId, bool), at: Moment) -> Result<User> {
        let role = if operates { Role::Operator } else { Role::Viewer };
        let id: UserId = new_id();
        let row = user::ActiveModel::from(user::Model {
            id,
            name: name.to_owned(),
            // No name of a person is like it, and no other service's.
            name_folded: folded(&format!("service {id}")),
            password_hash: String::new(),
            administrator: false,
            created_at: at,
            disabled_at: None,
            last_seen_at: None,
            service: true,
        });
        user::Entity::insert(row).exec_without_returning(&self.tx).await?;
        self.grant(id, team, role).await?;
        Ok(User { id, name: name.to_owned(), administrator: false, roles: vec![HeldRole { team, role }] })
    }

    /// Keeps a new token.
    pub async fn insert_token(&self, FreshToken { token, secret_hash, notice_due_at }: FreshToken) -> Result<()> {
        let words: Vec<_> = token.rights.scopes.iter().map(|scope| scope.word()).collect();
        let row = token::ActiveModel::from(token::Model {
            id: token.id,
            secret_hash,
            prefix: token.prefix,
            name: token.name,
            user_id: token.owner,
            team_id: token.rights.team,
            scopes: words.join(" "),
            answerable: codec::json(&token.answerable)?,
            created_at: token.created_at,
            expires_at: token.expires_at,
            revoked_at: token.revoked_at,
            last_used_at: token.last_used_at,
            last_used_from: token.last_used_from,
            notice_due_at,
        });
        token::Entity::insert(row).exec_without_returning(&self.tx).await?;
        Ok(())
    }

    /// Lets a token last as long as it says, on account of those that it names. What is on its way of the end that it had is told
    /// no more.
    pub async fn renew_token(&self, renewed: &Token, notice_due_at: Option<Moment>, now: Moment) -> Result<()> {
        let update = token::Entity::update_many()
            .col_expr(token::Column::ExpiresAt, Expr::value(renewed.expires_at))
            .col_expr(token::Column::Answerable, Expr::value(codec::json(&renewed.answerable)?))
            .col_expr(token::Column::NoticeDueAt, Expr::value(notice_due_at))
            .filter(token::Column::Id.eq(renewed.id));
        update.exec(&self.tx).await?;
        self.withdraw_token_notices(renewed.id, now).await
    }

    /// Ends a token.
    pub async fn revoke_token(&self, id: TokenId, at: Moment) -> Result<()> {
        let update = token::Entity::update_many()
            .col_expr(token::Column::RevokedAt, Expr::value(at))
            .filter(token::Column::Id.eq(id))
            .filter(token::Column::RevokedAt.is_null());
        update.exec(&self.tx).await?;
        self.withdraw_token_notices(id, at).await
    }

    /// Who answers for what those of these accounts do that are services'.
    pub async fn answerable_for(&self, accounts: &[UserId]) -> Result<Vec<Actor>> {
        let services = token::Entity::find()
            .select_only()
            .column(token::Column::Answerable)
            .join(JoinType::InnerJoin, token::Relation::User.def())
            .filter(user::Column::Service.eq(true))
            .filter(token::Column::UserId.is_in(accounts.iter().copied()));
        let rows: Vec<String> = services.into_tuple().all(&self.tx).await?;
        let mut all: Vec<Actor> = Vec::new();
        for row in rows {
            let some: Vec<Actor> = codec::from_json("tokens.answerable", &row)?;
            all.extend(some);
        }
        Ok(all)
    }
}

fn of(owner: TokenOwner) -> Condition {
    let whose = match owner {
        TokenOwner::Person(id) => Condition::all().add(token::Column::UserId.eq(id)),
        TokenOwner::Team(id) => Condition::all().add(token::Column::TeamId.eq(id)).add(user::Column::Service.eq(true)),
    };
    whose.add(token::Column::RevokedAt.is_null())
}

fn tokens(which: impl IntoCondition) -> Selector<SelectModel<Row>> {
    token::Entity::find()
        .column(user::Column::Service)
        .join(JoinType::InnerJoin, token::Relation::User.def())
        .filter(which)
        .into_model()
}
