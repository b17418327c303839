//! Clone: a new release task with the same definition.

use actix_web::http::StatusCode;
use actix_web::web::Form;
use serde::Deserialize;

use super::view::CloneDialog;
use crate::app::{AppError, CloneTarget};
use crate::domain::ids::{RegionId, TeamId};
use crate::domain::refusal::{Operation, Refusal};
use crate::domain::{names, policy};
use crate::http::error::HttpError;
use crate::http::response::{self, Reply};
use crate::messages::told::Told;
use crate::messages::{self, Locale};
use crate::pages::components::release_context::Subject;
use crate::pages::components::release_urls::ReleaseUrls;
use crate::pages::components::{Field, SelectOption, dialog};

/// The name of the copy.
#[derive(Debug, Deserialize)]
pub struct Copy {
    #[serde(default)]
    name: String,
    team: Option<TeamId>,
    region: Option<RegionId>,
}

/// Asks for a name, and offers one.
pub async fn new(subject: Subject) -> Reply {
    policy::check(subject.user(), (&*subject.release).into(), Operation::Clone)?;
    let offered = Field::of(names::offered(rand::random()));
    let dialog = view(&subject, CloneChoice { name: offered, team: None, region: None }, None).await?;
    dialog::show(&subject, "Clone", dialog).await
}

/// Makes the copy, and goes on to it. A name that is not good comes back as it was typed.
pub async fn create(subject: Subject, form: Form<Copy>) -> Reply {
    let name = form.name.trim();
    let typed = Field::of(&form.name);
    let target = CloneTarget { name, team: form.team, region: form.region };
    let cloned = subject.site.app.clone_release(&subject.caller(), subject.release.id, target).await;
    let (status, field, error) = match cloned {
        Ok(id) => {
            let url = ReleaseUrls::new(&region_of(&subject, form.region).await?, id).show();
            let told = Told::Cloned(subject.release.name.clone(), name.to_owned());
            return Ok(response::done(&subject.request, &url, &told));
        }
        Err(AppError::Invalid(problems)) => {
            let rules = messages::broken_rules(&problems, Locale::default());
            (StatusCode::UNPROCESSABLE_ENTITY, typed.wrong(rules), None)
        }
        Err(AppError::NameTaken) => (StatusCode::CONFLICT, typed.wrong(Locale::default().dialogs().name_taken()), None),
        Err(AppError::Refused(refusal @ Refusal::NameAlike { .. })) => {
            (StatusCode::CONFLICT, typed.wrong(messages::refusal(&refusal, Locale::default())), None)
        }
        Err(AppError::RegionFull) => {
            (StatusCode::CONFLICT, typed, Some(Locale::default().dialogs().region_full().to_owned()))
        }
        Err(AppError::TeamFull) => {
            (StatusCode::CONFLICT, typed, Some(Locale::default().dialogs().team_full().to_owned()))
        }
        Err(other) => return Err(other.into()),
    };
    let choice = CloneChoice { name: field, team: form.team, region: form.region };
    dialog::show_with(status, &subject, "Clone", view(&subject, choice, error).await?).await
}

/// The name of the region that was chosen, or of that of the original.
async fn region_of(subject: &Subject, chosen: Option<RegionId>) -> Result<String, HttpError> {
    let regions = subject.site.sessions.regions(&subject.site.app).await?;
    let found = regions.iter().find(|region| Some(region.id) == chosen);
    Ok(found.map_or_else(|| subject.region.name.clone(), |region| region.name.clone()))
}

/// What is chosen in the dialog.
struct CloneChoice {
    name: Field,
    team: Option<TeamId>,
    region: Option<RegionId>,
}

async fn view(subject: &Subject, choice: CloneChoice, error: Option<String>) -> Result<CloneDialog, HttpError> {
    let CloneChoice { name, team, region } = choice;
    let (release, user) = (&subject.release, subject.user());
    let (team, region) = (team.unwrap_or(release.team_id), region.unwrap_or(release.region_id));
    let teams = subject.site.app.teams().await?;
    let mine = teams.into_iter().filter(|of| policy::check_create(user, of.id).is_ok());
    let regions = subject.site.sessions.regions(&subject.site.app).await?;
    Ok(CloneDialog {
        teams: mine.map(|of| SelectOption::new(of.id.to_string(), of.name, of.id == team)).collect(),
        regions: regions
            .iter()
            .map(|of| SelectOption::new(of.id.to_string(), of.name.clone(), of.id == region))
            .collect(),
        release: subject.release.name.clone(),
        url: subject.urls().operation("clone"),
        hidden: Vec::new(),
        cancel_url: subject.urls().show(),
        name,
        error,
    })
}
