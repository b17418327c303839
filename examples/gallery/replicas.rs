//! Replicas: one, three of which one is gone, many with long names.

use tollgate::domain::isolation::{Isolation, SharedFolder};
use tollgate::domain::secrets::KeyId;
use tollgate::messages::Locale;
use tollgate::messages::secrets::ListedKey;
use tollgate::pages::components::{Link, Look, Section, Status};
use tollgate::pages::replicas::view::{CarriedRow, IsolationOf, ReplicaList, ReplicaRow, ReplicasPage};

use crate::people::{chrome, when};

fn run(release: &str, look: Look, words: &str, tasks: &str) -> CarriedRow {
    CarriedRow { release: Link::new(release, "/g/process"), status: Status::new(look, words), tasks: tasks.to_owned() }
}

fn row((index, days): (usize, i64)) -> ReplicaRow {
    let names = ["release-1", "release-2", "release-3"];
    let long = "tollgate-7c9f6d5b8-qwxyz.a-name-of-a-machine-that-is-as-long-as-they-come.eu-west.example.internal";
    let runs = match index {
        0 => vec![
            run("shop-web-release", Look::Running, "Running", "build-web, build-api"),
            run("billing-hotfix-311", Look::Asking, "To be approved", ""),
            run("fleet-agents", Look::RollingBack, "Rolling back", "undo-everything-that-was-done-in-the-last-phase"),
        ],
        4 => (0..10)
            .map(|_| {
                run(
                    "a-release-task-whose-name-is-as-long-as-a-name-may-be-64-chars-x",
                    Look::Running,
                    "Running",
                    "task",
                )
            })
            .collect(),
        _ => vec![],
    };
    let (state, seen) = match index {
        2 => (Status::new(Look::Interrupted, "Gone"), 5_400),
        3 => (Status::new(Look::Idle, "Stopped"), 90_000),
        _ => (Status::new(Look::Done, "Working"), 0),
    };
    ReplicaRow {
        id: format!("replica-{index}"),
        name: (*names.get(index).unwrap_or(&long)).to_owned(),
        version: "0.1.0".into(),
        here: index == 0,
        state,
        confined: if index == 3 { "" } else { "Confined in part" }.to_owned(),
        since: when(86_000 * days),
        seen: when(seen),
        more: (runs.len() > 9).then(|| "and 14 more".to_owned()),
        runs,
    }
}

fn isolation(index: usize) -> IsolationOf {
    let known = Isolation {
        account: (index == 0).then(|| "tollgate-scripts".to_owned()),
        landlock: Some(7),
        closed: ["/", "/srv", "/usr/local/bin"].map(str::to_owned).to_vec(),
        shared: vec![SharedFolder {
            folder: "sites".to_owned(),
            teams: vec!["Storefront".to_owned(), "Platform".to_owned()],
        }],
        ..Isolation::default()
    };
    IsolationOf { name: format!("release-{}", index + 1), sentences: Locale::English.isolation().sentences(&known) }
}

fn keys(count: usize) -> Vec<String> {
    let key = |number: u8| ListedKey {
        id: KeyId::new([0x5e, 0x0c, 0xa1, 0x77, 0x3d, 0x92, 0x40, number]),
        used: u64::from(number) * 17,
        is_there: true,
        encrypts: number == 1,
    };
    let lacking: Vec<String> = if count > 1 { vec!["release-2".to_owned()] } else { Vec::new() };
    Locale::English.secrets().key_state(&[key(1), key(2)], &lacking)
}

pub fn page(count: usize) -> ReplicasPage {
    let mut chrome = chrome("Replicas");
    chrome.section = Section::Replicas;
    ReplicasPage {
        chrome,
        lead: Locale::English.replicas().lead().to_owned(),
        list: ReplicaList { rows: (0..count).zip(1..).map(row).collect(), refresh: "/g/replicas/list".into() },
        isolation: (0..count.min(2)).map(isolation).collect(),
        keys: keys(count),
    }
}
