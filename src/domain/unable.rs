//! Reasons why people cannot decide a checkpoint: of all whom it asks, by name or by role, as they are now.

use std::collections::BTreeSet;

use super::account::{folded, is_same_name};
use super::execution::{Execution, Start};
use super::ids::{TeamId, UserId};
use super::kinds::{Deciders, Gate, Kind};
use super::people::{Person, Role, User};
use super::policy::{self, Agreement};

/// Somebody whom a checkpoint asks and who cannot decide it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Unable {
    /// Their name: as they write it themselves or, where nobody is called so, as the definition does.
    pub name: String,
    /// Why not.
    pub why: Inability,
}

/// Why somebody, or a role, cannot decide a checkpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Inability {
    /// Nobody has an account of that name.
    NoAccount,
    /// The account is disabled.
    Disabled,
    /// They have no role in the team, or none any more.
    NotAMember,
    /// They are in the team, and in no role in which the checkpoint asks them.
    NoApprover,
    /// Four eyes keep them away.
    Starter(Start),
    /// The role is named, and nobody in the team holds it. The name is the word of the role.
    NobodyHolds(Role),
}

/// Who can decide a checkpoint that waits.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Able {
    /// Their names.
    pub names: Vec<String>,
    /// Where nobody can: everybody whom it asks, with the reason.
    pub unable: Vec<Unable>,
}

/// What keeps a checkpoint that waits from being decided.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Impasse {
    /// How many must agree still, and how many could.
    pub agreement: Agreement,
    /// Everybody whom it asks and who cannot.
    pub unable: Vec<Unable>,
}

/// The names that gates of these kinds ask by name, folded.
pub fn named<'k>(kinds: impl Iterator<Item = &'k Kind>) -> BTreeSet<String> {
    let listed = |kind: &'k Kind| match kind.gate()?.deciders {
        Deciders::Listed { users, .. } => Some(users),
        Deciders::Team => None,
    };
    kinds.filter_map(listed).flatten().map(|name| folded(name)).collect()
}

/// Those of `people` who may sign in.
pub fn enabled(people: &[Person]) -> Vec<User> {
    people.iter().filter(|person| person.disabled_at.is_none()).map(|person| person.user.clone()).collect()
}

/// Everybody whom a gate of that team asks and who cannot decide it, where `start` says what makes somebody a starter.
pub fn of_gate(gate: Gate<'_>, team: TeamId, people: &[Person], start: &dyn Fn(&User) -> Option<Start>) -> Vec<Unable> {
    let why = |person: &Person| {
        let user = &person.user;
        if person.disabled_at.is_some() {
            Some(Inability::Disabled)
        } else if !user.roles.iter().any(|held| held.team == team) {
            Some(Inability::NotAMember)
        } else if !gate.deciders.include(user, team) {
            Some(Inability::NoApprover)
        } else {
            start(user).filter(|_| gate.four_eyes).map(Inability::Starter)
        }
    };
    let (names, roles): (&[String], &[Role]) = match gate.deciders {
        Deciders::Listed { users, roles } => (users, roles),
        Deciders::Team => (&[], &[Role::Operator, Role::Approver]),
    };
    let mut told: BTreeSet<UserId> = BTreeSet::new();
    let mut unable = Vec::new();
    for name in names {
        match people.iter().find(|person| is_same_name(&person.user.name, name)) {
            None => unable.push(Unable { name: name.clone(), why: Inability::NoAccount }),
            Some(person) if told.insert(person.user.id) => {
                unable.extend(why(person).map(|why| Unable { name: person.user.name.clone(), why }));
            }
            Some(_) => {}
        }
    }
    for role in roles {
        let mut holders = people.iter().filter(|person| person.user.has(team, *role)).peekable();
        if holders.peek().is_none() {
            unable.push(Unable { name: role.word().to_owned(), why: Inability::NobodyHolds(*role) });
        }
        for person in holders {
            if told.insert(person.user.id) {
                unable.extend(why(person).map(|why| Unable { name: person.user.name.clone(), why }));
            }
        }
    }
    unable
}

/// Everybody whom that checkpoint of an execution asks and who cannot decide it.
pub fn of_checkpoint(people: &[Person], execution: &Execution, task: usize) -> Vec<Unable> {
    let gate = execution.spec(task).kind.gate();
    gate.map(|gate| of_gate(gate, execution.team_id, people, &|user| execution.start_by(user))).unwrap_or_default()
}

/// Who can decide that checkpoint now; none, if it does not wait for anybody now.
pub fn able(people: &[Person], execution: &Execution, task: usize) -> Option<Able> {
    policy::checkpoint_waits(execution, task).ok()?;
    let members = enabled(people);
    let names: Vec<String> =
        policy::approvers(&members, execution, task).into_iter().map(|user| user.name.clone()).collect();
    let unable = if names.is_empty() { of_checkpoint(people, execution, task) } else { Vec::new() };
    Some(Able { names, unable })
}

/// What keeps that checkpoint from being decided, if it waits and fewer people can agree than must.
pub fn impasse(people: &[Person], execution: &Execution, task: usize) -> Option<Impasse> {
    execution.tasks[task].state.asking()?;
    let agreement = policy::agreement(&enabled(people), execution, task);
    (!agreement.is_possible()).then(|| Impasse { agreement, unable: of_checkpoint(people, execution, task) })
}
