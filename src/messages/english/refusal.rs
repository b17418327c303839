//! Why something is not done, and what to do.

use crate::domain::blanking::BlankedPlace;
use crate::domain::execution::Start;
use crate::domain::people::Role;
use crate::domain::refusal::{Change, CommentFor, Operation, Refusal, Unasked};
use crate::domain::status::TaskStatus;
use crate::domain::tokens::TokenScope;

use super::environments::approval_missing;
use super::grammar::{listed, moment, size};
use super::variables::variable_problems;
use super::words::{self, release_status, task_status};

/// What is said to somebody whose wish is refused.
pub fn refusal(refusal: &Refusal) -> String {
    match refusal {
        Refusal::NotPermitted { operation, needs } => not_permitted(*operation, needs),
        Refusal::CreateNotPermitted { needs } => create_not_permitted(needs),
        Refusal::NotNow { operation, status } => {
            let (operation, status, when) =
                (words::operation(*operation), release_status(*status), when_allowed(*operation));
            format!("{operation} is not possible now, because the release task is {status}. It is possible {when}.")
        }
        Refusal::BeingTerminated { operation } => format!(
            "{} is not possible now, because the release task is being terminated. Wait until what still runs has ended.",
            words::operation(*operation)
        ),
        Refusal::OnHold { status } => format!(
            "Nothing is decided while the release task is {}. Somebody of the team must click Continue first.",
            release_status(*status)
        ),
        Refusal::CheckpointClosed { task, by: Some((name, verdict, at)), .. } => format!(
            "{task} is decided already: {name} {} on {}. There is nothing left to decide.",
            words::verdict(*verdict),
            moment(*at)
        ),
        Refusal::CheckpointClosed { task, status, by: None } => format!("{task} {}", closed(*status)),
        Refusal::DecidedAlready { task, verdict, at } => format!(
            "You have decided {task} already: you {} on {}. Each approver decides once.",
            words::verdict(*verdict),
            moment(*at)
        ),
        Refusal::NotAnApprover { task, why } => not_an_approver(task, *why),
        Refusal::OwnRelease { task, how } => {
            let did = did(*how);
            format!("You {did}, and {task} asks for a second pair of eyes.")
        }
        Refusal::OutOfScope { operation, needs } => out_of_scope(*operation, *needs),
        Refusal::NoSuchCause { name } => no_such_cause(name),
        Refusal::ChannelRemoved { channel } => {
            format!("The channel {channel} was removed: nothing can be sent there any more.")
        }
        Refusal::CommentNeeded { to } => comment_needed(*to).to_owned(),
        Refusal::CommentTooLong { most } => format!("The comment is too long: it may have at most {most} characters."),
        Refusal::NothingChosen => "No task is chosen. Choose at least one.".to_owned(),
        Refusal::NoSuchTask { task } => {
            format!("There is no task {task} here. It may have been renamed since the page was opened: open it again.")
        }
        Refusal::GateLeftOut { gates } => gates_left_out(gates),
        Refusal::NotApproved { task, environment, rule } => format!(
            "{}. None that is chosen ends before {task}: add such a checkpoint, or choose it.",
            approval_missing(environment, rule)
        ),
        Refusal::Variables { problems } => variable_problems(problems),
        Refusal::NotSkippable { task, status: TaskStatus::Failed } => {
            format!("{task} is a checkpoint, and a checkpoint is never skipped. Retry asks the approvers again.")
        }
        Refusal::NotSkippable { task, status } => {
            format!("{task} is {}, and only a task that failed can be skipped.", task_status(*status))
        }
        Refusal::DeadlinePassed { task, deadline } => {
            format!("The deadline of {task} passed on {}. Retry asks the approvers again.", moment(*deadline))
        }
        Refusal::ScriptNotSaved { task, team } => {
            format!("{task} would run a script on the server, {}", lacks_permission(team))
        }
        Refusal::ScriptsNotPermitted { operation, team } => {
            format!("{} would run scripts on the server, {}", words::operation(*operation), lacks_permission(team))
        }
        Refusal::Blanked { operation, place } => blanked(*operation, place),
        Refusal::WouldSupersede { execution } => format!(
            "Execution {execution} waits for a decision, and a new execution would close it. Open Execute again: it says so \
             and asks whether it may."
        ),
        Refusal::Superseded { execution, newer, by } => format!(
            "Execution {execution} was superseded by execution {newer}, which {by} started: it is over, and nothing of it \
             can be decided or executed any more."
        ),
        Refusal::Deleted => {
            "This release task is deleted. Its executions can still be read by administrators.".to_owned()
        }
        Refusal::NotDeleted => "This release task is not deleted: there is nothing to restore.".to_owned(),
        Refusal::NameAlike { other } => format!(
            "The team has {other} already, and names that differ in upper and lower case only are easily taken for each other. \
             Choose another name, or write {other}."
        ),
        Refusal::InOtherRegion { name, region } => in_other_region(name, region),
        Refusal::RestoreOver { until } => format!(
            "This release task could be restored until {}. Its executions can still be read; to have it again, make a new \
             one of its definition.",
            moment(*until)
        ),
        Refusal::DiskFull { operation, free, least } => format!(
            "{} is not possible now: the disk of the server has {} free, and below {} nothing new is started. What runs \
             goes on. An administrator makes room, under Storage or with `tollgate prune`; then try again.",
            words::operation(*operation),
            size(*free),
            size(*least)
        ),
        Refusal::OldPage { change } => old_page(change),
        Refusal::StaleAttempt => "This attempt has ended already.".to_owned(),
    }
}

fn not_an_approver(task: &str, why: Unasked) -> String {
    match why {
        Unasked::NotNamed => {
            format!("{task} does not ask you: it names neither you nor a role of yours.")
        }
        Unasked::NamedOnly => format!(
            "{task} names you, but you do not hold the role approver in the team. Its managers can give it to you."
        ),
        Unasked::NamedNoMember => format!(
            "{task} names you, but you are not a member of the team. Its managers can make you one, with the role \
             approver."
        ),
        Unasked::NeitherRole => {
            format!("{task} asks the operators and approvers of the team, and you are neither.")
        }
    }
}

fn out_of_scope(operation: Option<Operation>, needs: TokenScope) -> String {
    let what = operation.map_or("Make a release task", words::operation);
    format!("This token may not do that: {what} needs the scope {}. Make a token that has it.", needs.word())
}

fn no_such_cause(name: &str) -> String {
    format!("caused_by names “{name}”, and nobody of that name has an account. Name somebody who has, or nobody.")
}

fn gates_left_out(gates: &[String]) -> String {
    let gates = listed(gates.iter().map(String::as_str), "and");
    format!(
        "{gates} cannot be left out while a task behind is chosen. Choose the checkpoint, or leave out all that is behind it."
    )
}

fn in_other_region(name: &str, region: &str) -> String {
    format!(
        "The team has {name} in {region} already, and a name is unique in its team over all regions. Name the region \
         {region} to change that one, or give this one another name."
    )
}

fn not_permitted(operation: Operation, needs: &[Role]) -> String {
    let operation = words::operation(operation);
    let roles = listed(needs.iter().map(|role| role.word()), "or");
    format!(
        "You may not use {operation} here: it needs the role {roles} in the team. Ask whoever runs this \
         Tollgate for it."
    )
}

fn create_not_permitted(needs: &[Role]) -> String {
    let roles = listed(needs.iter().map(|role| role.word()), "or");
    format!(
        "You may not make release tasks of this team: it needs the role {roles} in the team. Ask whoever runs this \
         Tollgate for it."
    )
}

/// What somebody did that makes them a starter.
fn did(how: Start) -> &'static str {
    match how {
        Start::Executed => "started this release",
        Start::Edited => "saved the version that this release runs",
        Start::Retried => "retried this release",
        Start::Skipped => "skipped a failed task of this release",
        Start::ByToken => "made or renewed the token that started this release",
        Start::Caused => "are named as the cause of this release",
    }
}

fn lacks_permission(team: &str) -> String {
    format!(
        "and the team {team} lacks the permission for that. An administrator gives it with `tollgate team allow-scripts {team}`."
    )
}

fn when_allowed(operation: Operation) -> &'static str {
    match operation {
        Operation::Edit | Operation::Execute | Operation::Delete => "when nothing of it is under way",
        Operation::Decide => "while the checkpoint waits",
        Operation::Pause => "while it is Running, To be approved or Retrying",
        Operation::Continue => "while it is Pausing or Paused",
        Operation::Terminate => "while it is under way",
        Operation::Retry | Operation::Skip => "when it is Release failed",
        Operation::RollBack => "when it is Successful, Release failed or Rollback failed",
        Operation::Clone => "always",
    }
}

fn closed(status: TaskStatus) -> &'static str {
    match status {
        TaskStatus::Waiting => "does not ask yet: what comes before it has not ended.",
        TaskStatus::Cancelled => "does not ask any more: the release has ended.",
        TaskStatus::Skipped => "is not part of this execution.",
        TaskStatus::Failed => "does not ask any more: it was rejected, or its deadline passed. Retry asks again.",
        TaskStatus::Running
        | TaskStatus::ToBeApproved
        | TaskStatus::Successful
        | TaskStatus::RollingBack
        | TaskStatus::RolledBack
        | TaskStatus::RollbackFailed => "does not wait for a decision now.",
    }
}

fn comment_needed(to: CommentFor) -> &'static str {
    match to {
        CommentFor::Reject => "Write in Comments why you reject it.",
        CommentFor::Skip => "Write in Comments why the task is skipped.",
        CommentFor::Override => {
            "Write in Comments why you decide as an administrator: you are not one of its approvers."
        }
    }
}

fn old_page(change: &Change) -> String {
    let what = match change {
        Change::Executed { seen: 0, last } => format!("it shows no execution, and execution {last} was started since"),
        Change::Executed { seen, last } => {
            format!("it shows execution {seen}, and the last one is execution {last}")
        }
        Change::Edited { seen, newest } => format!("it shows version {seen}, and version {newest} was saved since"),
        Change::AskedAgain { task } => format!("{task} was retried since, and asks anew"),
    };
    format!("This page is old: {what}. Nothing was done; look at the release task as it is now.")
}

fn blanked(operation: Operation, place: &BlankedPlace) -> String {
    let (operation, is) = (words::operation(operation), "is not possible: an administrator has blanked a value");
    match place {
        BlankedPlace::Task { task, field } => format!(
            "{operation} {is} in {field} of {task}, which it would need. Edit the release task, put in what is to stand \
             there, and execute the new version."
        ),
        BlankedPlace::Variable { name } => format!(
            "{operation} {is} of the variable {name}, which it would need. Execute the release task anew, with another \
             value."
        ),
    }
}
