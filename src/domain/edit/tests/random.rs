//! Random drafts, and random wishes of somebody who edits them.

use proptest::collection::{btree_map, vec};
use proptest::option;
use proptest::prelude::{Strategy, any, prop_oneof};
use proptest::sample::{Index, select};

use super::script;
use crate::domain::definition::{Definition, Group, Phase, Task};
use crate::domain::draft::{Draft, ElementId};
use crate::domain::edit::EditCommand;
use crate::domain::kinds::{HttpCheck, Kind, ManualApproval, ManualTrigger, VerifyCheck, VerifySpec, Wait};
use crate::domain::variables::{Variable, VariableSpec, VariableType};

/// What somebody wants; where, is found in the draft when they ask for it.
#[derive(Debug, Clone)]
pub struct Wish {
    what: usize,
    element: Index,
    parent: Index,
    after: Option<Index>,
    /// One in so many asks for something that may not be there.
    is_astray: bool,
    name: String,
    pub kind: Kind,
    variable: VariableSpec,
    unread: Vec<(String, String)>,
    definition: Definition,
}

pub fn name() -> impl Strategy<Value = String> {
    let known = select(vec!["ab", "ab-1", "ab-10", "web", "web-2", "go-live", "Build", "", "x", "1st", "a b", "ab-"]);
    let long = select(vec![63_usize, 64, 65]).prop_map(|length| "n".repeat(length));
    prop_oneof![8 => known.prop_map(str::to_owned), 1 => long, 2 => "[a-c]{2,3}"]
}

pub fn variable_name() -> impl Strategy<Value = String> {
    select(vec!["ab", "ab1", "ab10", "web", "web_2", "Version", "", "x", "1st", "a b", "ab-1"]).prop_map(str::to_owned)
}

fn variable_spec() -> impl Strategy<Value = VariableSpec> {
    let word = || select(vec!["", "1.10", "010", "true", "blue", "~"]).prop_map(str::to_owned);
    let of = select(VariableType::ALL.to_vec());
    (of, option::of(word()), any::<bool>(), word(), vec(word(), 0..3)).prop_map(
        |(of, default, required, description, choices)| VariableSpec { of, default, required, description, choices },
    )
}

fn text() -> impl Strategy<Value = String> {
    let part = prop_oneof![
        3 => name().prop_map(|name| format!("${{tasks.{name}.outputs.x:-{name}}}")),
        1 => name().prop_map(|name| format!("${{tasks.{name}.decision.by}}")),
        2 => variable_name().prop_map(|name| format!("${{vars.{name}:-{name}}}")),
        1 => select(vec!["${release.name}", "${tasks.ab", "\n", "ü", "${HOME}", "echo "]).prop_map(str::to_owned),
    ];
    vec(part, 0..5).prop_map(|parts| parts.concat())
}

pub fn kind() -> impl Strategy<Value = Kind> {
    let verify = text().prop_map(|url| {
        let check = VerifyCheck::Http(HttpCheck { url, ..HttpCheck::default() });
        Kind::Verify(VerifySpec { check, ..VerifySpec::default() })
    });
    prop_oneof![
        4 => text().prop_map(|text| script(&text)),
        1 => verify,
        1 => (0..9_u64).prop_map(|seconds| Kind::Wait(Wait::Seconds { seconds })),
        1 => text().prop_map(|check| Kind::ManualApproval(ManualApproval { check, ..ManualApproval::default() })),
        1 => text().prop_map(|check| Kind::ManualTrigger(ManualTrigger { check })),
    ]
}

pub fn definition() -> impl Strategy<Value = Definition> {
    let task = (name(), kind()).prop_map(|(name, kind)| Task { name, description: String::new(), kind });
    let group = vec(task, 0..4).prop_map(|tasks| Group { tasks });
    let phase = (name(), vec(group, 0..3)).prop_map(|(name, groups)| Phase { name, groups });
    let variable = (variable_name(), variable_spec()).prop_map(|(name, spec)| Variable { name, spec });
    let flags = (any::<bool>(), any::<bool>());
    (flags, vec(variable, 0..4), vec(phase, 0..4)).prop_map(|((best_effort, supersede), variables, phases)| {
        Definition { best_effort, supersede, on_failure: None, variables, phases }
    })
}

pub fn draft() -> impl Strategy<Value = Draft> {
    (name(), definition()).prop_map(|(name, definition)| Draft::of(&name, "", &definition))
}

pub fn wish() -> impl Strategy<Value = Wish> {
    let place = (any::<Index>(), any::<Index>(), option::of(any::<Index>()));
    let unread = btree_map(select(vec!["timeout", "environment", "name"]).prop_map(str::to_owned), text(), 0..3);
    let said = (prop_oneof![name(), variable_name()], kind(), variable_spec());
    (0..52_usize, place, 0..10_u8, said, unread, definition()).prop_map(
        |(what, (element, parent, after), astray, (name, kind, variable), unread, definition)| Wish {
            what,
            element,
            parent,
            after,
            is_astray: astray == 0,
            name,
            kind,
            variable,
            unread: unread.into_iter().collect(),
            definition,
        },
    )
}

impl Wish {
    fn one_of(&self, draft: &Draft, ids: Vec<ElementId>, index: Index) -> ElementId {
        let ids = if self.is_astray { draft.ids().chain([ElementId(4711)]).collect() } else { ids };
        if ids.is_empty() { ElementId(4711) } else { ids[index.index(ids.len())] }
    }

    fn after(&self, draft: &Draft, ids: Vec<ElementId>) -> Option<ElementId> {
        self.after.filter(|_| !ids.is_empty()).map(|index| self.one_of(draft, ids, index))
    }

    /// The command that asks for it.
    pub fn command(&self, draft: &Draft) -> EditCommand {
        let phases: Vec<ElementId> = draft.phases.iter().map(|phase| phase.id).collect();
        let groups = draft.groups().map(|(_, _, group)| group.id).collect();
        let tasks = draft.tasks().map(|(_, task)| task.id).collect();
        let variables: Vec<ElementId> = draft.variables.iter().map(|variable| variable.id).collect();
        let variable = self.one_of(draft, variables.clone(), self.element);
        let phase = self.one_of(draft, phases.clone(), self.element);
        let group = self.one_of(draft, groups, self.element);
        let task = self.one_of(draft, tasks, self.element);
        let other_group = self.one_of(draft, draft.groups().map(|(_, _, group)| group.id).collect(), self.parent);
        let other_phase = self.one_of(draft, phases.clone(), self.parent);
        let in_phase =
            draft.phase(other_phase).map_or_else(Vec::new, |phase| phase.groups.iter().map(|g| g.id).collect());
        let in_group =
            draft.group(other_group).map_or_else(Vec::new, |group| group.tasks.iter().map(|t| t.id).collect());
        let (name, kind, unread) = (self.name.clone(), self.kind.clone(), self.unread.iter().cloned().collect());
        match self.what {
            0 => EditCommand::SetName { name },
            1 => EditCommand::SetDescription { description: name },
            2 if self.element.index(2) == 0 => EditCommand::SetSupersede { supersede: self.is_astray },
            2 => EditCommand::SetBestEffort { best_effort: self.is_astray },
            3 | 4 => EditCommand::AddPhase { after: self.after(draft, phases), name: Some(name) },
            5 => EditCommand::AddPhase { after: self.after(draft, phases), name: None },
            6 => EditCommand::RenamePhase { phase, name },
            7 => EditCommand::CopyPhase { phase },
            8 | 9 => EditCommand::MovePhase { phase, after: self.after(draft, phases) },
            10 => EditCommand::RemovePhase { phase },
            11 | 12 => EditCommand::AddGroup { phase: other_phase, after: self.after(draft, in_phase) },
            13 => EditCommand::CopyGroup { group },
            14 | 15 => EditCommand::MoveGroup { group, phase: other_phase, after: self.after(draft, in_phase) },
            16 => EditCommand::RemoveGroup { group },
            17..=20 => {
                let name = (self.what > 18).then_some(name);
                EditCommand::AddTask { group: other_group, after: self.after(draft, in_group), name, kind }
            }
            21..=25 => EditCommand::RenameTask { task, name },
            26 => EditCommand::DescribeTask { task, description: name },
            27..=29 => EditCommand::SetTask { task, kind, unread },
            30 => EditCommand::Several {
                commands: vec![
                    EditCommand::SetTask { task, kind, unread },
                    EditCommand::DescribeTask { task, description: name.clone() },
                    EditCommand::RenameTask { task, name },
                ],
            },
            31 | 32 => EditCommand::CopyTask { task },
            33..=36 => EditCommand::MoveTask { task, group: other_group, after: self.after(draft, in_group) },
            37 | 38 => EditCommand::RemoveTask { task },
            40..=42 => {
                EditCommand::AddVariable { after: self.after(draft, variables), name: (self.what > 40).then_some(name) }
            }
            43..=45 => EditCommand::RenameVariable { variable, name },
            46 | 47 => EditCommand::SetVariable { variable, spec: self.variable.clone() },
            48 | 49 => EditCommand::MoveVariable { variable, after: self.after(draft, variables) },
            50 => EditCommand::RemoveVariable { variable },
            51 => EditCommand::Several {
                commands: vec![
                    EditCommand::SetVariable { variable, spec: self.variable.clone() },
                    EditCommand::RenameVariable { variable, name },
                ],
            },
            _ => EditCommand::Replace { name, description: String::new(), definition: self.definition.clone() },
        }
    }
}
