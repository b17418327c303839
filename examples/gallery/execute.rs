//! The dialog of Execute, with variables and what changed since an execution.

use tollgate::domain::dry_run::ForecastWord;
use tollgate::messages::Locale;
use tollgate::messages::differences::ChangeWords;
use tollgate::pages::components::{Action, ActionStyle, ChangeList, Hidden, Link, Look, Notice, SelectOption};
use tollgate::pages::components::{Status, When};
use tollgate::pages::executions::variables_view::{VariableControl, VariableField, VariableFields};
use tollgate::pages::executions::view::{
    ChoiceBefore, DryRunView, ExecuteDialog, ForecastRow, PickGroup, PickPhase, PickTask, ValueLine,
};

use crate::people::ago;

fn dry_run() -> DryRunView {
    let words = Locale::default().execute();
    let row = |phase: Option<&str>, task: &str, look, word: ForecastWord, sentence: &str| ForecastRow {
        phase: phase.map(str::to_owned),
        task: task.to_owned(),
        status: Status::new(look, words.word(word)),
        sentence: sentence.to_owned(),
        is_open: false,
        lines: Vec::new(),
    };
    let line = |style, text: &str| ValueLine { style, text: text.to_owned() };
    let changed = ForecastRow {
        is_open: true,
        lines: vec![line("del", "- image: shop/web:1.4"), line("add", "+ image: shop/web:1.5")],
        ..row(
            Some("Deploy"),
            "deploy-shop-web",
            Look::Running,
            ForecastWord::Changes,
            "shop/web goes from version 1.4 to 1.5 in prod, on 3 hosts.",
        )
    };
    DryRunView {
        title: words.what_will_change(),
        lead: "",
        button: words.try_again(),
        made: Some(When::at(ago(12), ago(0))),
        sums: vec![
            Status::new(Look::Running, words.tasks_of(ForecastWord::Changes, 1)),
            Status::new(Look::Failed, words.tasks_of(ForecastWord::WouldFail, 1)),
        ],
        rows: vec![
            changed,
            row(
                None,
                "deploy-search",
                Look::Failed,
                ForecastWord::WouldFail,
                "The application shop has no component search.",
            ),
        ],
        note: Some(words.would_fail(1)),
    }
}

fn variables() -> VariableFields {
    let field = |name: &str, note: &str, hint: &str, control| VariableField {
        id: format!("variable-{name}"),
        name: name.into(),
        note: note.into(),
        hint: hint.into(),
        error: None,
        control,
    };
    let line = |text: &str, is_number| VariableControl::Line { text: text.into(), is_number };
    let rings = vec![SelectOption::new("canary", "canary", true), SelectOption::new("all", "all", false)];
    VariableFields {
        fields: vec![
            field("version", "text · required · from execution #11", "Which version goes out", line("1.10", false)),
            VariableField {
                error: Some(
                    "wait must be a whole number such as 42, without a point, a plus or zeros before it.".into(),
                ),
                ..field("wait", "whole number", "", line("010", true))
            },
            field("ring", "one of a list · default", "", VariableControl::Choice { options: rings }),
        ],
    }
}

pub fn execute() -> ExecuteDialog {
    let words = Locale::English.execute();
    let task = |name: &str, kind: &str| PickTask {
        name: name.into(),
        kind: kind.into(),
        change: (name == "deploy").then(|| "shop/web 1.4 → 1.5 in production".into()),
        waits: (kind == "Manual Approval")
            .then(|| "Will wait for approver or one manager of the team; nobody can decide it now.".into()),
        chosen: name != "build-api",
    };
    let group = |tasks| PickGroup { tasks };
    let phase = |number, name: &str, groups| PickPhase { number, name: name.into(), groups };
    ExecuteDialog {
        dry_run: dry_run(),
        title: words.execute_title().into(),
        release: "shop-web-release".into(),
        version: 7,
        url: "/g/execute".into(),
        hidden: vec![Hidden::new("version", "7")],
        cancel_url: "/g/to-release".into(),
        notices: vec![
            Notice::new(
                Look::Asking,
                words.closes_execution(12),
                words.closes_execution_hint(&[("go-live", ago(7200))]),
            ),
            Notice {
                actions: vec![Action::link(words.go_to_editor(), "/g/definition").styled(ActionStyle::Small)],
                ..Notice::new(Look::Asking, words.unsaved_draft(), words.unsaved_draft_hint(7))
            },
            Notice::new(Look::Asking, words.nobody_decides(&["go-live"]), words.nobody_decides_hint()),
        ],
        changes: changes(),
        before: Some(ChoiceBefore {
            sentence: words.chosen_as_before(12),
            all: words.choose_all().into(),
            all_url: "/g/execute".into(),
        }),
        skipped: words.will_be_skipped(&["build-api"]),
        button: words.close_and_execute(12),
        variables: variables(),
        phases: vec![
            phase(
                1,
                "Build",
                vec![
                    group(vec![task("build-web", "Command"), task("build-api", "Command")]),
                    group(vec![task("build-worker-with-quite-a-long-name-that-wraps", "Command")]),
                ],
            ),
            phase(2, "Approve", vec![group(vec![task("go-live", "Manual Approval")])]),
            phase(3, "Deploy", vec![group(vec![task("deploy", "Command")])]),
        ],
        error: None,
    }
}

/// What changed since an execution, cut short.
pub fn changes() -> ChangeList {
    let change = |words: &str, fields: &[&str]| ChangeWords {
        words: words.into(),
        fields: fields.iter().map(|field| (*field).to_owned()).collect(),
    };
    ChangeList {
        title: Locale::English.differences().since_execution(11, 6, 7),
        rows: vec![
            change("Task build-web changed", &["timeout: 5m → 10m"]),
            change("Task announce added at Deploy, group 1, place 2", &[]),
        ],
        more: Some(Locale::English.differences().more_changes(12)),
        compare: Some(Link::new(Locale::English.differences().compare_versions(6, 7), "/g/definition")),
    }
}
