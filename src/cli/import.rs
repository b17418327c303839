//! `tollgate import`: release tasks as code.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use anyhow::{Context, anyhow, bail};
use clap::Args;

use super::{no_such, open};
use crate::app::{App, AppError, Caller, Imported, ReleaseContent};
use crate::config::DataConfig;
use crate::domain::compare::compare;
use crate::domain::definition::Definition;
use crate::domain::ids::{RegionId, TeamId};
use crate::domain::release::ReleaseOwner;
use crate::domain::visible;
use crate::format::{self, Document, MAX_FILE_LEN, WrittenDocument};
use crate::messages::{self, Locale};
use crate::store::IdAndName;

/// What to bring in.
#[derive(Debug, Args)]
pub struct Import {
    /// YAML files of release tasks; nothing is brought in unless all of them can be read
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Team of the release tasks; a file that names another is refused
    #[arg(long, value_name = "TEAM", env = "TOLLGATE_TEAM")]
    team: Option<String>,
    /// Region of the release tasks; a file that names another is refused
    #[arg(long, value_name = "REGION", env = "TOLLGATE_REGION")]
    region: Option<String>,
    /// Say what would change, and change nothing
    #[arg(long, env = "TOLLGATE_DRY_RUN")]
    dry_run: bool,
    #[command(flatten)]
    data: DataConfig,
}

/// A release task that is to be there.
struct WantedRelease {
    owner: ReleaseOwner,
    content: ReleaseContent,
    /// As it was written.
    text: Option<String>,
    /// What was done to the ends of its lines.
    note: Option<String>,
}

impl Import {
    /// Reads every file, then makes or updates each release task.
    pub async fn run(self) -> anyhow::Result<()> {
        let documents = read(&self.files)?;
        let app = open(self.data).await?;
        let told = (self.team.as_deref(), self.region.as_deref());
        let wanted = placed(documents, told, (&app.store.teams().await?, &app.store.regions().await?))?;
        if !self.dry_run && wanted.len() > 1 {
            try_all(&app, &wanted).await?;
        }
        let count = wanted.len();
        for (index, WantedRelease { owner, content: draft, text, note }) in wanted.into_iter().enumerate() {
            if self.dry_run {
                let tried = app.try_import(&Caller::CommandLine, owner, &draft).await;
                let (imported, before) = tried.map_err(|error| refused(&draft, error))?;
                would(&draft, imported, before.as_deref());
                warn(&app, owner, &draft, note).await?;
                continue;
            }
            match app.import_written(&Caller::CommandLine, owner, &draft, text.as_deref()).await {
                Ok(Imported::Created(_)) => tell!("created {}", draft.name),
                Ok(Imported::Updated(_, version)) => tell!("updated {} to version {version}", draft.name),
                Ok(Imported::Replaced(_, version)) => {
                    tell!("updated {} to version {version} and changed its description", draft.name);
                }
                Ok(Imported::Described(..)) => tell!("changed the description of {}", draft.name),
                Ok(Imported::Unchanged(_)) => tell!("unchanged {}", draft.name),
                // What was tried before went well, so that something has come between.
                Err(error) if index > 0 => {
                    let (error, left) = (refused(&draft, error), count - index);
                    return Err(error.context(format!(
                        "{index} of {count} release tasks were brought in, as told above; {left} were not"
                    )));
                }
                Err(error) => return Err(refused(&draft, error)),
            }
            warn(&app, owner, &draft, note).await?;
        }
        Ok(app.store.close().await?)
    }
}

/// Tries all of them before the first is brought in: nothing is, where one cannot be.
async fn try_all(app: &App, wanted: &[WantedRelease]) -> anyhow::Result<()> {
    let mut wrong = Vec::new();
    for WantedRelease { owner, content, .. } in wanted {
        if let Err(error) = app.try_import(&Caller::CommandLine, *owner, content).await {
            wrong.push(format!("{}: {}", content.name, told(error)?));
        }
    }
    nothing_if(&wrong)
}

/// Ends the import with what is wrong, if anything is.
fn nothing_if(wrong: &[String]) -> anyhow::Result<()> {
    if let [only] = wrong {
        bail!("{only}; nothing was brought in");
    }
    if !wrong.is_empty() {
        for sentence in wrong {
            eprintln!("{sentence}");
        }
        bail!("{}; nothing was brought in", messages::counted(wrong.len(), "problem"));
    }
    Ok(())
}

/// Says what there is to think about in what was brought in. It is brought in all the same.
async fn warn(app: &App, owner: ReleaseOwner, content: &ReleaseContent, note: Option<String>) -> anyhow::Result<()> {
    for warning in app.import_warnings(owner, content).await? {
        eprintln!("warning: {}: {}", content.name, Locale::default().editor().warning(&warning));
    }
    if let Some(note) = note {
        eprintln!("note: {}: {note}", content.name);
    }
    Ok(())
}

/// Says what an import would do.
fn would(content: &ReleaseContent, imported: Imported, before: Option<&Definition>) {
    match imported {
        Imported::Created(_) => tell!("would create {}", content.name),
        Imported::Unchanged(_) => tell!("unchanged {}", content.name),
        Imported::Described(..) => tell!("would change the description of {}", content.name),
        Imported::Updated(_, version) | Imported::Replaced(_, version) => {
            let described = if matches!(imported, Imported::Replaced(..)) { " and change its description" } else { "" };
            tell!("would update {} to version {version}{described}", content.name);
            let changes =
                before.map(|before| messages::changes(&compare(before, &content.definition), Locale::default()));
            for change in changes.unwrap_or_default() {
                tell!("  {}", visible::text(&change.words));
                change.fields.iter().for_each(|field| tell!("    {}", visible::text(field)));
            }
        }
    }
}

/// What all files describe, or every problem of every file.
pub(super) fn read(files: &[PathBuf]) -> anyhow::Result<Vec<WrittenDocument>> {
    let (mut documents, mut findings) = (Vec::new(), 0);
    for file in files {
        let bytes = bytes(file).with_context(|| format!("{} cannot be read", file.display()))?;
        match format::decode(bytes).and_then(|text| format::parse_written(&text)) {
            Ok(found) => documents.extend(found),
            Err(found) => {
                findings += found.len();
                for finding in found {
                    eprintln!("{}:{}", file.display(), messages::finding(&finding, Locale::default()));
                }
            }
        }
    }
    match findings {
        0 => Ok(documents),
        count => bail!("{}; nothing was brought in", messages::counted(count, "problem")),
    }
}

/// What a file holds, unless it is far too long to be a release task: then it is not even read.
fn bytes(file: &Path) -> anyhow::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    if file == Path::new("-") {
        io::stdin().take(MAX_FILE_LEN as u64 + 1).read_to_end(&mut bytes)?;
    } else {
        File::open(file)?.take(MAX_FILE_LEN as u64 + 1).read_to_end(&mut bytes)?;
    }
    if bytes.len() > MAX_FILE_LEN {
        bail!("it is larger than {} MiB", MAX_FILE_LEN / (1024 * 1024));
    }
    Ok(bytes)
}

/// The release tasks with the team and the region that each is meant for, or everything that is wrong with that.
fn placed(
    documents: Vec<WrittenDocument>,
    (team, region): (Option<&str>, Option<&str>),
    (teams, regions): (&[IdAndName<TeamId>], &[IdAndName<RegionId>]),
) -> anyhow::Result<Vec<WantedRelease>> {
    let (mut wanted, mut wrong, mut names) = (Vec::new(), Vec::new(), BTreeSet::new());
    for WrittenDocument { document, text } in documents {
        let team = meant("team", document.team.as_deref(), team).and_then(|name| key("team", teams, name));
        let region = meant("region", document.region.as_deref(), region).and_then(|name| key("region", regions, name));
        let Document { name, description, definition, straightened, .. } = document;
        match (team, region) {
            (Ok(team), Ok(_)) if !names.insert((team, name.to_ascii_lowercase())) => {
                wrong.push(format!(
                    "{name}: it is there twice, be it in another case, and a name is unique in its team"
                ));
            }
            (Ok(team), Ok(region)) => {
                let (owner, content) =
                    (ReleaseOwner { team, region }, ReleaseContent { name, description, definition });
                let note = Locale::default().editor().straightened(&straightened);
                wanted.push(WantedRelease { owner, content, text, note });
            }
            (team, region) => {
                wrong.extend([team.err(), region.err()].into_iter().flatten().map(|why| format!("{name}: {why}")));
            }
        }
    }
    nothing_if(&wrong)?;
    Ok(wanted)
}

/// The name of the team or region that is meant: what the command was told is what is done, or it is refused.
fn meant<'n>(what: &str, in_file: Option<&'n str>, told: Option<&'n str>) -> Result<Option<&'n str>, String> {
    match (in_file, told) {
        (Some(in_file), Some(told)) if in_file != told => {
            Err(format!("its file says {what} {in_file}, and the command was told {told}"))
        }
        (in_file, told) => Ok(told.or(in_file)),
    }
}

fn key<I: Copy>(what: &str, of: &[IdAndName<I>], wanted: Option<&str>) -> Result<I, String> {
    match (wanted, of) {
        (Some(wanted), _) => {
            let found = of.iter().find(|named| named.name == *wanted).map(|named| named.id);
            found.ok_or_else(|| {
                let sentence = no_such(what, wanted, of.iter().map(|named| named.name.as_str()));
                if sentence.ends_with('?') { sentence } else { format!("{sentence}; `tollgate {what} add` makes one") }
            })
        }
        (None, [only]) => Ok(only.id),
        (None, _) => Err(format!("its file names no {what}: say which with --{what}")),
    }
}

pub(super) fn refused(content: &ReleaseContent, error: AppError) -> anyhow::Error {
    match told(error) {
        Ok(sentence) => anyhow!("{}: {sentence}", content.name),
        Err(error) => error,
    }
}

fn told(error: AppError) -> anyhow::Result<String> {
    match error {
        AppError::Refused(refusal) => Ok(messages::refusal(&refusal, Locale::default())),
        AppError::Invalid(problems) => Ok(messages::broken_rules(&problems, Locale::default())),
        AppError::NotFound
        | AppError::NotSignedIn
        | AppError::NameTaken
        | AppError::RegionFull
        | AppError::TeamFull
        | AppError::TooManyDrafts
        | AppError::DraftChanged
        | AppError::NotEdited(_)
        | AppError::DraftHasProblems
        | AppError::TextNotApplied
        | AppError::PolicyTooHigh(_)
        | AppError::NoteTooLong
        | AppError::DoneBefore => Ok(error.to_string()),
        AppError::NoRoom(error) => Err(error.into()),
        AppError::Store(error) => Err(error.into()),
    }
}
