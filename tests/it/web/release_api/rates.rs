//! Rate limits: a caller who asks too much is told how long to wait, and takes nothing from others.

use chrono::TimeDelta;
use reqwest::Method;
use tollgate::config::ApiLimitsConfig;
use tollgate::domain::tokens::TokenScope;

use super::{Program, pipelines};
use crate::db::Db;
use crate::web::api::word_of;
use crate::web::app::TestApp;

on_both!(who_asks_too_much_is_told_what_is_left_and_how_long_to_wait, without_a_token_an_address_is_counted);

async fn who_asks_too_much_is_told_what_is_left_and_how_long_to_wait(db: Db) {
    let few = ApiLimitsConfig { api_limit: 3, ..ApiLimitsConfig::default() };
    let app = TestApp::start_with(&db, |web| web.api_limits = few).await;
    let [one, other] = [
        Program::of(&app, "viewer", &[TokenScope::Read]).await,
        Program::of(&app, "viewer", &[TokenScope::Read]).await,
    ];
    for left in ["\"token\";r=2;t=20", "\"token\";r=1;t=40", "\"token\";r=0;t=60"] {
        let answer = one.asks(Method::GET, &pipelines(), None).await;
        assert_eq!((answer.status, answer.header("ratelimit")), (200, left));
        assert_eq!(answer.header("ratelimit-policy"), "\"token\";q=3;w=60");
    }
    let refused = one.asks(Method::GET, &pipelines(), None).await;
    assert_eq!(word_of("too many", &refused, 429), "too_many");
    assert_eq!((refused.header("retry-after"), refused.header("ratelimit")), ("20", "\"token\";r=0;t=20"));
    assert_eq!(other.asks(Method::GET, &pipelines(), None).await.status, 200, "another is not held up");
    app.passes(TimeDelta::seconds(20));
    assert_eq!(one.asks(Method::GET, &pipelines(), None).await.status, 200);
    let viewer = app.signed_in_as("viewer").await;
    assert_eq!(viewer.get(&pipelines()).await.header("ratelimit"), "\"person\";r=2;t=20");
    app.stops().await;
}

async fn without_a_token_an_address_is_counted(db: Db) {
    let few = ApiLimitsConfig { api_address_limit: 2, ..ApiLimitsConfig::default() };
    let app = TestApp::start_with(&db, |web| web.api_limits = few).await;
    let nobody = app.browser();
    assert_eq!(nobody.get("/api/version").await.header("ratelimit"), "\"address\";r=1;t=30");
    let unknown = [("x-auth-token", "tgp_nonsense")];
    let refused = nobody.send(Method::GET, &pipelines(), &unknown, "").await;
    assert_eq!(word_of("unknown", &refused, 401), "token_unknown");
    let refused = nobody.send(Method::GET, &pipelines(), &unknown, "").await;
    assert_eq!(word_of("guesses", &refused, 429), "too_many");
    assert_eq!(word_of("anybody", &nobody.get("/api/version").await, 429), "too_many");
    let known = Program::of(&app, "viewer", &[TokenScope::Read]).await;
    assert_eq!(known.asks(Method::GET, &pipelines(), None).await.status, 200);
    app.stops().await;
}
