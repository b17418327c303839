//! The terms of replicas: one that is taken over must not be able to start anything any more, by its own clock, and
//! one whose name another process has taken stops.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use tollgate::domain::execution::Moment;
use tollgate::domain::ids::ExecutionId;
use tollgate::store::{Replica, Term};

/// For how long a replica may go on starting what it has claimed, after it last said that it is there.
const OWN: TimeDelta = TimeDelta::seconds(4);

/// One start of a replica: which, and the how manieth.
pub type Incarnation = (usize, u32);

/// A process that has not died.
pub struct Living {
    pub who: Incarnation,
    /// Whether it may start something, as it sees it.
    pub may_start: bool,
}

/// The terms of a history.
#[derive(Default)]
pub struct Tenures {
    by_name: BTreeMap<String, Held>,
    /// The last that each process has begun.
    begun: BTreeMap<Incarnation, Term>,
    /// Whose name was taken by another process, and when.
    usurped: BTreeMap<Incarnation, Moment>,
}

/// The last term of a name.
struct Held {
    epoch: u64,
    by: Incarnation,
    /// Others have ended it.
    over: bool,
}

impl Tenures {
    /// Looks at what the replicas have written down in a step of one of them.
    pub fn look(&mut self, rows: &[Replica], by: Incarnation, living: &[Living], now: Moment) {
        for row in rows {
            let known = self.by_name.entry(row.id.clone()).or_insert(Held { epoch: 0, by, over: false });
            if known.epoch == row.epoch {
                continue;
            }
            assert!(known.epoch < row.epoch, "terms are counted");
            known.epoch = row.epoch;
            if row.gone_at.is_some() {
                assert_ne!(known.by, by, "nobody takes itself over");
                known.over = true;
            } else {
                if known.by != by {
                    // Who was taken over before could start nothing any more.
                    self.usurped.insert(known.by, if known.over { now - OWN } else { now });
                }
                self.usurped.remove(&by);
                (known.by, known.over) = (by, false);
                self.begun.insert(by, Term { replica: row.id.clone(), epoch: row.epoch });
            }
        }
        for process in living.iter().filter(|process| process.may_start) {
            let over = self.by_name.iter().find(|(_, held)| held.over && held.by == process.who);
            assert!(over.is_none(), "{} was taken over, and may start something still", over.unwrap().0);
        }
    }

    /// The term in which a process works. When others have ended it, it is still that of the executions that nobody
    /// has taken over yet.
    pub fn of(&self, process: Incarnation) -> Option<&Term> {
        self.begun.get(&process)
    }

    /// Executions that went from one term to another: nobody can start anything in the former, but for a process that
    /// has yet to hear that it lost its name.
    pub fn passed_on(&self, passed: &[(ExecutionId, Term, Term)], living: &[Living]) {
        for (execution, from, to) in passed.iter().filter(|(_, from, to)| from.replica != to.replica) {
            let holds = |process: &&Living| {
                process.may_start && self.of(process.who) == Some(from) && !self.is_usurped(process.who)
            };
            assert!(
                !living.iter().any(|process| holds(&process)),
                "{execution} went from {from:?} to {to:?} too early"
            );
        }
    }

    /// Whether it lost its name so short a time ago that it may not have heard of it.
    pub fn has_yet_to_hear(&self, process: Incarnation, now: Moment) -> bool {
        self.usurped.get(&process).is_some_and(|at| now < *at + OWN)
    }

    /// A script of an execution of that term was started by that process.
    pub fn started(&self, owner: &Term, by: Incarnation) {
        let current = self.by_name.values().any(|held| held.by == by && !held.over);
        assert!(current && self.of(by) == Some(owner), "{by:?} starts a script that is {owner:?}'s");
    }

    /// Whether another process took its name.
    pub fn is_usurped(&self, process: Incarnation) -> bool {
        self.usurped.contains_key(&process)
    }
}
