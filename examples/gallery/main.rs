//! Serves every page with made-up content, to look at them: `cargo run --example gallery -- 127.0.0.1:8099`.
//!
//! Not part of the program: nothing here knows of the store, and what is sent to it changes nothing.

mod audit;
mod editor;
mod errors;
mod execute;
mod invitations;
mod lists;
mod members;
mod overview;
mod people;
mod places;
mod process;
mod release;
mod replicas;
mod runs;
mod storage;

use actix_web::http::header;
use actix_web::middleware::DefaultHeaders;
use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};
use askama::Template;
use tollgate::http::{assets, compact};
use tollgate::pages::components::DialogPage;

const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; \
                      form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// Every page of the gallery by name.
const PAGES: [&str; 30] = [
    "list",
    "list-empty",
    "list-none",
    "list-many",
    "to-release",
    "process",
    "running",
    "failed",
    "done",
    "many",
    "timeline",
    "records",
    "records-none",
    "definition",
    "activity",
    "execute",
    "approve",
    "approve-wrong",
    "trigger",
    "override",
    "terminate",
    "roll-back",
    "skip",
    "clone",
    "run",
    "run-checkpoint",
    "approvals",
    "approvals-none",
    "login",
    "setup",
];
const MORE: [&str; 57] = [
    "overview",
    "overview-none",
    "activity-all",
    "activity-none",
    "bulk",
    "bulk-done",
    "editor",
    "editor-yaml",
    "merge",
    "new",
    "definition-long",
    "waits-for-place",
    "run-waits-for-place",
    "log-unreadable",
    "crowded",
    "setup-over",
    "audit",
    "audit-none",
    "replicas",
    "replicas-one",
    "replicas-many",
    "storage",
    "storage-short",
    "storage-retention",
    "teams",
    "teams-wrong",
    "regions",
    "users",
    "users-none",
    "user-disable",
    "members",
    "members-read",
    "roles",
    "roles-short",
    "member-remove",
    "invitations",
    "invitations-none",
    "invite",
    "import",
    "import-wrong",
    "links",
    "join",
    "join-known",
    "own",
    "reset",
    "blanking",
    "blanking-wrong",
    "deleted",
    "deleted-none",
    "account",
    "404",
    "403",
    "409",
    "422",
    "500",
    "refused",
    "execution",
];

fn html(page: &impl Template) -> HttpResponse {
    HttpResponse::Ok().content_type("text/html; charset=utf-8").body(compact::render(page).expect("the sample renders"))
}

fn dialog<D: Template + askama::FastWritable + askama::filters::HtmlSafe>(part: D, alone: bool) -> HttpResponse {
    if alone { html(&part) } else { html(&DialogPage { chrome: people::chrome("Dialog"), dialog: part }) }
}

async fn index() -> HttpResponse {
    let link = |name: &&str| format!("<li><a href='/g/{name}'>{name}</a>");
    let links = PAGES.iter().chain(&MORE).map(link).collect::<Vec<_>>().concat();
    HttpResponse::Ok().content_type("text/html").body(format!("<!doctype html><title>Gallery</title><ul>{links}</ul>"))
}

async fn show(name: web::Path<String>, request: HttpRequest) -> HttpResponse {
    let alone = request.headers().contains_key("hx-request");
    match name.as_str() {
        "list" => html(&lists::list(6)),
        "list-many" => html(&lists::list(50)),
        "list-empty" => html(&lists::empty(false)),
        "list-none" => html(&lists::empty(true)),
        "to-release" => html(&release::page(process::to_release(), release::Stage::ToRelease)),
        "process" => html(&release::page(process::waiting(), release::Stage::Waiting)),
        "running" => html(&release::page(process::running(0), release::Stage::Running(0))),
        "failed" => html(&release::page(process::failed(), release::Stage::Failed)),
        "execution" => html(&release::execution()),
        "done" => html(&release::page(process::done(), release::Stage::Done)),
        "many" => html(&release::page(process::many(), release::Stage::Running(0))),
        "timeline" => html(&release::timeline()),
        "records" => html(&release::records(12)),
        "records-none" => html(&release::records(0)),
        "definition" => html(&release::definition()),
        "definition-long" => html(&release::long_comparison()),
        "waits-for-place" => html(&release::waiting_for_place()),
        "run-waits-for-place" => html(&runs::waiting_for_place()),
        "log-unreadable" => html(&runs::unreadable()),
        "crowded" => html(&errors::crowded()),
        "setup-over" => html(&errors::setup_over()),
        "activity" => html(&release::activity()),
        "editor" => html(&editor::page()),
        "editor-yaml" => html(&editor::yaml()),
        "merge" => dialog(editor::merge(), alone),
        "new" => html(&editor::new()),
        "execute" => dialog(execute::execute(), alone),
        "bulk" => dialog(lists::bulk(false), alone),
        "bulk-done" => dialog(lists::bulk(true), alone),
        "approve" => dialog(people::approve(false), alone),
        "approve-wrong" => dialog(people::approve(true), alone),
        "trigger" => dialog(people::trigger(), alone),
        "override" => dialog(people::overriding(), alone),
        "terminate" => dialog(people::terminate(), alone),
        "roll-back" => dialog(people::roll_back(), alone),
        "skip" => dialog(people::skip(), alone),
        "clone" => dialog(people::clone(), alone),
        "refused" => dialog(people::refused(), alone),
        "run" => html(&runs::command()),
        "run-checkpoint" => html(&runs::checkpoint()),
        "approvals" => html(&people::approvals(true)),
        "approvals-none" => html(&people::approvals(false)),
        "overview" => html(&overview::page(true)),
        "overview-none" => html(&overview::page(false)),
        "activity-all" => html(&overview::activity(true)),
        "activity-none" => html(&overview::activity(false)),
        "audit" => html(&audit::page(true)),
        "audit-none" => html(&audit::page(false)),
        "replicas" => html(&replicas::page(3)),
        "replicas-one" => html(&replicas::page(1)),
        "replicas-many" => html(&replicas::page(12)),
        "storage" => html(&storage::page(false)),
        "storage-short" => html(&storage::page(true)),
        "storage-retention" => dialog(storage::retention(), alone),
        "teams" => html(&places::teams(false)),
        "teams-wrong" => html(&places::teams(true)),
        "regions" => html(&places::regions()),
        "users" => html(&members::users(true)),
        "users-none" => html(&members::users(false)),
        "user-disable" => dialog(members::disabling(), alone),
        "members" => html(&members::page(true)),
        "members-read" => html(&members::page(false)),
        "roles" => dialog(members::roles(false), alone),
        "roles-short" => dialog(members::roles(true), alone),
        "member-remove" => dialog(members::removal(), alone),
        "invitations" => html(&invitations::list(true)),
        "invitations-none" => html(&invitations::list(false)),
        "invite" => html(&invitations::invite()),
        "import" => html(&invitations::import(true)),
        "import-wrong" => html(&invitations::import(false)),
        "links" => html(&invitations::links()),
        "join" => html(&invitations::join(true)),
        "join-known" => html(&invitations::join(false)),
        "own" => html(&invitations::own(true)),
        "reset" => html(&invitations::reset()),
        "blanking" => html(&storage::blanking(true)),
        "blanking-wrong" => html(&storage::blanking(false)),
        "deleted" => html(&storage::deleted(true)),
        "deleted-none" => html(&storage::deleted(false)),
        "login" => html(&people::login()),
        "setup" => html(&people::setup()),
        "account" => html(&people::account()),
        status => html(&errors::error(status.parse().unwrap_or(404))),
    }
}

/// What a poll gets: the next state, or 204 while it is the same; the last has no trigger.
async fn live(seen: web::Path<u64>) -> HttpResponse {
    let seen = seen.into_inner() + 1;
    html(&release::page(process::running(seen), release::Stage::Running(seen)).live)
}

async fn log(after: web::Path<u64>) -> HttpResponse {
    html(&runs::tail(after.into_inner()))
}

/// A form is refused when it comments "wrong", taken otherwise.
async fn send(name: web::Path<String>, body: String) -> HttpResponse {
    if body.contains("comment=wrong") || (body.contains("verdict=reject") && body.contains("comment=&")) {
        let part = compact::render(&people::approve(true)).expect("the sample renders");
        return HttpResponse::UnprocessableEntity().content_type("text/html; charset=utf-8").body(part);
    }
    if name.as_str() == "pause" {
        let part = compact::render(&people::refused()).expect("the sample renders");
        return HttpResponse::Conflict().content_type("text/html; charset=utf-8").body(part);
    }
    HttpResponse::NoContent().insert_header(("HX-Redirect", "/g/done")).finish()
}

#[actix_web::main]
async fn main() -> std::io::Result<()> {
    let address = std::env::args().nth(1).unwrap_or_else(|| "127.0.0.1:0".into());
    let server = HttpServer::new(|| {
        App::new()
            .wrap(DefaultHeaders::new().add((header::CONTENT_SECURITY_POLICY, POLICY)))
            .configure(assets::configure)
            .route("/", web::get().to(index))
            .route("/g/{name}", web::get().to(show))
            .route("/g/{name}", web::post().to(send))
            .route("/live/{seen}", web::get().to(live))
            .route("/log/{after}", web::get().to(log))
    })
    .workers(1)
    .bind(address)?;
    let address = server.addrs()[0];
    println!("http://{address}/");
    server.run().await
}
