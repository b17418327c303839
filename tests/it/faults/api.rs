//! The API while the database is away.

use super::on_postgres;
use super::proxy::{Manner, Proxy};
use crate::db::Db;
use crate::web::api::{ApiServer, word_of};
use crate::web::app::TestApp;

on_postgres!(an_operation_says_that_the_database_is_away);

async fn an_operation_says_that_the_database_is_away(db: Db) {
    let proxy = Proxy::before(&db);
    let app = TestApp::start(&proxy.db().await).await;
    let server = ApiServer::beside(&app).await;
    proxy.is(Manner::Gone);
    let answer = server.ann.get("/api/fails").await;
    assert_eq!(word_of("the database is away", &answer, 503), "unavailable");
    assert_eq!(answer.header("retry-after"), "5");
    assert_eq!(server.ann.get("/api/version").await.status, 200, "it needs none");
    proxy.is(Manner::Through);
    server.stops().await;
    app.stops().await;
}
