//! `/deliveries`. For everybody but administrators and managers there is no such page.

use actix_web::HttpRequest;
use actix_web::web::{Data, Path};

use super::view::{DeliveriesPage, DeliveryRow};
use crate::app::Undelivered;
use crate::domain::execution::Moment;
use crate::domain::ids::DeliveryId;
use crate::http::Site;
use crate::http::response::{self, Reply};
use crate::http::session::CurrentUser;
use crate::messages::Locale;
use crate::messages::told::Told;
use crate::pages::components::release_urls::ReleaseUrls;
use crate::pages::components::{Action, ActionStyle, Link, Section, When, layout, urls};

/// The list.
pub async fn index(site: Data<Site>, request: HttpRequest, reader: CurrentUser) -> Reply {
    let failed = site.app.undelivered(&reader.caller(&site, &request)).await?;
    let (words, now) = (Locale::default().notices(), site.app.clock.now());
    response::page(&DeliveriesPage {
        chrome: layout::around(&request, &reader, words.undelivered_title(), Section::Deliveries).await?,
        title: words.undelivered_title(),
        lead: words.undelivered_lead(),
        rows: failed.into_iter().map(|it| row(it, now)).collect(),
    })
}

/// Has one sent again.
pub async fn update(site: Data<Site>, request: HttpRequest, reader: CurrentUser, id: Path<DeliveryId>) -> Reply {
    let again = site.app.send_again(&reader.caller(&site, &request), *id).await?;
    let told = if again { Told::SentAgain } else { Told::SentAlready };
    Ok(response::done(&request, &urls::deliveries(), &told))
}

fn row(undelivered: Undelivered, now: Moment) -> DeliveryRow {
    let words = Locale::default().notices();
    let Undelivered { delivery, line, recipient } = undelivered;
    let release = line.as_ref().map(|line| {
        Link::new(
            format!("{} · {}", line.release, line.execution),
            ReleaseUrls::new(&line.region, line.release_id).show(),
        )
    });
    DeliveryRow {
        what: match &line {
            Some(line) => words.notice_kind(line.kind).to_owned(),
            None => words.delivery_kind(delivery.what.kind).to_owned(),
        },
        release,
        kind: words.channel_kind(delivery.what.channel),
        why: delivery.failure.as_ref().map(|failure| words.delivery_failure(failure)).unwrap_or_default(),
        tried: words.tried(delivery.attempts),
        when: delivery.ended_at.map(|at| When::at(at, now)),
        again: Action::post(words.send_again(), urls::send_again(delivery.id))
            .styled(ActionStyle::Small)
            .about(recipient.clone()),
        recipient,
    }
}
