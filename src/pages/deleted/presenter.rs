//! From deleted release tasks to the rows of the page.

use super::view::{DeletedPage, DeletedRow};
use crate::app::DeletedRelease;
use crate::domain::execution::Moment;
use crate::domain::retention;
use crate::messages::Locale;
use crate::pages::components::release_urls::ReleaseUrls;
use crate::pages::components::{Action, ActionStyle, When, urls};

/// The rows of a page that has so many at most, and where the other pages are.
pub fn page(found: &[DeletedRelease], page: u64, most: u64, now: Moment) -> DeletedPage {
    let most = usize::try_from(most).unwrap_or(usize::MAX);
    DeletedPage {
        rows: found.iter().take(most).map(|release| row(release, now)).collect(),
        newer: (page > 1).then(|| urls::deleted(page - 1)),
        older: (found.len() > most).then(|| urls::deleted(page + 1)),
        ..DeletedPage::default()
    }
}

fn row(release: &DeletedRelease, now: Moment) -> DeletedRow {
    let release_urls = ReleaseUrls::new(&release.region, release.id);
    let until = retention::restorable_until(release.deleted_at);
    let is_open = release.purged_at.is_none() && now < until;
    let restore = || {
        Action::open(Locale::default().dialogs().undelete_button(), release_urls.operation("undelete"))
            .styled(ActionStyle::Small)
            .about(&release.name)
    };
    DeletedRow {
        name: release.name.clone(),
        url: release_urls.show(),
        team: release.team.clone(),
        region: release.region.clone(),
        by: release.deleted_by.clone().unwrap_or_default(),
        when: When::at(release.deleted_at, now),
        until: When::at(until, now),
        restore: is_open.then(restore),
    }
}
