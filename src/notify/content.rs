//! Content of a letter: the words that every channel shapes in its own way, the link, and the data for other systems.

use std::sync::Arc;

use serde_json::{Value, json};

use crate::app::reads::Token;
use crate::app::{Letter, LetterContent, LetterDestination, NoticeSubject};
use crate::domain::compare::compare;
use crate::domain::execution::Moment;
use crate::domain::ids::ReleaseId;
use crate::domain::notices::NoticeKind;
use crate::domain::unable;
use crate::domain::values::Names;
use crate::messages::notices::{ChangesBefore, DigestEntry, NoticeFacts, NoticeText, TokenEndFacts};
use crate::messages::{self, Locale};

/// A page that a letter leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LinkedPage<'p> {
    /// The dialog of a checkpoint.
    Checkpoint {
        /// Name of the region.
        region: &'p str,
        /// The release task.
        release: ReleaseId,
        /// Number of the execution.
        execution: u32,
        /// Name of the checkpoint.
        task: &'p str,
    },
    /// A release task.
    Release {
        /// Name of the region.
        region: &'p str,
        /// The release task.
        release: ReleaseId,
    },
    /// Where an address is confirmed.
    Confirmation {
        /// The secret.
        secret: &'p str,
    },
    /// The page of tokens.
    Tokens,
    /// The first page.
    Home,
}

/// Makes the address of a page as people reach it; none where that is not known.
pub type LinkTo = Arc<dyn Fn(LinkedPage<'_>) -> Option<String> + Send + Sync>;

/// A letter in words, with its link, and as data.
#[derive(Debug, Clone, PartialEq)]
pub struct Content {
    /// The words.
    pub text: NoticeText,
    /// Where it leads.
    pub link: Option<String>,
    /// The word for what it tells.
    pub kind: &'static str,
    /// When that happened.
    pub happened_at: Moment,
    /// What another system is told.
    pub data: Value,
}

/// The word for several notices in one.
const DIGEST: &str = "digest";

/// The word for what somebody tries.
const TRIAL: &str = "test";

/// The word for the link that confirms an address.
const CONFIRMATION: &str = "confirmation";

/// The word for a token that ends soon.
const TOKEN_ENDS: &str = NoticeKind::TokenEnds.word();

/// What a letter says.
pub fn of(letter: &Letter, links: &LinkTo) -> Content {
    let created_at = letter.created_at;
    match &letter.content {
        LetterContent::Notice(subject) => of_notice(subject, links),
        LetterContent::Digest { team, lines, count } => {
            let entry = |line: &crate::store::NoticeLine| {
                json!({
                    "type": line.kind.word(),
                    "timestamp": timestamp(line.happened_at),
                    "region": line.region,
                    "release_task": { "id": line.release_id, "name": line.release },
                    "execution": line.execution,
                })
            };
            let entries: Vec<DigestEntry<'_>> = lines
                .iter()
                .map(|line| DigestEntry {
                    kind: line.kind,
                    happened_at: line.happened_at,
                    release: &line.release,
                    region: &line.region,
                    execution: line.execution,
                })
                .collect();
            Content {
                text: Locale::default().notices().digest(team, &entries, *count),
                link: links(LinkedPage::Home),
                kind: DIGEST,
                happened_at: created_at,
                data: json!({ "team": team, "count": count, "notices": lines.iter().map(entry).collect::<Vec<_>>() }),
            }
        }
        LetterContent::Trial { team } => Content {
            text: Locale::default().notices().trial(team),
            link: links(LinkedPage::Home),
            kind: TRIAL,
            happened_at: created_at,
            data: json!({ "team": team }),
        },
        LetterContent::TokenEnds { token, team } => of_token(token, team, links, created_at),
        LetterContent::Confirmation { secret, until } => {
            let name = match &letter.to {
                LetterDestination::Email { name, .. } => name.as_str(),
                LetterDestination::Channel(_) => "",
            };
            Content {
                text: Locale::default().notices().confirmation(name, *until),
                link: links(LinkedPage::Confirmation { secret: secret.expose() }),
                kind: CONFIRMATION,
                happened_at: created_at,
                data: Value::Null,
            }
        }
    }
}

fn of_token(token: &Token, team: &str, links: &LinkTo, at: Moment) -> Content {
    let link = links(LinkedPage::Tokens);
    let facts = TokenEndFacts {
        name: &token.name,
        prefix: &token.prefix,
        team: Some(team).filter(|team| !team.is_empty()),
        expires_at: token.expires_at,
        last_used_at: token.last_used_at,
        now: at,
    };
    Content {
        text: Locale::default().notices().token_ends(&facts),
        kind: TOKEN_ENDS,
        happened_at: at,
        data: json!({
            "team": facts.team,
            "token": { "name": token.name, "prefix": token.prefix, "expires_at": timestamp(token.expires_at) },
            "url": link,
        }),
        link,
    }
}

fn of_notice(subject: &NoticeSubject, links: &LinkTo) -> Content {
    let NoticeSubject { kind, gate, happened_at, execution, place, people, before } = subject;
    let able = gate.and_then(|gate| unable::able(people, execution, gate.task));
    let comparison = before
        .as_ref()
        .filter(|before| gate.is_some() && before.version != execution.version)
        .map(|before| compare(&before.definition, &execution.definition));
    let changes = match (before, &comparison) {
        (None, _) => ChangesBefore::FirstExecution,
        (Some(before), None) => ChangesBefore::SameVersion { execution: before.execution },
        (Some(before), Some(comparison)) => {
            ChangesBefore::Changed { execution: before.execution, version: before.version, comparison }
        }
    };
    let names = Names { release: &place.name, region: &place.region, team: &place.team };
    let facts = NoticeFacts { kind: *kind, gate: *gate, execution, names, able: able.as_ref(), changes };
    let page = match gate {
        Some(gate) => LinkedPage::Checkpoint {
            region: &place.region,
            release: execution.release_id,
            execution: execution.number,
            task: &execution.tasks[gate.task].name,
        },
        None => LinkedPage::Release { region: &place.region, release: execution.release_id },
    };
    let link = links(page);
    Content {
        text: Locale::default().notices().notice(&facts),
        kind: kind.word(),
        happened_at: *happened_at,
        data: data(subject, link.as_deref()),
        link,
    }
}

/// What another system is told of an execution; docs/notifications.md describes it.
fn data(subject: &NoticeSubject, link: Option<&str>) -> Value {
    let NoticeSubject { gate, execution, place, .. } = subject;
    let checkpoint = gate.map(|gate| {
        let run = &execution.tasks[gate.task];
        json!({
            "name": run.name,
            "phase": execution.definition.phases[run.place.phase].name,
            "asking": gate.round,
            "deadline": run.state.asking().flatten().map(timestamp),
            "agreed": run.agreed(),
            "needed": execution.spec(gate.task).kind.gate().map(|gate| gate.required),
        })
    });
    let failures: Vec<Value> = execution
        .failures()
        .into_iter()
        .map(|(task, reason)| json!({ "task": task, "reason": messages::fail_reason(reason, Locale::default()) }))
        .collect();
    json!({
        "region": place.region,
        "team": place.team,
        "release_task": { "id": execution.release_id, "name": place.name },
        "execution": {
            "number": execution.number,
            "version": execution.version,
            "status": execution.status().word(),
            "status_code": execution.status().code(),
            "started_by": execution.started_by.name(),
            "started_at": timestamp(execution.started_at),
            "ended_at": execution.ended_at.map(timestamp),
        },
        "checkpoint": checkpoint,
        "failures": failures,
        "url": link,
    })
}

/// A moment as other systems read it.
pub fn timestamp(at: Moment) -> String {
    at.format("%Y-%m-%dT%H:%M:%S%.6fZ").to_string()
}
