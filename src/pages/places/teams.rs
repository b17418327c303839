//! `/teams`. For everybody but administrators there is no such page.

use actix_web::HttpRequest;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Form, Path};
use serde::Deserialize;

use super::view::{PlaceForm, PlaceRow, PlacesPage};
use crate::app::TeamPermission;
use crate::app::accounts::AccountError;
use crate::app::reads::IdAndName;
use crate::domain::ids::TeamId;
use crate::http::Site;
use crate::http::error::HttpError;
use crate::http::response::{self, Reply};
use crate::http::session::CurrentUser;
use crate::messages::Locale;
use crate::messages::told::Told;
use crate::pages::components::{Action, ActionStyle, Field, Hidden, Link, Look, Section, Status, layout, urls};

/// What was typed.
#[derive(Debug, Default, Deserialize)]
pub struct NewTeam {
    #[serde(default)]
    name: String,
    #[serde(default)]
    scripts: Option<String>,
}

/// Whether scripts are allowed from now on.
#[derive(Debug, Deserialize)]
pub struct Permission {
    allowed: Allowed,
}

/// The word for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Allowed {
    Yes,
    No,
}

/// The page.
pub async fn index(site: Data<Site>, request: HttpRequest, reader: CurrentUser) -> Reply {
    show(StatusCode::OK, &request, &reader, (&site, form(Field::default(), false))).await
}

/// Makes a team. What is wrong comes back as it was typed.
pub async fn create(site: Data<Site>, request: HttpRequest, reader: CurrentUser, typed: Form<NewTeam>) -> Reply {
    let caller = reader.caller(&site, &request);
    // Whoever may not is told nothing about what was typed.
    caller.reads_everything().map_err(HttpError::from)?;
    let words = Locale::default();
    let name = typed.name.trim();
    let error = match site.app.add_team(&caller, name, typed.scripts.is_some()).await {
        Ok(_) => {
            site.sessions.forget();
            return Ok(response::done(&request, &urls::teams(), &Told::TeamAdded(name.to_owned())));
        }
        Err(AccountError::PlaceName) => words.accounts().place_name_rule().to_owned(),
        Err(AccountError::NameTaken) => words.places().taken().to_owned(),
        Err(AccountError::NameAlike(other)) => words.places().alike(&other),
        Err(other) => return Err(other.into()),
    };
    let form = form(Field::of(typed.name.clone()).wrong(error), typed.scripts.is_some());
    show(StatusCode::UNPROCESSABLE_ENTITY, &request, &reader, (&site, form)).await
}

/// Allows a team scripts on the server, or forbids it.
pub async fn update(
    site: Data<Site>,
    request: HttpRequest,
    reader: CurrentUser,
    id: Path<TeamId>,
    sent: Form<Permission>,
) -> Reply {
    let caller = reader.caller(&site, &request);
    caller.reads_everything().map_err(HttpError::from)?;
    let teams = site.sessions.teams(&site.app).await?;
    let name = teams.iter().find(|team| team.id == *id).ok_or(HttpError::NotFound)?.name.clone();
    let granted = sent.allowed == Allowed::Yes;
    site.app.permit_scripts(&caller, &name, granted).await?;
    let told = if granted { Told::ScriptsAllowed(name) } else { Told::ScriptsForbidden(name) };
    Ok(response::done(&request, &urls::teams(), &told))
}

async fn show(
    status: StatusCode,
    request: &HttpRequest,
    reader: &CurrentUser,
    (site, form): (&Site, PlaceForm),
) -> Reply {
    let permissions = site.app.team_permissions(&reader.caller(site, request)).await?;
    let teams = site.app.teams().await?;
    let known =
        |permission: &TeamPermission| Some(row(teams.iter().find(|team| team.name == permission.team)?, permission));
    let words = Locale::default().places();
    response::page_with(
        status,
        &PlacesPage {
            chrome: layout::around(request, reader, "Teams", Section::Teams).await?,
            title: "Teams",
            lead: words.teams_lead().to_owned(),
            rows: permissions.iter().filter_map(known).collect(),
            form,
        },
    )
}

fn row(team: &IdAndName<TeamId>, permission: &TeamPermission) -> PlaceRow {
    let words = Locale::default().places();
    let is_allowed = permission.scripts.missing().is_none();
    let allowed = Hidden::new("allowed", if is_allowed { "no" } else { "yes" });
    let permit = Action::post_with(words.permit_scripts(!is_allowed), urls::team_scripts(team.id), vec![allowed]);
    PlaceRow {
        link: Link::new(&team.name, urls::members_of(team.id)),
        scripts: Some(Status::new(if is_allowed { Look::Done } else { Look::Idle }, words.scripts(is_allowed))),
        permit: Some(permit.styled(ActionStyle::Small).about(format!("of {}", team.name))),
    }
}

fn form(name: Field, scripts: bool) -> PlaceForm {
    PlaceForm {
        title: Locale::default().places().add_team(),
        url: urls::teams(),
        name,
        rule: Locale::default().accounts().place_name_rule(),
        scripts: Some(scripts),
    }
}
