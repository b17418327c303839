//! Rows of what a search found.

use super::view::{SearchRow, SearchSection};
use crate::app::reads::{ComponentPlace, ListedComponent, ListedRelease, SearchResults};
use crate::domain::ids::TeamId;
use crate::messages::Locale;
use crate::pages::components::release_urls::ReleaseUrls;
use crate::pages::components::{Link, Status, component_urls};
use crate::pages::environments::component_status;

/// What was found, without the sorts of which there is nothing.
pub fn sections(results: &SearchResults, region: &str) -> Vec<SearchSection> {
    let words = Locale::default().components();
    let team = |id: TeamId| {
        let found = results.teams.iter().find(|team| team.id == id);
        found.map(|team| team.name.clone()).unwrap_or_default()
    };
    let applications = results.applications.iter().map(|found| SearchRow {
        name: Link::new(&found.name, component_urls::application(region, found.id)),
        about: team(found.team_id),
        status: None,
    });
    let component = |(listed, place): &(ListedComponent, ComponentPlace)| {
        let url = component_urls::component(region, place.application_id, listed.component.id);
        SearchRow {
            name: Link::new(format!("{}/{}", place.application, place.component), url),
            about: words.found_component(&place.environment, listed.version.as_deref()),
            status: Some(component_status(listed.component.status)),
        }
    };
    let environments = results.environments.iter().map(|found| SearchRow {
        name: Link::new(&found.name, component_urls::environment(region, found.id)),
        about: team(found.team_id),
        status: None,
    });
    let release = |found: &ListedRelease| SearchRow {
        name: Link::new(&found.name, ReleaseUrls::new(region, found.id).show()),
        about: found.team.clone(),
        status: Some(Status::of_release(found.status, found.why)),
    };
    let sections = [
        ("applications", "Applications", applications.collect::<Vec<_>>()),
        ("components", "Components", results.components.iter().map(component).collect()),
        ("environments", "Environments", environments.collect()),
        ("release-tasks", "Release Tasks", results.releases.iter().map(release).collect()),
    ];
    let section = |(id, title, rows): (&'static str, &'static str, Vec<SearchRow>)| {
        (!rows.is_empty()).then_some(SearchSection { id, title, rows })
    };
    sections.into_iter().filter_map(section).collect()
}
