//! From environments to the rows of a page, and from what was typed to the form that comes back.

use super::examples::{self, Example};
use super::sent_form::{SSH, SentEnvironment};
use super::view::{
    ComponentRow, EnvironmentFormPage, EnvironmentPage, EnvironmentRow, EnvironmentsPage, ExampleLink, HostFields,
    HostLine, ScriptBox, UseLine, VersionLine,
};
use crate::app::environments::{EnvironmentAccess, EnvironmentDetail, EnvironmentList, RunningComponent};
use crate::app::reads::{Environment, EnvironmentUse, IdAndName, ListedComponent};
use crate::domain::component::ComponentStatus;
use crate::domain::environment::{
    ENVIRONMENT_KINDS, EnvironmentFault, EnvironmentField, EnvironmentScripts, written_variables,
};
use crate::domain::execution::Moment;
use crate::domain::ids::TeamId;
use crate::domain::ssh::SshHost;
use crate::format;
use crate::messages::Locale;
use crate::messages::components::GivenVariable;
use crate::pages::components::{
    Action, ActionStyle, Chrome, ConfirmDialog, Crumbs, Fact, Field, Hidden, Link, Look, Notice, SelectOption, Status,
    When, component_urls,
};

/// The environments of a region.
pub fn list(found: &EnvironmentList, region: &str) -> EnvironmentsPage {
    let words = Locale::default().components();
    let new = || Action::link("New Environment", component_urls::new_environment(region)).styled(ActionStyle::Primary);
    let row = |(environment, team, components): &(Environment, IdAndName<TeamId>, usize)| EnvironmentRow {
        name: Link::new(&environment.name, component_urls::environment(region, environment.id)),
        description: environment.description.clone(),
        kind: words.environment_kind(environment.settings.kind()),
        team: team.name.clone(),
        components: words.components(*components),
        version: words.environment_version(environment.version),
    };
    EnvironmentsPage {
        lead: words.environments_lead(),
        actions: (!found.managed.is_empty()).then(new).into_iter().collect(),
        rows: found.environments.iter().map(row).collect(),
        ..EnvironmentsPage::default()
    }
}

/// How a component is, as an icon, a word and a tone.
pub fn component_status(status: ComponentStatus) -> Status {
    let look = match status {
        ComponentStatus::NotDeployed => Look::Idle,
        ComponentStatus::Deploying { .. } => Look::Running,
        ComponentStatus::Healthy => Look::Done,
        ComponentStatus::Degraded { .. } | ComponentStatus::Between { .. } => Look::Failed,
        ComponentStatus::Removing => Look::RollingBack,
    };
    Status::new(look, Locale::default().components().component_status(status))
}

/// A component, beside whatever place of it the page is not about.
pub fn component_row(listed: &ListedComponent, region: &str, place: Link, now: Moment) -> ComponentRow {
    let words = Locale::default().components();
    let component = &listed.component;
    let url = component_urls::component(region, component.application, component.id);
    ComponentRow {
        name: Link::new(&component.name, url),
        place,
        version: listed.version.clone(),
        status: component_status(component.status),
        reason: words.status_reason(component.status),
        when: When::at(listed.status_at, now),
    }
}

/// One environment.
pub fn page(chrome: Chrome, found: &EnvironmentDetail, region: &str, now: Moment) -> EnvironmentPage {
    let words = Locale::default().components();
    let environment = &found.environment;
    let EnvironmentScripts { deploy, verify, remove, variables, timeout } = environment.settings.scripts();
    let time = format::written_duration(*timeout);
    let mut scripts =
        vec![ScriptBox { title: "Deploy", about: format!("for each revision, {time} at most"), text: deploy.clone() }];
    scripts.extend(verify.as_ref().map(|text| ScriptBox {
        title: "Verify",
        about: "after each deployment, within its time".to_owned(),
        text: text.clone(),
    }));
    scripts.extend(remove.as_ref().map(|text| ScriptBox {
        title: "Remove",
        about: format!("when a creation is rolled back, {time} at most"),
        text: text.clone(),
    }));
    scripts.extend((!variables.is_empty()).then(|| ScriptBox {
        title: "Variables",
        about: "of all its scripts".to_owned(),
        text: written_variables(variables),
    }));
    let operation = |word| component_urls::environment_operation(region, environment.id, word);
    let secrets = Action::link(Locale::default().named_secrets().short_title(), operation("secrets"));
    let connection = Action::link(Locale::default().connections().test(), operation("test"));
    let is_own = found.access == EnvironmentAccess::Own;
    let mut actions = if is_own { vec![secrets, connection] } else { Vec::new() };
    if found.may_manage {
        actions.push(Action::link(words.options_title(), operation("options")));
        actions.push(Action::link("Edit", operation("edit")).styled(ActionStyle::Primary));
        if found.components.is_empty() {
            actions.push(Action::open("Delete…", operation("delete")));
        }
    }
    let version = |version: &crate::app::reads::EnvironmentVersion| VersionLine {
        name: words.environment_version(version.number),
        by: version.saved_by.name().to_owned(),
        when: When::at(version.saved_at, now),
    };
    EnvironmentPage {
        chrome,
        crumbs: Crumbs::new(
            vec![Link::new("Environments", component_urls::environments(region))],
            environment.name.clone(),
        ),
        title: environment.name.clone(),
        description: environment.description.clone(),
        facts: facts(found, region),
        actions,
        hosts: environment
            .settings
            .ssh()
            .filter(|_| is_own)
            .map(|ssh| ssh.hosts.iter().map(host_row).collect())
            .unwrap_or_default(),
        warning: Some(&found.scripts)
            .filter(|_| environment.settings.ssh().is_none())
            .and_then(|scripts| scripts.missing())
            .map(|team| Notice::new(Look::Asking, "", words.no_scripts(team))),
        scripts: if is_own { scripts } else { Vec::new() },
        components: found.components.iter().map(|running| running_row(running, region, now)).collect(),
        given: if is_own { given(environment.settings.ssh().is_some()) } else { Vec::new() },
        lent_by: (!is_own).then(|| Notice::new(Look::Info, "", words.lent_by(&found.team.name))),
        lock: words.lock(environment.options.lock),
        works_in: holder(found).map(|of| words.works_in(&of.maker.release, of.maker.number)),
        approval: words.approval(environment.options.approval.as_ref()),
        lent_to: words.lent_to(&found.lent.iter().map(|team| team.name.as_str()).collect::<Vec<_>>()),
        uses: found.uses.iter().map(|used| use_line(used, now)).collect(),
        versions: found.versions.iter().map(version).collect(),
    }
}

/// A component that runs there, with its team if that is another one.
fn running_row(running: &RunningComponent, region: &str, now: Moment) -> ComponentRow {
    let RunningComponent { listed, place, team, is_readable } = running;
    let name = match team {
        Some(team) => format!("{} of {}", place.application, team.name),
        None => place.application.clone(),
    };
    let url = |url: String| if *is_readable { url } else { String::new() };
    let link = Link::new(name, url(component_urls::application(region, place.application_id)));
    let row = component_row(listed, region, link, now);
    ComponentRow { name: Link::new(&row.name.text, url(row.name.url.clone())), ..row }
}

/// The execution for which others wait, where one release at a time works.
fn holder(found: &EnvironmentDetail) -> Option<&EnvironmentUse> {
    let is_exclusive = found.environment.options.lock.is_exclusive();
    found.uses.iter().find(|used| is_exclusive && used.freed_at.is_none())
}

fn use_line(used: &EnvironmentUse, now: Moment) -> UseLine {
    UseLine {
        by: Locale::default().components().by_execution(&used.maker.release, used.maker.number),
        since: When::at(used.taken_at, now),
        until: used.freed_at.map(|at| When::at(at, now)),
    }
}

fn facts(found: &EnvironmentDetail, region: &str) -> Vec<Fact> {
    let words = Locale::default().components();
    let settings = &found.environment.settings;
    let mut facts = vec![
        Fact::text("Kind", words.environment_kind(settings.kind())),
        Fact::text("Team", &found.team.name),
        Fact::text("Region", region),
        Fact::text("Components", found.components.len().to_string()),
    ];
    if let Some(ssh) = settings.ssh().filter(|_| found.access == EnvironmentAccess::Own) {
        facts.push(Fact::text("Hosts", ssh.hosts.len().to_string()));
        facts.push(Fact::text("Signs in with", &ssh.key));
        facts.push(Fact::text("Order", words.hosts_at_a_time(ssh.batch, ssh.limit)));
    }
    facts
}

/// What a script is given, on hosts or on the server.
fn given(hosts: bool) -> Vec<GivenVariable> {
    let words = Locale::default().components();
    let more = if hosts { words.given_on_hosts() } else { &[] };
    [words.given(), more].concat()
}

fn host_row(host: &SshHost) -> HostLine {
    HostLine {
        name: host.name.clone(),
        place: format!("{}@{}", host.user, host.place()),
        labels: host.labels.iter().map(String::as_str).collect::<Vec<_>>().join(", "),
    }
}

/// The form of a new environment.
pub fn form_of_new(
    region: &str,
    managed: &[IdAndName<TeamId>],
    sent: &SentEnvironment,
    faults: &[EnvironmentFault],
) -> EnvironmentFormPage {
    let choice = |team: &IdAndName<TeamId>| {
        SelectOption::new(team.id.to_string(), team.name.clone(), sent.team == Some(team.id))
    };
    let title = Locale::default().components().new_environment_title(region);
    EnvironmentFormPage {
        crumbs: Crumbs::new(vec![Link::new("Environments", component_urls::environments(region))], title.clone()),
        title,
        url: component_urls::new_environment(region),
        cancel_url: component_urls::environments(region),
        hidden: sent.is_ssh().then(|| Hidden::new("kind", SSH)).into_iter().collect(),
        teams: managed.iter().map(choice).collect(),
        name: Some(field(&sent.name, EnvironmentField::Name, faults)),
        ..form(sent, faults)
    }
}

/// The kinds of which a new environment can be.
pub fn kinds(region: &str, is_ssh: bool) -> Vec<ExampleLink> {
    let words = Locale::default().components();
    let new = component_urls::new_environment(region);
    let link = |kind: &'static str, url| ExampleLink {
        link: Link::new(words.environment_kind(kind), url),
        is_shown: (kind == SSH) == is_ssh,
    };
    let [command, ssh] = ENVIRONMENT_KINDS;
    vec![link(command, new.clone()), link(ssh, format!("{new}?kind={ssh}"))]
}

/// The examples with which the form of a new environment can begin.
pub fn examples(region: &str, is_ssh: bool, shown: &Example) -> Vec<ExampleLink> {
    let kind = if is_ssh { "kind=ssh&" } else { "" };
    let url = |word: &str| format!("{}?{kind}example={word}", component_urls::new_environment(region));
    let link = |example: &Example| ExampleLink {
        link: Link::new(example.title, url(example.word)),
        is_shown: example.word == shown.word,
    };
    examples::of(is_ssh).map(link).collect()
}

/// The form of one that is there.
pub fn form_of(
    region: &str,
    of: &Environment,
    sent: &SentEnvironment,
    faults: &[EnvironmentFault],
) -> EnvironmentFormPage {
    let own = component_urls::environment(region, of.id);
    let list = Link::new("Environments", component_urls::environments(region));
    EnvironmentFormPage {
        crumbs: Crumbs::new(vec![list, Link::new(&of.name, &own)], "Edit"),
        title: of.name.clone(),
        url: component_urls::environment_operation(region, of.id, "edit"),
        cancel_url: own,
        hidden: vec![Hidden::new("seen", sent.seen.unwrap_or(of.version).to_string())],
        ..form(sent, faults)
    }
}

fn form(sent: &SentEnvironment, faults: &[EnvironmentFault]) -> EnvironmentFormPage {
    let words = Locale::default().components();
    let alert = faults.iter().find(|fault| fault.field().is_none());
    EnvironmentFormPage {
        lead: words.environments_lead(),
        alert: alert.map(|fault| words.environment_fault(fault)),
        description: field(&sent.description, EnvironmentField::Description, faults),
        hosts: sent.is_ssh().then(|| HostFields {
            hosts: field(&sent.hosts, EnvironmentField::Hosts, faults),
            user: field(&sent.user, EnvironmentField::User, faults),
            key: field(&sent.key, EnvironmentField::Key, faults),
            batch: field(&sent.batch, EnvironmentField::Batch, faults),
            max_failed: field(&sent.max_failed, EnvironmentField::MaxFailed, faults),
        }),
        deploy: field(&sent.deploy, EnvironmentField::Deploy, faults),
        verify: field(&sent.verify, EnvironmentField::Verify, faults),
        remove: field(&sent.remove, EnvironmentField::Remove, faults),
        variables: field(&sent.variables, EnvironmentField::Variables, faults),
        timeout: field(&sent.timeout, EnvironmentField::Timeout, faults),
        given: given(sent.is_ssh()),
        ..EnvironmentFormPage::default()
    }
}

fn field(value: &str, of: EnvironmentField, faults: &[EnvironmentFault]) -> Field {
    let words = Locale::default().components();
    let wrong = faults.iter().filter(|fault| fault.field() == Some(of)).map(|fault| words.environment_fault(fault));
    Field { value: value.to_owned(), error: wrong.reduce(|all, one| format!("{all} {one}")) }
}

/// The question before one is deleted.
pub fn deletion(region: &str, found: &EnvironmentDetail) -> ConfirmDialog {
    ConfirmDialog::before_deletion(&found.environment.name, component_urls::environment(region, found.environment.id))
}
