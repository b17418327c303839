//! Warnings about a draft: what does not keep it from being saved, and is most likely not what its owner wants.

use super::account::is_same_name;
use super::blanking::{self, BLANK};
use super::catalog::CatalogObject;
use super::definition::TaskPosition;
use super::draft::{Draft, DraftTask, DraftVariable, ElementId};
use super::ids::TeamId;
use super::kinds::{Deciders, Gate};
use super::people::{Person, Role, User};
use super::shell::LiteralText;
use super::unable::{self, Inability, Unable};

mod credentials;
mod scripts;
mod texts;

pub use credentials::CredentialForm;
pub use scripts::ScriptOddity;

/// Something to think about before a draft is saved or executed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DraftWarning {
    /// The task or variable; nothing: the release task itself.
    pub element: Option<ElementId>,
    /// The field of it, by its key as in the YAML; empty: all of it.
    pub field: String,
    /// What there is to think about.
    pub warning: Warning,
}

/// The kinds of warnings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Warning {
    /// Somebody, or a role, is named who could not decide today, whoever starts it.
    Unable {
        /// The task.
        task: String,
        /// Who, and why.
        who: Unable,
    },
    /// As the team is today, only an administrator's override would let the checkpoint pass.
    NobodyCanPass {
        /// The task.
        task: String,
        /// How many must agree.
        required: u32,
        /// How many may, whoever starts it.
        may: usize,
        /// They would be enough, if none of them started the release.
        for_four_eyes: bool,
    },
    /// No task has anything that undoes it.
    NothingIsUndone,
    /// A value was blanked, and nothing that needs it is executed.
    Blanked {
        /// The task, or the variable whose default it was.
        task: String,
    },
    /// A text is nearly a reference, and stays as it is.
    NearReference {
        /// The task.
        task: String,
        /// As it stands there.
        text: String,
        /// The reference that may be meant.
        meant: String,
    },
    /// An output is asked for that its task does not seem to write, and a default may be meant.
    NearDefault {
        /// The task.
        task: String,
        /// The reference.
        text: String,
        /// The reference that may be meant.
        meant: String,
    },
    /// An output is asked for, and the script of its task writes others only.
    NotWritten {
        /// The task.
        task: String,
        /// The reference.
        text: String,
        /// The task whose output it would be.
        of: String,
        /// What that one writes.
        written: Vec<String>,
        /// The one of them that may be meant.
        nearest: Option<String>,
    },
    /// A reference stands where a shell replaces nothing.
    NotReplaced {
        /// The task.
        task: String,
        /// The reference.
        reference: String,
        /// Why.
        why: LiteralText,
    },
    /// A script will not run as its author thinks.
    Script {
        /// The task.
        task: String,
        /// Why.
        oddity: ScriptOddity,
    },
    /// Something is named that is not there now, and that no earlier task creates.
    Unknown {
        /// The task.
        task: String,
        /// What it would be.
        object: CatalogObject,
        /// Its name.
        name: String,
        /// The one that may be meant.
        nearest: Option<String>,
    },
    /// Something is named that is in another region.
    OtherRegion {
        /// The task.
        task: String,
        /// What it is.
        object: CatalogObject,
        /// Its name.
        name: String,
    },
    /// A text looks like a credential, which versions keep for ever.
    Credential {
        /// The task, or the variable whose default it is.
        task: String,
        /// What it looks like.
        form: CredentialForm,
    },
}

impl Warning {
    /// Whether a command that takes in files says it too: what is only a matter of style would be said with every run.
    pub fn is_told_to_commands(&self) -> bool {
        match self {
            Self::Unable { .. }
            | Self::NobodyCanPass { .. }
            | Self::NearReference { .. }
            | Self::NearDefault { .. }
            | Self::NotWritten { .. }
            | Self::NotReplaced { .. }
            | Self::Script { .. }
            | Self::Blanked { .. }
            | Self::Unknown { .. }
            | Self::OtherRegion { .. }
            | Self::Credential { .. } => true,
            Self::NothingIsUndone => false,
        }
    }
}

/// The warnings about a draft, for the people whom its checkpoints could ask today: first about the release task, then its
/// variables and tasks in their order.
pub fn warnings(draft: &Draft, people: &[Person], team: TeamId) -> Vec<DraftWarning> {
    let members = unable::enabled(people);
    let mut found = Vec::new();
    if undoes_nothing(draft) {
        found.push(DraftWarning { element: None, field: String::new(), warning: Warning::NothingIsUndone });
    }
    for DraftVariable { id, name, spec, .. } in &draft.variables {
        // A variable is told what it is by its name, as one of an environment.
        let form =
            spec.default.as_deref().and_then(|text| credentials::looks_like(&format!("environment.{name}"), text));
        let is_blanked = spec.default.as_deref().is_some_and(|text| text.contains(BLANK));
        found.extend(is_blanked.then(|| DraftWarning {
            element: Some(*id),
            field: "default".to_owned(),
            warning: Warning::Blanked { task: name.clone() },
        }));
        found.extend(form.map(|form| DraftWarning {
            element: Some(*id),
            field: "default".to_owned(),
            warning: Warning::Credential { task: name.clone(), form },
        }));
    }
    for (_, task) in draft.tasks() {
        let mut add = |field: &str, warning| {
            found.push(DraftWarning { element: Some(task.id), field: field.to_owned(), warning });
        };
        if let Some(gate) = task.kind.gate() {
            of_gate(task, gate, Team { people, members: &members, id: team }, &mut add);
        }
        for field in blanking::blanked_fields(&task.kind) {
            add(&field, Warning::Blanked { task: task.name.clone() });
        }
        for text in task.kind.texts() {
            if let Some(form) = credentials::looks_like(&text.field, text.text) {
                add(&text.field, Warning::Credential { task: task.name.clone(), form });
            }
        }
    }
    found.extend(texts::of(draft));
    found
}

/// Whether anything is asked of people: only then it matters who is in the team.
pub fn asks_people(draft: &Draft) -> bool {
    draft.tasks().any(|(_, task)| task.kind.is_checkpoint())
}

#[derive(Clone, Copy)]
struct Team<'t> {
    people: &'t [Person],
    members: &'t [User],
    id: TeamId,
}

fn undoes_nothing(draft: &Draft) -> bool {
    let mut work = draft.tasks().filter(|(_, task): &(TaskPosition, &DraftTask)| task.kind.runs_on_server()).peekable();
    work.peek().is_some() && work.all(|(_, task)| !task.kind.has_undo())
}

fn of_gate(task: &DraftTask, gate: Gate<'_>, team: Team<'_>, add: &mut impl FnMut(&str, Warning)) {
    // Who is asked by the team alone is told in one sentence: see below.
    if let Deciders::Listed { users, .. } = gate.deciders {
        for who in unable::of_gate(gate, team.id, team.people, &|_| None) {
            // Whoever holds a named role and is disabled is not missed by name.
            let field = match who.why {
                Inability::NobodyHolds(_) => "roles",
                Inability::NoAccount
                | Inability::Disabled
                | Inability::NotAMember
                | Inability::NoApprover
                | Inability::Starter(_)
                    if users.iter().any(|name| is_same_name(name, &who.name)) =>
                {
                    "approvers"
                }
                Inability::NoAccount
                | Inability::Disabled
                | Inability::NotAMember
                | Inability::NoApprover
                | Inability::Starter(_) => continue,
            };
            add(field, Warning::Unable { task: task.name.clone(), who });
        }
    }
    let deciders = || team.members.iter().filter(|user| gate.deciders.include(user, team.id));
    let all = deciders().count();
    // Whoever starts it is an operator; the best one for the gate is one who is no decider.
    let costs_one = gate.four_eyes
        && !team.members.iter().any(|user| user.has(team.id, Role::Operator) && !gate.deciders.include(user, team.id))
        && deciders().any(|user| user.has(team.id, Role::Operator));
    let may = all - usize::from(costs_one);
    if may < gate.needed() {
        let (required, for_four_eyes) = (gate.required, all >= gate.needed());
        add("required", Warning::NobodyCanPass { task: task.name.clone(), required, may, for_four_eyes });
    }
}

#[cfg(test)]
mod tests;
