//! Sentences about tokens: what one may do, how long it lasts, and why it is refused.

use super::English;
use super::grammar::moment;
use crate::domain::execution::Moment;
use crate::domain::tokens::{MAX_TOKEN_LIFE, MAX_TOKEN_NAME, MAX_TOKENS, TokenFault, TokenRefusal, TokenScope};
use crate::messages::tokens::TokenSentences;

impl TokenSentences for English {
    fn tokens_lead(&self) -> &'static str {
        "For the API, the command line and build systems. A token may do at most what its owner may do at the time."
    }

    fn scope(&self, scope: TokenScope) -> &'static str {
        match scope {
            TokenScope::Read => "Read",
            TokenScope::Operate => "Operate",
            TokenScope::Approve => "Approve",
        }
    }

    fn scope_meaning(&self, scope: TokenScope) -> &'static str {
        match scope {
            TokenScope::Read => "see what its owner sees",
            TokenScope::Operate => "make, edit, execute, pause, retry, roll back, delete",
            TokenScope::Approve => "decide checkpoints; never for a service",
        }
    }

    fn made_title(&self, name: &str) -> String {
        format!("The token “{name}” is made. Copy it now: it is shown this once.")
    }

    fn made_hint(&self) -> &'static str {
        "Lost it? Revoke it and make another."
    }

    fn token_owner(&self, service_of: Option<&str>) -> String {
        match service_of {
            Some(team) => format!("Service of {team}"),
            None => "Mine".to_owned(),
        }
    }

    fn token_reach(&self, team: Option<&str>) -> String {
        match team {
            Some(team) => format!("only for {team}"),
            None => "for all my teams".to_owned(),
        }
    }

    fn with_token(&self, token: &str) -> String {
        format!("with the token {token}")
    }

    fn ends_soon(&self) -> &'static str {
        "Expires soon"
    }

    fn ending_title(&self, count: usize) -> String {
        format!("{} soon.", if count == 1 { "A token expires".to_owned() } else { format!("{count} tokens expire") })
    }

    fn ending_token(&self, name: &str, expires_at: Moment) -> String {
        format!("{name}: {}", moment(expires_at))
    }

    fn token_ended(&self) -> &'static str {
        "Expired"
    }

    fn never_used(&self) -> &'static str {
        "never"
    }

    fn token_fault(&self, fault: TokenFault) -> String {
        match fault {
            TokenFault::NameMissing => "Say what uses the token, so that somebody dares to revoke it.".to_owned(),
            TokenFault::NameTooLong => format!("The name may have at most {MAX_TOKEN_NAME} characters."),
            TokenFault::ServiceApproves => {
                "A token of a service cannot approve: decisions are made by people. Leave out Approve.".to_owned()
            }
            TokenFault::ExpiresInThePast => "That day is over. Choose a later one.".to_owned(),
            TokenFault::LastsTooLong => {
                format!("A token lasts {} days at most. Choose an earlier day.", MAX_TOKEN_LIFE.num_days())
            }
            TokenFault::NoDay => "That is no day. Write it as 2027-02-27.".to_owned(),
            TokenFault::TooMany => {
                format!("There are {MAX_TOKENS} tokens already. Revoke one that nothing uses any more.")
            }
        }
    }

    fn no_such_token(&self) -> &'static str {
        "There is no such token, or the user cannot have one: they are disabled, or not in that team. `tollgate token list` has the \
         tokens that there are."
    }

    fn renewal_title(&self, name: &str) -> String {
        format!("Renew {name}?")
    }

    fn renewal(&self, day: &str, is_service: bool) -> String {
        let counts = if is_service {
            " You then count as a starter of what is started with it, and may not approve that where a second pair of eyes is asked for."
        } else {
            ""
        };
        format!("The token is good until {day}. Its secret stays as it is.{counts}")
    }

    fn revocation_title(&self, name: &str) -> String {
        format!("Revoke {name}?")
    }

    fn revocation(&self) -> &'static str {
        "Whatever uses it is refused from now on. A revoked token never works again."
    }

    fn token_refused(&self, refusal: TokenRefusal) -> String {
        match refusal {
            TokenRefusal::Unknown => {
                "There is no such token. Look for missing characters, or make a new one under Tokens.".to_owned()
            }
            TokenRefusal::Expired(at) => {
                format!("The token expired at {}. Renew it under Tokens, or make a new one.", moment(at))
            }
            TokenRefusal::Revoked(at) => format!("The token was revoked at {}. Make a new one.", moment(at)),
            TokenRefusal::OwnerGone => {
                "The owner of the token may not sign in any more, and so the token is no good.".to_owned()
            }
        }
    }
}
