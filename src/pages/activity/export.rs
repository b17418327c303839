//! Files of the activity: comma-separated values for spreadsheets, and a JSON value on each line for programs.

use std::borrow::Cow;
use std::future::ready;

use actix_web::web::Bytes;
use anyhow::anyhow;
use chrono::SecondsFormat;
use csv::{Terminator, WriterBuilder};
use futures_util::{Stream, StreamExt as _, stream};
use serde::Serialize;
use serde_json::Value;

use crate::app::reads::{Activity, ActivityExport};
use crate::domain::activity::{ExportFormat, Road};
use crate::domain::ids::{EventId, ReleaseId, UserId};
use crate::http::connections::Busy;
use crate::http::error::HttpError;
use crate::messages::{self, Locale};
use crate::pages::components::ToldEvent;

/// The columns, in order; [`cells`] fills them.
const COLUMNS: [&str; 16] = [
    "id",
    "at",
    "who",
    "who_id",
    "road",
    "credential",
    "address",
    "team",
    "region",
    "release_task",
    "release_task_id",
    "execution",
    "task",
    "event",
    "sentence",
    "comment",
];

/// An event on a line of JSON: everything that is kept of it, as it is kept, with its sentence.
#[derive(Serialize)]
struct EventLine<'a> {
    id: EventId,
    at: String,
    who: &'a str,
    who_id: Option<UserId>,
    road: Option<&'static str>,
    credential: Option<&'a str>,
    address: Option<&'a str>,
    team: Option<&'a str>,
    region: Option<&'a str>,
    release_task: Option<&'a str>,
    release_task_id: Option<ReleaseId>,
    execution: Option<u32>,
    task: Option<&'a str>,
    about: &'static str,
    event: Value,
    sentence: String,
}

/// The file, part by part.
pub fn written(
    rows: ActivityExport,
    format: ExportFormat,
    busy: Option<Busy>,
) -> impl Stream<Item = Result<Bytes, HttpError>> + Unpin {
    let rest = stream::try_unfold((rows, busy), move |(mut rows, busy)| async move {
        let Some(part) = rows.next().await? else { return Ok(None) };
        let text = lines(format, &part).map_err(HttpError::Broken)?;
        Ok(Some((Bytes::from(text), (rows, busy))))
    });
    let head = ready(head(format).map(Bytes::from).map_err(HttpError::Broken));
    Box::pin(stream::once(head).chain(rest))
}

/// What stands above the first event.
pub fn head(format: ExportFormat) -> anyhow::Result<Vec<u8>> {
    match format {
        ExportFormat::Csv => records([COLUMNS.map(Cow::Borrowed).to_vec()]),
        ExportFormat::JsonLines => Ok(Vec::new()),
    }
}

/// These events, each on its line.
pub fn lines(format: ExportFormat, rows: &[Activity]) -> anyhow::Result<Vec<u8>> {
    match format {
        ExportFormat::Csv => records(rows.iter().map(|row| cells(row).map(harmless).to_vec())),
        ExportFormat::JsonLines => {
            let mut text = Vec::new();
            for row in rows {
                serde_json::to_writer(&mut text, &EventLine::of(row)?)?;
                text.push(b'\n');
            }
            Ok(text)
        }
    }
}

fn records<'a>(rows: impl IntoIterator<Item = Vec<Cow<'a, str>>>) -> anyhow::Result<Vec<u8>> {
    let mut to = WriterBuilder::new().terminator(Terminator::CRLF).from_writer(Vec::new());
    for row in rows {
        to.write_record(row.iter().map(|cell| cell.as_bytes()))?;
    }
    to.into_inner().map_err(|error| anyhow!("{error}"))
}

/// A cell that no spreadsheet takes for a formula.
fn harmless(cell: Cow<'_, str>) -> Cow<'_, str> {
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{cell}").into() } else { cell }
}

fn cells(row: &Activity) -> [Cow<'_, str>; COLUMNS.len()] {
    fn text(text: Option<&String>) -> Cow<'_, str> {
        text.map(String::as_str).unwrap_or_default().into()
    }
    fn id(id: Option<&impl ToString>) -> Cow<'static, str> {
        id.map(ToString::to_string).unwrap_or_default().into()
    }
    let ToldEvent { sentence, comment, .. } = ToldEvent::of(&row.happened);
    let tag = row.happened.kept().ok().and_then(|event| Some(event.get("event")?.as_str()?.to_owned()));
    [
        row.id.to_string().into(),
        exact(row).into(),
        row.actor.name().into(),
        id(row.actor.id().as_ref()),
        row.road.map(Road::word).unwrap_or_default().into(),
        text(row.credential.as_ref()),
        text(row.address.as_ref()),
        text(row.team.as_ref()),
        text(row.region.as_ref()),
        text(row.release.as_ref()),
        id(row.release_id.as_ref()),
        id(row.execution.as_ref()),
        text(row.task.as_ref()),
        tag.unwrap_or_default().into(),
        sentence.into(),
        comment.unwrap_or_default().into(),
    ]
}

impl<'a> EventLine<'a> {
    fn of(row: &'a Activity) -> anyhow::Result<Self> {
        Ok(Self {
            id: row.id,
            at: exact(row),
            who: row.actor.name(),
            who_id: row.actor.id(),
            road: row.road.map(Road::word),
            credential: row.credential.as_deref(),
            address: row.address.as_deref(),
            team: row.team.as_deref(),
            region: row.region.as_deref(),
            release_task: row.release.as_deref(),
            release_task_id: row.release_id,
            execution: row.execution,
            task: row.task.as_deref(),
            about: row.happened.about(),
            event: row.happened.kept()?,
            sentence: messages::happened(&row.happened, Locale::default()),
        })
    }
}

/// When it happened, to the microsecond.
fn exact(row: &Activity) -> String {
    row.at.to_rfc3339_opts(SecondsFormat::Micros, true)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::event::{Happened, ReleaseEvent};
    use crate::domain::people::Actor;

    fn row(name: &str) -> Activity {
        Activity {
            id: EventId::nil(),
            at: "2026-11-30T08:29:11.000123Z".parse().unwrap(),
            actor: Actor::Tollgate,
            address: None,
            credential: Some("=HYPERLINK(\"x\") (tgp_1)".to_owned()),
            road: Some(Road::Token),
            team: Some("store, front".to_owned()),
            region: None,
            release_id: None,
            release: None,
            execution: None,
            task: None,
            happened: Happened::Release(ReleaseEvent::Created { name: name.to_owned() }),
        }
    }

    #[test]
    fn c12_cells_of_a_spreadsheet_are_no_formulas_and_lines_of_json_are_exact() {
        for cell in ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"] {
            assert_eq!(harmless(cell.into()), format!("'{cell}"));
        }
        for cell in ["a=1", "", "'=1", "1-1"] {
            assert_eq!(harmless(cell.into()), cell);
        }
        let csv = String::from_utf8(lines(ExportFormat::Csv, &[row("=a")]).unwrap()).unwrap();
        let expected = "00000000-0000-0000-0000-000000000000,2026-11-30T08:29:11.000123Z,Tollgate,,token,\
                        \"'=HYPERLINK(\"\"x\"\") (tgp_1)\",,\"store, front\",,,,,,created,created the release task =a,\r\n";
        assert_eq!(csv, expected);
        let head = String::from_utf8(head(ExportFormat::Csv).unwrap()).unwrap();
        assert_eq!(head.trim_end().split(',').count(), COLUMNS.len());
        let json = lines(ExportFormat::JsonLines, &[row("=a"), row("\u{202e}b\n")]).unwrap();
        let text = String::from_utf8(json).unwrap();
        let told: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(told.len(), 2);
        assert_eq!(told[0]["credential"], "=HYPERLINK(\"x\") (tgp_1)");
        assert_eq!(told[0]["event"], serde_json::json!({"event": "created", "name": "=a"}));
        assert_eq!(told[1]["event"]["name"], "\u{202e}b\n");
        assert_eq!(told[0]["at"], "2026-11-30T08:29:11.000123Z");
    }
}
