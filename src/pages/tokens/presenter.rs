//! From tokens to the rows of the page, and from what was typed to the form as it comes back.

use super::sent_form::{LASTS, SentToken};
use super::view::{MadeRow, ScopeBox, TokenForm, TokenRow, TokensPage};
use crate::app::reads::{IdAndName, Token};
use crate::app::tokens::MadeToken;
use crate::domain::execution::Moment;
use crate::domain::ids::TeamId;
use crate::domain::people::User;
use crate::domain::policy;
use crate::domain::tokens::{self, TokenFault, TokenScope};
use crate::messages::Locale;
use crate::pages::components::{
    Action, ActionStyle, Field, Look, Notice, NoticeItem, SelectOption, Status, When, urls,
};

/// The page, as that reader may see it.
pub fn page(tokens: &[Token], teams: &[IdAndName<TeamId>], form: TokenForm, now: Moment) -> TokensPage {
    let words = Locale::default().tokens();
    TokensPage {
        lead: words.tokens_lead().to_owned(),
        rows: tokens.iter().map(|token| row(token, teams, now)).collect(),
        form,
        ..TokensPage::default()
    }
}

/// The token that was just made.
pub fn made(MadeToken { token, secret }: MadeToken) -> MadeRow {
    let words = Locale::default().tokens();
    MadeRow { title: words.made_title(&token.name), secret, hint: words.made_hint() }
}

/// Which tokens end soon, for the page of the person who is told of it.
pub fn ending(tokens: &[Token]) -> Option<Notice> {
    let words = Locale::default().tokens();
    let item = |token: &Token| NoticeItem::of(words.ending_token(&token.name, token.expires_at));
    (!tokens.is_empty()).then(|| Notice {
        items: tokens.iter().map(item).collect(),
        actions: vec![Action::open("Tokens", urls::tokens()).styled(ActionStyle::Small)],
        ..Notice::new(Look::Asking, words.ending_title(tokens.len()), "")
    })
}

fn row(token: &Token, teams: &[IdAndName<TeamId>], now: Moment) -> TokenRow {
    let words = Locale::default().tokens();
    let team = token.rights.team.and_then(|id| teams.iter().find(|team| team.id == id)).map(|team| team.name.as_str());
    let state = if token.expires_at <= now {
        Some(Status::new(Look::Expired, words.token_ended()))
    } else {
        tokens::ends_soon(token.expires_at, now).then(|| Status::new(Look::Asking, words.ends_soon()))
    };
    let action = |label: &str, url: String, style| Action::open(label, url).styled(style).about(token.name.clone());
    TokenRow {
        name: token.name.clone(),
        prefix: format!("{}…", token.prefix),
        owner: words.token_owner(team.filter(|_| token.is_service)),
        reach: (!token.is_service).then(|| words.token_reach(team)),
        scopes: token.rights.scopes.iter().map(|scope| words.scope(*scope)).collect(),
        state,
        expires: When::at(token.expires_at, now),
        used: token.last_used_at.map(|used| When::at(used, now)),
        used_from: token.last_used_from.clone(),
        actions: vec![
            action("Renew", urls::token_renewal(token.id), ActionStyle::Small),
            action("Revoke", urls::token_revocation(token.id), ActionStyle::Small),
        ],
    }
}

/// The form with what was typed, and with what is wrong with it beside its fields.
pub fn form(typed: &SentToken, faults: &[TokenFault], teams: &[IdAndName<TeamId>], reader: &User) -> TokenForm {
    let words = Locale::default().tokens();
    let said = |of: &[TokenFault]| {
        let found: Vec<_> =
            faults.iter().filter(|fault| of.contains(fault)).map(|fault| words.token_fault(*fault)).collect();
        (!found.is_empty()).then(|| found.join(" "))
    };
    let option = |team: &IdAndName<TeamId>, chosen: Option<TeamId>| {
        SelectOption::new(team.id.to_string(), &team.name, chosen == Some(team.id))
    };
    let managed = teams.iter().filter(|team| policy::may_manage(reader, team.id));
    let mine = teams.iter().filter(|team| reader.may_read(team.id));
    let scope = |scope: TokenScope| ScopeBox {
        word: scope.word(),
        name: words.scope(scope),
        meaning: words.scope_meaning(scope),
        ticked: scope == TokenScope::Read || typed.scopes.contains(&scope),
        fixed: scope == TokenScope::Read,
    };
    let lasts = |days: &u64| {
        SelectOption::new(days.to_string(), format!("{days} days"), *days == typed.lasts && typed.until.is_empty())
    };
    TokenForm {
        url: urls::tokens(),
        name: Field { value: typed.name.clone(), error: said(&[TokenFault::NameMissing, TokenFault::NameTooLong]) },
        owners: managed.map(|team| option(team, typed.service_of)).collect(),
        teams: mine.map(|team| option(team, typed.only)).collect(),
        scopes: TokenScope::ALL.map(scope).to_vec(),
        scopes_error: said(&[TokenFault::ServiceApproves]),
        lasts: LASTS.iter().map(lasts).collect(),
        until: Field {
            value: typed.until.clone(),
            error: said(&[TokenFault::ExpiresInThePast, TokenFault::LastsTooLong, TokenFault::NoDay]),
        },
        error: said(&[TokenFault::TooMany]),
    }
}
