//! Sentences about tokens: what one may do, how long it lasts, and why it is refused.

use crate::domain::execution::Moment;
use crate::domain::tokens::{TokenFault, TokenRefusal, TokenScope};

/// Sentences about tokens: what one may do, how long it lasts, and why it is refused.
pub trait TokenSentences {
    /// What the page of tokens shows.
    fn tokens_lead(&self) -> &'static str;

    /// The name of a scope.
    fn scope(&self, scope: TokenScope) -> &'static str;

    /// What a token with it does.
    fn scope_meaning(&self, scope: TokenScope) -> &'static str;

    /// Above a token that was just made.
    fn made_title(&self, name: &str) -> String;

    /// Under its secret.
    fn made_hint(&self) -> &'static str;

    /// Whose a token is: the reader's own, or the services' of a team.
    fn token_owner(&self, service_of: Option<&str>) -> String;

    /// For which teams it is good.
    fn token_reach(&self, team: Option<&str>) -> String;

    /// What was done was done with a token.
    fn with_token(&self, token: &str) -> String;

    /// It ends within some days.
    fn ends_soon(&self) -> &'static str;

    /// How many end soon.
    fn ending_title(&self, count: usize) -> String;

    /// One of them, and when it ends.
    fn ending_token(&self, name: &str, expires_at: Moment) -> String;

    /// It has ended.
    fn token_ended(&self) -> &'static str;

    /// Nobody used it yet.
    fn never_used(&self) -> &'static str;

    /// What is wrong with a token that somebody wants to make.
    fn token_fault(&self, fault: TokenFault) -> String;

    /// There is none of that key that could be changed.
    fn no_such_token(&self) -> &'static str;

    /// The title of the dialog that lets a token last longer.
    fn renewal_title(&self, name: &str) -> String;

    /// What that means, and for whom it counts.
    fn renewal(&self, day: &str, is_service: bool) -> String;

    /// The title of the dialog that ends a token.
    fn revocation_title(&self, name: &str) -> String;

    /// What becomes of what uses it.
    fn revocation(&self) -> &'static str;

    /// Why a token signs nobody in.
    fn token_refused(&self, refusal: TokenRefusal) -> String;
}
