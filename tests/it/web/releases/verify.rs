//! The card of a Verify that failed says why, once.

use tollgate::domain::status::ReleaseStatus;

use super::scene::Scene;
use crate::db::Db;

on_both!(a_failed_verify_says_why_once);

/// A check of what no administrator has allowed, which fails at once.
const FORBIDDEN: &str = "
name: shop-web
phases:
  - name: Check
    tasks:
      - name: check
        type: verify
        http: {url: 'http://10.0.0.1/health'}
";

async fn a_failed_verify_says_why_once(db: Db) {
    let scene = Scene::with(&db, FORBIDDEN).await;
    let operator = scene.browser("operator").await;
    scene.executes(&operator).await;
    scene.is(ReleaseStatus::ReleaseFailed).await;
    let page = operator.get(&scene.urls.show()).await;
    let why = "The request cannot be made: 10.0.0.1 is in a private network, and no administrator has allowed it \
               (--allow-network).";
    assert_eq!(page.text.matches(&format!(">{why}<")).count(), 1, "{}", page.text);
    scene.app.stops().await;
}
