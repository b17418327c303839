//! Retention: how long logs and run folders are kept, how long what was deleted can be restored, and when a draft goes.

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

use super::execution::Moment;
use super::ids::ExecutionId;
use super::refusal::Refusal;
use super::status::ReleaseStatus;

/// For how many days a deleted release task can be restored.
pub const RESTORABLE_DAYS: u32 = 30;

/// After how many days without a change a draft goes.
pub const DRAFT_DAYS: u32 = 90;

/// How many days before it goes its owner is told.
pub const DRAFT_NOTICE_DAYS: u32 = 14;

/// How many revisions before the current one of a component keep what belongs to them.
pub const KEPT_REVISIONS: u32 = 10;

/// The longest that anything is kept for its age.
pub const MAX_KEPT_DAYS: u32 = 3_650;

/// The most executions of a release task that are kept for being the last ones.
pub const MAX_KEPT_EXECUTIONS: u32 = 10_000;

/// How an execution ended, as far as retention tells kinds of ends apart: what failed may be wanted for longer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EndKind {
    /// It was successful.
    Successful,
    /// It failed, or was rolled back, or could not be.
    Unsuccessful,
}

impl EndKind {
    /// Of an execution that ended with that status; none of one that goes on.
    fn of(status: ReleaseStatus) -> Option<Self> {
        match status {
            ReleaseStatus::Successful => Some(Self::Successful),
            ReleaseStatus::ReleaseFailed | ReleaseStatus::RolledBack | ReleaseStatus::RollbackFailed => {
                Some(Self::Unsuccessful)
            }
            ReleaseStatus::ToRelease
            | ReleaseStatus::Running
            | ReleaseStatus::ToBeApproved
            | ReleaseStatus::Pausing
            | ReleaseStatus::Paused
            | ReleaseStatus::Retrying
            | ReleaseStatus::RollingBack => None,
        }
    }
}

/// How long executions of one kind of end keep their logs and run folders: as long as either holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeepRule {
    /// For so many days after the end.
    pub days: u32,
    /// As long as it is among so many last ones of its release task that ended like it.
    pub executions: u32,
}

/// How long a region keeps logs and run folders.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct RetentionPolicy {
    /// Of successful executions.
    pub successful: KeepRule,
    /// Of all others.
    pub unsuccessful: KeepRule,
}

impl Default for RetentionPolicy {
    fn default() -> Self {
        let rule = KeepRule { days: 90, executions: 50 };
        Self { successful: rule, unsuccessful: rule }
    }
}

/// A number of a policy, as forms and commands name it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PolicyField {
    /// Days that successful ones are kept.
    SuccessfulDays,
    /// How many successful ones are kept.
    SuccessfulExecutions,
    /// Days that the others are kept.
    UnsuccessfulDays,
    /// How many of the others are kept.
    UnsuccessfulExecutions,
}

impl PolicyField {
    /// Every one, in the order of the screen.
    pub const ALL: [Self; 4] =
        [Self::SuccessfulDays, Self::SuccessfulExecutions, Self::UnsuccessfulDays, Self::UnsuccessfulExecutions];

    /// The name of the field in a form.
    pub fn word(self) -> &'static str {
        match self {
            Self::SuccessfulDays => "successful_days",
            Self::SuccessfulExecutions => "successful_executions",
            Self::UnsuccessfulDays => "unsuccessful_days",
            Self::UnsuccessfulExecutions => "unsuccessful_executions",
        }
    }

    /// The highest number that it may be; the lowest is 0.
    pub fn most(self) -> u32 {
        match self {
            Self::SuccessfulDays | Self::UnsuccessfulDays => MAX_KEPT_DAYS,
            Self::SuccessfulExecutions | Self::UnsuccessfulExecutions => MAX_KEPT_EXECUTIONS,
        }
    }
}

impl RetentionPolicy {
    /// That number of it.
    pub fn get(&self, field: PolicyField) -> u32 {
        match field {
            PolicyField::SuccessfulDays => self.successful.days,
            PolicyField::SuccessfulExecutions => self.successful.executions,
            PolicyField::UnsuccessfulDays => self.unsuccessful.days,
            PolicyField::UnsuccessfulExecutions => self.unsuccessful.executions,
        }
    }

    /// The same policy with another number there.
    #[must_use]
    pub fn with(mut self, field: PolicyField, number: u32) -> Self {
        match field {
            PolicyField::SuccessfulDays => self.successful.days = number,
            PolicyField::SuccessfulExecutions => self.successful.executions = number,
            PolicyField::UnsuccessfulDays => self.unsuccessful.days = number,
            PolicyField::UnsuccessfulExecutions => self.unsuccessful.executions = number,
        }
        self
    }

    /// Those of its numbers that are too high.
    pub fn too_high(&self) -> Vec<PolicyField> {
        PolicyField::ALL.into_iter().filter(|field| self.get(*field) > field.most()).collect()
    }

    fn rule(&self, kind: EndKind) -> KeepRule {
        match kind {
            EndKind::Successful => self.successful,
            EndKind::Unsuccessful => self.unsuccessful,
        }
    }
}

/// An execution that has its logs and run folders.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PastExecution {
    /// Key.
    pub id: ExecutionId,
    /// Its number in its release task.
    pub number: u32,
    /// How it stands.
    pub status: ReleaseStatus,
    /// When it ended, if it has.
    pub ended_at: Option<Moment>,
    /// Whether it brought one of the revisions of a component that can be gone back to.
    pub has_revision: bool,
}

/// The executions of a release task that have their logs and run folders.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReleasePast {
    /// How long its region keeps them.
    pub policy: RetentionPolicy,
    /// The number of its last execution.
    pub last_number: u32,
    /// Whether it was deleted for good.
    pub is_purged: bool,
    /// Each of them.
    pub executions: Vec<PastExecution>,
}

impl ReleasePast {
    /// The executions whose logs and run folders may go now. Never one that goes on, whatever it waits for; and the last one,
    /// which can be retried or rolled back, and those of revisions that a component can go back to, only when the release task was deleted for good. What was removed before was older
    /// than all that is here, so that the order among these is the order among all.
    pub fn due(&self, now: Moment) -> Vec<ExecutionId> {
        let mut newest_first = self.executions.clone();
        newest_first.sort_unstable_by_key(|execution| std::cmp::Reverse(execution.number));
        let (mut successful, mut unsuccessful) = (0_u32, 0_u32);
        let mut due = Vec::new();
        for execution in newest_first {
            let (Some(ended_at), Some(kind)) = (execution.ended_at, EndKind::of(execution.status)) else { continue };
            let before = match kind {
                EndKind::Successful => &mut successful,
                EndKind::Unsuccessful => &mut unsuccessful,
            };
            let rule = self.policy.rule(kind);
            let is_among_last = *before < rule.executions;
            *before += 1;
            let is_young = ended_at + days(rule.days) > now;
            let is_kept = is_among_last || is_young || execution.has_revision || execution.number == self.last_number;
            if self.is_purged || !is_kept {
                due.push(execution.id);
            }
        }
        due
    }
}

/// Until when a release task can be restored that was deleted then.
pub fn restorable_until(deleted_at: Moment) -> Moment {
    deleted_at + days(RESTORABLE_DAYS)
}

/// Deleted before that moment, a release task cannot be restored any more.
pub fn purged_before(now: Moment) -> Moment {
    now - days(RESTORABLE_DAYS)
}

/// Whether a release task that was deleted then, or was not, can be restored now, as far as it itself says.
pub fn check_restore(deleted_at: Option<Moment>, now: Moment) -> Result<(), Refusal> {
    let until = restorable_until(deleted_at.ok_or(Refusal::NotDeleted)?);
    if now < until { Ok(()) } else { Err(Refusal::RestoreOver { until }) }
}

/// When a draft goes that was changed last then.
pub fn draft_goes_at(changed_at: Moment) -> Moment {
    changed_at + days(DRAFT_DAYS)
}

/// Changed last before that moment, a draft goes.
pub fn drafts_go_before(now: Moment) -> Moment {
    now - days(DRAFT_DAYS)
}

/// Of drafts changed last before that moment, their owners are told.
pub fn drafts_told_before(now: Moment) -> Moment {
    now - days(DRAFT_DAYS - DRAFT_NOTICE_DAYS)
}

/// When a draft goes, if its owner is to be told of it by now.
pub fn draft_notice(changed_at: Moment, now: Moment) -> Option<Moment> {
    let goes = draft_goes_at(changed_at);
    (goes - days(DRAFT_NOTICE_DAYS) <= now).then_some(goes)
}

fn days(number: u32) -> TimeDelta {
    TimeDelta::days(i64::from(number))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(day: i64) -> Moment {
        Moment::from_timestamp(1_800_000_000, 0).expect("a moment") + TimeDelta::days(day)
    }

    /// Executions 1, 2, 3 …, each with how it ended and how many days ago.
    fn past(days: u32, executions: u32, ends: &[(ReleaseStatus, i64)]) -> ReleasePast {
        let rule = KeepRule { days, executions };
        let execution = |(number, (status, ago)): (u32, &(ReleaseStatus, i64))| PastExecution {
            id: ExecutionId::from_u128(number.into()),
            number,
            status: *status,
            ended_at: (!status.is_active()).then(|| at(-*ago)),
            has_revision: false,
        };
        ReleasePast {
            policy: RetentionPolicy { successful: rule, unsuccessful: rule },
            last_number: u32::try_from(ends.len()).expect("a few"),
            is_purged: false,
            executions: (1..).zip(ends).map(execution).collect(),
        }
    }

    fn due(past: &ReleasePast) -> Vec<u128> {
        let mut due: Vec<u128> = past.due(at(0)).into_iter().map(|id| id.uuid().as_u128()).collect();
        due.sort_unstable();
        due
    }

    use ReleaseStatus::{Paused, ReleaseFailed, RolledBack, Running, Successful, ToBeApproved};

    #[test]
    fn d10_nothing_that_runs_or_waits_goes_and_neither_does_the_last() {
        for active in [Running, ToBeApproved, Paused] {
            let ends = [(Successful, 400), (ReleaseFailed, 300), (Successful, 200), (active, 100)];
            assert_eq!(due(&past(0, 0, &ends)), [1, 2, 3], "{active:?}");
        }
        assert_eq!(due(&past(0, 0, &[(Successful, 400), (ReleaseFailed, 400)])), [1], "the last one stays");
        assert_eq!(due(&past(0, 0, &[(Successful, 400)])), [] as [u128; 0]);
    }

    #[test]
    fn d10_it_stays_as_long_as_age_or_count_keeps_it() {
        let ends = [(Successful, 100), (Successful, 91), (Successful, 89), (Successful, 1), (Successful, 0)];
        assert_eq!(due(&past(90, 2, &ends)), [1, 2], "by age");
        assert_eq!(due(&past(90, 4, &ends)), [1], "by count, though it is older");
        assert_eq!(due(&past(0, 2, &ends)), [1, 2, 3], "by count alone");
        assert_eq!(due(&past(100, 0, &ends)), [1], "after exactly so many days it goes");
        assert_eq!(due(&past(101, 0, &ends)), [] as [u128; 0]);
    }

    #[test]
    fn d10_each_kind_of_end_has_its_own_rule() {
        let ends =
            [(ReleaseFailed, 50), (Successful, 49), (RolledBack, 48), (Successful, 47), (Successful, 46), (Running, 0)];
        let mut past = past(0, 1, &ends);
        assert_eq!(due(&past), [1, 2, 4], "the last of each kind stays");
        past.policy.unsuccessful = KeepRule { days: 49, executions: 0 };
        assert_eq!(due(&past), [1, 2, 4]);
        past.policy.unsuccessful = KeepRule { days: 365, executions: 0 };
        assert_eq!(due(&past), [2, 4]);
    }

    #[test]
    fn what_brought_a_revision_that_can_be_gone_back_to_stays() {
        let mut past = past(0, 0, &[(Successful, 400), (Successful, 300), (Successful, 0)]);
        past.executions[0].has_revision = true;
        assert_eq!(due(&past), [2]);
        past.is_purged = true;
        assert_eq!(due(&past), [1, 2, 3]);
    }

    #[test]
    fn of_what_was_deleted_for_good_all_goes() {
        let deleted = ReleasePast { is_purged: true, ..past(90, 50, &[(Successful, 40), (ReleaseFailed, 35)]) };
        assert_eq!(due(&deleted), [1, 2]);
    }

    #[test]
    fn a_policy_names_every_number_that_is_too_high() {
        let mut policy = RetentionPolicy::default();
        assert_eq!(policy.too_high(), []);
        for field in PolicyField::ALL {
            assert_eq!(RetentionPolicy::default().with(field, field.most()).too_high(), []);
            policy = policy.with(field, field.most() + 1);
        }
        assert_eq!(policy.too_high(), PolicyField::ALL);
    }

    #[test]
    fn what_was_deleted_can_be_restored_for_thirty_days() {
        assert_eq!(check_restore(None, at(0)), Err(Refusal::NotDeleted));
        assert_eq!(check_restore(Some(at(-29)), at(0)), Ok(()));
        assert_eq!(check_restore(Some(at(-30)), at(0)), Err(Refusal::RestoreOver { until: at(0) }));
        assert_eq!(purged_before(at(30)), at(0));
    }

    #[test]
    fn a_draft_goes_after_ninety_days_and_says_so_for_fourteen() {
        assert_eq!(draft_notice(at(0), at(75)), None);
        assert_eq!(draft_notice(at(0), at(76)), Some(at(90)));
        assert_eq!(drafts_told_before(at(76)), at(0));
        assert_eq!(drafts_go_before(at(90)), at(0));
    }
}
