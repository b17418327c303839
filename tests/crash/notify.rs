//! Notices whose sender dies: each is told at least once, and a second time only where the receiver's answer was lost.

use reqwest::Method;
use tollgate::domain::ids::{DeliveryId, ReleaseId};
use tollgate::store::DeliveryState;
use tollgate_testing::receiver::{Received, Receiver};

use crate::browser::Browser;
use crate::db::Db;
use crate::installation::{Installation, People, address};
use crate::program::Program;
use crate::until::until;

on_both!(d1_a_notice_is_told_again_only_if_the_answer_was_lost_with_the_server);

const QUICK: &str = "
name: told
team: Platform
region: eu-west
phases:
  - name: Work
    tasks:
      - name: work
        script: 'true'
";

const ALLOWED: (&str, &str) = ("TOLLGATE_ALLOW_NETWORK", "127.0.0.0/8");

/// Executes the release task; the server may die of it at any moment after.
async fn executes(people: &People, program: &Program, release: ReleaseId) {
    let path = format!("/v3/eu-west/pipeline/pipelines/{release}/action?action_id=start");
    let _ = people.at(program).operator.tries(Method::POST, &path, &[("sec-fetch-site", "same-origin")], "").await;
}

/// What the receiver got once it has got something.
async fn got(receiver: &Receiver) -> Vec<Received> {
    let mut got = Vec::new();
    until("the receiver is told", async || {
        got.extend(receiver.got());
        !got.is_empty()
    })
    .await;
    got
}

async fn d1_a_notice_is_told_again_only_if_the_answer_was_lost_with_the_server(db: Db) {
    let (here, receiver) = (Installation::new(db), Receiver::start());
    let program = here.starts_with(&[ALLOWED]).unwrap();
    let release = here.imports(QUICK).await;
    let people = People::sign_in(&program).await;
    let team = here.db.store.teams().await.unwrap().into_iter().find(|team| team.name == "Platform").unwrap().id;
    let manager = Browser::new(address(&program));
    assert_eq!(manager.signs_in("manager", &program.passwords["manager"]).await.status, 303);
    let url = receiver.url("/hook").replace(':', "%3A").replace('/', "%2F");
    let form = format!("kind=webhook&name=builds&address={url}&event=release_started&enabled=on");
    let path = format!("/teams/{team}/channels/new?kind=webhook");
    let made = manager.send(Method::POST, &path, &[("sec-fetch-site", "same-origin")], &form).await;
    assert_eq!(made.status, 201, "{}", made.text);
    let is_sent = async |received: &Received| {
        let id: DeliveryId = received.header("webhook-id").unwrap().trim().parse().unwrap();
        let delivery = here.reads(async |store| store.delivery(id).await).await;
        delivery.is_some_and(|delivery| delivery.state == DeliveryState::Sent)
    };
    drop(program);

    for (point, times) in [("notify.claimed", 0), ("notify.sent", 1)] {
        let mut mortal = here.starts_with(&[ALLOWED, ("TOLLGATE_FAIL_AT", point)]).unwrap();
        executes(&people, &mortal, release).await;
        until("it has died", async || mortal.child.try_wait().unwrap().is_some()).await;
        let before = receiver.got();
        assert_eq!(before.len(), times, "{point}");
        drop(mortal);
        let again = here.starts_with(&[ALLOWED]).unwrap();
        let after = got(&receiver).await;
        assert_eq!(after.len(), 1, "{point}");
        until("it is written down as sent", async || is_sent(&after[0]).await).await;
        for lost in &before {
            assert_eq!(lost.header("webhook-id"), after[0].header("webhook-id"), "{point}");
            assert_eq!(lost.body, after[0].body, "{point}");
        }
        drop(again);
        // Nothing is left of it: the next that comes is the next event.
        let next = here.starts_with(&[ALLOWED]).unwrap();
        executes(&people, &next, release).await;
        let news = got(&receiver).await;
        assert_eq!(news.len(), 1, "{point}");
        assert_ne!(news[0].header("webhook-id"), after[0].header("webhook-id"), "{point}");
        until("that is written down as sent", async || is_sent(&news[0]).await).await;
    }
}
