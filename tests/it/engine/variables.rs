//! Variables: the values that an execution was started with are its own, whatever happens to it and to its release task.

use tollgate::app::AppError;
use tollgate::domain::decide::{Command, Selection, StartChoice};
use tollgate::domain::definition::Definition;
use tollgate::domain::execution::Execution;
use tollgate::domain::ids::ReleaseId;
use tollgate::domain::precondition::Expected;
use tollgate::domain::refusal::Refusal;
use tollgate::domain::status::ReleaseStatus;
use tollgate::domain::variables::{VariableFault, VariableValues};

use super::stage::Stage;
use super::tasks::{command_with, line, with_variables};
use crate::db::Db;
use crate::sound::is_sound;

on_both!(
    a17_what_is_not_given_is_the_default_and_what_is_not_set_is_not_there,
    a17_a_retry_and_a_roll_back_have_the_values_of_their_execution,
    a17_wrong_values_start_nothing_and_are_told_all_at_once,
);

fn given(values: &[(&str, &str)]) -> VariableValues {
    values.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

async fn executes(stage: &Stage, release: ReleaseId, values: &[(&str, &str)]) -> Result<u32, AppError> {
    let choice = StartChoice { selection: Selection::All, variables: given(values) };
    let operator = stage.caller("operator").await;
    stage.app.execute_from(&operator, release, Expected::default(), choice).await
}

/// One task that says what it was given: in its script, in its environment, and in the script that undoes it.
fn deploys() -> Definition {
    let definition = line(vec![command_with("deploy", |deploy| {
        "deploy ${vars.version} ${vars.note:-none}".clone_into(&mut deploy.script);
        deploy.rollback = Some("undo ${vars.version}".to_owned());
        deploy.environment.insert("NOTE".to_owned(), "${vars.note}".to_owned());
        deploy.environment.insert("BOTH".to_owned(), "<${vars.note}>".to_owned());
        deploy.environment.insert("EMPTY".to_owned(), "${vars.empty}".to_owned());
    })]);
    with_variables(definition, &[("version", Some("1.10")), ("note", None), ("empty", Some(""))])
}

async fn a17_what_is_not_given_is_the_default_and_what_is_not_set_is_not_there(db: Db) {
    let stage = Stage::set(db).await;
    let release = stage.release("shop-web", deploys()).await;
    stage.execute(release).await.unwrap();
    stage.tick().await;
    let work = stage.starts("deploy").await;
    assert_eq!(work.order.script, "deploy ${TOLLGATE_REF_1} ${TOLLGATE_REF_2}");
    assert_eq!((work.told("TOLLGATE_REF_1"), work.told("TOLLGATE_REF_2")), ("1.10", "none"));
    assert!(!work.order.environment.contains_key("NOTE"), "it is not set");
    assert_eq!((work.told("BOTH"), work.told("EMPTY")), ("<>", ""));
    assert_eq!(stage.last(release).await.variables, given(&[("empty", ""), ("version", "1.10")]));
    work.succeeds();
    stage.until_status(release, ReleaseStatus::Successful).await;

    assert_eq!(executes(&stage, release, &[("version", "010"), ("note", "a\nb")]).await.unwrap(), 2);
    stage.tick().await;
    let work = stage.starts("deploy").await;
    assert_eq!((work.told("TOLLGATE_REF_1"), work.told("NOTE")), ("010", "a\nb"));
    work.succeeds();
    stage.until_status(release, ReleaseStatus::Successful).await;
    assert_eq!(executes(&stage, release, &[("version", "")]).await.unwrap(), 3);
    assert_eq!(stage.last(release).await.variables, given(&[("empty", "")]), "empty is not the default");
    is_sound(&stage.app.store).await;
}

async fn a17_a_retry_and_a_roll_back_have_the_values_of_their_execution(db: Db) {
    let mut stage = Stage::set(db).await;
    let release = stage.release("shop-web", deploys()).await;
    executes(&stage, release, &[("version", "2.0"), ("note", "go")]).await.unwrap();
    stage.tick().await;
    stage.starts("deploy").await.fails();
    stage.until_status(release, ReleaseStatus::ReleaseFailed).await;
    // The next version has another default, and one variable less.
    let other = with_variables(line(vec![command_with("deploy", |_| ())]), &[("version", Some("9"))]);
    let owner = stage.owner();
    let content = Stage::draft("shop-web", other);
    stage.app.import(&tollgate::app::Caller::CommandLine, owner, &content).await.unwrap();
    stage.engine.stop().await;
    stage.restarts();
    stage.does(release, &Command::Retry).await;
    let work = stage.starts("deploy").await;
    assert_eq!((work.told("TOLLGATE_REF_1"), work.told("NOTE"), work.attempt()), ("2.0", "go", "2"));
    work.succeeds();
    stage.until_status(release, ReleaseStatus::Successful).await;
    stage.engine.stop().await;
    stage.restarts();
    stage.does(release, &Command::RollBack).await;
    let work = stage.starts("deploy").await;
    assert_eq!((work.order.script.as_str(), work.told("TOLLGATE_REF_1")), ("undo ${TOLLGATE_REF_1}", "2.0"));
    work.succeeds();
    let last: Execution = stage.until_status(release, ReleaseStatus::RolledBack).await;
    assert_eq!(last.variables, given(&[("empty", ""), ("note", "go"), ("version", "2.0")]));
    is_sound(&stage.app.store).await;
}

async fn a17_wrong_values_start_nothing_and_are_told_all_at_once(db: Db) {
    let stage = Stage::set(db).await;
    let mut definition = deploys();
    definition.variables[0].spec.default = None;
    definition.variables[0].spec.required = true;
    let release = stage.release("shop-web", definition).await;
    let missing = executes(&stage, release, &[("noet", "x")]).await.unwrap_err();
    let AppError::Refused(Refusal::Variables { problems }) = missing else { panic!("{missing:?}") };
    let told: Vec<_> = problems.iter().map(|problem| (problem.variable.as_str(), &problem.fault)).collect();
    let unknown = VariableFault::Unknown { nearest: Some("note".to_owned()) };
    assert_eq!(told, [("version", &VariableFault::Missing), ("noet", &unknown)]);
    assert!(matches!(stage.execute(release).await, Err(AppError::Refused(Refusal::Variables { .. }))));
    assert_eq!(stage.status_of(release).await, ReleaseStatus::ToRelease);
    executes(&stage, release, &[("version", "1")]).await.unwrap();
}
