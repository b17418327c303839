//! Storage: enough room on one disk, too little on several, the form with what is wrong; and deleted release tasks.

use tollgate::domain::blanking::{BlankedCounts, UnwantedValueFault};
use tollgate::domain::retention::{KeepRule, PolicyField};
use tollgate::messages::Locale;
use tollgate::pages::blanking::view::{BlankingPage, FoundPlaces, FoundRow};
use tollgate::pages::components::Link;
use tollgate::pages::components::{Action, ActionStyle, Fact, Field, Look, Notice, Section, Status};
use tollgate::pages::deleted::view::{DeletedPage, DeletedRow};
use tollgate::pages::storage::view::{DiskRow, NumberField, RegionRow, RetentionDialog, StoragePage};

use crate::people::{chrome, when};

const GIB: u64 = 1 << 30;

fn disk(replica: &str, free: u64) -> DiskRow {
    let words = Locale::English.storage();
    DiskRow {
        replica: replica.to_owned(),
        free: words.free_of(free, 40 * GIB),
        least: words.size(GIB / 2),
        is_limited: true,
        state: if free < GIB / 2 {
            Status::new(Look::Failed, words.short())
        } else {
            Status::new(Look::Done, words.enough())
        },
    }
}

fn region(name: &str, executions: u64) -> RegionRow {
    let words = Locale::English.storage();
    RegionRow {
        name: name.to_owned(),
        successful: words.kept(KeepRule { days: 90, executions: 50 }),
        unsuccessful: words.kept(KeepRule { days: 365, executions: 1 }),
        folders: words.measured(executions, executions * 7, executions * 1_234_567),
        logs: words.size(executions * 12_345),
        due: (executions > 100).then(|| words.due(executions / 10, executions * 123_456)),
        change: Action::open(words.change(), "/g/storage-retention").styled(ActionStyle::Small).about(name),
    }
}

pub fn page(is_short: bool) -> StoragePage {
    let words = Locale::English.storage();
    let mut chrome = chrome("Storage");
    chrome.section = Section::Storage;
    if is_short {
        chrome.alarm = Some(Notice {
            actions: vec![Action::link(words.title(), "/g/storage").styled(ActionStyle::Small)],
            ..Notice::new(Look::Failed, words.disk_title(), words.disk_full(GIB / 4, GIB / 2))
        });
    }
    let long = "a-region-whose-name-is-as-long-as-a-name-may-be-of-64-characters";
    StoragePage {
        chrome,
        lead: words.lead().to_owned(),
        database: vec![
            Fact::text("Database", words.size(GIB)),
            Fact::text("Used", words.size(GIB / 3)),
            Fact::text("Not used", words.size(GIB - GIB / 3)),
        ],
        database_hint: is_short.then(|| words.gives_nothing_back().to_owned()),
        disks: if is_short {
            vec![disk("release-1", GIB / 4), disk("release-2", 12 * GIB)]
        } else {
            vec![disk("", 12 * GIB)]
        },
        regions: vec![region("eu-west", 1_234), region("us-east", 0), region(long, 12)],
        measured: is_short.then(|| when(240)),
        next: if is_short { vec![words.purges(1), words.expires(3), words.removing(12)] } else { vec![] },
    }
}

pub fn retention() -> RetentionDialog {
    let words = Locale::English.storage();
    let field = |field: PolicyField| {
        let value = Field::of(if field == PolicyField::UnsuccessfulDays { "many" } else { "90" });
        NumberField {
            id: field.word(),
            label: words.policy_field(field),
            field: if field == PolicyField::UnsuccessfulDays { value.wrong(words.policy_rule(field)) } else { value },
        }
    };
    RetentionDialog {
        title: words.retention_title("eu-west"),
        lead: words.retention_lead().to_owned(),
        url: "/g/storage".into(),
        cancel_url: "/g/storage".into(),
        fields: PolicyField::ALL.map(field).to_vec(),
    }
}

fn deleted_row(name: &str, days: i64) -> DeletedRow {
    let restore = || {
        Action::open(Locale::English.dialogs().undelete_button(), "/g/roll-back").styled(ActionStyle::Small).about(name)
    };
    DeletedRow {
        name: name.to_owned(),
        url: "/g/done".into(),
        team: "Storefront".into(),
        region: "eu-west".into(),
        by: if days < 90 { "operator".into() } else { String::new() },
        when: when(days * 86_400 + 300),
        until: when((days - 30) * 86_400),
        restore: (days < 30).then(restore),
    }
}

pub fn deleted(is_filled: bool) -> DeletedPage {
    let mut chrome = chrome("Deleted Release Tasks");
    chrome.section = Section::Deleted;
    let rows = vec![
        deleted_row("shop-web-release", 0),
        deleted_row("a-release-task-whose-name-is-as-long-as-a-name-may-be-64-chars-x", 12),
        deleted_row("billing-hotfix-311", 31),
        deleted_row("fleet-agents", 400),
    ];
    DeletedPage {
        chrome,
        lead: Locale::English.storage().deleted_lead(30),
        rows: if is_filled { rows } else { Vec::new() },
        newer: None,
        older: is_filled.then(|| "/g/deleted".to_owned()),
    }
}

pub fn blanking(is_found: bool) -> BlankingPage {
    let words = Locale::English.blanking();
    let mut chrome = chrome(words.blank_title());
    chrome.section = Section::Blanking;
    let row = |name: &str, counts, is_active: bool| FoundRow {
        release: Link { text: name.to_owned(), url: "/g/done".into() },
        team: "Storefront".into(),
        region: "eu-west".into(),
        counts: words.blanked_counts(counts),
        remark: is_active.then(|| words.not_blanked_now()),
    };
    let counts =
        |versions, drafts, executions| BlankedCounts { descriptions: 0, versions, drafts, executions, logs: 0 };
    let places = || FoundPlaces {
        summary: vec![words.value_found(2), words.value_in_new_drafts(1)],
        rows: vec![
            row("shop-web-release", counts(4, 1, 12), false),
            row("a-release-task-whose-name-is-as-long-as-a-name-may-be-64-chars-x", counts(1, 0, 0), true),
        ],
    };
    BlankingPage {
        chrome,
        title: words.blank_title(),
        lead: words.blank_lead(),
        url: "/g/blanking".into(),
        hint: words.blank_hint(),
        error: (!is_found).then(|| words.unwanted_fault(UnwantedValueFault::TooShort)),
        not_confirmed: (!is_found).then(|| words.blank_not_confirmed()),
        found: is_found.then(places),
    }
}
