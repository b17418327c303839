//! Tokens: what programs sign in with in a person's place. What one may do, for how long, and who answers for it.

use std::collections::BTreeSet;

use chrono::TimeDelta;

use super::execution::Moment;
use super::ids::TeamId;
use super::people::{HeldRole, Role, User};
use super::refusal::{Operation, Refusal};
use super::visible;

/// The longest name of a token, in characters.
pub const MAX_TOKEN_NAME: usize = 64;
/// A token lasts for so long at most: one that nobody remembers ends by itself.
pub const MAX_TOKEN_LIFE: TimeDelta = TimeDelta::days(366);
/// So many tokens that are not over a person has at most, and a team as many.
pub const MAX_TOKENS: usize = 50;
/// A token that is over is known for so long: whoever still sends it is told that it is over, and since when.
pub const TOKEN_KEPT: TimeDelta = TimeDelta::days(90);
/// A token that ends within so long ends soon.
pub const ENDS_SOON: TimeDelta = TimeDelta::days(14);
/// So long before its end it is told that a token ends.
const END_MARKS: [TimeDelta; 3] = [ENDS_SOON, TimeDelta::days(7), TimeDelta::days(1)];

/// What a token may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TokenScope {
    /// Read whatever its owner may read. Every token may.
    Read,
    /// Make, edit, execute, pause, retry, roll back, delete.
    Operate,
    /// Decide checkpoints.
    Approve,
}

impl TokenScope {
    /// Every scope, in the order of the screen.
    pub const ALL: [Self; 3] = [Self::Read, Self::Operate, Self::Approve];

    /// The stored and written word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Operate => "operate",
            Self::Approve => "approve",
        }
    }

    /// The scope of that word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scope| scope.word() == word)
    }

    /// The scope that an operation needs.
    pub fn of(operation: Operation) -> Self {
        match operation {
            Operation::Decide => Self::Approve,
            Operation::Edit
            | Operation::Execute
            | Operation::Pause
            | Operation::Continue
            | Operation::Terminate
            | Operation::Retry
            | Operation::Skip
            | Operation::RollBack
            | Operation::Clone
            | Operation::Delete => Self::Operate,
        }
    }
}

/// What a token leaves of the rights that its owner has at the moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenRights {
    /// What it may do.
    pub scopes: BTreeSet<TokenScope>,
    /// The only team for which it is good, if it is limited to one.
    pub team: Option<TeamId>,
}

impl TokenRights {
    /// Its owner, with the rights that are left. Reading is left in each team in which they have a role.
    pub fn narrow(&self, owner: User) -> User {
        let in_reach = |team: TeamId| self.team.is_none_or(|only| only == team);
        let reads = owner.roles.iter().map(|held| HeldRole { team: held.team, role: Role::Viewer });
        let left = owner.roles.iter().filter(|held| self.has(scope_of(held.role))).copied();
        let roles: BTreeSet<HeldRole> = left.chain(reads).filter(|held| in_reach(held.team)).collect();
        User { administrator: owner.administrator && self.team.is_none(), roles: roles.into_iter().collect(), ..owner }
    }

    /// Whether an operation is in its scope, whoever owns it.
    pub fn check(&self, operation: Operation) -> Result<(), Refusal> {
        let needs = TokenScope::of(operation);
        if self.has(needs) { Ok(()) } else { Err(Refusal::OutOfScope { operation: Some(operation), needs }) }
    }

    /// Whether making a release task is in its scope.
    pub fn check_create(&self) -> Result<(), Refusal> {
        let needs = TokenScope::Operate;
        if self.has(needs) { Ok(()) } else { Err(Refusal::OutOfScope { operation: None, needs }) }
    }

    fn has(&self, scope: TokenScope) -> bool {
        scope == TokenScope::Read || self.scopes.contains(&scope)
    }
}

/// The scope without which a role is nothing.
fn scope_of(role: Role) -> TokenScope {
    match role {
        Role::Viewer => TokenScope::Read,
        Role::Operator => TokenScope::Operate,
        Role::Approver | Role::Manager => TokenScope::Approve,
    }
}

/// Why a token signs nobody in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenRefusal {
    /// There is none like it, or it was over so long ago that it is forgotten.
    Unknown,
    /// Its time was over at that moment.
    Expired(Moment),
    /// Somebody ended it at that moment.
    Revoked(Moment),
    /// Its owner may not sign in any more.
    OwnerGone,
}

/// Whether a token is good now.
pub fn check_alive(revoked_at: Option<Moment>, expires_at: Moment, now: Moment) -> Result<(), TokenRefusal> {
    match revoked_at {
        Some(at) => Err(TokenRefusal::Revoked(at)),
        None if expires_at <= now => Err(TokenRefusal::Expired(expires_at)),
        None => Ok(()),
    }
}

/// What is wrong with a token that somebody wants to make or renew.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenFault {
    /// It has no name that can be seen.
    NameMissing,
    /// Its name has more than [`MAX_TOKEN_NAME`] characters.
    NameTooLong,
    /// A token of a team would approve.
    ServiceApproves,
    /// It would end before it begins.
    ExpiresInThePast,
    /// It would last longer than [`MAX_TOKEN_LIFE`].
    LastsTooLong,
    /// The day is none.
    NoDay,
    /// There are [`MAX_TOKENS`] already.
    TooMany,
}

/// What is wrong with a name and scopes of a token of a person, or of a team.
pub fn check_new(name: &str, scopes: &BTreeSet<TokenScope>, is_service: bool) -> Vec<TokenFault> {
    let mut faults = Vec::new();
    if name.is_empty() || visible::is_blank(name) {
        faults.push(TokenFault::NameMissing);
    } else if name.chars().count() > MAX_TOKEN_NAME {
        faults.push(TokenFault::NameTooLong);
    }
    if is_service && scopes.contains(&TokenScope::Approve) {
        faults.push(TokenFault::ServiceApproves);
    }
    faults
}

/// What is wrong with the end of a token that is made or renewed now.
pub fn check_end(expires_at: Moment, now: Moment) -> Option<TokenFault> {
    if expires_at <= now {
        Some(TokenFault::ExpiresInThePast)
    } else if expires_at - now > MAX_TOKEN_LIFE {
        Some(TokenFault::LastsTooLong)
    } else {
        None
    }
}

/// Whether a token ends soon, and has not ended.
pub fn ends_soon(expires_at: Moment, now: Moment) -> bool {
    now < expires_at && expires_at - now <= ENDS_SOON
}

/// When it is next told that a token ends which was made, renewed or told of at that moment; never of what was past by then.
pub fn next_notice(expires_at: Moment, since: Moment) -> Option<Moment> {
    END_MARKS.into_iter().map(|before| expires_at - before).find(|mark| *mark > since)
}

/// What is due for a token now, of which something was to be told at that moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EndNotice {
    /// Whether it is told that it ends. However many moments have passed meanwhile, it is told once.
    pub is_told: bool,
    /// The moment after this one.
    pub next: Option<Moment>,
}

/// What is due now for a token of which something was to be told at `due_at`.
pub fn end_notice(expires_at: Moment, due_at: Moment, now: Moment) -> EndNotice {
    let passed = END_MARKS.into_iter().map(|before| expires_at - before).any(|mark| due_at <= mark && mark <= now);
    EndNotice { is_told: passed && now < expires_at, next: next_notice(expires_at, now) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ids::UserId;

    const HERE: TeamId = TeamId::from_u128(1);
    const THERE: TeamId = TeamId::from_u128(2);

    fn owner() -> User {
        let roles = [(HERE, Role::Operator), (HERE, Role::Approver), (THERE, Role::Manager)];
        let roles = roles.into_iter().map(|(team, role)| HeldRole { team, role }).collect();
        User { id: UserId::nil(), name: "ann".to_owned(), administrator: true, roles }
    }

    fn rights(scopes: &[TokenScope], team: Option<TeamId>) -> TokenRights {
        TokenRights { scopes: scopes.iter().copied().collect(), team }
    }

    fn roles(user: &User, team: TeamId) -> Vec<Role> {
        user.roles_in(team).into_iter().collect()
    }

    #[test]
    fn a_token_leaves_the_roles_of_its_scopes_and_reading() {
        let reads = rights(&[TokenScope::Read], None).narrow(owner());
        assert_eq!((roles(&reads, HERE), roles(&reads, THERE)), (vec![Role::Viewer], vec![Role::Viewer]));
        assert!(reads.administrator, "what an administrator may read is read by their token");
        let operates = rights(&[TokenScope::Operate], None).narrow(owner());
        assert_eq!(roles(&operates, HERE), [Role::Viewer, Role::Operator]);
        let approves = rights(&[TokenScope::Approve], None).narrow(owner());
        assert_eq!(roles(&approves, HERE), [Role::Viewer, Role::Approver]);
        assert_eq!(roles(&approves, THERE), [Role::Viewer, Role::Manager]);
    }

    #[test]
    fn a_token_of_one_team_reaches_no_other_and_administers_nothing() {
        let here = rights(&TokenScope::ALL, Some(HERE)).narrow(owner());
        assert_eq!(roles(&here, HERE), [Role::Viewer, Role::Operator, Role::Approver]);
        assert_eq!(roles(&here, THERE), []);
        assert!(!here.administrator);
        let elsewhere = rights(&TokenScope::ALL, Some(TeamId::from_u128(3))).narrow(owner());
        assert!(elsewhere.roles.is_empty(), "a limit gives nothing that its owner has not");
    }

    #[test]
    fn each_operation_needs_its_scope() {
        for operation in Operation::ALL {
            let needs = TokenScope::of(operation);
            assert_eq!(rights(&[needs], None).check(operation), Ok(()));
            let others: Vec<_> = TokenScope::ALL.into_iter().filter(|scope| *scope != needs).collect();
            let refused = Err(Refusal::OutOfScope { operation: Some(operation), needs });
            assert_eq!(rights(&others, None).check(operation), refused);
        }
    }

    #[test]
    fn a_token_of_a_team_never_approves() {
        assert_eq!(check_new("ci", &TokenScope::ALL.into(), true), [TokenFault::ServiceApproves]);
        assert_eq!(check_new("ci", &TokenScope::ALL.into(), false), []);
        assert_eq!(check_new("\u{200b}", &BTreeSet::new(), false), [TokenFault::NameMissing]);
        assert_eq!(check_new(&"x".repeat(65), &BTreeSet::new(), false), [TokenFault::NameTooLong]);
    }

    #[test]
    fn a_token_ends_in_the_future_and_within_a_year() {
        let now = Moment::default();
        assert_eq!(check_end(now, now), Some(TokenFault::ExpiresInThePast));
        assert_eq!(check_end(now + MAX_TOKEN_LIFE, now), None);
        assert_eq!(check_end(now + MAX_TOKEN_LIFE + TimeDelta::seconds(1), now), Some(TokenFault::LastsTooLong));
        assert_eq!(check_alive(None, now, now), Err(TokenRefusal::Expired(now)), "the end is no part of its time");
        assert_eq!(check_alive(Some(now), now, now), Err(TokenRefusal::Revoked(now)));
    }

    #[test]
    fn c3_each_mark_before_the_end_is_told_once_and_none_that_was_past() {
        let (made, days) = (Moment::default(), TimeDelta::days);
        let ends = made + days(30);
        let mut told = Vec::new();
        let mut due = next_notice(ends, made);
        for hours in 0..=31 * 24 {
            let now = made + TimeDelta::hours(hours);
            while let Some(at) = due.filter(|at| *at <= now) {
                let notice = end_notice(ends, at, now);
                told.extend(notice.is_told.then_some((ends - now).num_days()));
                due = notice.next;
            }
        }
        assert_eq!((told, due), (vec![14, 7, 1], None));
        assert_eq!(next_notice(made + days(14), made), Some(made + days(7)), "made with 14 days: not told at once");
        assert_eq!(next_notice(made + days(5), made), Some(made + days(4)));
        assert_eq!(next_notice(made + TimeDelta::hours(20), made), None);
        // Two marks passed while nobody looked: it is told once.
        let late = end_notice(ends, ends - days(14), ends - days(6));
        assert_eq!(late, EndNotice { is_told: true, next: Some(ends - days(1)) });
        assert!(!end_notice(ends, ends - days(1), ends).is_told, "what is over does not end soon");
    }
}
