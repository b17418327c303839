//! Pages of notifications: channels of a team, mail, one's own address, and what could not be delivered.

use reqwest::Method;
use tollgate::domain::delivery::DeliveryKind;
use tollgate::domain::ids::{ChannelId, DeliveryId};
use tollgate::domain::notices::{ChannelChoice, ChannelKind, NoticeKind, Recipient};
use tollgate::domain::tokens::TokenScope;
use tollgate::store::{Channel, DeliveryState, FreshChannel, NewDelivery, Scope, new_id};
use tollgate_testing::receiver::{Behaviour, Receiver};
use tollgate_testing::smtp::MailServer;

use super::app::TestApp;
use super::browser::{Browser, Page};
use super::release_api::Program;
use super::stories::Story;
use crate::db::Db;

on_both!(
    a_manager_makes_tries_changes_and_removes_a_channel,
    d4_the_link_that_confirms_an_address_asks_to_sign_in_and_opened_it_confirms_nothing,
    d4_the_link_of_a_message_decides_nothing_by_being_opened,
    what_could_not_be_delivered_is_listed_for_who_answers_for_it_and_sent_again,
    the_title_of_the_tab_counts_what_waits_for_the_reader,
);

impl TestApp {
    /// A channel of the team.
    pub async fn channel(&self) -> ChannelId {
        let id: ChannelId = new_id();
        let choice =
            ChannelChoice { id, kind: ChannelKind::Webhook, enabled: false, events: NoticeKind::DEFAULT.into() };
        let channel = Channel {
            team_id: self.team,
            name: id.to_string(),
            address: Some("http://127.0.0.1:9/".to_owned()),
            rotated_at: None,
            choice,
        };
        let tx = self.app.store.begin_write().await.unwrap();
        tx.insert_channel(&FreshChannel { channel, at: self.app.clock.now() }).await.unwrap();
        tx.commit().await.unwrap();
        id
    }

    /// Something that could not be delivered.
    pub async fn undelivered(&self) -> DeliveryId {
        let new = NewDelivery {
            kind: DeliveryKind::Trial,
            notice_id: None,
            token_id: None,
            team_id: Some(self.team),
            channel: ChannelKind::Webhook,
            recipient: Recipient::Channel(self.channel().await),
        };
        let (tx, now) = (self.app.store.begin_write().await.unwrap(), self.app.clock.now());
        let id = tx.insert_deliveries(&[new], now).await.unwrap()[0];
        tx.end_delivery(id, DeliveryState::Undeliverable, now).await.unwrap();
        tx.commit().await.unwrap();
        id
    }
}

async fn a_manager_makes_tries_changes_and_removes_a_channel(db: Db) {
    let (app, receiver) = (TestApp::start(&db).await, Receiver::start());
    let manager = app.signed_in_as("manager").await;
    let list = format!("/teams/{}/channels", app.team);
    manager.get(&list).await.says("No channels yet").says("Messages go out without links.");
    manager.get(&format!("{list}/new?kind=webhook")).await.says("New Webhook of storefront");
    let all_wrong = sends(&manager, &format!("{list}/new?kind=webhook"), "kind=webhook&name=&address=nowhere").await;
    assert_eq!(all_wrong.status, 422);
    all_wrong.says("Give it a name.").says("That is no address for requests").says("Choose at least one event.");
    let private = "kind=webhook&name=inside&address=http%3A%2F%2F10.0.0.1%2Fhook";
    let refused = sends(&manager, &format!("{list}/new?kind=webhook"), private).await;
    assert_eq!(refused.status, 422);
    refused.says("10.0.0.1 is in a private network, and no administrator has allowed it (--allow-network).");
    let address = receiver.url("/hook").replace(':', "%3A").replace('/', "%2F");
    let form = format!("kind=webhook&name=builds&address={address}&event=release_started&enabled=on");
    let made = sends(&manager, &format!("{list}/new?kind=webhook"), &form).await;
    assert_eq!(made.status, 201, "{}", made.text);
    made.says("whsec_").says("shown this once");
    assert!(!manager.get(&list).await.text.contains("whsec_"), "it is not shown again");

    manager.get(&list).await.says("E-mail to Members");
    let chosen = format!("/teams/{}/member-events", app.team);
    assert_eq!(sends(&manager, &chosen, "event=rollback_failed").await.status, 303);
    manager.get(&list).await.says("Members of storefront are told these events by e-mail");
    let of_team = app.app.store.member_events(&[app.team]).await.unwrap().remove(0).events;
    assert_eq!(of_team, Some([NoticeKind::RollbackFailed].into()));

    let id = app.app.store.channels_of(app.team).await.unwrap()[0].choice.id;
    receiver.will([Behaviour::Status(500)]);
    assert_eq!(sends(&manager, &format!("{list}/{id}/try"), "").await.status, 303);
    let tried = until(&manager, &list, |page| page.contains("instead of 2xx")).await;
    assert!(tried.contains("Undelivered"), "a test is tried once: {tried}");
    assert_eq!(receiver.got().len(), 1);
    let secret = "https%3A%2F%2Fchat.example.org%2F5ecret";
    let chat = format!("kind=slack&name=builds&address={secret}&event=release_started&enabled=on");
    let taken = sends(&manager, &format!("{list}/new?kind=slack"), &chat).await;
    assert_eq!(taken.status, 422);
    assert!(taken.text.contains("a channel of that name") && !taken.text.contains("5ecret"), "{}", taken.text);
    taken.says("Type the address again");
    let changed = "name=renamed&address=https%3A%2F%2Fexample.org&event=release_failed";
    assert_eq!(sends(&manager, &format!("{list}/{id}"), changed).await.status, 303);
    manager.get(&list).await.says("renamed").says("Turned off");
    manager.get(&format!("{list}/{id}/rotate")).await.says("Make a new key for renamed?").says("For a day");
    manager.get(&format!("{list}/{id}/remove")).await.says("Remove renamed?").says("its secrets are forgotten");
    manager.get(&list).await.says("renamed");
    assert_eq!(sends(&manager, &format!("{list}/{id}/remove"), "").await.status, 303);
    manager.get(&list).await.says("No channels yet");
    app.stops().await;
}

async fn d4_the_link_that_confirms_an_address_asks_to_sign_in_and_opened_it_confirms_nothing(db: Db) {
    let public = "https://tollgate.example.org";
    let app = TestApp::start_with(&db, |web| web.public_url = public.parse().ok()).await;
    let server = MailServer::start();
    let admin = app.signed_in_as("administrator").await;
    let settings =
        format!("host=127.0.0.1&port={}&encryption=plain&sender=tollgate%40example.org&user=", server.port());
    assert_eq!(sends(&admin, "/e-mail", &settings).await.status, 303);
    let approver = app.signed_in_as("approver").await;
    assert_eq!(sends(&approver, "/account/e-mail", "address=nowhere").await.status, 422);
    assert_eq!(sends(&approver, "/account/e-mail", "address=ann%40example.org").await.status, 303);
    let mail = until_mail(&server).await;
    let words = mail.words();
    let link = words.split_whitespace().find(|word| word.starts_with(public)).unwrap();
    let path = link.trim_start_matches(public);
    // A scanner opens it, and so does whoever is signed in.
    let stranger = app.browser().get(path).await;
    assert_eq!(stranger.status, 303, "it asks to sign in");
    for _ in 0..2 {
        approver.get(path).await.says("Confirm Your Address").says("notifications for you go to ann@example.org");
    }
    let of_another = app.signed_in_as("operator").await.get(path).await;
    of_another.says("good for nothing");
    assert!(!of_another.text.contains("ann@example.org"), "{}", of_another.text);
    approver.get("/account").await.says("A link went to");
    let secret = path.split_once("token=").unwrap().1;
    let other = app.signed_in_as("operator").await;
    sends(&other, "/account/e-mail/confirm", &format!("token={secret}")).await;
    other.get("/account").await.says("good for nothing");
    sends(&approver, "/account/e-mail/confirm", &format!("token={secret}")).await;
    approver.get("/account").await.says("Notifications go to");
    sends(&approver, "/account/e-mail/confirm", &format!("token={secret}")).await;
    approver.get("/account").await.says("good for nothing");
    approver.get("/account/e-mail/forget").await.says("Forget your address?").says("ann@example.org");
    approver.get("/account").await.says("Notifications go to");
    approver.get("/account").await.says("You have not chosen.").says("storefront: a checkpoint waits");
    sends(&approver, "/account/e-mail/events", "").await;
    approver.get("/account").await.says("You chose no event").says("You have chosen what you are told");
    sends(&approver, "/account/e-mail/events", "team_choice=on").await;
    approver.get("/account").await.says("You have not chosen.");
    // Nobody can have strangers mailed.
    for _ in 1..5 {
        assert_eq!(sends(&approver, "/account/e-mail", "address=eve%40example.org").await.status, 303);
    }
    let refused = sends(&approver, "/account/e-mail", "address=eve%40example.org").await;
    assert_eq!(refused.status, 422);
    refused.says("Five links were sent within the last hour").says("eve@example.org");
    app.stops().await;
}

/// Sends a form that is written out.
async fn sends(browser: &Browser, path: &str, body: &str) -> Page {
    browser.send(Method::POST, path, &[("sec-fetch-site", "same-origin")], body).await
}

/// The page, once it is as wanted.
async fn until(browser: &Browser, path: &str, is_so: impl Fn(&str) -> bool) -> String {
    let mut page = String::new();
    crate::until::until("the page is as wanted", async || {
        page = browser.get(path).await.text;
        is_so(&page)
    })
    .await;
    page
}

async fn until_mail(server: &MailServer) -> tollgate_testing::smtp::Mail {
    let mut mails = Vec::new();
    crate::until::until("a mail comes", async || {
        mails = server.taken();
        !mails.is_empty()
    })
    .await;
    mails.remove(0)
}

async fn d4_the_link_of_a_message_decides_nothing_by_being_opened(db: Db) {
    let app = TestApp::start(&db).await;
    let release = app.release(Story::Waiting).await;
    let path = format!("/regions/eu-west/release-tasks/{}/executions/1/tasks/{}/decision", release.id, release.task);
    assert_eq!(app.browser().get(&path).await.status, 303, "it asks to sign in");
    let approver = app.signed_in_as("approver").await;
    for _ in 0..3 {
        assert_eq!(approver.get(&path).await.status, 200);
    }
    let last = app.app.store.release(release.id).await.unwrap().unwrap().last.unwrap();
    assert!(last.tasks.iter().all(|run| run.decisions.is_empty()));
    app.stops().await;
}

async fn what_could_not_be_delivered_is_listed_for_who_answers_for_it_and_sent_again(db: Db) {
    let app = TestApp::start(&db).await;
    let id = app.undelivered().await;
    let manager = app.signed_in_as("manager").await;
    manager.get("/deliveries").await.says("A test").says("Send Again");
    assert_eq!(app.signed_in_as("operator").await.get("/deliveries").await.status, 404);
    // The API has the same list, for tokens as far as they have the rights of a manager.
    let (path, again) = ("/v3/undelivered", format!("/v3/undelivered/{id}/send-again"));
    for (scope, list, sent) in [(TokenScope::Operate, 404, 404), (TokenScope::Approve, 200, 200)] {
        let program = Program::of(&app, "manager", &[scope]).await;
        let listed = program.asks(Method::GET, path, None).await;
        assert_eq!(listed.status, list, "{scope:?}: {}", listed.text);
        if list == 200 {
            listed.says(&id.to_string()).says("\"event\":\"trial\"").says("\"attempts\":0");
        }
        assert_eq!(program.asks(Method::POST, &again, None).await.status, sent, "{scope:?}");
    }
    until(&manager, "/deliveries", |page| page.contains("cannot be read")).await;
    assert_eq!(sends(&manager, &format!("/deliveries/{id}/send-again"), "").await.status, 303);
    // It has no key, and a test is tried once: it is back on the list with its reason.
    let page = until(&manager, "/deliveries", |page| page.contains("Given up")).await;
    assert!(page.contains("tried 1 time") && page.contains("storefront"), "{page}");

    // To a channel that was removed nothing is sent; what is dismissed leaves the list, and the audit says who did it.
    let delivery = app.app.store.delivery(id).await.unwrap().unwrap();
    let Recipient::Channel(channel) = delivery.what.recipient else { panic!("a channel: {delivery:?}") };
    assert_eq!(sends(&manager, &format!("/teams/{}/channels/{channel}/remove", app.team), "").await.status, 303);
    let page = manager.get("/deliveries").await;
    page.says("The channel was removed.").says("Dismiss");
    assert!(!page.text.contains("Send Again"), "{}", page.text);
    assert_eq!(sends(&manager, &format!("/deliveries/{id}/send-again"), "").await.status, 409);
    assert_eq!(sends(&manager, &format!("/deliveries/{id}/dismiss"), "").await.status, 303);
    manager.get("/deliveries").await.says("Everything was delivered").says("One undelivered notice is dismissed.");
    for _ in 0..2 {
        app.undelivered().await;
    }
    let dialog = manager.get("/deliveries/dismiss").await;
    dialog.says("Dismiss 2 undelivered notices?");
    let until = dialog.text.split_once("name=\"until\" value=\"").unwrap().1.split_once('"').unwrap().0.to_owned();
    app.passes(chrono::TimeDelta::seconds(5));
    let later = app.undelivered().await;
    assert_eq!(sends(&manager, "/deliveries/dismiss", &format!("until={until}")).await.status, 303);
    let left: Vec<_> = app.app.store.undeliverable(&Scope::All, 10).await.unwrap().iter().map(|it| it.id).collect();
    assert_eq!(left, [later], "what came after the dialog was shown stays");
    let audit = app.signed_in_as("administrator").await.get("/audit").await;
    audit.says("dismissed 1 undelivered notice to").says("dismissed 2 undelivered notices to");
    app.stops().await;
}

async fn the_title_of_the_tab_counts_what_waits_for_the_reader(db: Db) {
    let app = TestApp::start(&db).await;
    let approver = app.signed_in_as("approver").await;
    approver.get("/approvals").await.says("<title>My Approvals · Tollgate</title>");
    app.release(Story::Waiting).await;
    until(&approver, "/approvals", |page| page.contains("<title>(1) My Approvals · Tollgate</title>")).await;
    app.signed_in_as("viewer").await.get("/approvals").await.says("<title>My Approvals · Tollgate</title>");
    app.stops().await;
}
