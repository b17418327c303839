//! The rules of links that set a new password.

use super::execution::Moment;
use super::ids::{TeamId, UserId};
use super::people::{Actor, Person, User};
use super::policy;

/// A link that sets a new password of somebody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PasswordReset {
    /// Whose.
    pub user: UserId,
    /// The team whose manager made it; none if an administrator did, or the command line.
    pub team: Option<TeamId>,
    /// Who made it.
    pub by: Actor,
    /// When.
    pub created_at: Moment,
    /// Until when it is good.
    pub expires_at: Moment,
}

impl PasswordReset {
    /// Whether its time is over.
    pub fn is_over(&self, now: Moment) -> bool {
        now >= self.expires_at
    }

    /// Whether it is still good for that person: they may sign in, and `maker`, who made it, might make it now. `maker` is how
    /// they are now, none if they may not sign in.
    pub fn still_holds(&self, maker: Option<&User>, person: &Person) -> bool {
        let may = match (&self.by, maker, self.team) {
            (Actor::Tollgate | Actor::Policy, ..) => true,
            (Actor::Person { .. }, None, _) => false,
            (Actor::Person { .. }, Some(maker), None) => maker.administrator,
            (Actor::Person { .. }, Some(maker), Some(team)) => policy::may_keep_account(maker, team, &person.user),
        };
        may && person.disabled_at.is_none()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::people::{HeldRole, Role};

    const TEAM: TeamId = TeamId::from_u128(1);
    const OTHER: TeamId = TeamId::from_u128(2);

    fn user(id: u128, roles: &[(TeamId, Role)]) -> User {
        let roles = roles.iter().map(|(team, role)| HeldRole { team: *team, role: *role }).collect();
        User { id: UserId::from_u128(id), name: id.to_string(), administrator: false, roles }
    }

    fn person(user: User) -> Person {
        Person { user, disabled_at: None, last_seen_at: None }
    }

    #[test]
    fn d4_a_link_of_a_manager_is_good_while_the_person_is_of_their_team_alone() {
        let manager = user(1, &[(TEAM, Role::Manager)]);
        let reset = PasswordReset {
            user: UserId::from_u128(2),
            team: Some(TEAM),
            by: Actor::from(&manager),
            created_at: Moment::UNIX_EPOCH,
            expires_at: Moment::UNIX_EPOCH,
        };
        let of_team = || user(2, &[(TEAM, Role::Viewer), (TEAM, Role::Manager)]);
        let good = |maker: Option<&User>, user: User| reset.still_holds(maker, &person(user));
        assert!(good(Some(&manager), of_team()));
        assert!(!good(None, of_team()), "who made it may not sign in any more");
        assert!(!good(Some(&user(1, &[(OTHER, Role::Manager)])), of_team()), "or manages another team now");
        assert!(
            !good(Some(&manager), user(2, &[(TEAM, Role::Viewer), (OTHER, Role::Viewer)])),
            "who is in another team"
        );
        assert!(!good(Some(&manager), user(2, &[])), "who left");
        assert!(!good(Some(&manager), User { administrator: true, ..of_team() }), "who administers");
        let disabled = Person { disabled_at: Some(Moment::UNIX_EPOCH), ..person(of_team()) };
        assert!(!reset.still_holds(Some(&manager), &disabled));
        let own = PasswordReset { user: manager.id, ..reset.clone() };
        assert!(!own.still_holds(Some(&manager), &person(manager.clone())), "nobody makes one of their own");
        let by_tollgate = PasswordReset { by: Actor::Tollgate, team: None, ..reset };
        assert!(by_tollgate.still_holds(None, &person(user(2, &[(OTHER, Role::Viewer)]))), "the command line");
        let by_admin = PasswordReset { by: Actor::from(&manager), ..by_tollgate };
        assert!(!by_admin.still_holds(Some(&manager), &person(of_team())), "who is no administrator any more");
        assert!(by_admin.still_holds(Some(&User { administrator: true, ..manager }), &person(of_team())));
    }
}
