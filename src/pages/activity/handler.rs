//! `/activity`, and the same as a file.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Query};
use actix_web::{HttpRequest, HttpResponse};

use super::query::ActivityQuery;
use super::view::ActivityPage;
use super::{export, presenter};
use crate::app::reads::Paged;
use crate::domain::activity::{ActivityFilter, ExportFormat};
use crate::domain::people::User;
use crate::domain::policy;
use crate::http::Site;
use crate::http::connections::Busy;
use crate::http::error::HttpError;
use crate::http::response::{self, Reply};
use crate::http::session::CurrentUser;
use crate::messages::Locale;
use crate::pages::components::{Link, Section, layout, urls};

/// How many are on a page.
const PAGE: u64 = 50;

/// The page.
pub async fn index(site: Data<Site>, request: HttpRequest, reader: CurrentUser, query: Query<ActivityQuery>) -> Reply {
    let (read, words) = (query.read(), Locale::default().activity());
    let good = read.is_good();
    let found = if good {
        let filter = looked_up(&site, read.filter).await?;
        site.app.activity_across(&reader.caller(&site, &request), &filter, query.turn(), PAGE).await?
    } else {
        Paged { rows: Vec::new(), newer: None, older: None }
    };
    let (teams, regions) = (readable(&site, reader.user()).await?, site.sessions.regions(&site.app).await?);
    let regions: Vec<String> = regions.iter().map(|region| region.name.clone()).collect();
    let (kept, now) = (query.kept(), site.app.clock.now());
    let with = |name: &str, value: &str| {
        let pairs: Vec<(&str, &str)> = kept.iter().copied().chain([(name, value)]).collect();
        if name == "format" { urls::activity_export(&pairs) } else { urls::activity_with(&pairs) }
    };
    let export = |format: ExportFormat| Link::new(words.export(format), with("format", format.word()));
    let has_day = !query.from.is_empty() || !query.until.is_empty();
    let page = ActivityPage {
        chrome: layout::around(&request, &reader, "Activity", Section::Activity).await?,
        lead: words.lead(),
        url: urls::activity_with(&[]),
        who: query.who.clone(),
        what: query.what.clone(),
        filters: presenter::filters(&query, &teams, &regions, policy::may_watch_others(reader.user())),
        from: read.from,
        until: read.until,
        zone: query.zone.clone(),
        days_of: read.zone.filter(|_| has_day).map(|zone| words.days_of(zone.name())),
        clear_url: (!kept.is_empty()).then(|| urls::activity_with(&[])),
        exports: if good { ExportFormat::ALL.map(export).into() } else { Vec::new() },
        rows: found.rows.iter().map(|row| presenter::row(row, now)).collect(),
        newer: found.newer.map(|id| with("after", &id.to_string())),
        older: found.older.map(|id| with("before", &id.to_string())),
    };
    response::page_with(if good { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY }, &page)
}

/// All that the filters choose, as a file that is sent while it is read.
pub async fn export(site: Data<Site>, request: HttpRequest, reader: CurrentUser, query: Query<ActivityQuery>) -> Reply {
    let (read, format) = (query.read(), ExportFormat::from_word(&query.format));
    let (Some(format), true) = (format, read.is_good()) else { return Err(HttpError::NotFound) };
    let filter = looked_up(&site, read.filter).await?;
    // Nobody who reads slowly is cut off as long as they read.
    let busy = Busy::with(&request);
    let rows = site.app.export_activity(&reader.caller(&site, &request), format, filter).await?;
    let (content_type, file) = match format {
        ExportFormat::Csv => ("text/csv; charset=utf-8", "activity.csv"),
        ExportFormat::JsonLines => ("application/jsonl; charset=utf-8", "activity.jsonl"),
    };
    Ok(HttpResponse::Ok()
        .content_type(content_type)
        .insert_header(("content-disposition", format!("attachment; filename=\"{file}\"")))
        .streaming(export::written(rows, format, busy)))
}

/// The filter with the name of a person as they write it.
async fn looked_up(site: &Site, filter: ActivityFilter) -> Result<ActivityFilter, HttpError> {
    let who = match &filter.who {
        Some(name) => Some(site.app.actor_named(name).await?),
        None => None,
    };
    Ok(ActivityFilter { who, ..filter })
}

/// Names of the teams whose activity the reader may read.
async fn readable(site: &Site, reader: &User) -> Result<Vec<String>, HttpError> {
    let teams = site.sessions.teams(&site.app).await?;
    Ok(teams.iter().filter(|team| reader.may_read(team.id)).map(|team| team.name.clone()).collect())
}
