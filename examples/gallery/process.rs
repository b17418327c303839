//! Release Process Views in every state.

use chrono::Duration;
use tollgate::messages::Locale;
use tollgate::pages::components::{Action, ActionStyle, Elapsed, Look, Status, When};
use tollgate::pages::executions::variables_view::{VariableLine, VariableLines};
use tollgate::pages::release_tasks::process::view::{Card, CheckpointView, Lane, PhaseView, ProcessView, SaidLine};

use crate::people::{ago, now};

fn words(look: Look) -> &'static str {
    match look {
        Look::Running => "Running",
        Look::Asking => "To be approved",
        Look::Done => "Successful",
        Look::Failed => "Failed",
        Look::Errored => "Failed: errored",
        Look::Interrupted => "Failed: interrupted",
        Look::Rejected => "Failed: rejected",
        Look::Expired => "Failed: timed out",
        Look::Stopped | Look::Superseded => "Cancelled",
        Look::Skipped => "Skipped",
        Look::RolledBack => "Rolled back",
        Look::RollingBack => "Rolling back",
        Look::RollbackFailed => "Rollback failed",
        Look::Idle | Look::Info | Look::Paused => "Waiting",
    }
}

pub fn card(look: Look, name: &str, kind: &str, seconds: i64) -> Card {
    Card {
        name: name.into(),
        url: (look != Look::Idle).then(|| "/g/run".into()),
        kind: kind.into(),
        status: Status::new(look, words(look)),
        time: match look {
            Look::Running => Some(Elapsed::growing(ago(seconds), now())),
            _ if seconds > 0 => Some(Elapsed::over(Duration::seconds(seconds))),
            _ => None,
        },
        ..Card::default()
    }
}

fn phase(number: usize, name: &str, look: Look, seconds: i64, lanes: Vec<Vec<Card>>) -> PhaseView {
    PhaseView {
        number,
        name: name.into(),
        status: Status::new(look, words(look)),
        time: (seconds > 0).then(|| Elapsed::over(Duration::seconds(seconds))),
        live: matches!(look, Look::Running | Look::Asking | Look::RollingBack) || look.tone() == "bad",
        lanes: lanes.into_iter().map(|cards| Lane { cards }).collect(),
    }
}

fn gate(look: Look) -> Card {
    let asking = look == Look::Asking;
    Card {
        checkpoint: (look != Look::Idle).then(|| CheckpointView {
            agreed: 1,
            needed: 2,
            decisions: vec![SaidLine { words: "approver agreed: budget fine".into(), when: When::at(ago(600), now()) }],
            impasse: None,
            deadline: asking.then(|| When::at(ago(-4 * 3600), now())),
            then: "reject".into(),
        }),
        actions: if asking { vec![Action::approve("/g/approve").about("go-live")] } else { vec![] },
        ..card(look, "go-live", "Manual Approval", if asking { 360 } else { 0 })
    }
}

fn build() -> PhaseView {
    use Look::Done;
    let lanes = vec![
        vec![card(Done, "build-web", "Command", 58), card(Done, "build-api", "Command", 44)],
        vec![card(Done, "build-worker", "Command", 72)],
    ];
    phase(1, "Build", Done, 102, lanes)
}

fn stage(look: Look) -> PhaseView {
    let smoke = Card {
        last_line: (look == Look::Running).then(|| "GET /healthz 200 in 12 ms, 17 of 60 s without an error".into()),
        note: (look == Look::Running).then(|| "attempt 2 of 3".into()),
        ..card(look, "smoke-test", "Command", 17)
    };
    phase(2, "Stage", look, 38, vec![vec![card(Look::Done, "update-web-stage", "Command", 21), smoke]])
}

fn production(look: Look) -> PhaseView {
    let seconds = i64::from(look != Look::Idle) * 20;
    let lanes = vec![
        vec![card(look, "update-web", "Command", seconds), card(look, "update-api", "Command", seconds)],
        vec![card(look, "update-worker", "Command", seconds)],
        vec![card(look, "announce", "Manual Trigger", seconds)],
    ];
    phase(5, "Production", look, seconds * 3, lanes)
}

fn canary(look: Look) -> PhaseView {
    let seconds = i64::from(look != Look::Idle) * 12;
    let lanes =
        vec![vec![card(look, "update-web-canary", "Command", seconds), card(look, "settle-down", "Wait", seconds)]];
    phase(4, "Canary", look, seconds * 2, lanes)
}

fn values() -> VariableLines {
    let line = |name: &str, value: &str, is_said| VariableLine { name: name.into(), value: value.into(), is_said };
    VariableLines { lines: vec![line("version", "1.10", false), line("note", "not set", true)] }
}

pub fn to_release() -> ProcessView {
    let mut view = done();
    for phase in &mut view.phases {
        phase.status = Status::new(Look::Idle, "Waiting");
        phase.time = None;
        for card in phase.lanes.iter_mut().flat_map(|lane| &mut lane.cards) {
            *card = self::card(Look::Idle, &card.name, &card.kind, 0);
        }
    }
    view
}

pub fn waiting() -> ProcessView {
    let approval = phase(3, "Approval", Look::Asking, 360, vec![vec![gate(Look::Asking)]]);
    ProcessView {
        variables: values(),
        phases: vec![build(), stage(Look::Done), approval, canary(Look::Idle), production(Look::Idle)],
    }
}

/// Goes on with each step: running, waiting, running, done.
pub fn running(step: u64) -> ProcessView {
    let approval = |look| phase(3, "Approval", look, 0, vec![vec![gate(look)]]);
    match step {
        0..2 => ProcessView {
            variables: values(),
            phases: vec![
                build(),
                stage(Look::Running),
                approval(Look::Idle),
                canary(Look::Idle),
                production(Look::Idle),
            ],
        },
        2..5 => waiting(),
        5..7 => ProcessView {
            variables: values(),
            phases: vec![
                build(),
                stage(Look::Done),
                approval(Look::Done),
                canary(Look::Running),
                production(Look::Idle),
            ],
        },
        _ => done(),
    }
}

pub fn done() -> ProcessView {
    let approval = phase(3, "Approval", Look::Done, 300, vec![vec![gate(Look::Done)]]);
    ProcessView {
        variables: values(),
        phases: vec![build(), stage(Look::Done), approval, canary(Look::Done), production(Look::Done)],
    }
}

pub fn failed() -> ProcessView {
    use Look::{Errored, Expired, Failed, Interrupted, Rejected, RollbackFailed, RolledBack, Skipped, Stopped};
    let why = |look, name: &str, why: &str| Card { why: Some(why.into()), ..card(look, name, "Command", 9) };
    let broken = Card {
        actions: vec![Action::open("Skip", "/g/skip").styled(ActionStyle::Small)],
        note: Some("attempt 3 of 3".into()),
        ..why(Failed, "migrate-database", "The script ended with status 3.")
    };
    let lanes = vec![
        vec![broken, card(Stopped, "reindex", "Command", 0)],
        vec![why(
            Errored,
            "render",
            "The working folder /srv/shop/render-a-very-long-folder-name-indeed/current does not exist.",
        )],
        vec![why(Interrupted, "publish", "The process was lost when the machine stopped.")],
        vec![why(Expired, "warm-up", "It did not end within 5 min and was stopped.")],
    ];
    let gate = Card {
        why: Some("approver2 rejected: the budget is spent".into()),
        ..card(Rejected, "go-live", "Manual Approval", 60)
    };
    ProcessView {
        variables: values(),
        phases: vec![
            build(),
            phase(2, "Migrate", Failed, 38, lanes),
            phase(3, "Approval", Rejected, 0, vec![vec![gate]]),
            phase(
                4,
                "Deploy",
                RollbackFailed,
                0,
                vec![
                    vec![
                        card(RolledBack, "update-web", "Command", 4),
                        card(RollbackFailed, "update-api", "Command", 5),
                    ],
                    vec![
                        card(Look::RollingBack, "update-worker", "Command", 5),
                        card(Skipped, "announce", "Manual Trigger", 0),
                    ],
                ],
            ),
        ],
    }
}

/// As many as there may be: 20 phases of 10 tasks, with names as long as they may be.
pub fn many() -> ProcessView {
    let long = "a-name-that-is-as-long-as-a-name-may-be-with-its-64-characters";
    let phases = (1..=20).map(|number| {
        let look = match number {
            0..12 => Look::Done,
            12 => Look::Running,
            _ => Look::Idle,
        };
        let lanes = (0..4)
            .map(|lane| {
                let of = if lane < 2 { 3 } else { 2 };
                (0..of)
                    .map(|task| card(look, &format!("{long}-{number}{lane}{task}"), "Update Component", 12))
                    .collect()
            })
            .collect();
        phase(number, &format!("phase-{number}-{long}"), look, if number < 12 { 3725 } else { 0 }, lanes)
    });
    ProcessView { variables: values(), phases: phases.collect() }
}

/// A server with `--max-scripts 1`: one script runs, and another waits for its place.
pub fn with_one_place() -> ProcessView {
    let mut view = running(0);
    let waits = Card {
        url: Some("/g/run-waits-for-place".into()),
        note: Some(Locale::English.release_tasks().for_a_place(1)),
        ..card(Look::Idle, "smoke-test", "Command", 0)
    };
    view.phases[1].lanes.push(Lane { cards: vec![waits] });
    view
}
