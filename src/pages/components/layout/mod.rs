//! Fills the layout of every page: who reads, in which region and team, where they can go, what was just done.

pub mod navigation;
pub mod side_bar;
pub mod view;

use actix_web::web::Data;
use actix_web::{HttpMessage, HttpRequest};

use self::side_bar::SideBar;
use super::{Action, ActionStyle, Chrome, Flash, Look, Me, Notice, PlaceLink, PlaceSwitch, Section, urls};
use crate::domain::people::User;
use crate::http::error::HttpError;
use crate::http::session::CurrentUser;
use crate::http::{Site, response};
use crate::messages::Locale;
use crate::pages::approvals;
use crate::pages::regions::{self, CurrentRegion};

/// The team that a page is about, for the team switch: the one that the list is filtered by, or that owns the release task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CurrentTeam(String);

impl CurrentTeam {
    /// Notes it for the layout around the answer. An empty name is none.
    pub fn note(request: &HttpRequest, name: &str) {
        if !name.is_empty() {
            request.extensions_mut().insert(Self(name.to_owned()));
        }
    }
}

/// Around a page of somebody signed in.
pub async fn around(
    request: &HttpRequest,
    reader: &CurrentUser,
    title: impl Into<String>,
    section: Section,
) -> Result<Chrome, HttpError> {
    let Some(site) = request.app_data::<Data<Site>>() else { return Ok(Chrome::public(title)) };
    let regions = site.sessions.regions(&site.app).await?;
    let here = request.extensions().get::<CurrentRegion>().map(|region| region.name.clone());
    let here = here.or_else(|| regions::remembered(request, &regions)).unwrap_or_default();
    let user = reader.user();
    let me = Me {
        name: user.name.clone(),
        account_url: urls::account(),
        sign_out_url: urls::logout(),
        approvals_url: urls::approvals(),
        approvals: approvals::count(site, &reader.caller(site, request)).await?,
        release_tasks_url: navigation::release_tasks(&here),
        areas: navigation::areas(user, &here),
        regions: region_switch(&here, regions.iter().map(|region| region.name.as_str())),
        teams: team_switch(request, site, reader, &here).await?,
        side: SideBar::remembered(request),
        side_cookie: SideBar::cookie(request),
    };
    let invitation = reader.is_invited(site.app.clock.now()).then(invitation);
    let (flash, alarm) = (flash(request), alarm(site, user));
    Ok(Chrome { title: title.into(), section, me: Some(me), flash, alarm, invitation })
}

/// That the reader is asked to join a team.
fn invitation() -> Notice {
    let words = Locale::default().invitations();
    let mut notice = Notice::new(Look::Asking, words.invited_notice(), "");
    notice.actions.push(Action::link(words.see(), urls::own_invitations()).styled(ActionStyle::Small));
    notice
}

/// That the disk is short of free space.
fn alarm(site: &Site, reader: &User) -> Option<Notice> {
    let room = reader.administrator.then(|| site.app.space.shortage()).flatten()?;
    let words = Locale::default().storage();
    let mut notice = Notice::new(Look::Failed, words.disk_title(), words.disk_full(room.free, room.least));
    notice.actions.push(Action::link(words.title(), urls::storage()).styled(ActionStyle::Small));
    Some(notice)
}

fn region_switch<'n>(here: &str, names: impl Iterator<Item = &'n str>) -> Option<PlaceSwitch> {
    let link = |name: &str| PlaceLink { name: name.to_owned(), url: urls::release_tasks(name), current: name == here };
    let places: Vec<PlaceLink> = names.map(link).collect();
    (!places.is_empty()).then(|| PlaceSwitch { kind: "Region", here: here.to_owned(), places })
}

/// All teams, and each of the reader's: leads to the release tasks of the region at hand. Who is in no team has none.
async fn team_switch(
    request: &HttpRequest,
    site: &Site,
    reader: &CurrentUser,
    region: &str,
) -> Result<Option<PlaceSwitch>, HttpError> {
    let teams = site.sessions.teams(&site.app).await?;
    let theirs: Vec<&str> =
        teams.iter().filter(|team| reader.user().may_read(team.id)).map(|team| team.name.as_str()).collect();
    if region.is_empty() || theirs.is_empty() {
        return Ok(None);
    }
    let here = request.extensions().get::<CurrentTeam>().map(|team| team.0.clone());
    let all = PlaceLink { name: "All teams".to_owned(), url: urls::release_tasks(region), current: here.is_none() };
    let link = |name: &str| PlaceLink {
        name: name.to_owned(),
        url: urls::release_tasks_of(region, name),
        current: here.as_deref() == Some(name),
    };
    let places = std::iter::once(all.clone()).chain(theirs.into_iter().map(link)).collect();
    Ok(Some(PlaceSwitch { kind: "Team", here: here.unwrap_or(all.name), places }))
}

/// What was just done, for the page that shows it. [`page_cookies`](crate::pages::page_cookies) makes the browser forget it.
fn flash(request: &HttpRequest) -> Option<Flash> {
    response::flash(request).map(|text| Flash { look: Look::Done, text })
}
