//! Places for scripts on a server: a server runs so many at once, and what wants to run then waits in a line.

use std::collections::{BTreeMap, BTreeSet};

use super::component_wait::{Readiness, ReadyTasks};
use super::execution::Moment;
use super::ids::{ExecutionId, TeamId};
use super::placement::Placement;

/// That a task waits for a place to run a script on the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PlaceWait {
    /// When it asked for it.
    pub since: Moment,
    /// How many scripts ran on that server then.
    pub running: u32,
}

/// Which tasks of an execution have a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Places {
    /// All that want one.
    All,
    /// These alone. The others wait.
    Only {
        /// Indices of `Execution::tasks`.
        tasks: BTreeSet<usize>,
        /// How many scripts run on the server.
        running: u32,
        /// What those of them find that change components; nothing before it was looked at.
        ready: Option<ReadyTasks>,
    },
}

impl Places {
    /// None.
    pub const NONE: Self = Self::Only { tasks: BTreeSet::new(), running: 0, ready: None };

    /// Whether that task has one.
    pub fn has(&self, task: usize) -> bool {
        match self {
            Self::All => true,
            Self::Only { tasks, .. } => tasks.contains(&task),
        }
    }

    /// What a task that changes a component finds, if that was looked at.
    pub fn readiness(&self, task: usize) -> Option<&Readiness> {
        match self {
            Self::All => Some(&Readiness::Free { placement: Placement::ThisMachine }),
            Self::Only { ready, .. } => ready.as_ref()?.get(&task),
        }
    }

    /// Whether it was not looked yet what the tasks find that change components.
    pub fn is_before_look(&self) -> bool {
        matches!(self, Self::Only { ready: None, .. })
    }

    /// The same, with a place for each of so many tasks.
    #[must_use]
    pub fn for_all(&self, count: usize) -> Self {
        match self {
            Self::All => Self::All,
            Self::Only { running, ready, .. } => {
                Self::Only { tasks: (0..count).collect(), running: *running, ready: ready.clone() }
            }
        }
    }

    /// How many scripts run, where some have to wait.
    pub fn running(&self) -> u32 {
        match self {
            Self::All => 0,
            Self::Only { running, .. } => *running,
        }
    }
}

/// A task in the line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Waiting {
    /// The team of its release task.
    pub team: TeamId,
    /// Its execution.
    pub execution: ExecutionId,
    /// Its index there.
    pub task: usize,
    /// Whether it is to be undone.
    pub undoes: bool,
    /// Since when it waits.
    pub since: Moment,
}

/// Who of the line gets so many places, in this order. Teams take turns: next is the team whose last turn is longest ago,
/// by the growing numbers in `turns`. Within a team roll backs come first, then whoever has waited longest.
pub fn in_turn(line: &[Waiting], turns: &BTreeMap<TeamId, u64>, places: usize) -> Vec<Waiting> {
    let mut teams: BTreeMap<TeamId, Vec<Waiting>> = BTreeMap::new();
    for waiting in line {
        teams.entry(waiting.team).or_default().push(*waiting);
    }
    for own in teams.values_mut() {
        // The next one is the last.
        own.sort_unstable_by_key(|it| std::cmp::Reverse((!it.undoes, it.since, it.execution, it.task)));
    }
    let mut turns = turns.clone();
    let mut turn = turns.values().max().copied().unwrap_or_default();
    let mut served = Vec::new();
    while served.len() < places {
        let asks = |(team, own): (&TeamId, &Vec<Waiting>)| {
            let next = own.last()?;
            Some((turns.get(team).copied().unwrap_or_default(), next.since, *team))
        };
        let Some((_, _, team)) = teams.iter().filter_map(asks).min() else { break };
        served.extend(teams.get_mut(&team).and_then(Vec::pop));
        turn += 1;
        turns.insert(team, turn);
    }
    served
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, Duration};

    use super::*;

    const SHOP: TeamId = TeamId::from_u128(1);
    const BANK: TeamId = TeamId::from_u128(2);

    /// Of that team, waiting since that second; the execution says which it is.
    fn waiting(team: TeamId, execution: u128, since: i64) -> Waiting {
        let since = DateTime::UNIX_EPOCH + Duration::seconds(since);
        Waiting { team, execution: ExecutionId::from_u128(execution), task: 0, undoes: false, since }
    }

    fn served(line: &[Waiting], turns: &[(TeamId, u64)], places: usize) -> Vec<u128> {
        let turns = turns.iter().copied().collect();
        in_turn(line, &turns, places).iter().map(|it| it.execution.uuid().as_u128()).collect()
    }

    #[test]
    fn teams_take_turns_however_long_a_team_has_waited() {
        let line = [waiting(SHOP, 1, 1), waiting(SHOP, 2, 2), waiting(SHOP, 3, 3), waiting(BANK, 4, 9)];
        assert_eq!(served(&line, &[], 4), [1, 4, 2, 3]);
        assert_eq!(served(&line, &[(SHOP, 7)], 4), [4, 1, 2, 3], "the bank had no turn yet");
        assert_eq!(served(&line, &[(SHOP, 7), (BANK, 8)], 2), [1, 4]);
        assert_eq!(served(&line, &[(SHOP, 7), (BANK, 6)], 1), [4]);
    }

    #[test]
    fn one_place_at_a_time_is_given_as_many_at_once_are() {
        let line = [waiting(SHOP, 1, 1), waiting(SHOP, 2, 2), waiting(BANK, 3, 3), waiting(BANK, 4, 4)];
        let (mut left, mut turns, mut order) = (line.to_vec(), BTreeMap::from([(BANK, 5)]), Vec::new());
        for turn in 6.. {
            let [next] = in_turn(&left, &turns, 1)[..] else { break };
            turns.insert(next.team, turn);
            left.retain(|it| *it != next);
            order.push(next);
        }
        assert_eq!(order, in_turn(&line, &BTreeMap::from([(BANK, 5)]), 9));
    }

    #[test]
    fn within_a_team_roll_backs_come_first_and_then_who_came_first() {
        let undo = |execution, since| Waiting { undoes: true, ..waiting(SHOP, execution, since) };
        let line = [waiting(SHOP, 1, 1), undo(2, 8), undo(3, 7), waiting(SHOP, 4, 0), waiting(BANK, 5, 9)];
        assert_eq!(served(&line, &[], 9), [3, 5, 2, 4, 1]);
        let same = [waiting(SHOP, 2, 1), Waiting { task: 1, ..waiting(SHOP, 1, 1) }, waiting(SHOP, 1, 1)];
        let tasks: Vec<usize> = in_turn(&same, &BTreeMap::new(), 3).iter().map(|it| it.task).collect();
        assert_eq!((served(&same, &[], 3), tasks), (vec![1, 1, 2], vec![0, 1, 0]));
    }

    #[test]
    fn nobody_gets_more_than_there_is() {
        assert_eq!(served(&[], &[], 3), [0; 0]);
        assert_eq!(served(&[waiting(SHOP, 1, 1)], &[], 0), [0; 0]);
    }
}
