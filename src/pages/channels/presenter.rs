//! From channels to the rows of a page, and from what was typed to the form that comes back.

use std::collections::BTreeSet;
use std::hash::{DefaultHasher, Hash, Hasher};

use super::view::{ChannelList, ChannelPage, ChannelRow, ChannelsPage, EventBox, OutcomeCell};
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
        warning: (!has_links).then(|| Notice::new(Look::Info, words.no_links_title(), words.no_links())),
        list: rows(found, now),
        events_url: urls::member_events(team.id),
        events: event_boxes(&found.member_events),
        ..ChannelsPage::default()
    }
}

/// The list alone. It refreshes itself only while a test is on its way.
pub fn rows(found: &TeamChannels, now: Moment) -> ChannelList {
    let is_tried = !found.tried.is_empty();
    ChannelList {
        title: Locale::default().notices().channels_title(&found.team.name),
        rows: found.channels.iter().map(|channel| row(found, channel, now)).collect(),
        refresh: is_tried.then(|| urls::channel_list(found.team.id, mark(&found.last, &found.tried))),
    }
}

/// Another number as soon as an outcome is another.
pub fn mark(last: &[ListedDelivery], tried: &[Recipient]) -> u64 {
    let mut hasher = DefaultHasher::new();
    for delivery in last {
        (delivery.id, delivery.state.word(), delivery.attempts).hash(&mut hasher);
    }
    tried.hash(&mut hasher);
    hasher.finish()
}

fn row(found: &TeamChannels, channel: &Channel, now: Moment) -> ChannelRow {
    let words = Locale::default().notices();
    let (team, id, kind) = (channel.team_id, channel.choice.id, channel.choice.kind);
    let last = found.last.iter().find(|last| last.what.recipient == Recipient::Channel(id));
    let url = |word: &str| urls::channel_operation(team, id, word);
    let mut actions = vec![Action::post(words.try_it(), url("try"))];
    if kind == ChannelKind::Webhook {
        actions.push(Action::open(words.new_key(), url("rotate")));
    }
    actions.push(Action::open(words.remove(), url("remove")));
    let actions = actions.into_iter().map(|it| it.styled(ActionStyle::Small).about(channel.name.clone())).collect();
    let off = (!channel.choice.enabled).then(|| Status::new(Look::Idle, words.turned_off()));
    let is_tried = found.tried.contains(&Recipient::Channel(id));
    let outcome = if is_tried { being_sent() } else { outcome(last, now) };
    ChannelRow {
        id: format!("channel-{id}"),
        name: Link::new(&channel.name, urls::channel(team, id)),
        kind: words.channel_kind(kind),
        address: channel.address.clone().unwrap_or_else(|| words.secret_address().to_owned()),
        events: if channel.choice.events.len() == NoticeKind::ALL.len() {
            vec![Locale::default().notice_pages().every_event()]
        } else {
            channel.choice.events.iter().map(|kind| words.notice_kind(*kind)).collect()
        },
        off,
        outcome,
        actions,
    }
}

/// A test is on its way.
pub fn being_sent() -> OutcomeCell {
    let status = Status::new(Look::Running, Locale::default().notice_pages().being_sent());
    OutcomeCell { status: Some(status), ..OutcomeCell::default() }
}

/// How the last delivery ended.
pub fn outcome(last: Option<&ListedDelivery>, now: Moment) -> OutcomeCell {
    let words = Locale::default().notices();
    let Some(last) = last else { return OutcomeCell::default() };
    let (look, is_over) = match last.state {
        DeliveryState::Sent => (Look::Done, true),
        DeliveryState::Undeliverable => (Look::Failed, true),
        DeliveryState::Pending => (Look::Asking, false),
        DeliveryState::Withdrawn | DeliveryState::Digested | DeliveryState::Dismissed => (Look::Idle, true),
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
    let address_fault = |fault: &&ChannelFault| match fault {
        ChannelFault::AddressMissing
        | ChannelFault::AddressBad
        | ChannelFault::AddressPlain
        | ChannelFault::AddressNotAllowed { .. } => true,
        ChannelFault::NameMissing
        | ChannelFault::NameBad
        | ChannelFault::NameTaken
        | ChannelFault::NoEvents
        | ChannelFault::TooMany => false,
    };
    let of_address = faults.iter().find(address_fault).map(|fault| words.channel_fault(*fault));
    let is_lost = kind.has_secret_address() && !faults.is_empty() && !typed.address.trim().is_empty();
    let lost = is_lost.then(|| Locale::default().notice_pages().address_lost().to_owned());
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
        address: Field { value: address, error: of_address.or(lost) },
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
