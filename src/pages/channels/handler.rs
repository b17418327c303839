//! `/teams/{team}/channels`. For everybody but who manages the team there is no such page.

use actix_web::HttpRequest;
use actix_web::http::StatusCode;
use actix_web::web::{Bytes, Data, Path, Query};
use serde::Deserialize;

use super::view::{ChannelPage, ChannelsPage, MadeKey};
use super::{presenter, sent_form};
use crate::app::channels::{ChannelError, TeamChannels, TypedChannel};
use crate::app::reads::Channel;
use crate::domain::ids::{ChannelId, TeamId};
use crate::domain::notices::{ChannelKind, NoticeKind};
use crate::http::Site;
use crate::http::error::HttpError;
use crate::http::response::{self, Reply};
use crate::http::session::CurrentUser;
use crate::messages::Locale;
use crate::messages::told::Told;
use crate::pages::components::layout::CurrentTeam;
use crate::pages::components::{Section, layout, urls};

/// Which kind of channel is made.
#[derive(Debug, Deserialize)]
pub struct WantedKind {
    kind: Option<String>,
}

/// What the page shows already.
#[derive(Debug, Deserialize)]
pub struct SeenMark {
    pub(in crate::pages) seen: u64,
}

/// Who asks, at which site.
type Around<'r> = (&'r Site, &'r HttpRequest, &'r CurrentUser);

/// The channels of a team.
pub async fn index(site: Data<Site>, request: HttpRequest, reader: CurrentUser, team: Path<TeamId>) -> Reply {
    list((&site, &request, &reader), StatusCode::OK, *team, None).await
}

/// The list, if it is another than the page shows.
pub async fn show_list(
    site: Data<Site>,
    request: HttpRequest,
    reader: CurrentUser,
    team: Path<TeamId>,
    shown: Query<SeenMark>,
) -> Reply {
    let found = site.app.channels(&reader.caller(&site, &request), *team).await?;
    if presenter::mark(&found.last, &found.tried) == shown.seen {
        return Ok(response::unchanged());
    }
    response::page(&presenter::rows(&found, site.app.clock.now()))
}

/// The form of a new one.
pub async fn new(
    site: Data<Site>,
    request: HttpRequest,
    reader: CurrentUser,
    team: Path<TeamId>,
    wanted: Query<WantedKind>,
) -> Reply {
    let found = site.app.channels(&reader.caller(&site, &request), *team).await?;
    let wanted = wanted.kind.as_deref().and_then(ChannelKind::from_word);
    let kind = wanted.filter(|kind| ChannelKind::OF_TEAMS.contains(kind)).unwrap_or(ChannelKind::Webhook);
    let typed = TypedChannel { events: NoticeKind::DEFAULT.into(), enabled: true, ..TypedChannel::default() };
    let form = presenter::form(&found.team, (kind, None), &typed, &[]);
    show((&site, &request, &reader), StatusCode::OK, &found, form).await
}

/// Makes it, and shows its signing key, once.
pub async fn create(
    site: Data<Site>,
    request: HttpRequest,
    reader: CurrentUser,
    team: Path<TeamId>,
    body: Bytes,
) -> Reply {
    let around: Around<'_> = (&site, &request, &reader);
    let (kind, typed) = sent_form::read(&body);
    let kind = kind.ok_or(HttpError::NotFound)?;
    match site.app.make_channel(&reader.caller(&site, &request), *team, kind, &typed).await {
        Ok(Some(key)) => list(around, StatusCode::CREATED, *team, Some(made(&typed.name, key))).await,
        Ok(None) => Ok(response::done(&request, &urls::channels_of(*team), &Told::ChannelSaved(typed.name))),
        Err(ChannelError::Invalid(faults)) => {
            let found = site.app.channels(&reader.caller(&site, &request), *team).await?;
            let form = presenter::form(&found.team, (kind, None), &typed, &faults);
            show(around, StatusCode::UNPROCESSABLE_ENTITY, &found, form).await
        }
        Err(other) => Err(other.into()),
    }
}

/// The form of one that is there.
pub async fn edit(
    site: Data<Site>,
    request: HttpRequest,
    reader: CurrentUser,
    path: Path<(TeamId, ChannelId)>,
) -> Reply {
    let (team, id) = path.into_inner();
    let found = site.app.channels(&reader.caller(&site, &request), team).await?;
    let channel = one(&found, id)?;
    let typed = TypedChannel {
        name: channel.name.clone(),
        address: channel.address.clone().unwrap_or_default(),
        events: channel.choice.events.clone(),
        enabled: channel.choice.enabled,
    };
    let form = presenter::form(&found.team, (channel.choice.kind, Some(channel)), &typed, &[]);
    show((&site, &request, &reader), StatusCode::OK, &found, form).await
}

/// Changes it.
pub async fn update(
    site: Data<Site>,
    request: HttpRequest,
    reader: CurrentUser,
    path: Path<(TeamId, ChannelId)>,
    body: Bytes,
) -> Reply {
    let (team, id) = path.into_inner();
    let (_, typed) = sent_form::read(&body);
    let caller = reader.caller(&site, &request);
    match site.app.change_channel(&caller, team, id, &typed).await {
        Ok(()) => Ok(response::done(&request, &urls::channels_of(team), &Told::ChannelSaved(typed.name))),
        Err(ChannelError::Invalid(faults)) => {
            let found = site.app.channels(&caller, team).await?;
            let channel = one(&found, id)?;
            let form = presenter::form(&found.team, (channel.choice.kind, Some(channel)), &typed, &faults);
            show((&site, &request, &reader), StatusCode::UNPROCESSABLE_ENTITY, &found, form).await
        }
        Err(other) => Err(other.into()),
    }
}

/// Says what members are told by e-mail.
pub async fn choose(
    site: Data<Site>,
    request: HttpRequest,
    reader: CurrentUser,
    team: Path<TeamId>,
    body: Bytes,
) -> Reply {
    let (caller, events) = (reader.caller(&site, &request), sent_form::events(&body));
    site.app.choose_member_events(&caller, *team, &events).await?;
    let name = site.app.channels(&caller, *team).await?.team.name;
    let told = if events.is_empty() { Told::NoMemberEvents(name) } else { Told::MemberEventsChosen(name) };
    Ok(response::done(&request, &urls::channels_of(*team), &told))
}

/// Sends a test.
pub async fn attempt(
    site: Data<Site>,
    request: HttpRequest,
    reader: CurrentUser,
    path: Path<(TeamId, ChannelId)>,
) -> Reply {
    let (team, id) = path.into_inner();
    let name = site.app.try_channel(&reader.caller(&site, &request), team, id).await?;
    Ok(response::done(&request, &urls::channels_of(team), &Told::ChannelTried(name)))
}

/// Replaces the signing key, and shows the new one, once.
pub async fn rotate(
    site: Data<Site>,
    request: HttpRequest,
    reader: CurrentUser,
    path: Path<(TeamId, ChannelId)>,
) -> Reply {
    let (team, id) = path.into_inner();
    let caller = reader.caller(&site, &request);
    let key = site.app.rotate_channel_key(&caller, team, id).await?;
    let found = site.app.channels(&caller, team).await?;
    let made = made(&one(&found, id)?.name, key);
    list((&site, &request, &reader), StatusCode::OK, team, Some(made)).await
}

/// Removes it.
pub async fn destroy(
    site: Data<Site>,
    request: HttpRequest,
    reader: CurrentUser,
    path: Path<(TeamId, ChannelId)>,
) -> Reply {
    let (team, id) = path.into_inner();
    let name = site.app.remove_channel(&reader.caller(&site, &request), team, id).await?;
    Ok(response::done(&request, &urls::channels_of(team), &Told::ChannelRemoved(name)))
}

fn made(name: &str, key: String) -> MadeKey {
    let words = Locale::default().notices();
    MadeKey { title: words.key_title(name.trim()), key, hint: words.key_hint() }
}

/// The channel of that key.
pub(super) fn one(found: &TeamChannels, id: ChannelId) -> Result<&Channel, HttpError> {
    found.channels.iter().find(|channel| channel.choice.id == id).ok_or(HttpError::NotFound)
}

async fn list((site, request, reader): Around<'_>, status: StatusCode, team: TeamId, made: Option<MadeKey>) -> Reply {
    let found = site.app.channels(&reader.caller(site, request), team).await?;
    CurrentTeam::note(request, &found.team.name);
    let page = presenter::list(&found, site.web.public_url.is_some(), site.app.clock.now());
    let chrome = layout::around(request, reader, page.title.clone(), Section::Members).await?;
    response::page_with(status, &ChannelsPage { chrome, made, ..page })
}

async fn show((_, request, reader): Around<'_>, status: StatusCode, found: &TeamChannels, form: ChannelPage) -> Reply {
    CurrentTeam::note(request, &found.team.name);
    let chrome = layout::around(request, reader, form.title.clone(), Section::Members).await?;
    response::page_with(status, &ChannelPage { chrome, ..form })
}
