//! Receivers as bad as they come: answers of all kinds, redirects, silence, and a mail server that breaks off anywhere.

use std::collections::BTreeSet;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use tollgate::app::Caller;
use tollgate::app::channels::TypedChannel;
use tollgate::domain::delivery::DeliveryFailure;
use tollgate::domain::http::HttpFailure;
use tollgate::domain::kinds::{Kind, ManualApproval};
use tollgate::domain::mail::{MailEncryption, MailSettings};
use tollgate::domain::notices::{ChannelKind, NoticeKind};
use tollgate::domain::people::Role;
use tollgate::domain::status::ReleaseStatus;
use tollgate::keyring::{Key, Keyring, Keys};
use tollgate::notify::dispatch::{DispatchOptions, Dispatcher};
use tollgate::notify::{LinkTo, LinkedPage, Notifier, NotifierTurn};
use tollgate::outgoing::HttpClient;
use tollgate::store::{ListedDelivery, Scope};
use tollgate_testing::receiver::{Behaviour, Received, Receiver};
use tollgate_testing::smtp::{MailBehaviour, MailServer};

use super::stage::addresses;
use crate::db::Db;
use crate::engine::stage::Stage;
use crate::engine::tasks::{approval, line};

on_both!(
    d2_only_2xx_is_taken_for_sent_and_no_redirect_is_followed,
    a_webhook_is_signed_with_one_id_for_all_attempts_and_with_both_keys_for_a_day,
    a_chat_gets_text_or_a_card_and_its_address_is_nowhere_in_the_clear,
    d2_a_mail_server_that_fails_anywhere_is_asked_again_and_one_that_refuses_is_not,
    d5_a_mail_to_an_approver_has_all_that_they_need,
);

/// The notifier that really sends.
fn dispatching(stage: &Stage) -> Notifier {
    dispatching_with(stage, DispatchOptions::default())
}

/// The same with other times, or other trust.
pub fn dispatching_with(stage: &Stage, options: DispatchOptions) -> Notifier {
    let client = HttpClient::new(["127.0.0.0/8".parse().unwrap()]).unwrap();
    let links: LinkTo = Arc::new(|page| {
        let path = match page {
            LinkedPage::Checkpoint { region, release, execution, task } => {
                format!("{region}/{release}/{execution}/{task}")
            }
            LinkedPage::Release { region, release } => format!("{region}/{release}"),
            LinkedPage::Confirmation { .. } => "confirm".to_owned(),
            LinkedPage::Tokens => "tokens".to_owned(),
            LinkedPage::Home => String::new(),
        };
        Some(format!("https://tollgate.example.org/{path}"))
    });
    let dispatcher = Dispatcher::new(stage.app.clone(), client, links).with(options);
    let engine = stage.engine.clone();
    Notifier::new(stage.app.clone(), Arc::new(dispatcher), Arc::new(move || engine.current_term()))
}

/// Has everything sent that is due.
pub async fn send(stage: &Stage) {
    stage.tick().await;
    let notifier = dispatching(stage);
    while notifier.turn().await.unwrap() != NotifierTurn::default() {}
}

pub async fn set(db: Db) -> Stage {
    let mut stage = Stage::set(db).await;
    stage.app.keyring = Keyring::of_keys(Keys::new(vec![Key::fresh().unwrap()]));
    stage
}

pub async fn manager(stage: &Stage) -> Caller {
    let id = stage.app.store.credentials("viewer").await.unwrap().unwrap().id;
    let tx = stage.app.store.begin_write().await.unwrap();
    tx.grant(id, stage.team, Role::Manager).await.unwrap();
    tx.commit().await.unwrap();
    stage.caller("viewer").await
}

pub fn typed(name: &str, address: &str, events: &[NoticeKind]) -> TypedChannel {
    TypedChannel {
        name: name.to_owned(),
        address: address.to_owned(),
        events: events.iter().copied().collect::<BTreeSet<_>>(),
        enabled: true,
    }
}

pub async fn failed(stage: &Stage) -> Vec<ListedDelivery> {
    stage.app.store.undeliverable(&Scope::All, 10).await.unwrap()
}

async fn d2_only_2xx_is_taken_for_sent_and_no_redirect_is_followed(db: Db) {
    let stage = set(db).await;
    let (receiver, inside) = (Receiver::start(), Receiver::start());
    let manager = manager(&stage).await;
    let webhook = typed("builds", &receiver.url("/hook"), &[NoticeKind::CheckpointWaits]);
    stage.app.make_channel(&manager, stage.team, ChannelKind::Webhook, &webhook).await.unwrap().unwrap();
    let release = stage.running(line(vec![approval("go-live", 1, None)])).await;
    receiver.will([
        Behaviour::Status(500),
        Behaviour::Redirect(inside.url("/metadata")),
        Behaviour::Close,
        Behaviour::Status(202),
    ]);
    for attempt in 1..=4 {
        send(&stage).await;
        assert_eq!(receiver.got().len(), 1, "attempt {attempt}");
        stage.passes(3600);
    }
    assert_eq!(inside.got(), [], "nobody is led inside");
    send(&stage).await;
    assert_eq!(receiver.got(), [], "it was taken");
    assert_eq!(stage.status(release).await, ReleaseStatus::ToBeApproved);

    // What is for special networks goes nowhere else than where an administrator allows it.
    let outside = typed("inside", "http://10.0.0.1/hook", &[NoticeKind::ReleaseStarted]);
    stage.app.make_channel(&manager, stage.team, ChannelKind::Webhook, &outside).await.unwrap();
    let second = stage.release("second", line(vec![approval("go-live", 1, None)])).await;
    stage.execute(second).await.unwrap();
    send(&stage).await;
    let channels = stage.app.channels(&manager, stage.team).await.unwrap();
    let last = channels.last.iter().find_map(|last| last.failure.clone());
    assert!(matches!(last, Some(DeliveryFailure::NoAnswer(HttpFailure::NotAllowed { .. }))), "{last:?}");
}

fn verified(received: &Received, key: &str) -> bool {
    let (id, at) = (received.header("webhook-id").unwrap(), received.header("webhook-timestamp").unwrap());
    let key = STANDARD.decode(key.strip_prefix("whsec_").unwrap()).unwrap();
    let mut mac = Hmac::<Sha256>::new_from_slice(&key).unwrap();
    mac.update(format!("{id}.{at}.").as_bytes());
    mac.update(&received.body);
    let own = format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()));
    received.header("webhook-signature").unwrap().split(' ').any(|signature| signature.trim() == own)
}

async fn a_webhook_is_signed_with_one_id_for_all_attempts_and_with_both_keys_for_a_day(db: Db) {
    let stage = set(db).await;
    let (receiver, manager) = (Receiver::start(), manager(&stage).await);
    let webhook = typed("builds", &receiver.url("/hook"), &[NoticeKind::ReleaseStarted]);
    let app = &stage.app;
    let old = app.make_channel(&manager, stage.team, ChannelKind::Webhook, &webhook).await.unwrap().unwrap();
    receiver.will([Behaviour::Status(503)]);
    stage.running(line(vec![approval("go-live", 1, None)])).await;
    send(&stage).await;
    stage.passes(60);
    send(&stage).await;
    let got = receiver.got();
    assert_eq!(got.len(), 2);
    assert_eq!(got[0].header("webhook-id"), got[1].header("webhook-id"));
    assert_eq!(got[0].body, got[1].body);
    assert!(got.iter().all(|received| verified(received, &old)), "{got:?}");
    let body: serde_json::Value = serde_json::from_slice(&got[0].body).unwrap();
    assert_eq!(body["type"], "release_started");
    assert_eq!(body["data"]["release_task"]["name"], "shop-web");
    assert_eq!(body["data"]["execution"]["number"], 1);

    let id = app.channels(&manager, stage.team).await.unwrap().channels[0].choice.id;
    let new = app.rotate_channel_key(&manager, stage.team, id).await.unwrap();
    app.try_channel(&manager, stage.team, id).await.unwrap();
    send(&stage).await;
    let got = receiver.got();
    assert!(verified(&got[0], &old) && verified(&got[0], &new), "both sign for a day");
    stage.passes(25 * 3600);
    app.try_channel(&manager, stage.team, id).await.unwrap();
    send(&stage).await;
    let got = receiver.got();
    assert!(!verified(&got[0], &old) && verified(&got[0], &new), "the old one is over");
}

async fn a_chat_gets_text_or_a_card_and_its_address_is_nowhere_in_the_clear(db: Db) {
    let stage = set(db).await;
    let (receiver, manager) = (Receiver::start(), manager(&stage).await);
    let app = &stage.app;
    for (kind, name) in [(ChannelKind::Slack, "slack"), (ChannelKind::Teams, "teams")] {
        let chat = typed(name, &receiver.url(&format!("/{name}-5ecret")), &[NoticeKind::CheckpointWaits]);
        assert_eq!(app.make_channel(&manager, stage.team, kind, &chat).await.unwrap(), None);
    }
    stage.running(line(vec![approval("go-live", 1, None)])).await;
    receiver.will([Behaviour::Status(500), Behaviour::Status(500)]);
    send(&stage).await;
    let told = app.channels(&manager, stage.team).await.unwrap();
    assert!(!format!("{told:?}").contains("5ecret"), "{told:?}");
    receiver.got();
    stage.passes(60);
    send(&stage).await;
    let mut got = receiver.got();
    got.sort_by_key(|received| received.head.contains("/teams"));
    let [slack, teams] = got.as_slice() else { panic!("one each: {got:?}") };
    let slack: serde_json::Value = serde_json::from_slice(&slack.body).unwrap();
    let text = slack["text"].as_str().unwrap();
    assert!(text.contains("go-live is to be approved") && text.contains("https://tollgate.example.org/"), "{text}");
    let teams: serde_json::Value = serde_json::from_slice(&teams.body).unwrap();
    let card = &teams["attachments"][0];
    assert_eq!(card["contentType"], "application/vnd.microsoft.card.adaptive");
    assert_eq!(card["content"]["actions"][0]["type"], "Action.OpenUrl");
}

async fn with_mail(stage: &Stage, server: &MailServer, encryption: MailEncryption) {
    let settings = MailSettings {
        host: "127.0.0.1".to_owned(),
        port: server.port(),
        encryption,
        sender: "tollgate@example.org".to_owned(),
        user: String::new(),
    };
    stage.app.set_mail(&stage.caller("admin").await, &settings, None).await.unwrap();
}

async fn d2_a_mail_server_that_fails_anywhere_is_asked_again_and_one_that_refuses_is_not(db: Db) {
    let stage = set(db).await;
    let server = MailServer::start();
    addresses(&stage, &["approver"], &NoticeKind::DEFAULT).await;
    let release = stage.running(line(vec![approval("go-live", 1, None)])).await;
    send(&stage).await;
    assert_eq!(server.connections(), 0, "no mail server is set yet");
    with_mail(&stage, &server, MailEncryption::Plain).await;
    server.will([
        MailBehaviour::Answer("MAIL", "451 try later"),
        MailBehaviour::DropAfterData,
        MailBehaviour::Answer("DOT", "452 no room"),
    ]);
    for attempt in 1..=3 {
        stage.passes(3600);
        send(&stage).await;
        assert_eq!((server.connections(), server.taken().len()), (attempt, 0));
    }
    with_mail(&stage, &server, MailEncryption::StartTls).await;
    server.will([MailBehaviour::LieAboutTls]);
    for attempt in 4..=5 {
        stage.passes(8 * 3600);
        send(&stage).await;
        assert_eq!((server.connections(), server.taken().len()), (attempt, 0), "nothing is sent in the clear");
    }
    with_mail(&stage, &server, MailEncryption::Plain).await;
    stage.passes(8 * 3600);
    send(&stage).await;
    assert_eq!(server.taken().len(), 1);
    assert_eq!(failed(&stage).await, []);

    let second = stage.release("second", line(vec![approval("go-live", 1, None)])).await;
    stage.execute(second).await.unwrap();
    server.will([MailBehaviour::Answer("RCPT", "550 no such user")]);
    send(&stage).await;
    let failed = failed(&stage).await;
    let [refused] = failed.as_slice() else { panic!("it is not tried again: {failed:?}") };
    assert!(matches!(&refused.failure, Some(DeliveryFailure::MailRefused { code: 550, .. })), "{refused:?}");
    assert_eq!(stage.status(release).await, ReleaseStatus::ToBeApproved);
}

async fn d5_a_mail_to_an_approver_has_all_that_they_need(db: Db) {
    let stage = set(db).await;
    let server = MailServer::start();
    with_mail(&stage, &server, MailEncryption::Plain).await;
    addresses(&stage, &["approver"], &NoticeKind::DEFAULT).await;
    let mut gate = approval("go-live", 2, Some(4 * 3600));
    if let Kind::ManualApproval(ManualApproval { check, .. }) = &mut gate.kind {
        "Look at the <pages> first.".clone_into(check);
    }
    stage.running(line(vec![gate])).await;
    send(&stage).await;
    let mails = server.taken();
    let [mail] = mails.as_slice() else { panic!("one mail: {mails:?}") };
    assert_eq!(mail.to, "approver@example.org");
    let subject = mail.header("subject").unwrap();
    assert!(subject.contains("shop-web") && subject.contains("go-live is to be approved"), "{subject}");
    assert_eq!(mail.header("auto-submitted").as_deref(), Some("auto-generated"));
    assert!(mail.header("message-id").unwrap().ends_with("@example.org>"));
    let words = mail.words();
    for needed in [
        "Release task: shop-web",
        "Region: eu-west",
        "Execution: 1 (version 1)",
        "Started by: operator",
        "Agreed: 0 of 2",
        "Look at the <pages> first.",
        "Look at the &lt;pages&gt; first.",
        "22 Nov 2026, 13:00 UTC",
        "https://tollgate.example.org/eu-west/",
        "Opening it decides nothing.",
    ] {
        assert!(words.contains(needed), "{needed} is missing in {words}");
    }
}
