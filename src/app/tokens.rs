//! Operations on tokens: somebody makes, renews and revokes their own, a manager those of the team's services, and the command
//! line of the server any. None of them can be done with a token, so that one never makes another that may do more.

use std::collections::BTreeSet;
use std::net::IpAddr;
use std::sync::Arc;

use super::{App, AppError, Caller, secret};
use crate::domain::event::AccountEvent;
use crate::domain::execution::Moment;
use crate::domain::ids::{TeamId, TokenId, UserId};
use crate::domain::people::{Actor, Role, User};
use crate::domain::policy;
use crate::domain::tokens::{self, MAX_TOKENS, TokenFault, TokenRefusal, TokenRights, TokenScope};
use crate::store::{FreshToken, Scope, Stamp, Token, TokenOwner, WriteTx, new_id};

/// How often it is written down that a token is used.
const NOTE_EVERY: chrono::TimeDelta = chrono::TimeDelta::minutes(1);
/// How much of the random part of a secret people may see.
const SHOWN_LEN: usize = 4;

/// A token that somebody wants, as typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewToken {
    /// What uses it.
    pub name: String,
    /// Whose it is, where the command line makes it for a person; otherwise the caller's.
    pub owner: Option<UserId>,
    /// The team whose services use it; none for one's own.
    pub service_of: Option<TeamId>,
    /// What it may do.
    pub scopes: BTreeSet<TokenScope>,
    /// The only team for which one's own token is good.
    pub only: Option<TeamId>,
    /// Its end.
    pub expires_at: Moment,
}

/// A token that was just made.
#[derive(Debug, Clone)]
pub struct MadeToken {
    /// The token.
    pub token: Token,
    /// Its secret: told now, and never again.
    pub secret: String,
}

/// Why nothing was done to a token.
#[derive(Debug, thiserror::Error)]
pub enum TokenError {
    /// What was typed will not do.
    #[error("not valid: {0:?}")]
    Invalid(Vec<TokenFault>),
    /// There are no random numbers to be had.
    #[error(transparent)]
    Broken(anyhow::Error),
    /// Another reason.
    #[error(transparent)]
    App(AppError),
}

impl<E: Into<AppError>> From<E> for TokenError {
    fn from(error: E) -> Self {
        Self::App(error.into())
    }
}

impl App {
    /// The tokens that the caller may end: their own, and those of the services of teams that they manage; for the command line
    /// all. The newest first.
    pub async fn tokens(&self, caller: &Caller) -> Result<Vec<Token>, AppError> {
        if matches!(caller, Caller::CommandLine) {
            return Ok(self.store.all_tokens().await?);
        }
        let user = caller.in_person()?;
        let managed = user.roles.iter().filter(|held| held.role == Role::Manager).map(|held| held.team);
        let teams = if user.administrator { Scope::All } else { Scope::Teams(managed.collect()) };
        Ok(self.store.tokens_for(user.id, &teams).await?)
    }

    /// One of them.
    pub async fn token(&self, caller: &Caller, id: TokenId) -> Result<Token, AppError> {
        self.tokens(caller).await?.into_iter().find(|token| token.id == id).ok_or(AppError::NotFound)
    }

    /// The tokens of the caller's account, also for whoever asks with one of them. One that is good for a team only tells of no
    /// other team's.
    pub async fn own_tokens(&self, caller: &Caller) -> Result<Vec<Token>, AppError> {
        let own = self.store.tokens_for(caller.user()?.id, &Scope::Teams(Vec::new())).await?;
        Ok(match caller {
            Caller::Token { token, .. } if token.rights.team.is_some() => {
                own.into_iter().filter(|other| other.rights.team == token.rights.team).collect()
            }
            Caller::Token { .. } | Caller::User { .. } | Caller::CommandLine => own,
        })
    }

    /// Those of them that end soon and that the caller is told of before: their own, and those of services of teams in which they
    /// are a manager.
    pub async fn tokens_that_end(&self, caller: &Caller) -> Result<Vec<Token>, AppError> {
        let (user, now) = (caller.in_person()?, self.clock.now());
        let concerns = |token: &Token| match token.rights.team {
            Some(team) if token.is_service => user.has(team, Role::Manager),
            Some(_) | None => token.owner == user.id,
        };
        let all = self.tokens(caller).await?.into_iter();
        Ok(all.filter(|token| tokens::ends_soon(token.expires_at, now) && concerns(token)).collect())
    }

    /// Makes a token. Its secret is in the answer alone.
    pub async fn make_token(&self, caller: &Caller, new: &NewToken) -> Result<MadeToken, TokenError> {
        let now = self.clock.now();
        let name = new.name.trim();
        let mut faults = tokens::check_new(name, &new.scopes, new.service_of.is_some());
        faults.extend(tokens::check_end(new.expires_at, now));
        let tx = self.store.begin_write().await?;
        let (maker, stamp) = self.maker(&tx, caller, new).await?;
        let team = self.team_of(maker.as_ref(), new).await?;
        let owner = match (new.service_of, &maker) {
            (Some(team), _) => TokenOwner::Team(team),
            (None, Some(person)) => TokenOwner::Person(person.id),
            (None, None) => return Err(AppError::NotSignedIn.into()),
        };
        if tx.tokens_of(owner).await?.iter().filter(|token| token.expires_at > now).count() >= MAX_TOKENS {
            faults.push(TokenFault::TooMany);
        }
        if !faults.is_empty() {
            return Err(TokenError::Invalid(faults));
        }
        let scopes: BTreeSet<_> = new.scopes.iter().copied().chain([TokenScope::Read]).collect();
        let (account, kind) = match owner {
            TokenOwner::Team(team) => {
                (tx.insert_service(name, (team, scopes.contains(&TokenScope::Operate)), now).await?.id, "tgs")
            }
            TokenOwner::Person(id) => (id, "tgp"),
        };
        let random = secret::fresh().map_err(TokenError::Broken)?;
        let secret = format!("{kind}_{random}");
        let token = Token {
            id: new_id(),
            prefix: format!("{kind}_{}", &random[..SHOWN_LEN]),
            name: name.to_owned(),
            owner: account,
            is_service: new.service_of.is_some(),
            rights: TokenRights { scopes, team: new.service_of.or(new.only) },
            // On the command line nobody says who they are.
            answerable: maker.iter().map(Actor::from).collect(),
            created_at: now,
            expires_at: new.expires_at,
            revoked_at: None,
            last_used_at: None,
            last_used_from: None,
        };
        let notice_due_at = tokens::next_notice(token.expires_at, now);
        let secret_hash = secret::hashed(&secret).to_vec();
        tx.insert_token(FreshToken { token: token.clone(), secret_hash, notice_due_at }).await?;
        let team = team.filter(|_| token.is_service);
        let person = maker.filter(|_| matches!(caller, Caller::CommandLine)).map(|person| person.name);
        tx.account_event(&stamp, &AccountEvent::TokenMade { token: token.label(), team, person }).await?;
        tx.commit().await?;
        Ok(MadeToken { token, secret })
    }

    /// Lets a token last until then. Whoever renews it answers for what a service does with it, as its maker does.
    pub async fn renew_token(&self, caller: &Caller, id: TokenId, until: Moment) -> Result<Token, TokenError> {
        let now = self.clock.now();
        let tx = self.store.begin_write().await?;
        let (token, stamp) = self.theirs(&tx, caller, id).await?;
        if let Some(fault) = tokens::check_end(until, now) {
            return Err(TokenError::Invalid(vec![fault]));
        }
        let mut answerable = token.answerable.clone();
        let is_known = answerable.iter().any(|known| known.is_same_person(&stamp.actor));
        if !is_known && !matches!(caller, Caller::CommandLine) {
            answerable.push(stamp.actor.clone());
        }
        let renewed = Token { expires_at: until, answerable, ..token };
        tx.renew_token(&renewed, tokens::next_notice(until, now), now).await?;
        let team = self.service_team(&renewed).await?;
        tx.account_event(&stamp, &AccountEvent::TokenRenewed { token: renewed.label(), until, team }).await?;
        tx.commit().await?;
        Ok(renewed)
    }

    /// Ends a token: the next request with it is refused, on every replica.
    pub async fn revoke_token(&self, caller: &Caller, id: TokenId) -> Result<Token, AppError> {
        let tx = self.store.begin_write().await?;
        let (token, stamp) = self.theirs(&tx, caller, id).await?;
        tx.revoke_token(id, stamp.at).await?;
        let team = self.service_team(&token).await?;
        tx.account_event(&stamp, &AccountEvent::TokenRevoked { token: token.label(), team }).await?;
        tx.commit().await?;
        Ok(token)
    }

    /// The caller that a request with this secret is from; it is written down that the token was used.
    pub async fn caller_with(
        &self,
        secret: &str,
        address: Option<IpAddr>,
    ) -> Result<Result<Caller, TokenRefusal>, AppError> {
        let Some(token) = self.store.token_of_secret(&secret::hashed(secret)).await? else {
            return Ok(Err(TokenRefusal::Unknown));
        };
        let (id, last_used_at) = (token.id, token.last_used_at);
        let caller = self.caller_of(token, address).await?;
        let now = self.clock.now();
        if caller.is_ok() && last_used_at.is_none_or(|used| now - used >= NOTE_EVERY) {
            let from = address.map(|address| address.to_string());
            self.store.touch_token(id, now, from.as_deref()).await?;
        }
        Ok(caller)
    }

    /// The same caller as they are by now: whoever waited for long may have fewer rights.
    pub async fn look_up_again(&self, caller: &Caller) -> Result<Result<Caller, TokenRefusal>, AppError> {
        match caller {
            Caller::User { user, address } => {
                let user = self.store.user(user.id).await?.ok_or(AppError::NotSignedIn)?;
                Ok(Ok(Caller::User { user: Arc::new(user), address: *address }))
            }
            Caller::Token { token, address, .. } => match self.store.token(token.id).await? {
                Some(token) => self.caller_of(token, *address).await,
                None => Ok(Err(TokenRefusal::Unknown)),
            },
            Caller::CommandLine => Ok(Ok(Caller::CommandLine)),
        }
    }

    async fn caller_of(&self, token: Token, address: Option<IpAddr>) -> Result<Result<Caller, TokenRefusal>, AppError> {
        if let Err(refusal) = tokens::check_alive(token.revoked_at, token.expires_at, self.clock.now()) {
            return Ok(Err(refusal));
        }
        let Some(owner) = self.store.user(token.owner).await? else { return Ok(Err(TokenRefusal::OwnerGone)) };
        let user = Arc::new(token.rights.narrow(owner));
        Ok(Ok(Caller::Token { token: Arc::new(token), user, address }))
    }

    /// Who makes a token, as they are now, and what is written beside it: the caller; for the command line whose it will be, and
    /// nobody for a service's.
    async fn maker(&self, tx: &WriteTx, caller: &Caller, new: &NewToken) -> Result<(Option<User>, Stamp), AppError> {
        let now = self.clock.now();
        if matches!(caller, Caller::CommandLine) {
            let person = match new.owner {
                Some(id) => Some(tx.user(id).await?.ok_or(AppError::NotFound)?),
                None => None,
            };
            return Ok((person, Stamp::command_line(now)));
        }
        let user = tx.user(caller.in_person()?.id).await?.ok_or(AppError::NotFound)?;
        if new.owner.is_some_and(|owner| owner != user.id) {
            return Err(AppError::NotFound);
        }
        let stamp = caller.stamp(&user, now);
        Ok((Some(user), stamp))
    }

    /// The name of the team whose services use a token, if it is no person's.
    async fn service_team(&self, token: &Token) -> Result<Option<String>, AppError> {
        match token.rights.team.filter(|_| token.is_service) {
            Some(team) => Ok(self.store.team_name(team).await?),
            None => Ok(None),
        }
    }

    /// The name of the team that a token is for, if its maker may make one for it.
    async fn team_of(&self, maker: Option<&User>, new: &NewToken) -> Result<Option<String>, AppError> {
        let Some(id) = new.service_of.or(new.only) else { return Ok(None) };
        let may = match (maker, new.service_of) {
            (Some(maker), Some(_)) => policy::may_manage(maker, id),
            (Some(maker), None) => maker.may_read(id),
            (None, _) => true,
        };
        let name = self.store.team_name(id).await?.filter(|_| may);
        name.map(Some).ok_or(AppError::NotFound)
    }

    /// A token that the caller may end: their own, or one of the services of a team that they manage; for the command line any.
    async fn theirs(&self, tx: &WriteTx, caller: &Caller, id: TokenId) -> Result<(Token, Stamp), AppError> {
        let token = tx.token(id).await?.filter(|token| token.revoked_at.is_none()).ok_or(AppError::NotFound)?;
        if matches!(caller, Caller::CommandLine) {
            return Ok((token, Stamp::command_line(self.clock.now())));
        }
        let user = tx.user(caller.in_person()?.id).await?.ok_or(AppError::NotFound)?;
        let may = match token.rights.team {
            Some(team) if token.is_service => policy::may_manage(&user, team),
            Some(_) | None => token.owner == user.id,
        };
        if may { Ok((token, caller.stamp(&user, self.clock.now()))) } else { Err(AppError::NotFound) }
    }
}
