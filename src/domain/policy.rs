//! Authorization: who may do what, and when. The button and the guard ask the same functions.

use super::definition::Definition;
use super::execution::{DecisionAuthority, Execution, FailReason, Intent, Moment, Supersession, TaskState};
use super::ids::TeamId;
use super::people::{Role, User};
use super::refusal::{Operation, Refusal};
use super::release::Release;
use super::schedule;
use super::scripts::{ScriptNeeds, ScriptPermission};
use super::status::{ReleaseStatus, TaskStatus};

/// What a decision on an operation looks at, so that a list row can be judged as a whole release task is.
#[derive(Debug, Clone, Copy)]
pub struct PolicyInput<'a> {
    /// The team that owns the release task.
    pub team_id: TeamId,
    /// Its status.
    pub status: ReleaseStatus,
    /// Whether it is being terminated.
    pub terminating: bool,
    /// Whether it is deleted.
    pub deleted: bool,
    /// Whether the team may have scripts run on the server.
    pub scripts: &'a ScriptPermission,
    /// Which operations would.
    pub needs: ScriptNeeds,
    /// Whether a new execution may take the place of one that waits for a person.
    pub supersedes: bool,
}

impl<'a> From<&'a Release> for PolicyInput<'a> {
    fn from(release: &'a Release) -> Self {
        Self {
            team_id: release.team_id,
            status: release.status(),
            terminating: release.last.as_ref().is_some_and(is_terminating),
            deleted: release.deleted_at.is_some(),
            scripts: &release.scripts,
            needs: ScriptNeeds::of(&release.definition, release.last.as_ref()),
            supersedes: release.definition.supersede,
        }
    }
}

impl<'a> PolicyInput<'a> {
    /// The same when that version of the release task is to be executed.
    pub fn executing(release: &'a Release, definition: &Definition) -> Self {
        let needs = ScriptNeeds::of(definition, release.last.as_ref());
        Self { needs, supersedes: definition.supersede, ..release.into() }
    }

    /// Whether Execute would take the place of an execution that waits for a person.
    fn is_superseding(&self, operation: Operation) -> bool {
        operation == Operation::Execute && self.supersedes && self.status == ReleaseStatus::ToBeApproved
    }
}

/// What a user may do with a release task now: exactly what would not be refused.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Permissions(Vec<Operation>);

impl Permissions {
    /// Whether that operation would not be refused.
    pub fn can(&self, operation: Operation) -> bool {
        self.0.contains(&operation)
    }
}

/// Whether `user` may see a release task of that team: what is deleted is for administrators.
pub fn may_see(user: &User, team: TeamId, deleted: bool) -> bool {
    user.may_read(team) && (!deleted || user.administrator)
}

/// Whether `user` may say who is a member of that team, and with which roles: its managers, and administrators.
pub fn may_manage(user: &User, team: TeamId) -> bool {
    user.administrator || user.has(team, Role::Manager)
}

/// Whether `user` is shown what waits for others: in the teams that they manage, and administrators in all.
pub fn may_watch_others(user: &User) -> bool {
    user.administrator || user.roles.iter().any(|held| held.role == Role::Manager)
}

/// Whether `user` may keep `person` from signing in, let them again, and send them a link that sets a new password: whoever
/// administers everybody, a manager those of their team who are no administrators and in no other team.
pub fn may_keep_account(user: &User, team: TeamId, person: &User) -> bool {
    let is_of_team_alone = !person.roles.is_empty() && person.roles.iter().all(|held| held.team == team);
    let manages = user.has(team, Role::Manager) && user.id != person.id;
    user.administrator || (manages && !person.administrator && is_of_team_alone)
}

/// Whether `user` may leave a team without any manager who may sign in: they can give it another.
pub fn may_leave_unmanaged(user: &User) -> bool {
    user.administrator
}

/// Everything that `user` may do now, but decisions on checkpoints, which `standing` judges one by one.
pub fn permitted(user: &User, case: PolicyInput<'_>) -> Permissions {
    Permissions(Operation::ALL.into_iter().filter(|operation| check(user, case, *operation).is_ok()).collect())
}

/// Whether `user` may do `operation` now. The role is judged before the status, so that a refusal tells
/// nothing to who may not ask.
pub fn check(user: &User, case: PolicyInput<'_>, operation: Operation) -> Result<(), Refusal> {
    check_role(user, case.team_id, operation)?;
    check_status(case, operation)?;
    match case.scripts.missing() {
        Some(team) if case.needs.has(operation) => {
            Err(Refusal::ScriptsNotPermitted { operation, team: team.to_owned() })
        }
        Some(_) | None => Ok(()),
    }
}

/// Operations that `user` could do now if the team might have scripts run on the server, and the name of the team: they are not
/// offered for that reason alone.
pub fn without_scripts<'a>(user: &User, case: PolicyInput<'a>) -> Option<(Vec<Operation>, &'a str)> {
    let team = case.scripts.missing()?;
    let withheld =
        |operation: &Operation| matches!(check(user, case, *operation), Err(Refusal::ScriptsNotPermitted { .. }));
    let operations: Vec<Operation> = Operation::ALL.into_iter().filter(withheld).collect();
    (!operations.is_empty()).then_some((operations, team))
}

/// Whether `user` has a role in which `operation` is asked for at all.
pub fn check_role(user: &User, team: TeamId, operation: Operation) -> Result<(), Refusal> {
    let needs = roles_for(operation);
    if needs.iter().any(|role| user.has(team, *role)) {
        Ok(())
    } else {
        Err(Refusal::NotPermitted { operation, needs })
    }
}

/// Whether the release task is there: of a deleted one nothing is done, whatever version or execution of it is named.
pub fn check_not_deleted(case: PolicyInput<'_>) -> Result<(), Refusal> {
    if case.deleted { Err(Refusal::Deleted) } else { Ok(()) }
}

/// Whether `operation` is possible now, whoever asks.
pub fn check_status(case: PolicyInput<'_>, operation: Operation) -> Result<(), Refusal> {
    check_not_deleted(case)?;
    if case.terminating && operation != Operation::Clone {
        return Err(Refusal::BeingTerminated { operation });
    }
    if !allowed_in(operation, case.status) && !case.is_superseding(operation) {
        return Err(Refusal::NotNow { operation, status: case.status });
    }
    Ok(())
}

/// Whether `user` may make a release task of that team.
pub fn check_create(user: &User, team: TeamId) -> Result<(), Refusal> {
    if user.has(team, Role::Operator) {
        return Ok(());
    }
    Err(Refusal::CreateNotPermitted { needs: vec![Role::Operator] })
}

/// The roles of which one is needed.
fn roles_for(operation: Operation) -> Vec<Role> {
    match operation {
        Operation::Decide => vec![Role::Approver, Role::Operator],
        Operation::Edit
        | Operation::Execute
        | Operation::Pause
        | Operation::Continue
        | Operation::Terminate
        | Operation::Retry
        | Operation::Skip
        | Operation::RollBack
        | Operation::Clone
        | Operation::Delete => vec![Role::Operator],
    }
}

/// The table of operations and statuses. Where a new execution may take the place of one that waits, Execute is possible at
/// To be approved too.
pub fn allowed_in(operation: Operation, status: ReleaseStatus) -> bool {
    use ReleaseStatus as S;
    match operation {
        Operation::Edit | Operation::Execute | Operation::Delete => !status.is_active(),
        Operation::Decide => matches!(status, S::Running | S::ToBeApproved | S::Retrying),
        Operation::Pause => matches!(status, S::Running | S::ToBeApproved | S::Retrying),
        Operation::Continue => matches!(status, S::Paused | S::Pausing),
        Operation::Terminate => status.is_active(),
        Operation::Retry | Operation::Skip => status == S::ReleaseFailed,
        Operation::RollBack => matches!(status, S::Successful | S::ReleaseFailed | S::RollbackFailed),
        Operation::Clone => true,
    }
}

/// Whether a checkpoint can still come to an agreement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Agreement {
    /// How many more must agree.
    pub missing: usize,
    /// How many people could do so now.
    pub able: usize,
}

impl Agreement {
    /// Whether enough people are left to agree.
    pub fn is_possible(self) -> bool {
        self.able >= self.missing
    }
}

/// In which right `user` may decide that checkpoint now, whoever they were when the execution started. Four eyes keep
/// away who started the execution, and everybody who took part in starting it again or in what it runs.
pub fn standing(user: &User, execution: &Execution, task: usize) -> Result<DecisionAuthority, Refusal> {
    let name = || execution.tasks[task].name.clone();
    let gate = execution.spec(task).kind.gate().ok_or_else(|| not_a_checkpoint(execution, task))?;
    let named = gate.deciders.include(user, execution.team_id);
    if !named && !user.administrator {
        return Err(Refusal::NotAnApprover { task: name(), why: gate.deciders.does_not_ask(user, execution.team_id) });
    }
    if gate.four_eyes
        && let Some(how) = execution.start_by(user)
    {
        return Err(Refusal::OwnRelease { task: name(), how });
    }
    Ok(if named { DecisionAuthority::Approver } else { DecisionAuthority::Override })
}

/// How many more must agree to that checkpoint, and how many of `users` could now: approvers who may decide it and have
/// not yet.
pub fn agreement(users: &[User], execution: &Execution, task: usize) -> Agreement {
    let run = &execution.tasks[task];
    let needed = execution.spec(task).kind.gate().map_or(0, |gate| gate.needed());
    Agreement { missing: needed.saturating_sub(run.agreed()), able: approvers(users, execution, task).len() }
}

/// Those of `users` who may decide that checkpoint as its approvers and have not yet, whether it waits now or not.
pub fn approvers<'u>(users: &'u [User], execution: &Execution, task: usize) -> Vec<&'u User> {
    let decided = |user: &User| execution.tasks[task].current_decisions().any(|said| said.by.is(user));
    let may = |user: &&User| standing(user, execution, task) == Ok(DecisionAuthority::Approver) && !decided(user);
    users.iter().filter(may).collect()
}

/// Whether the checkpoint waits for anybody's decision now.
pub fn checkpoint_waits(execution: &Execution, task: usize) -> Result<(), Refusal> {
    if !execution.spec(task).kind.is_checkpoint() {
        return Err(not_a_checkpoint(execution, task));
    }
    let run = &execution.tasks[task];
    if run.state.asking().is_none() {
        return Err(not_a_checkpoint(execution, task));
    }
    match execution.intent {
        Intent::Pause { .. } => Err(Refusal::OnHold { status: execution.status() }),
        Intent::Terminate => Err(Refusal::BeingTerminated { operation: Operation::Decide }),
        Intent::Run | Intent::Retry => Ok(()),
    }
}

/// When that checkpoint was over, if it ends at its deadline and the deadline has passed.
pub fn deadline_passed(execution: &Execution, task: usize, now: Moment) -> Option<Moment> {
    let deadline = execution.tasks[task].state.asking().flatten()?;
    (deadline <= now && schedule::expires(execution, task)).then_some(deadline)
}

/// In which right `user` may decide that checkpoint now, or why they may not: what the guard asks. Whoever may not
/// decide at all is told so before anything about its state.
pub fn decidable(user: &User, execution: &Execution, task: usize, now: Moment) -> Result<DecisionAuthority, Refusal> {
    let standing = standing(user, execution, task)?;
    checkpoint_waits(execution, task)?;
    let run = &execution.tasks[task];
    if let Some(said) = run.current_decisions().find(|decision| decision.by.is(user)) {
        return Err(Refusal::DecidedAlready { task: run.name.clone(), verdict: said.verdict, at: said.at });
    }
    match deadline_passed(execution, task, now) {
        Some(deadline) => Err(Refusal::DeadlinePassed { task: run.name.clone(), deadline }),
        None => Ok(standing),
    }
}

/// The same for the **Approve** button, which is there or not.
pub fn may_decide(user: &User, execution: &Execution, task: usize, now: Moment) -> Option<DecisionAuthority> {
    // Asked of every task for every reader: most tasks ask nobody, and need no refusal in words.
    execution.tasks[task].state.asking()?;
    decidable(user, execution, task, now).ok()
}

/// All that depends on who looks at a release task and one of its executions: to whom it is the same, the page is.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ViewerAccess {
    permissions: Permissions,
    standings: Vec<(usize, DecisionAuthority)>,
}

impl ViewerAccess {
    /// What `user` sees now.
    pub fn of(user: &User, case: PolicyInput<'_>, execution: Option<&Execution>, now: Moment) -> Self {
        let tasks = |execution: &Execution| 0..execution.tasks.len();
        let standing = |execution, task| Some((task, may_decide(user, execution, task, now)?));
        let standings = execution
            .map(|execution| tasks(execution).filter_map(|task| standing(execution, task)).collect())
            .unwrap_or_default();
        Self { permissions: permitted(user, case), standings }
    }
}

/// Whether that failed task can be skipped by a person.
pub fn skippable(execution: &Execution, task: usize) -> Result<(), Refusal> {
    let run = &execution.tasks[task];
    let status = run.state.status();
    let failed = matches!(status, TaskStatus::Failed | TaskStatus::Cancelled);
    if failed && execution.spec(task).kind.may_be_skipped() {
        Ok(())
    } else {
        Err(Refusal::NotSkippable { task: run.name.clone(), status })
    }
}

/// Whether a person has asked to stop it and it has not ended yet.
pub fn is_terminating(execution: &Execution) -> bool {
    execution.ended_at.is_none() && execution.intent == Intent::Terminate
}

/// What is told to whoever asks something of an execution of which a newer one took the place.
pub fn superseded(execution: &Execution) -> Option<Refusal> {
    let Supersession { by, execution: newer } = execution.superseded()?;
    Some(Refusal::Superseded { execution: execution.number, newer: *newer, by: by.name().to_owned() })
}

fn not_a_checkpoint(execution: &Execution, task: usize) -> Refusal {
    let run = &execution.tasks[task];
    if let Some(refusal) = superseded(execution) {
        return refusal;
    }
    // Who comes after the deadline is told the same whether the engine has heard of it yet or not.
    if let TaskState::Failed { reason: FailReason::Expired, at, .. } = run.state {
        return Refusal::DeadlinePassed { task: run.name.clone(), deadline: at };
    }
    let rejected = run.state.failure().is_some_and(|(reason, _)| reason == FailReason::Rejected);
    let decided = rejected || matches!(run.state, TaskState::Successful { .. });
    let last = run.current_decisions().last().filter(|_| decided);
    Refusal::CheckpointClosed {
        task: run.name.clone(),
        status: run.state.status(),
        by: last.map(|decision| (decision.by.name().to_owned(), decision.verdict, decision.at)),
    }
}
