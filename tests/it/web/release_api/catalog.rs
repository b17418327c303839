//! Applications, components and environments by programs: made, described, released again and deleted.

use reqwest::Method;
use serde_json::json;
use tollgate::domain::tokens::TokenScope;

use super::{Program, pipelines, read};
use crate::db::Db;
use crate::web::api::word_of;
use crate::web::app::{REGION, TestApp};

on_both!(
    a_program_searches_a_region_and_lists_what_runs_there,
    a_program_makes_describes_and_deletes_an_application,
    a_manager_makes_changes_and_deletes_an_environment_by_request,
    a_program_makes_release_tasks_of_what_ran_and_of_what_runs_elsewhere,
);

fn below(rest: &str) -> String {
    format!("/v3/{REGION}/cas/{rest}")
}

async fn a_program_makes_describes_and_deletes_an_application(db: Db) {
    let app = TestApp::start(&db).await;
    let operator = Program::of(&app, "operator", &[TokenScope::Operate]).await;
    let wanted = json!({"name": "shop", "description": "Sells things"});
    let made = read(&operator.asks(Method::POST, &below("applications"), Some(&wanted)).await);
    let path = below(&format!("applications/{}", made["id"].as_str().unwrap()));
    let taken = operator.asks(Method::POST, &below("applications"), Some(&json!({"name": "Shop"}))).await;
    assert_eq!(word_of("taken", &taken, 400), "invalid");
    taken.says("The team has an application named shop already.");
    let long = operator.asks(Method::PUT, &path, Some(&json!({"description": "d".repeat(129)}))).await;
    assert_eq!(
        (word_of("long", &long, 400), &read(&long)["problems"][0]["field"]),
        ("invalid".into(), &"description".into())
    );
    let described = operator.asks(Method::PUT, &path, Some(&json!({"description": "Sells more"}))).await;
    assert_eq!(read(&described), read(&operator.asks(Method::GET, &path, None).await));
    assert_eq!(read(&described)["description"], "Sells more");
    assert_eq!(operator.asks(Method::DELETE, &path, None).await.status, 204);
    assert_eq!(operator.asks(Method::GET, &path, None).await.status, 404);

    let (application, component) = app.component().await;
    let path = below(&format!("components/{component}"));
    let described = operator.asks(Method::PUT, &path, Some(&json!({"description": "The pages"}))).await;
    assert_eq!(read(&described)["description"], "The pages");
    let refused = operator.asks(Method::DELETE, &path, None).await;
    assert_eq!(word_of("it runs", &refused, 409), "conflict");
    app.undeployed(component).await;
    assert_eq!(operator.asks(Method::DELETE, &path, None).await.status, 204);
    assert_eq!(operator.asks(Method::GET, &path, None).await.status, 404);
    let path = below(&format!("applications/{application}"));
    assert_eq!(operator.asks(Method::DELETE, &path, None).await.status, 204, "it is empty now");
    app.stops().await;
}

async fn a_manager_makes_changes_and_deletes_an_environment_by_request(db: Db) {
    let app = TestApp::start(&db).await;
    let manager = app.signed_in_as("manager").await;
    let asks = async |method, path: &str, more: &[(&str, &str)], body: Option<serde_json::Value>| {
        let headers = [&[("sec-fetch-site", "same-origin")], more].concat();
        let body = body.map(|body| body.to_string());
        manager.json(method, path, &headers, body.as_deref()).await
    };
    let wrong = json!({"name": "1prod", "deploy": " ", "timeout": 0});
    let told = asks(Method::POST, &below("environments"), &[], Some(wrong)).await;
    let fields: Vec<_> = read(&told)["problems"].as_array().unwrap().iter().map(|it| it["field"].clone()).collect();
    assert_eq!(fields, ["name", "deploy", "timeout"]);
    let wanted = json!({"name": "prod", "deploy": "deploy it", "remove": "remove it"});
    let made = asks(Method::POST, &below("environments"), &[], Some(wanted)).await;
    assert_eq!((made.status, made.header("etag")), (200, "\"1\""), "{}", made.text);
    let path = below(&format!("environments/{}", read(&made)["id"].as_str().unwrap()));
    let next = json!({"description": "Where customers are", "deploy": "deploy more"});
    let changed = asks(Method::PUT, &path, &[("if-match", "\"1\"")], Some(next)).await;
    assert_eq!(changed.header("etag"), "\"2\"", "{}", changed.text);
    let is = read(&changed);
    assert_eq!(
        (&is["deploy"], &is["remove"], &is["timeout"]),
        (&"deploy more".into(), &"remove it".into(), &600.into())
    );
    let late = asks(Method::PUT, &path, &[("if-match", "\"1\"")], Some(json!({"deploy": "deploy less"}))).await;
    assert_eq!(word_of("late", &late, 412), "stale");
    assert_eq!(read(&asks(Method::GET, &path, &[], None).await), is);
    assert_eq!(asks(Method::DELETE, &path, &[], None).await.status, 204);
    assert_eq!(asks(Method::GET, &path, &[], None).await.status, 404);
    app.stops().await;
}

async fn a_program_makes_release_tasks_of_what_ran_and_of_what_runs_elsewhere(db: Db) {
    let app = TestApp::start(&db).await;
    let operator = Program::of(&app, "operator", &[TokenScope::Operate]).await;
    let ((_, one), (_, other)) = (app.component().await, app.component().await);
    let path = below(&format!("components/{one}"));
    let task = async |asked: &tollgate_testing::browser::Page| {
        let path = format!("{}/{}", pipelines(), read(asked)["id"].as_str().unwrap());
        let made = read(&operator.asks(Method::GET, &path, None).await);
        made["pipeline_declaration"]["stages"][0]["groups"][0]["tasks"][0].clone()
    };
    let again = format!("{path}/deploy-again");
    let made = operator.asks(Method::POST, &again, Some(&json!({"revision": 1, "name": "back-to-one"}))).await;
    let made = task(&made).await;
    assert_eq!((&made["version"], &made["set"]["image"]), (&"1.1".into(), &"shop:1".into()), "{made}");
    let missing = operator.asks(Method::POST, &again, Some(&json!({"revision": 9}))).await;
    assert_eq!(word_of("no such revision", &missing, 404), "not_found");

    let promote = format!("{path}/promote");
    let wanted = json!({"target_component_id": other.to_string(), "fields": "artefact"});
    let made = task(&operator.asks(Method::POST, &promote, Some(&wanted)).await).await;
    assert_eq!((&made["version"], &made["set"]["image"]), (&"1.2".into(), &"shop:2".into()), "{made}");
    let place = app.app.store.component_place(other).await.unwrap().unwrap();
    assert_eq!(made["update-component"], format!("{}/web", place.application));
    let itself = json!({"target_component_id": one.to_string()});
    assert_eq!(operator.asks(Method::POST, &promote, Some(&itself)).await.status, 404, "it is in that environment");
    let wrong = json!({"target_component_id": other.to_string(), "fields": "some"});
    let wrong = operator.asks(Method::POST, &promote, Some(&wrong)).await;
    assert_eq!(word_of("fields", &wrong, 400), "invalid");
    app.stops().await;
}

async fn a_program_searches_a_region_and_lists_what_runs_there(db: Db) {
    let app = TestApp::start(&db).await;
    let (_, component) = app.component().await;
    let viewer = Program::of(&app, "viewer", &[TokenScope::Read]).await;
    let listed = read(&viewer.asks(Method::GET, &below("components"), None).await);
    assert_eq!((&listed["count"], &listed["components"][0]["version"]), (&1.into(), &"1.2".into()));
    let name = listed["components"][0]["application_name"].as_str().unwrap().to_owned();
    let found = read(&viewer.asks(Method::GET, &below("search?text=WEB"), None).await);
    let one = json!({
        "type": "component",
        "id": component.to_string(),
        "name": format!("{name}/web"),
        "enterprise_project_id": app.team.to_string(),
    });
    assert_eq!(found, json!({"results": [one], "more": false}));
    let all = viewer.asks(Method::GET, &below("search"), None).await;
    assert_eq!(word_of("no text", &all, 400), "unreadable");
    app.stops().await;
}
