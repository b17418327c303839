//! From channels to the rows of a page, and from what was typed to the form that comes back.

use std::collections::BTreeSet;

use super::view::{ChannelPage, ChannelRow, ChannelsPage, EventBox, OutcomeCell};
use crate::app::channels::{TeamChannels, TypedChannel};
use crate::app::reads::{Channel, DeliveryState, IdAndName, ListedDelivery};
use crate::domain::channels::ChannelFault;
use crate::domain::execution::Moment;
use crate::domain::ids::TeamId;
use crate::domain::notices::{ChannelKind, NoticeKind, Recipient};
use crate::messages::Locale;
use crate::pages::components::{Action, ActionStyle, Field, Hidden, Link, Look, Notice, Status, When, urls};

/// The channels of a team.
pub fn list(found: &TeamChannels, has_links: bool, now: Moment) -> ChannelsPage {
    let words = Locale::default().notices();
    let team = &found.team;
    let make = |kind: ChannelKind| Action::link(words.add_channel(kind), urls::new_channel(team.id, kind.word()));
    let mut actions = vec![
        Action::link(words.undelivered_title(), urls::deliveries()),
        Action::link(Locale::default().invitations().back_to_members(), urls::members_of(team.id)),
    ];
    actions.extend(ChannelKind::OF_TEAMS.map(make));
    ChannelsPage {
        title: words.channels_title(&team.name),
        lead: words.channels_lead().to_owned(),
        actions,
        warning: (!has_links).then(|| Notice::new(Look::Asking, words.no_links_title(), words.no_links())),
        rows: found.channels.iter().map(|channel| row(found, channel, now)).collect(),
        ..ChannelsPage::default()
    }
}

fn row(found: &TeamChannels, channel: &Channel, now: Moment) -> ChannelRow {
    let words = Locale::default().notices();
    let (team, id, kind) = (channel.team_id, channel.choice.id, channel.choice.kind);
    let last = found.last.iter().find(|last| last.what.recipient == Recipient::Channel(id));
    let operation = |label: &str, word: &str| {
        let action = Action::post(label, urls::channel_operation(team, id, word)).styled(ActionStyle::Small);
        action.about(channel.name.clone())
    };
    let mut actions = vec![operation(words.try_it(), "try")];
    if kind == ChannelKind::Webhook {
        actions.push(operation(words.new_key(), "rotate"));
    }
    actions.push(operation(words.remove(), "remove"));
    let off = (!channel.choice.enabled).then(|| Status::new(Look::Idle, words.turned_off()));
    let mut outcome = outcome(last, now);
    if off.is_some() {
        outcome.status = off;
    }
    ChannelRow {
        name: Link::new(&channel.name, urls::channel(team, id)),
        kind: words.channel_kind(kind),
        address: channel.address.clone().unwrap_or_else(|| words.secret_address().to_owned()),
        events: channel.choice.events.iter().map(|kind| words.notice_kind(*kind)).collect(),
        outcome,
        actions,
    }
}

/// How the last delivery ended.
pub fn outcome(last: Option<&ListedDelivery>, now: Moment) -> OutcomeCell {
    let words = Locale::default().notices();
    let Some(last) = last else { return OutcomeCell::default() };
    let (look, is_over) = match last.state {
        DeliveryState::Sent => (Look::Done, true),
        DeliveryState::Undeliverable => (Look::Failed, true),
        DeliveryState::Pending => (Look::Asking, false),
        DeliveryState::Withdrawn | DeliveryState::Digested => (Look::Idle, true),
    };
    let failed = matches!(last.state, DeliveryState::Undeliverable | DeliveryState::Pending);
    OutcomeCell {
        status: Some(Status::new(look, words.delivery_state(last.state.word()))),
        when: last.ended_at.filter(|_| is_over).map(|at| When::at(at, now)),
        why: last.failure.as_ref().filter(|_| failed).map(|failure| words.delivery_failure(failure)),
    }
}

/// The form of a channel, with what is wrong with it beside its fields.
pub fn form(
    team: &IdAndName<TeamId>,
    (kind, known): (ChannelKind, Option<&Channel>),
    typed: &TypedChannel,
    faults: &[ChannelFault],
) -> ChannelPage {
    let words = Locale::default().notices();
    let said = |of: &[ChannelFault]| {
        let found = faults.iter().find(|fault| of.contains(fault))?;
        Some(words.channel_fault(*found))
    };
    // Nobody is shown an address that is a secret, not even who has just typed it.
    let address = if kind.has_secret_address() { String::new() } else { typed.address.clone() };
    ChannelPage {
        title: match known {
            Some(known) => known.name.clone(),
            None => words.new_channel_title(kind, &team.name),
        },
        lead: words.channel_lead(kind),
        url: match known {
            Some(known) => urls::channel(team.id, known.choice.id),
            None => urls::new_channel(team.id, kind.word()),
        },
        cancel_url: urls::channels_of(team.id),
        hidden: known.is_none().then(|| Hidden::new("kind", kind.word())).into_iter().collect(),
        name: Field {
            value: typed.name.clone(),
            error: said(&[ChannelFault::NameMissing, ChannelFault::NameBad, ChannelFault::NameTaken]),
        },
        address: Field {
            value: address,
            error: said(&[ChannelFault::AddressMissing, ChannelFault::AddressBad, ChannelFault::AddressPlain]),
        },
        address_hint: words.address_hint(kind, known.is_some()),
        address_needed: known.is_none() || !kind.has_secret_address(),
        events: event_boxes(&typed.events),
        events_error: said(&[ChannelFault::NoEvents]),
        enabled: typed.enabled,
        error: said(&[ChannelFault::TooMany]),
        ..ChannelPage::default()
    }
}

/// Every kind of notices, with those ticked.
pub fn event_boxes(ticked: &BTreeSet<NoticeKind>) -> Vec<EventBox> {
    let words = Locale::default().notices();
    let each = |kind: NoticeKind| EventBox {
        word: kind.word(),
        name: words.notice_kind(kind),
        ticked: ticked.contains(&kind),
    };
    NoticeKind::ALL.map(each).to_vec()
}
