//! Region Release Tasks: some, none, none that match, a whole page.

use tollgate::domain::refusal::Operation;
use tollgate::messages::Locale;
use tollgate::pages::bulk::view::{BulkDialog, BulkLine};
use tollgate::pages::components::{Action, ActionStyle, Hidden, Look, Menu, SelectOption, Status};
use tollgate::pages::release_tasks::list::view::{
    BulkBar, EmptyList, FilterSelect, ReleaseListPage, ReleaseRow, ReleaseTable, SortLink, Sorted,
};

use crate::people::{chrome, when};

/// Name, description, team, look, its words, the phases, the most likely operation, executed so many seconds ago.
type Sample = (&'static str, &'static str, &'static str, Look, &'static str, Vec<Look>, &'static str, i64);

fn row(index: usize) -> ReleaseRow {
    use Look::{Asking, Done, Failed, Idle, RolledBack, Running};
    let long = "a-release-task-whose-name-is-as-long-as-a-name-may-be-64-chars-x";
    let sample: [Sample; 7] = [
        (
            "shop-2026-w47",
            "Checkout redesign, web and API",
            "Storefront",
            Asking,
            "To be approved",
            vec![Done, Done, Asking, Idle, Idle],
            "Approve",
            120,
        ),
        (
            "billing-hotfix-311",
            "Rounding of VAT",
            "Billing",
            Running,
            "Running",
            vec![Done, Running, Idle, Idle],
            "Pause",
            8,
        ),
        (
            "search-index-v9",
            "Rebuild and swap the index",
            "Search",
            Done,
            "Successful",
            vec![Done; 4],
            "Roll Back",
            3600,
        ),
        (
            "fleet-agents",
            "Rolling agent update",
            "Platform",
            Failed,
            "Release failed",
            vec![Done, Done, Failed, Idle, Idle],
            "Retry",
            10_800,
        ),
        ("login-theme", "", "Storefront", RolledBack, "Rolled back", vec![RolledBack; 3], "Execute", 90_000),
        ("release-k3v9qa", "", "Platform", Idle, "To release", vec![Idle; 3], "Execute", 0),
        (
            long,
            "A description that is as long as a description may be, which is 128 characters, so that one sees how the row takes it all.",
            "A team with quite a long name",
            Running,
            "Running",
            vec![Running; 20],
            "Pause",
            700,
        ),
    ];
    let at = if index == 7 { 6 } else { index % 6 };
    let (name, description, team, look, words, phases, likely, seconds) = sample[at].clone();
    let name = if index > 7 { format!("{name}-{index}") } else { name.to_owned() };
    let first = match likely {
        "Approve" => Action::approve("/g/approve").styled(ActionStyle::Small),
        "Pause" | "Retry" => Action::post(likely, "/g/pause").styled(ActionStyle::Small),
        other => Action::open(other, "/g/execute").styled(ActionStyle::Small),
    };
    let items = vec![
        Action::open("Clone", "/g/clone"),
        Action::link("Execution Records", "/g/records"),
        Action::open("Delete", "/g/terminate").styled(ActionStyle::Danger),
    ];
    ReleaseRow {
        id: format!("release-{index}"),
        key: format!("key-{index}"),
        edited: (index == 2).then(|| "Edited since: version 8".into()),
        url: "/g/process".into(),
        description: description.into(),
        status: Status::new(look, words),
        phases_told: format!("{} phases", phases.len()),
        phases,
        team: team.into(),
        creator: "operator".into(),
        last_executed: (seconds > 0).then(|| when(seconds)),
        actions: vec![
            first.about(&name),
            Action::link("Edit", "/g/definition").styled(ActionStyle::SmallQuiet).about(&name),
        ],
        menu: Menu::of(format!("menu-{index}"), format!("More operations of {name}"), ActionStyle::SmallQuiet, items),
        name,
    }
}

fn page(rows: Vec<ReleaseRow>, empty: Option<EmptyList>, filtered: bool) -> ReleaseListPage {
    let sort = |sorted| SortLink { url: "/g/list".into(), sorted };
    let many = rows.len() > 40;
    let has_rows = !rows.is_empty();
    let options = |any: &str, others: &[&str]| {
        std::iter::once(SelectOption::new("", any, true))
            .chain(others.iter().map(|word| SelectOption::new(*word, *word, false)))
            .collect()
    };
    ReleaseListPage {
        chrome: chrome("Region Release Tasks"),
        region: "eu-west".into(),
        url: "/g/list".into(),
        search: if filtered { "nothing like it".into() } else { String::new() },
        kept: vec![Hidden::new("sort", "name")],
        notices: Vec::new(),
        filters: vec![
            FilterSelect {
                name: "status".into(),
                label: "Status".into(),
                options: options("any", &["Running", "To be approved", "Release failed"]),
            },
            FilterSelect {
                name: "creator".into(),
                label: "Created by".into(),
                options: options("anyone", &["operator", "manager"]),
            },
        ],
        clear_url: filtered.then(|| "/g/list".into()),
        actions: vec![],
        table: ReleaseTable {
            name: sort(Sorted::No),
            status: sort(Sorted::No),
            team: sort(Sorted::No),
            creator: sort(Sorted::No),
            last_executed: sort(Sorted::Down),
            count: format!("{} of 1,000", if many { 412 } else { rows.len() }),
            rows,
            empty,
            shown: many.then(|| "1 to 50".into()),
            previous: None,
            next: many.then(|| "/g/list-many".into()),
            bulk: has_rows.then(|| BulkBar { url: "/g/bulk".into(), list: "page=1".into(), operates: true }),
            refresh: None,
        },
    }
}

pub fn list(count: usize) -> ReleaseListPage {
    page((0..count).map(row).collect(), None, false)
}

pub fn empty(filtered: bool) -> ReleaseListPage {
    let empty = if filtered {
        EmptyList {
            title: "Nothing matches".into(),
            sentence: "No release task of eu-west has this name, status, team and creator.".into(),
            command: None,
            action: Some(Action::link("Clear the Filters", "/g/list")),
        }
    } else {
        EmptyList {
            title: "No release tasks yet".into(),
            sentence: "A release task is written as a file and imported. Begin with one of the examples:".into(),
            command: Some("tollgate import examples/shop-web-release.yaml".into()),
            action: None,
        }
    };
    page(vec![], Some(empty), filtered)
}

/// Several at once: what is asked, and what became of each.
pub fn bulk(is_done: bool) -> BulkDialog {
    let words = Locale::English.bulk();
    let line = |name: &str, look, text: String| BulkLine { name: name.into(), url: "/g/process".into(), look, text };
    let execute = Operation::Execute;
    let (title, lines, button) = if is_done {
        let lines = vec![
            line("billing-hotfix-311", Look::Done, words.executed(4)),
            line("search-index-v9", Look::Failed, words.waits(12)),
        ];
        (words.done(execute, 1, 2), lines, None)
    } else {
        let lines = vec![
            line("billing-hotfix-311", Look::Idle, words.will_be_done(execute, 3)),
            line("search-index-v9", Look::Skipped, words.waits(12)),
        ];
        (words.title(execute, 2), lines, Some(words.button(execute, 1)))
    };
    BulkDialog {
        title,
        sentence: words.sentence(execute, 1),
        lines,
        url: "/g/bulk".into(),
        hidden: vec![Hidden::new("do", "execute")],
        back_url: "/g/list".into(),
        back: if is_done { words.back_to_list() } else { words.cancel() }.into(),
        button,
        danger: false,
    }
}
