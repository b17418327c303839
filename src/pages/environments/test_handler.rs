//! `/regions/{region}/environments/{environment}/test`: whoever reads the environment sees the last test, its managers have it
//! tested and pin the keys of hosts.

use actix_web::HttpRequest;
use actix_web::web::{Data, Form, Path};

use super::handler::changeable;
use super::test_presenter::{self, KnownConnection};
use super::test_view::ConnectionTestPage;
use crate::app::connection_tests::WantedPin;
use crate::app::environments::EnvironmentError;
use crate::domain::ids::EnvironmentId;
use crate::http::Site;
use crate::http::error::HttpError;
use crate::http::response::{self, Reply};
use crate::http::session::CurrentUser;
use crate::messages::Locale;
use crate::messages::told::Told;
use crate::pages::components::layout::CurrentTeam;
use crate::pages::components::{Crumbs, Link, Section, component_urls, layout};
use crate::pages::regions::CurrentRegion;
use crate::pages::release_tasks::seen;

/// The last test, or its live part alone; nothing while that shows the newest state, which memory alone tells.
pub async fn show(
    site: Data<Site>,
    request: HttpRequest,
    reader: CurrentUser,
    region: CurrentRegion,
    path: Path<(String, EnvironmentId)>,
) -> Reply {
    let (mark, seen) = (site.app.live.connection_tests_mark(), seen(&request));
    if seen == Some(mark) {
        return Ok(response::unchanged());
    }
    let caller = reader.caller(&site, &request);
    let found = site.app.environment(&caller, region.id, path.1).await?;
    let (test, pinned) = site.app.connection_test(&caller, region.id, path.1).await?;
    let known = KnownConnection { of: &found, test: test.as_ref(), pinned: &pinned };
    let live = test_presenter::live(&region.name, &known, mark, site.app.clock.now());
    if seen.is_some() && response::is_htmx(&request) {
        return response::page(&live);
    }
    CurrentTeam::note(&request, &found.team.name);
    let chrome = layout::around(&request, &reader, live.title.clone(), Section::Environments).await?;
    let list = Link::new("Environments", component_urls::environments(&region.name));
    let own = Link::new(&found.environment.name, component_urls::environment(&region.name, path.1));
    let crumbs = Crumbs::new(vec![list, own], live.title.clone());
    response::page(&ConnectionTestPage { chrome, crumbs, live })
}

/// Has it tested.
pub async fn create(
    site: Data<Site>,
    request: HttpRequest,
    reader: CurrentUser,
    region: CurrentRegion,
    path: Path<(String, EnvironmentId)>,
) -> Reply {
    let found = changeable((&site, &request, &reader, &region), path.1).await?;
    site.app.ask_connection_test(&reader.caller(&site, &request), path.1).await?;
    let next = component_urls::environment_operation(&region.name, path.1, "test");
    Ok(response::done(&request, &next, &Told::ConnectionTestAsked(found.environment.name)))
}

/// Pins keys, and has it tested with them.
pub async fn pin(
    site: Data<Site>,
    request: HttpRequest,
    reader: CurrentUser,
    region: CurrentRegion,
    path: Path<(String, EnvironmentId)>,
    sent: Form<Vec<(String, String)>>,
) -> Reply {
    changeable((&site, &request, &reader, &region), path.1).await?;
    let pins: Vec<WantedPin> = sent.iter().filter(|(name, _)| name == "pin").map(|(_, text)| wanted(text)).collect();
    match site.app.pin_host_keys(&reader.caller(&site, &request), path.1, &pins).await {
        Ok(()) => {
            let next = component_urls::environment_operation(&region.name, path.1, "test");
            Ok(response::done(&request, &next, &Told::HostKeysPinned(pins.len())))
        }
        Err(EnvironmentError::ChangedSince) => {
            Err(HttpError::Conflict(Locale::default().connections().other_test().to_owned()))
        }
        Err(other) => Err(other.into()),
    }
}

/// Where the host is found, and the fingerprints, with blanks between.
fn wanted(text: &str) -> WantedPin {
    let mut words = text.split(' ').map(str::to_owned);
    WantedPin { place: words.next().unwrap_or_default(), fingerprints: words.collect() }
}
