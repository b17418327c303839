//! The rules of links that are sent to people: invitations to a team, and links that set a new password.

use std::collections::{BTreeMap, BTreeSet};

use chrono::TimeDelta;

use super::account::{NameFault, check_user_name, folded};
use super::execution::Moment;
use super::ids::{InvitationId, TeamId};
use super::people::{Actor, Role, User};
use super::policy;

/// An invitation is open for so long.
pub const INVITATION_LIMIT: TimeDelta = TimeDelta::days(7);

/// A link that sets a new password is good for so long.
pub const RESET_LIMIT: TimeDelta = TimeDelta::days(1);

/// So long after its end an invitation is still listed, for whoever wonders why nobody came.
pub const LISTED_AFTER_END: TimeDelta = TimeDelta::days(30);

/// So many invitations one team has at most, those included whose time is over.
pub const MAX_INVITATIONS: usize = 500;

/// Somebody is asked to join a team.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invitation {
    /// Key.
    pub id: InvitationId,
    /// The team.
    pub team: TeamId,
    /// Its name.
    pub team_name: String,
    /// The name that they sign in with, or will.
    pub name: String,
    /// The roles that they get in the team, at least one.
    pub roles: BTreeSet<Role>,
    /// Who asks.
    pub by: Actor,
    /// Since when.
    pub created_at: Moment,
    /// Until when.
    pub expires_at: Moment,
}

impl Invitation {
    /// Whether its time is over.
    pub fn is_over(&self, now: Moment) -> bool {
        now >= self.expires_at
    }
}

/// Whether what somebody offered still holds: they may sign in, and may still manage the team. `user` is how they are now,
/// none if they may not sign in. What the command line offered holds.
pub fn still_holds(by: &Actor, user: Option<&User>, team: TeamId) -> bool {
    match by {
        Actor::Tollgate | Actor::Policy => true,
        Actor::Person { .. } => user.is_some_and(|user| policy::may_manage(user, team)),
    }
}

/// Whom to invite, as typed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Invitee {
    /// The name that they sign in with, or will.
    pub name: String,
    /// The roles that they are to get.
    pub roles: BTreeSet<Role>,
}

/// Why somebody cannot be invited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InviteProblem {
    /// The name will not do.
    Name,
    /// No role is chosen.
    NoRole,
    /// They are in the team already.
    Member,
    /// They are invited twice at once.
    Twice {
        /// The place of the first, from 0.
        first: usize,
    },
    /// The team has as many invitations as it may.
    TooMany,
}

/// What is wrong with one of several who are to be invited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InviteFault {
    /// Its place, from 0.
    pub place: usize,
    /// What it is.
    pub problem: InviteProblem,
}

/// Everything that is wrong with inviting these people to a team that has these members and so many invitations to others.
/// Whether somebody has an account is no matter: whoever invites is not told.
pub fn faults<'n>(
    invitees: &[Invitee],
    members: impl IntoIterator<Item = &'n str>,
    other_invitations: usize,
) -> Vec<InviteFault> {
    let members: BTreeSet<String> = members.into_iter().map(folded).collect();
    let mut places: BTreeMap<String, usize> = BTreeMap::new();
    let mut found = Vec::new();
    for (place, invitee) in invitees.iter().enumerate() {
        let name = folded(&invitee.name);
        let of_name = match check_user_name(&invitee.name) {
            Err(NameFault) => Some(InviteProblem::Name),
            Ok(()) if members.contains(&name) => Some(InviteProblem::Member),
            Ok(()) => places.get(&name).map(|first| InviteProblem::Twice { first: *first }),
        };
        let no_role = invitee.roles.is_empty().then_some(InviteProblem::NoRole);
        let too_many = (place + other_invitations == MAX_INVITATIONS).then_some(InviteProblem::TooMany);
        places.entry(name).or_insert(place);
        let problems = of_name.into_iter().chain(no_role).chain(too_many);
        found.extend(problems.map(|problem| InviteFault { place, problem }));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ids::UserId;
    use crate::domain::people::HeldRole;

    fn invitee(name: &str, roles: &[Role]) -> Invitee {
        Invitee { name: name.to_owned(), roles: roles.iter().copied().collect() }
    }

    #[test]
    fn all_that_is_wrong_is_told_at_once() {
        let wanted = [
            invitee("ann", &[Role::Viewer]),
            invitee("b b", &[]),
            invitee("ANN", &[Role::Viewer]),
            invitee("Manager", &[Role::Viewer]),
            invitee("eve", &[]),
        ];
        let found = faults(&wanted, ["manager"], 0);
        let found: Vec<_> = found.into_iter().map(|fault| (fault.place, fault.problem)).collect();
        let expected = [
            (1, InviteProblem::Name),
            (1, InviteProblem::NoRole),
            (2, InviteProblem::Twice { first: 0 }),
            (3, InviteProblem::Member),
            (4, InviteProblem::NoRole),
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn a_team_has_so_many_invitations_and_no_more() {
        let two = [invitee("ann", &[Role::Viewer]), invitee("ben", &[Role::Viewer])];
        assert_eq!(faults(&two, [], MAX_INVITATIONS - 2), []);
        let full = faults(&two, [], MAX_INVITATIONS - 1);
        assert_eq!(full, [InviteFault { place: 1, problem: InviteProblem::TooMany }]);
    }

    #[test]
    fn d4_what_was_offered_holds_while_who_offered_it_may_still_manage_the_team() {
        let (team, other) = (TeamId::from_u128(1), TeamId::from_u128(2));
        let manager = |team| User {
            id: UserId::from_u128(1),
            name: "manager".to_owned(),
            administrator: false,
            roles: vec![HeldRole { team, role: Role::Manager }],
        };
        let by = Actor::from(&manager(team));
        assert!(still_holds(&by, Some(&manager(team)), team));
        assert!(still_holds(&by, Some(&User { administrator: true, ..manager(other) }), team));
        assert!(!still_holds(&by, Some(&manager(other)), team), "of another team");
        assert!(!still_holds(&by, None, team), "may not sign in any more");
        assert!(still_holds(&Actor::Tollgate, None, team), "the command line");
    }
}
