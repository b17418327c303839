//! `…/applications/matrix`: the components of a team by the environments that they run in.

use std::collections::BTreeMap;

use actix_web::HttpRequest;
use actix_web::web::{Data, Query};
use serde::Deserialize;

use super::view::{MatrixCell, MatrixColumn, MatrixPage, MatrixRow};
use crate::app::reads::{ComponentMatrix, ComponentPlace, IdAndName, ListedComponent, TeamApplication};
use crate::domain::ids::{ApplicationId, EnvironmentId, RegionId, TeamId};
use crate::http::Site;
use crate::http::error::HttpError;
use crate::http::response::{self, Reply};
use crate::http::session::CurrentUser;
use crate::messages::Locale;
use crate::pages::components::layout::CurrentTeam;
use crate::pages::components::{Chrome, Crumbs, Link, Section, SelectOption, component_urls, layout};
use crate::pages::environments::component_status;
use crate::pages::regions::CurrentRegion;

/// So many names are shown at once; an application of its own shows the others.
const MAX_ROWS: usize = 500;

/// Of which team and application.
#[derive(Debug, Default, Deserialize)]
pub struct MatrixQuery {
    team: Option<TeamId>,
    /// Empty where all of the team is shown.
    #[serde(default)]
    application: String,
}

/// The matrix.
pub async fn show(
    site: Data<Site>,
    request: HttpRequest,
    reader: CurrentUser,
    region: CurrentRegion,
    query: Query<MatrixQuery>,
) -> Reply {
    let caller = reader.caller(&site, &request);
    let list = site.app.applications(&caller, region.id).await?;
    let mut teams: Vec<IdAndName<TeamId>> = list.applications.iter().map(|(_, team, _)| team.clone()).collect();
    teams.sort_by(|one, other| one.name.cmp(&other.name));
    teams.dedup();
    let chrome = async |title: String| layout::around(&request, &reader, title, Section::Applications).await;
    let title = Locale::default().components().matrix_title();
    let team = query.team.or(teams.first().map(|team| team.id));
    let Some(team) = team else {
        let page = MatrixPage { chrome: chrome(title.to_owned()).await?, ..empty(&region.name) };
        return response::page(&page);
    };
    let application: Option<ApplicationId> = match query.application.as_str() {
        "" => None,
        id => Some(id.parse().map_err(|_| HttpError::NotFound)?),
    };
    // Another team was chosen: the application is not of that one.
    let is_of = |id: ApplicationId| list.applications.iter().any(|(one, ..)| one.id == id && one.team_id == team);
    let found = site.app.component_matrix(&caller, team, application.filter(|id| is_of(*id))).await?;
    CurrentTeam::note(&request, &found.team.name);
    let regions = site.sessions.regions(&site.app).await?;
    let page = page(&found, (&teams, application), &region.name, &regions);
    response::page(&MatrixPage { chrome: chrome(format!("{title}, {}", found.team.name)).await?, ..page })
}

fn empty(region: &str) -> MatrixPage {
    let words = Locale::default().components();
    let list = Link::new("Applications", component_urls::applications(region));
    MatrixPage {
        chrome: Chrome::default(),
        crumbs: Crumbs::new(vec![list], words.matrix_title()),
        lead: words.matrix_lead(),
        url: component_urls::matrix(region),
        teams: Vec::new(),
        applications: Vec::new(),
        columns: Vec::new(),
        rows: Vec::new(),
        is_cut: false,
    }
}

fn page(
    found: &ComponentMatrix,
    (teams, chosen): (&[IdAndName<TeamId>], Option<ApplicationId>),
    region: &str,
    regions: &[IdAndName<RegionId>],
) -> MatrixPage {
    let region_name =
        |id: RegionId| regions.iter().find(|one| one.id == id).map(|one| one.name.clone()).unwrap_or_default();
    // By region and name, and each with what is in it.
    let columns: BTreeMap<(String, String), EnvironmentId> = found
        .components
        .iter()
        .map(|(_, place)| ((region_name(place.region_id), place.environment.clone()), place.environment_id))
        .collect();
    let mut rows: BTreeMap<&str, Vec<&(ListedComponent, ComponentPlace)>> = BTreeMap::new();
    for one in &found.components {
        rows.entry(one.1.component.as_str()).or_default().push(one);
    }
    let is_cut = rows.len() > MAX_ROWS;
    let cell = |components: &[&(ListedComponent, ComponentPlace)],
                ((there, _), id): (&(String, String), &EnvironmentId)| {
        let here = components.iter().filter(|(_, place)| place.environment_id == *id);
        here.map(|(listed, place)| MatrixCell {
            name: Link::new(
                &place.application,
                component_urls::component(there, place.application_id, listed.component.id),
            ),
            version: listed.version.clone(),
            status: component_status(listed.component.status),
        })
        .collect::<Vec<_>>()
    };
    let row = |(name, components): (&str, Vec<&(ListedComponent, ComponentPlace)>)| MatrixRow {
        name: name.to_owned(),
        cells: columns.iter().map(|column| cell(&components, column)).collect(),
    };
    let column = |((there, name), id): (&(String, String), &EnvironmentId)| MatrixColumn {
        name: Link::new(name, component_urls::environment(there, *id)),
        region: there.clone(),
    };
    let all = SelectOption::new("", Locale::default().components().all_applications(), chosen.is_none());
    let application =
        |one: &TeamApplication| SelectOption::new(one.id.to_string(), one.name.clone(), chosen == Some(one.id));
    let team =
        |team: &IdAndName<TeamId>| SelectOption::new(team.id.to_string(), team.name.clone(), team.id == found.team.id);
    MatrixPage {
        teams: teams.iter().map(team).collect(),
        applications: std::iter::once(all).chain(found.applications.iter().map(application)).collect(),
        columns: columns.iter().map(column).collect(),
        rows: rows.into_iter().take(MAX_ROWS).map(row).collect(),
        is_cut,
        ..empty(region)
    }
}
