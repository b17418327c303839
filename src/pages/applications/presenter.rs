//! From applications and components to the rows of a page, and from what was typed to the form that comes back.

use super::components::ComparedRevisions;
use super::handler::SentApplication;
use super::view::{
    ApplicationFormPage, ApplicationPage, ApplicationRow, ApplicationsPage, ComponentPage, RevisionComparison,
    RevisionLine,
};
use crate::app::applications::{ApplicationDetail, ApplicationList, ComponentDetail};
use crate::app::reads::{ComponentPlace, IdAndName, ListedComponent, Revision, RevisionMaker, TeamApplication};
use crate::domain::application::ApplicationFault;
use crate::domain::component::RevisionState;
use crate::domain::execution::Moment;
use crate::domain::ids::{RegionId, TeamId};
use crate::domain::specification::{FieldChange, differences};
use crate::messages::Locale;
use crate::pages::components::release_urls::ReleaseUrls;
use crate::pages::components::{
    Action, ActionStyle, Chrome, ConfirmDialog, Crumbs, Fact, FactValue, Field, Hidden, Link, Look, Notice,
    SelectOption, Status, When, component_urls,
};
use crate::pages::environments::{component_row, component_status};

/// The applications.
pub fn list(found: &ApplicationList, region: &str) -> ApplicationsPage {
    let words = Locale::default().components();
    let new = || Action::link("New Application", component_urls::new_application(region)).styled(ActionStyle::Primary);
    let has_any = !found.applications.is_empty();
    let matrix = has_any.then(|| Action::link(words.matrix_title(), component_urls::matrix(region)));
    let component = |listed: &ListedComponent| {
        let component = &listed.component;
        let url = component_urls::component(region, component.application, component.id);
        (Link::new(&component.name, url), component_status(component.status), listed.version.clone())
    };
    let row =
        |(application, team, components): &(TeamApplication, IdAndName<TeamId>, Vec<ListedComponent>)| ApplicationRow {
            name: Link::new(&application.name, component_urls::application(region, application.id)),
            description: application.description.clone(),
            team: team.name.clone(),
            components: components.iter().map(component).collect(),
        };
    ApplicationsPage {
        lead: words.applications_lead(),
        actions: matrix.into_iter().chain((!found.operated.is_empty()).then(new)).collect(),
        rows: found.applications.iter().map(row).collect(),
        url: component_urls::applications(region),
        ..ApplicationsPage::default()
    }
}

fn crumbs(region: &str, more: Vec<Link>, here: impl Into<String>) -> Crumbs {
    let list = Link::new("Applications", component_urls::applications(region));
    Crumbs::new(std::iter::once(list).chain(more).collect(), here)
}

/// One application.
pub fn page(
    chrome: Chrome,
    found: &ApplicationDetail,
    region: &str,
    (regions, now): (&[IdAndName<RegionId>], Moment),
) -> ApplicationPage {
    let application = &found.application;
    let operation = |word| component_urls::application_operation(region, application.id, word);
    let mut actions = Vec::new();
    if found.may_operate {
        actions.push(Action::link("Edit", operation("edit")));
        if found.components.is_empty() {
            actions.push(Action::open("Delete…", operation("delete")));
        }
    }
    let row = |(listed, place): &(ListedComponent, ComponentPlace)| {
        let there = regions.iter().find(|region| region.id == place.region_id)?;
        let url = component_urls::environment(&there.name, place.environment_id);
        let text = format!("{} in {}", place.environment, there.name);
        Some(component_row(listed, &there.name, Link::new(text, url), now))
    };
    ApplicationPage {
        chrome,
        crumbs: crumbs(region, Vec::new(), application.name.clone()),
        title: application.name.clone(),
        description: application.description.clone(),
        facts: vec![Fact::text("Team", &found.team.name), Fact::text("Components", found.components.len().to_string())],
        actions,
        components: found.components.iter().filter_map(row).collect(),
    }
}

/// The form of a new application.
pub fn form_of_new(
    region: &str,
    operated: &[IdAndName<TeamId>],
    sent: &SentApplication,
    faults: &[ApplicationFault],
) -> ApplicationFormPage {
    let choice = |team: &IdAndName<TeamId>| {
        SelectOption::new(team.id.to_string(), team.name.clone(), sent.team == Some(team.id))
    };
    let named =
        |fault: &&ApplicationFault| matches!(fault, ApplicationFault::Name(_) | ApplicationFault::NameTaken { .. });
    ApplicationFormPage {
        crumbs: crumbs(region, Vec::new(), "New Application"),
        title: "New Application".to_owned(),
        url: component_urls::new_application(region),
        cancel_url: component_urls::applications(region),
        teams: operated.iter().map(choice).collect(),
        name: Some(Field { value: sent.name.clone(), error: said(faults.iter().find(named)) }),
        ..form(&sent.description, faults)
    }
}

/// The form of one that is there.
pub fn form_of(
    region: &str,
    found: &ApplicationDetail,
    description: &str,
    faults: &[ApplicationFault],
) -> ApplicationFormPage {
    let application = &found.application;
    let own = component_urls::application(region, application.id);
    ApplicationFormPage {
        crumbs: crumbs(region, vec![Link::new(&application.name, &own)], "Edit"),
        title: application.name.clone(),
        url: component_urls::application_operation(region, application.id, "edit"),
        cancel_url: own,
        ..form(description, faults)
    }
}

fn form(description: &str, faults: &[ApplicationFault]) -> ApplicationFormPage {
    let described = |fault: &&ApplicationFault| matches!(fault, ApplicationFault::Description { .. });
    let other = |fault: &&ApplicationFault| matches!(fault, ApplicationFault::TooMany);
    ApplicationFormPage {
        lead: Locale::default().components().applications_lead(),
        alert: said(faults.iter().find(other)),
        description: Field { value: description.to_owned(), error: said(faults.iter().find(described)) },
        ..ApplicationFormPage::default()
    }
}

fn said(fault: Option<&ApplicationFault>) -> Option<String> {
    fault.map(|fault| Locale::default().components().application_fault(fault))
}

/// The question before one is deleted.
pub fn deletion(region: &str, found: &ApplicationDetail) -> ConfirmDialog {
    ConfirmDialog::before_deletion(&found.application.name, component_urls::application(region, found.application.id))
}

/// One component.
pub fn component(
    chrome: Chrome,
    found: &ComponentDetail,
    region: &str,
    (compared, now): (&ComparedRevisions, Moment),
) -> ComponentPage {
    let words = Locale::default().components();
    let (component, place) = (&found.component.component, &found.place);
    let application = Link::new(&place.application, component_urls::application(region, place.application_id));
    let environment = Link::new(&place.environment, component_urls::environment(region, place.environment_id));
    let url = component_urls::component(region, place.application_id, component.id);
    let of = |number: u32| found.revisions.iter().map(|(revision, _)| revision).find(|one| one.number == number);
    let current = component.current.and_then(of);
    let mut facts = vec![
        Fact::new("Application", FactValue::Link(application.clone())),
        Fact::new("Environment", FactValue::Link(environment)),
    ];
    facts.extend(current.map(|current| {
        let text = format!("{} · {}", words.revision(current.number), current.version);
        Fact::text("Runs", text)
    }));
    facts.push(Fact::new("Since", FactValue::When(When::at(found.component.status_at, now))));
    let works = found.held_by.as_ref().map(|by| {
        let mut notice = Notice::new(Look::Running, "", words.works_on(&by.release, by.number));
        notice.actions.push(Action::link("Show", execution_url(by)).styled(ActionStyle::Small));
        notice
    });
    let promotes = found.may_operate && component.current.is_some();
    let promotes = promotes.then(|| Action::open(words.promote(), format!("{url}/promote")));
    let listed = |made: &(Revision, Option<RevisionMaker>)| RevisionLine {
        again: found.may_operate.then(|| deploy_again(&url, made.0.number)),
        ..line(made, (&url, component.current), now)
    };
    ComponentPage {
        chrome,
        crumbs: crumbs(region, vec![application], component.name.clone()),
        title: component.name.clone(),
        status: component_status(component.status),
        reason: words.status_reason(component.status),
        facts,
        actions: promotes.into_iter().collect(),
        notice: works,
        fields: current.into_iter().flat_map(|one| one.specification.clone()).collect(),
        comparison: comparison(&found.revisions, compared),
        revisions: found.revisions.iter().map(listed).collect(),
    }
}

/// Begins the draft of a release task that deploys that revision.
fn deploy_again(url: &str, number: u32) -> Action {
    let words = Locale::default().components();
    let hidden = vec![Hidden::new("revision", number.to_string())];
    let action = Action::post_with(words.deploy_again(), format!("{url}/deploy-again"), hidden);
    action.styled(ActionStyle::SmallQuiet).about(words.revision(number))
}

fn execution_url(by: &RevisionMaker) -> String {
    ReleaseUrls::new(&by.region, by.release_id).execution(by.number)
}

fn line(
    (revision, by): &(Revision, Option<RevisionMaker>),
    (url, current): (&str, Option<u32>),
    now: Moment,
) -> RevisionLine {
    let words = Locale::default().components();
    let look = match revision.state {
        RevisionState::Deploying => Look::Running,
        RevisionState::Current => Look::Done,
        RevisionState::Former => Look::Idle,
        RevisionState::Failed => Look::Failed,
        RevisionState::RolledBack => Look::RolledBack,
    };
    let before = revision.number.saturating_sub(1).max(1);
    let by = by.as_ref().map(|by| Link::new(words.by_execution(&by.release, by.number), execution_url(by)));
    RevisionLine {
        name: Link::new(
            words.revision(revision.number),
            component_urls::revisions_compared(url, before, revision.number),
        ),
        status: Status::new(look, words.revision_state(revision.state)),
        version: revision.version.clone(),
        by,
        task: revision.task.clone(),
        when: When::at(revision.made_at, now),
        is_current: current == Some(revision.number),
        again: None,
    }
}

fn comparison(
    revisions: &[(Revision, Option<RevisionMaker>)],
    compared: &ComparedRevisions,
) -> Option<RevisionComparison> {
    let of = |number: u32| revisions.iter().map(|(revision, _)| revision).find(|one| one.number == number);
    let newest = revisions.first().map(|(revision, _)| revision)?;
    let to = compared.to.and_then(of).unwrap_or(newest);
    let from = compared.from.and_then(of).or_else(|| of(to.number.checked_sub(1)?))?;
    let words = Locale::default().components();
    let mut changes = Vec::new();
    if from.version != to.version {
        changes.push(("version".to_owned(), Some(from.version.clone()), Some(to.version.clone())));
    }
    let change = |FieldChange { field, from, to }: FieldChange| (field, from, to);
    changes.extend(differences(&from.specification, &to.specification).into_iter().map(change));
    let choices = |chosen: u32| {
        let choice = |(one, _): &(Revision, Option<RevisionMaker>)| {
            SelectOption::new(one.number.to_string(), words.revision(one.number), one.number == chosen)
        };
        revisions.iter().map(choice).collect()
    };
    Some(RevisionComparison {
        title: words.comparison(from.number, to.number),
        changes,
        from: choices(from.number),
        to: choices(to.number),
    })
}
