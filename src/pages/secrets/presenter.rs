//! From named secrets to the rows of a page, and from what was typed to the form that comes back.

use super::view::{SecretFormPage, SecretRow, SecretsPage};
use crate::app::named_secrets::NamedSecrets;
use crate::app::reads::KeptSecret;
use crate::domain::execution::Moment;
use crate::domain::named_secrets::NamedSecretFault;
use crate::messages::Locale;
use crate::pages::components::{
    Action, ActionStyle, ConfirmDialog, Crumbs, Field, Link, Look, Notice, When, component_urls, urls,
};

/// The list of them.
pub fn url(found: &NamedSecrets, region: Option<&str>) -> String {
    match (&found.environment, region) {
        (Some(environment), Some(region)) => component_urls::environment_operation(region, environment.id, "secrets"),
        (_, _) => urls::secrets_of(found.team.id),
    }
}

/// The secrets of a place.
pub fn list(found: &NamedSecrets, region: Option<&str>, now: Moment) -> SecretsPage {
    let words = Locale::default().named_secrets();
    let own = url(found, region);
    let place = place(found);
    let title = words.title(place);
    let mut actions = Vec::new();
    if found.may_manage && found.unusable.is_none() {
        actions.push(Action::link(words.new_secret(), format!("{own}/new")).styled(ActionStyle::Primary));
    }
    let row = |(kept, used): &(KeptSecret, Option<Moment>)| {
        let name = &kept.slot.name;
        let forget = Action::open(words.forget(), format!("{own}/{name}/forget"));
        let set = Action::link(words.set_again(), format!("{own}/{name}/set"));
        let actions = [set, forget].map(|action| action.styled(ActionStyle::Small).about(name.clone()));
        SecretRow {
            name: Link::new(name, if found.may_manage { format!("{own}/{name}/set") } else { String::new() }),
            reference: format!("${{secrets.{name}}}"),
            given_to: words.given_to(found.environment.is_some(), kept.for_tasks),
            set_by: kept.set_by_name.clone(),
            set_at: When::at(kept.set_at, now),
            used_at: used.map(|at| When::at(at, now)),
            actions: actions.into(),
        }
    };
    SecretsPage {
        crumbs: Crumbs::new(above(found, region), words.short_title()),
        title,
        lead: words.lead(found.environment.is_some()),
        actions,
        warning: found
            .unusable
            .as_ref()
            .map(|fault| Notice::new(Look::Asking, "", Locale::default().secrets().secret_fault(fault))),
        may_manage: found.may_manage,
        rows: found.secrets.iter().map(row).collect(),
        first: words.first(found.may_manage),
        ..SecretsPage::default()
    }
}

/// The form of a secret: of a new one, or of one that is there.
pub fn form(
    found: &NamedSecrets,
    region: Option<&str>,
    known: Option<&str>,
    (name, for_tasks): (&str, bool),
    faults: &[NamedSecretFault],
) -> SecretFormPage {
    let words = Locale::default().named_secrets();
    let own = url(found, region);
    let told = |fault: &NamedSecretFault| words.fault(fault);
    let first = |is_of: &dyn Fn(&NamedSecretFault) -> bool| faults.iter().find(|fault| is_of(fault)).map(told);
    let title = known.map_or_else(|| words.new_title(place(found)), |name| words.again_title(name));
    let mut crumbs = above(found, region);
    crumbs.push(Link::new(words.short_title(), &own));
    let lost = (!faults.is_empty()).then(|| words.value_lost().to_owned());
    SecretFormPage {
        crumbs: Crumbs::new(crumbs, title.clone()),
        title,
        lead: words.form_lead(),
        url: known.map_or_else(|| format!("{own}/new"), |name| format!("{own}/{name}/set")),
        cancel_url: own,
        alert: first(&|fault| !fault.is_about_name() && !fault.is_about_value()),
        name: known.is_none().then(|| Field { value: name.to_owned(), error: first(&NamedSecretFault::is_about_name) }),
        value: Field { value: String::new(), error: first(&NamedSecretFault::is_about_value).or(lost) },
        for_tasks,
        for_tasks_hint: words.for_tasks_hint(found.environment.is_some()),
        ..SecretFormPage::default()
    }
}

/// The question before one is forgotten.
pub fn forgetting(found: &NamedSecrets, region: Option<&str>, name: &str) -> ConfirmDialog {
    let words = Locale::default().named_secrets();
    let own = url(found, region);
    ConfirmDialog {
        title: words.forgetting_title(name),
        about: place(found).to_owned(),
        sentence: words.forgetting().to_owned(),
        url: format!("{own}/{name}/forget"),
        cancel_url: own,
        button: words.forget().trim_end_matches('…').to_owned(),
        danger: true,
        ..ConfirmDialog::default()
    }
}

/// The name of what they belong to.
fn place(found: &NamedSecrets) -> &str {
    found.environment.as_ref().map_or(&found.team.name, |environment| &environment.name)
}

/// The pages above the list.
fn above(found: &NamedSecrets, region: Option<&str>) -> Vec<Link> {
    match (&found.environment, region) {
        (Some(environment), Some(region)) => vec![
            Link::new("Environments", component_urls::environments(region)),
            Link::new(&environment.name, component_urls::environment(region, environment.id)),
        ],
        (_, _) => vec![Link::new(&found.team.name, urls::members_of(found.team.id))],
    }
}
