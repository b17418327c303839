//! The editor: the board with a form, the text, and the page that creates.

use tollgate::messages::differences::ChangeWords;
use tollgate::pages::components::{Crumbs, Fact, Field, Link, SelectOption};
use tollgate::pages::editor::panel_view::{
    NameAndValue, OfferedInsertion, PanelControl, PanelField, PersonBox, TaskPanel,
};
use tollgate::pages::editor::text_view::{BeginWith, BegunDraft, CreatePage, TextState, YamlFault, YamlPage};
use tollgate::pages::editor::variables_view::{VariableRow, VariablesView};
use tollgate::pages::editor::view::{
    BoardCard, BoardLane, BoardPhase, BoardView, EditorHead, EditorPage, EditorTab, MenuItem, PieceMenu, ProblemBox,
    ProblemLine,
};
use tollgate::pages::merges::view::{ConflictChoice, MergeDialog};

use crate::people::{chrome, when};

const TITLE: &str = "Orchestrate Release Task";

fn head(tab: EditorTab) -> EditorHead {
    EditorHead {
        crumbs: Crumbs::new(vec![Link::new("Region Release Tasks", "/g/list")], TITLE),
        description: Some("Builds the web shop, asks for approval, deploys it".into()),
        facts: vec![
            Fact::text("Release task", "shop-web-release"),
            Fact::text("Team", "Storefront"),
            Fact::text("Tasks", "3 of 200"),
        ],
        rev: 7,
        open: "3".into(),
        commands_url: "/g/editor".into(),
        save_url: "/g/editor".into(),
        basic_info_url: "/g/editor".into(),
        discard_url: "/g/editor".into(),
        board_url: "/g/editor".into(),
        yaml_url: "/g/editor-yaml".into(),
        tab,
        saved: when(40),
        undo: Some("move check-site".into()),
        redo: None,
        best_effort: true,
        supersede: false,
    }
}

fn menu(id: u32, label: &str) -> PieceMenu {
    let items = vec![
        MenuItem::dialog("Rename", "/g/editor".into()),
        MenuItem::command("Copy", format!("copy {id}")),
        MenuItem::Rule,
        MenuItem::Danger { label: "Remove", value: format!("remove {id}") },
    ];
    PieceMenu { id, label: label.into(), items }
}

fn card(element: u32, name: &str, (icon, kind): (&'static str, &str), fact: &str) -> BoardCard {
    BoardCard {
        id: format!("e-{element}"),
        element,
        name: name.into(),
        icon,
        kind: kind.into(),
        fact: Some(fact.into()),
        problem: None,
        url: "/g/editor".into(),
        chosen: false,
        menu: menu(element, name),
    }
}

fn phase(number: u32, name: &str, cards: Vec<BoardCard>) -> BoardPhase {
    let (element, lane) = (100 + number, 200 + number);
    let lane = BoardLane {
        id: format!("e-{lane}"),
        element: lane,
        label: format!("Group 1 of {name}"),
        name: "Group 1".into(),
        problem: cards.is_empty().then(|| format!("A group must have 1 to 50 tasks; group 1 of {name} has 0.")),
        menu: menu(lane, "Group 1"),
        cards,
        add_url: "/g/editor".into(),
    };
    BoardPhase {
        id: format!("e-{element}"),
        element,
        number: number as usize,
        name: name.into(),
        problem: None,
        menu: menu(element, name),
        lanes: vec![lane],
        add_group: format!("add-group {element}"),
        insert: (number < 3).then(|| format!("add-phase {element}")),
    }
}

/// The board, with a form.
pub fn page() -> EditorPage {
    let gate = BoardCard {
        chosen: true,
        problem: Some("The required of approve-release must be at most 1, as many as its approvers.".into()),
        ..card(3, "approve-release", ("gate", "Manual Approval"), "Needs the agreement of 2 approvers of the team")
    };
    let long = "warm-caches-of-all-storefront-regions-before-the-switch";
    let phases = vec![
        phase(1, "Build", vec![card(1, "build-pages", ("term", "Command"), "Timeout 2m")]),
        phase(2, "Approve", vec![gate, card(4, long, ("pulse", "Verify"), "GET https://shop.example/health")]),
        phase(3, "Deploy", Vec::new()),
    ];
    let line = |text: &str| ProblemLine { text: text.into(), url: "/g/editor".into(), opens_dialog: false };
    EditorPage {
        chrome: chrome(TITLE),
        head: head(EditorTab::Board),
        notices: Vec::new(),
        problems: Some(ProblemBox {
            count: "2 problems".into(),
            lines: vec![line("approve-release: must agree: at most 1."), line("Deploy has a group without tasks.")],
            more: Vec::new(),
        }),
        warnings: Some(ProblemBox {
            count: "1 warning".into(),
            lines: vec![line("approve-release: dan is no approver of this team today, and could not decide.")],
            more: Vec::new(),
        }),
        board: BoardView {
            url: "/g/editor".into(),
            rev: 7,
            open: "3".into(),
            name: "shop-web-release".into(),
            phases,
            add_phase: Some("add-phase 103".into()),
        },
        variables: variables(),
        panel: Some(panel()),
    }
}

fn variables() -> VariablesView {
    let row = |element: u32, name: &str, facts: &str, description: &str| VariableRow {
        id: format!("e-{element}"),
        url: "/g/editor".into(),
        name: name.into(),
        facts: facts.into(),
        description: description.into(),
        problem: None,
        chosen: false,
        menu: menu(element, name),
    };
    let sentence = "The default of ring must be one of canary, all.".to_owned();
    VariablesView {
        url: "/g/editor".into(),
        rev: 7,
        open: String::new(),
        about: "Asked for when it is executed, and used in tasks as ${vars.NAME}.",
        problem: None,
        rows: vec![
            row(301, "version", "text · required", "Which version goes out"),
            VariableRow { problem: Some(sentence), ..row(302, "ring", "one of a list · default: al", "") },
        ],
        add: Some("add-variable 302".into()),
    }
}

fn panel() -> TaskPanel {
    let field = |name: &'static str, label: &'static str, control| PanelField {
        id: format!("f-{name}"),
        name,
        part: None,
        label,
        help: "What it is for.",
        note: None,
        error: None,
        takes_values: name == "script" || name == "environment",
        control,
    };
    let boxes = vec![
        PersonBox::new("approver", "approver", "approver", true),
        PersonBox::new("gone", "gone", "not a member of the team", true),
    ];
    let pair =
        |name: &str, value: &str, several_lines| NameAndValue { name: name.into(), value: value.into(), several_lines };
    let rows = vec![pair("CITY", "Bern", false), pair("TEXT", "two\nlines", true), pair("", "", false)];
    let (short, options) = (
        PanelControl::Short { text: "two".into(), default: String::new() },
        vec![SelectOption::new("reject", "reject it", true), SelectOption::new("stay", "keep waiting", false)],
    );
    let wrong = PanelField {
        error: Some("The required must be a whole number, and is \"two\".".into()),
        ..field("required", "Must agree", short)
    };
    TaskPanel {
        element: 3,
        command: "set-task 3".into(),
        name_hint: "2 to 64 letters, digits, _ and -. Unique in this release task.",
        title: "approve-release".into(),
        icon: "gate",
        kind: "Manual Approval".into(),
        place: "Approve, group 1".into(),
        url: "/g/editor".into(),
        rev: 7,
        close_url: "/g/editor".into(),
        name: Field::of("approve-release"),
        description: Field::of("Storefront and payments agree before customers see it"),
        errors: Vec::new(),
        fields: vec![
            PanelField { part: Some("Who decides"), ..field("approvers", "People", PanelControl::People { boxes }) },
            wrong,
            field("starterMayApprove", "Whoever starts it may approve it", PanelControl::Flag { on: false }),
            field("onDeadline", "After that", PanelControl::Choice { options }),
            field("script", "Script", PanelControl::Script { text: "set -e\nmake all\n".into(), rows: 5 }),
            field("environment", "Variables", PanelControl::Pairs { name: "n".into(), value: "v".into(), rows }),
        ],
        values: vec![OfferedInsertion {
            text: "${tasks.build-pages.outputs.version}".into(),
            about: "Written by build-pages".into(),
        }],
    }
}

/// The text, with something wrong in it.
pub fn yaml() -> YamlPage {
    let text = "name: shop-web-release\nphases:\n  - name: Build\n    tasks:\n      - name: build-pages\n        timeout: soon\n";
    let sentence = "The timeout must be a length of time such as 30s, 10m or 1h 30m, and is \"soon\".".to_owned();
    YamlPage {
        chrome: chrome(TITLE),
        head: head(EditorTab::Yaml),
        notices: Vec::new(),
        url: "/g/editor-yaml".into(),
        rev: 7,
        cancel_url: "/g/editor".into(),
        text: text.into(),
        lines: 7,
        state: TextState::Kept("/g/discard".into()),
        title: Some("1 problem in the text.".into()),
        faults: vec![YamlFault { line: 6, at: "phases[0].groups[0].tasks[0].timeout".into(), sentence }],
        note: None,
    }
}

/// Create Release Task.
pub fn new() -> CreatePage {
    CreatePage {
        chrome: chrome("Create Release Task"),
        crumbs: Crumbs::new(vec![Link::new("Region Release Tasks", "/g/list")], "Create Release Task"),
        drafts: vec![BegunDraft {
            name: "release-k3v9ab".into(),
            url: "/g/editor".into(),
            changed: when(4000),
            goes: Some(when(-900_000)),
        }],
        url: "/g/new".into(),
        cancel_url: "/g/list".into(),
        teams: vec![SelectOption::new("1", "Storefront", true), SelectOption::new("2", "Platform", false)],
        name: Field::of("release-").wrong("The name of a release task must end with a letter or a digit."),
        description: Field::default(),
        begin: BeginWith::Original,
        original: Field::of("shop"),
        originals: vec![SelectOption::new("shop-web-release", "Storefront", false)],
        originals_hint: "The first 50 of 312 are offered: write a part of the name to find the others.".into(),
        text: String::new(),
        faults: Vec::new(),
        error: None,
    }
}

/// A draft that began before somebody else saved a version.
pub fn merge() -> MergeDialog {
    let conflict = |number, title: &str, mine: &str, theirs: &str| ConflictChoice {
        number,
        at: format!("at-{number}"),
        title: title.into(),
        mine: mine.into(),
        theirs: theirs.into(),
        is_theirs: number == 1,
    };
    let changed =
        |task: &str, field: &str| ChangeWords { words: format!("Task {task} changed"), fields: vec![field.into()] };
    MergeDialog {
        about: "manager saved version 13; your draft began at version 12".into(),
        url: "/g/merge".into(),
        hidden: Vec::new(),
        cancel_url: "/g/editor".into(),
        theirs: "Version 13".into(),
        conflicts: vec![
            conflict(0, "approve-release · Must agree", "2", "3"),
            conflict(1, "build-pages · Script", "set -eu\nmake pages\n", "set -eu\nmake -j4 pages\nmake check\n"),
        ],
        their_title: "What version 13 changed".into(),
        my_changes: vec![changed("build-pages", "Script: make → make pages")],
        their_changes: vec![changed("warm-caches-of-all-storefront-regions-before-the-switch", "Timeout: 10m → 20m")],
        note: None,
        error: None,
    }
}
