//! Retention of a region: the numbers that say how long logs and run folders are kept.

use actix_web::HttpRequest;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Form};
use serde::Deserialize;

use super::view::{NumberField, RetentionDialog};
use crate::app::AppError;
use crate::domain::retention::{PolicyField, RetentionPolicy};
use crate::http::Site;
use crate::http::error::HttpError;
use crate::http::response::{self, Reply};
use crate::http::session::CurrentUser;
use crate::messages::Locale;
use crate::messages::told::Told;
use crate::pages::components::{DialogPage, Field, Section, layout, urls};
use crate::pages::regions::CurrentRegion;

/// What was typed.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct TypedPolicy {
    successful_days: String,
    successful_executions: String,
    unsuccessful_days: String,
    unsuccessful_executions: String,
}

impl TypedPolicy {
    fn of(policy: &RetentionPolicy) -> Self {
        let number = |field| policy.get(field).to_string();
        Self {
            successful_days: number(PolicyField::SuccessfulDays),
            successful_executions: number(PolicyField::SuccessfulExecutions),
            unsuccessful_days: number(PolicyField::UnsuccessfulDays),
            unsuccessful_executions: number(PolicyField::UnsuccessfulExecutions),
        }
    }

    fn get(&self, field: PolicyField) -> &str {
        match field {
            PolicyField::SuccessfulDays => &self.successful_days,
            PolicyField::SuccessfulExecutions => &self.successful_executions,
            PolicyField::UnsuccessfulDays => &self.unsuccessful_days,
            PolicyField::UnsuccessfulExecutions => &self.unsuccessful_executions,
        }
    }

    /// What it means, or the fields that are no numbers.
    fn policy(&self) -> Result<RetentionPolicy, Vec<PolicyField>> {
        let (mut policy, mut wrong) = (RetentionPolicy::default(), Vec::new());
        for field in PolicyField::ALL {
            match self.get(field).trim().parse() {
                Ok(number) => policy = policy.with(field, number),
                Err(_) => wrong.push(field),
            }
        }
        // Those that are too high are told with them.
        wrong.extend(policy.too_high());
        if wrong.is_empty() { Ok(policy) } else { Err(wrong) }
    }
}

/// Asks for them.
pub async fn edit(site: Data<Site>, request: HttpRequest, region: CurrentRegion, reader: CurrentUser) -> Reply {
    let known = site.app.retention(&reader.caller(&site, &request)).await?;
    let policy = known.iter().find(|known| known.id == region.id).ok_or(HttpError::NotFound)?.policy;
    show(StatusCode::OK, &request, &reader, view(&region, &TypedPolicy::of(&policy), &[])).await
}

/// Sets them. What is wrong comes back as it was typed.
pub async fn update(
    site: Data<Site>,
    request: HttpRequest,
    region: CurrentRegion,
    reader: CurrentUser,
    form: Form<TypedPolicy>,
) -> Reply {
    let caller = reader.caller(&site, &request);
    // Whoever may not change it is told nothing about what was typed.
    site.app.retention(&caller).await?;
    let wrong = match form.policy() {
        Ok(policy) => match site.app.set_retention(&caller, &region.name, policy).await {
            Ok(()) => {
                return Ok(response::done(&request, &urls::storage(), &Told::RetentionChanged(region.name)));
            }
            Err(AppError::PolicyTooHigh(fields)) => fields,
            Err(other) => return Err(other.into()),
        },
        Err(fields) => fields,
    };
    show(StatusCode::UNPROCESSABLE_ENTITY, &request, &reader, view(&region, &form, &wrong)).await
}

async fn show(status: StatusCode, request: &HttpRequest, reader: &CurrentUser, dialog: RetentionDialog) -> Reply {
    if response::is_htmx(request) {
        return response::page_with(status, &dialog);
    }
    let chrome = layout::around(request, reader, dialog.title.clone(), Section::Storage).await?;
    response::page_with(status, &DialogPage { chrome, dialog })
}

fn view(region: &CurrentRegion, typed: &TypedPolicy, wrong: &[PolicyField]) -> RetentionDialog {
    let words = Locale::default().storage();
    let field = |field: PolicyField| {
        let value = Field::of(typed.get(field));
        NumberField {
            id: field.word(),
            label: words.policy_field(field),
            field: if wrong.contains(&field) { value.wrong(words.policy_rule(field)) } else { value },
        }
    };
    RetentionDialog {
        title: words.retention_title(&region.name),
        lead: words.retention_lead().to_owned(),
        url: urls::retention(&region.name),
        cancel_url: urls::storage(),
        fields: PolicyField::ALL.map(field).to_vec(),
    }
}
