//! From events to the rows of the page.

use super::view::{AuditPage, AuditRow};
use crate::app::reads::{Activity, Happened, Paged};
use crate::domain::event::AccountEvent;
use crate::domain::execution::Moment;
use crate::domain::ids::EventId;
use crate::domain::people::Actor;
use crate::messages::Locale;
use crate::pages::components::release_urls::with_query;
use crate::pages::components::told_event::is_refusal;
use crate::pages::components::{Look, Status, ToldEvent, When, urls};

/// The rows, and where the other pages are.
pub fn page(found: &Paged<Activity, EventId>, refused: bool, now: Moment) -> AuditPage {
    let turned = |word: &str, id: EventId| {
        let only = refused.then_some(("only", "refused"));
        let id = id.to_string();
        let pairs: Vec<(&str, &str)> = only.into_iter().chain([(word, id.as_str())]).collect();
        with_query(&urls::audit(false), &pairs)
    };
    AuditPage {
        rows: found.rows.iter().map(|row| entry(row, now)).collect(),
        newer: found.newer.map(|id| turned("after", id)),
        older: found.older.map(|id| turned("before", id)),
        everything_url: urls::audit(false),
        refused_url: urls::audit(true),
        ..AuditPage::default()
    }
}

fn entry(row: &Activity, now: Moment) -> AuditRow {
    let ToldEvent { sentence, comment, .. } = ToldEvent::of(&row.happened);
    AuditRow {
        who: row.actor.name().to_owned(),
        user_id: user_id(row),
        sentence,
        comment,
        place: row.release.as_ref().map(|release| Locale::default().audit().place(release, row.execution)),
        address: row.address.clone(),
        token: row.credential.as_deref().map(|token| Locale::default().tokens().with_token(token)),
        refused: is_refusal(&row.happened).then(|| Status::new(Look::Rejected, Locale::default().audit().refused())),
        when: When::at(row.at, now),
    }
}

/// Whose account it is about: of who did it, or of whose name was typed to sign in.
fn user_id(row: &Activity) -> Option<String> {
    let person = match &row.happened {
        Happened::Account(AccountEvent::SignInFailed { account: Some(account), .. }) => account,
        _ => &row.actor,
    };
    match person {
        Actor::Person { id, .. } => Some(id.to_string()),
        Actor::Tollgate | Actor::Policy => None,
    }
}
