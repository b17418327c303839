//! From what could not be delivered, or not yet, to the rows of a page.

use super::view::{DeliveriesLive, DeliveryRow};
use crate::app::{Dismissal, Undelivered};
use crate::domain::execution::Moment;
use crate::messages::Locale;
use crate::pages::components::release_urls::ReleaseUrls;
use crate::pages::components::{Action, ActionStyle, ConfirmDialog, Hidden, Link, Look, Status, When, urls};

/// The live part of the page.
pub fn live(failed: Vec<Undelivered>, mark: u64, now: Moment) -> DeliveriesLive {
    let words = Locale::default().notices();
    let all = Action::open(Locale::default().notice_pages().dismiss_all(), urls::dismissal());
    let is_given_up = |undelivered: &Undelivered| undelivered.delivery.next_try().is_none();
    DeliveriesLive {
        title: words.undelivered_title(),
        lead: words.undelivered_lead(),
        actions: failed.iter().any(is_given_up).then_some(all).into_iter().collect(),
        rows: failed.into_iter().map(|undelivered| row(undelivered, now)).collect(),
        refresh: Some(urls::deliveries_seen(mark)),
    }
}

fn row(undelivered: Undelivered, now: Moment) -> DeliveryRow {
    let (words, pages) = (Locale::default().notices(), Locale::default().notice_pages());
    let Undelivered { delivery, line, recipient, is_removed, team } = undelivered;
    let release = line.as_ref().map(|line| {
        Link::new(
            format!("{} · {}", line.release, line.execution),
            ReleaseUrls::new(&line.region, line.release_id).show(),
        )
    });
    let small = |action: Action| action.styled(ActionStyle::Small).about(recipient.clone());
    let (mut actions, mut when) = (Vec::new(), delivery.ended_at.map(|at| When::at(at, now)));
    let state = match delivery.next_try() {
        Some(next) if next > now => {
            when = Some(When::at(next, now));
            Status::new(Look::Running, pages.tried_again())
        }
        Some(_) => Status::new(Look::Running, pages.being_sent()),
        None => {
            if !is_removed {
                actions.push(small(Action::post(words.send_again(), urls::send_again(delivery.id))));
            }
            actions.push(small(Action::post(pages.dismiss(), urls::dismiss(delivery.id))));
            Status::new(Look::Errored, pages.given_up())
        }
    };
    let why = if is_removed {
        pages.channel_removed().to_owned()
    } else {
        delivery.failure.as_ref().map(|failure| words.delivery_failure(failure)).unwrap_or_default()
    };
    DeliveryRow {
        id: format!("delivery-{}", delivery.id),
        what: match &line {
            Some(line) => words.notice_kind(line.kind),
            None => words.delivery_kind(delivery.what.kind),
        },
        release,
        team: team.unwrap_or_else(|| pages.no_team().to_owned()),
        kind: words.channel_kind(delivery.what.channel),
        recipient,
        why,
        tried: words.tried(delivery.attempts),
        state,
        when,
        actions,
    }
}

/// Asks before all of it is taken off the list.
pub fn dismissal(asked: Dismissal) -> ConfirmDialog {
    let words = Locale::default().notice_pages();
    ConfirmDialog {
        title: words.dismissal_title(asked.count),
        sentence: words.dismissal().to_owned(),
        url: urls::dismissal(),
        hidden: vec![Hidden::new("until", asked.until.timestamp_micros().to_string())],
        cancel_url: urls::deliveries(),
        button: words.dismiss_all().to_owned(),
        danger: true,
        ..ConfirmDialog::default()
    }
}
