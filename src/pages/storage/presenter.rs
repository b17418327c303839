//! From what was measured to the rows of the page.

use super::view::{DiskRow, RegionRow, StoragePage};
use crate::app::{RegionRetention, RemovalPlace, RoomTaken, StorageMeasure, StorageReport};
use crate::domain::disk::DiskRoom;
use crate::domain::execution::Moment;
use crate::messages::Locale;
use crate::pages::components::{Action, ActionStyle, Fact, Look, Status, When, urls};

/// The page, with the disk of the server that answers as it is now.
pub fn page(report: &StorageReport, own: Option<DiskRoom>, now: Moment) -> StoragePage {
    let words = Locale::default().storage();
    StoragePage {
        database: database(report),
        database_hint: (!report.database.gives_back).then(|| words.gives_nothing_back().to_owned()),
        disks: disks(report, own),
        regions: report.regions.iter().map(|region| row(region, &report.measures)).collect(),
        measured: report.measures.iter().map(|measure| measure.measured_at).min().map(|at| When::at(at, now)),
        next: next(report),
        ..StoragePage::default()
    }
}

fn database(report: &StorageReport) -> Vec<Fact> {
    let size = |bytes| Locale::default().storage().size(bytes);
    let database = &report.database;
    let mut facts = vec![Fact::text("Database", size(database.total))];
    if let Some(free) = database.free {
        facts.push(Fact::text("Used", size(database.total.saturating_sub(free))));
        facts.push(Fact::text("Not used", size(free)));
    }
    facts
}

fn disks(report: &StorageReport, own: Option<DiskRoom>) -> Vec<DiskRow> {
    let words = Locale::default().storage();
    let disk = |name: Option<&str>, room: DiskRoom| DiskRow {
        replica: name.unwrap_or_default().to_owned(),
        free: words.free_of(room.free, room.total),
        least: words.size(room.least),
        is_limited: room.least > 0,
        state: if room.is_short() {
            Status::new(Look::Failed, words.short())
        } else {
            Status::new(Look::Done, words.enough())
        },
    };
    match (report.disks.as_slice(), own) {
        // There is one server, and it knows best.
        ([] | [_], Some(room)) => vec![disk(None, room)],
        (several, _) => several.iter().map(|known| disk(Some(&known.replica), known.room)).collect(),
    }
}

fn row(region: &RegionRetention, measures: &[StorageMeasure]) -> RegionRow {
    let words = Locale::default().storage();
    let of_region = || measures.iter().filter(|measure| measure.region == region.name);
    let sum = |is_wanted: &dyn Fn(&&StorageMeasure) -> bool| {
        of_region().filter(is_wanted).fold(RoomTaken::default(), |sum, measure| RoomTaken {
            executions: sum.executions + measure.taken.executions,
            files: sum.files + measure.taken.files,
            bytes: sum.bytes + measure.taken.bytes,
            due_executions: sum.due_executions.max(measure.taken.due_executions),
            due_bytes: sum.due_bytes + measure.taken.due_bytes,
        })
    };
    let (folders, logs, all) =
        (sum(&|measure| measure.replica.is_some()), sum(&|measure| measure.replica.is_none()), sum(&|_| true));
    RegionRow {
        name: region.name.clone(),
        successful: words.kept(region.policy.successful),
        unsuccessful: words.kept(region.policy.unsuccessful),
        folders: words.measured(folders.executions, folders.files, folders.bytes),
        logs: words.size(logs.bytes),
        due: (all.due_executions > 0).then(|| words.due(all.due_executions, all.due_bytes)),
        change: Action::open(words.change(), urls::retention(&region.name))
            .styled(ActionStyle::Small)
            .about(&region.name),
    }
}

/// What else the next pruning does, and what it is doing.
fn next(report: &StorageReport) -> Vec<String> {
    let words = Locale::default().storage();
    let queued: u64 =
        report.queued.iter().filter(|(place, _)| **place != RemovalPlace::Database).map(|(_, count)| count).sum();
    let told = [
        (report.purgeable > 0).then(|| words.purges(report.purgeable)),
        (report.drafts > 0).then(|| words.expires(report.drafts)),
        (queued > 0).then(|| words.removing(queued)),
    ];
    told.into_iter().flatten().collect()
}
