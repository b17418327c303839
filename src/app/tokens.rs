//! Operations on tokens: somebody makes, renews and revokes their own, and a manager those of the team's services. None of
//! them can be done with a token, so that one never makes another that may do more.

use std::collections::BTreeSet;
use std::net::IpAddr;
use std::sync::Arc;

use super::{App, AppError, Caller, secret};
use crate::domain::event::AccountEvent;
use crate::domain::execution::Moment;
use crate::domain::ids::{TeamId, TokenId};
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
    /// The tokens that the caller may end: their own, and those of the services of teams that they manage. The newest first.
    pub async fn tokens(&self, caller: &Caller) -> Result<Vec<Token>, AppError> {
        let user = caller.in_person()?;
        let managed = user.roles.iter().filter(|held| held.role == Role::Manager).map(|held| held.team);
        let teams = if user.administrator { Scope::All } else { Scope::Teams(managed.collect()) };
        Ok(self.store.tokens_for(user.id, &teams).await?)
    }

    /// One of them.
    pub async fn token(&self, caller: &Caller, id: TokenId) -> Result<Token, AppError> {
        self.tokens(caller).await?.into_iter().find(|token| token.id == id).ok_or(AppError::NotFound)
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
        let maker = tx.user(caller.in_person()?.id).await?.ok_or(AppError::NotFound)?;
        let team = self.team_of(&maker, new).await?;
        let owner = new.service_of.map_or(TokenOwner::Person(maker.id), TokenOwner::Team);
        if tx.tokens_of(owner).await?.iter().filter(|token| token.expires_at > now).count() >= MAX_TOKENS {
            faults.push(TokenFault::TooMany);
        }
        if !faults.is_empty() {
            return Err(TokenError::Invalid(faults));
        }
        let scopes: BTreeSet<_> = new.scopes.iter().copied().chain([TokenScope::Read]).collect();
        let (account, kind) = match new.service_of {
            Some(team) => {
                (tx.insert_service(name, (team, scopes.contains(&TokenScope::Operate)), now).await?.id, "tgs")
            }
            None => (maker.id, "tgp"),
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
            answerable: vec![Actor::from(&maker)],
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
        tx.account_event(&caller.stamp(&maker, now), &AccountEvent::TokenMade { token: token.label(), team }).await?;
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
        if !answerable.iter().any(|known| known.is_same_person(&stamp.actor)) {
            answerable.push(stamp.actor.clone());
        }
        let renewed = Token { expires_at: until, answerable, ..token };
        tx.renew_token(&renewed, tokens::next_notice(until, now), now).await?;
        tx.account_event(&stamp, &AccountEvent::TokenRenewed { token: renewed.label(), until }).await?;
        tx.commit().await?;
        Ok(renewed)
    }

    /// Ends a token: the next request with it is refused, on every replica.
    pub async fn revoke_token(&self, caller: &Caller, id: TokenId) -> Result<Token, AppError> {
        let tx = self.store.begin_write().await?;
        let (token, stamp) = self.theirs(&tx, caller, id).await?;
        tx.revoke_token(id, stamp.at).await?;
        tx.account_event(&stamp, &AccountEvent::TokenRevoked { token: token.label() }).await?;
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

    /// The name of the team that a token is for, if its maker may make one for it.
    async fn team_of(&self, maker: &User, new: &NewToken) -> Result<Option<String>, AppError> {
        let Some(id) = new.service_of.or(new.only) else { return Ok(None) };
        let may = if new.service_of.is_some() { policy::may_manage(maker, id) } else { maker.may_read(id) };
        let name = self.store.team_name(id).await?.filter(|_| may);
        name.map(Some).ok_or(AppError::NotFound)
    }

    /// A token that the caller may end: their own, or one of the services of a team that they manage.
    async fn theirs(&self, tx: &WriteTx, caller: &Caller, id: TokenId) -> Result<(Token, Stamp), AppError> {
        let user = tx.user(caller.in_person()?.id).await?.ok_or(AppError::NotFound)?;
        let token = tx.token(id).await?.filter(|token| token.revoked_at.is_none()).ok_or(AppError::NotFound)?;
        let may = match token.rights.team {
            Some(team) if token.is_service => policy::may_manage(&user, team),
            Some(_) | None => token.owner == user.id,
        };
        if may { Ok((token, caller.stamp(&user, self.clock.now()))) } else { Err(AppError::NotFound) }
    }
}
