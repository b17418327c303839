//! `/regions/{region}/environments/{environment}/options`.

use actix_web::HttpRequest;
use actix_web::http::StatusCode;
use actix_web::web::{Bytes, Data, Path};
use url::form_urlencoded;

use super::handler::changeable;
use super::options_view::{ApproverRoleBox, OptionsPage};
use crate::app::environment_options::OptionsError;
use crate::app::environments::EnvironmentDetail;
use crate::domain::environment::{OptionFault, OptionField, ReleaseLock, TypedOptions};
use crate::domain::ids::EnvironmentId;
use crate::domain::people::Role;
use crate::http::Site;
use crate::http::response::{self, Reply};
use crate::http::session::CurrentUser;
use crate::messages::Locale;
use crate::messages::told::Told;
use crate::pages::components::{Crumbs, Field, Hidden, Link, Section, SelectOption, component_urls, layout};
use crate::pages::regions::CurrentRegion;

/// Reads a body: how often the options had been changed when the form began, and what was typed.
fn read(sent: &[u8]) -> (u32, TypedOptions) {
    let (mut seen, mut typed) = (0, TypedOptions::default());
    let names = |text: &str| -> Vec<String> {
        text.split(',').map(str::trim).filter(|name| !name.is_empty()).map(str::to_owned).collect()
    };
    for (name, value) in form_urlencoded::parse(sent) {
        match name.as_ref() {
            "seen" => seen = value.parse().unwrap_or_default(),
            "lock" => typed.lock = value.into_owned(),
            "required" => value.trim().clone_into(&mut typed.required),
            "people" => typed.users = names(&value),
            "role" => typed.roles.push(value.into_owned()),
            "four_eyes" => typed.four_eyes = true,
            "other_teams" => typed.teams = names(&value),
            _ => {}
        }
    }
    (seen, typed)
}

/// The form.
pub async fn edit(
    site: Data<Site>,
    request: HttpRequest,
    reader: CurrentUser,
    region: CurrentRegion,
    path: Path<(String, EnvironmentId)>,
) -> Reply {
    let found = changeable((&site, &request, &reader, &region), path.1).await?;
    let lent = found.lent.iter().map(|team| team.name.clone()).collect();
    let typed = TypedOptions::of(&found.environment.options, lent);
    let seen = found.environment.options_version;
    show((&request, &reader), StatusCode::OK, (&found, &region.name), (seen, &typed), (&[], None)).await
}

/// Saves them. What is wrong comes back as it was typed.
pub async fn update(
    site: Data<Site>,
    request: HttpRequest,
    reader: CurrentUser,
    region: CurrentRegion,
    path: Path<(String, EnvironmentId)>,
    sent: Bytes,
) -> Reply {
    let found = changeable((&site, &request, &reader, &region), path.1).await?;
    let (seen, typed) = read(&sent);
    let caller = reader.caller(&site, &request);
    let (status, seen, faults, alert) = match site.app.change_environment_options(&caller, path.1, seen, &typed).await {
        Ok(changed) => {
            let next = component_urls::environment(&region.name, changed.id);
            return Ok(response::done(&request, &next, &Told::EnvironmentSaved(changed.name)));
        }
        Err(OptionsError::Invalid(faults)) => (StatusCode::UNPROCESSABLE_ENTITY, seen, faults, None),
        Err(OptionsError::ChangedSince) => {
            let told = Locale::default().components().options_changed_since();
            // Whoever saves again after they were told does so over the newest.
            (StatusCode::CONFLICT, found.environment.options_version, Vec::new(), Some(told))
        }
        Err(OptionsError::App(error)) => return Err(error.into()),
    };
    show((&request, &reader), status, (&found, &region.name), (seen, &typed), (&faults, alert)).await
}

async fn show(
    (request, reader): (&HttpRequest, &CurrentUser),
    status: StatusCode,
    (found, region): (&EnvironmentDetail, &str),
    (seen, typed): (u32, &TypedOptions),
    (faults, alert): (&[OptionFault], Option<&'static str>),
) -> Reply {
    let words = Locale::default().components();
    let environment = &found.environment;
    let own = component_urls::environment(region, environment.id);
    let list = Link::new("Environments", component_urls::environments(region));
    let title = words.options_title();
    let lock = |lock: ReleaseLock| SelectOption::new(lock.word(), words.lock_choice(lock), typed.lock == lock.word());
    let role = |role: Role| ApproverRoleBox {
        word: role.word(),
        role: Locale::default().members().role(role).to_owned(),
        is_chosen: typed.roles.iter().any(|word| word == role.word()),
    };
    let error = |of: OptionField| {
        let wrong = faults.iter().filter(|fault| fault.field() == of).map(|fault| words.option_fault(fault));
        wrong.reduce(|all, one| format!("{all} {one}"))
    };
    let field = |value: String, of: OptionField| Field { value, error: error(of) };
    let page = OptionsPage {
        chrome: layout::around(request, reader, title, Section::Environments).await?,
        crumbs: Crumbs::new(vec![list, Link::new(&environment.name, &own)], title),
        title,
        lead: words.options_lead(),
        url: component_urls::environment_operation(region, environment.id, "options"),
        cancel_url: own,
        hidden: vec![Hidden::new("seen", seen.to_string())],
        alert: alert.map(str::to_owned),
        locks: ReleaseLock::ALL.into_iter().map(lock).collect(),
        lock_error: error(OptionField::Lock),
        required: field(typed.required.clone(), OptionField::Required),
        approvers: field(typed.users.join(", "), OptionField::Users),
        roles: Role::ALL.into_iter().filter(|role| *role != Role::Viewer).map(role).collect(),
        role_error: error(OptionField::Roles),
        four_eyes: typed.four_eyes,
        teams: field(typed.teams.join(", "), OptionField::Teams),
    };
    response::page_with(status, &page)
}
