//! Receivers that hang, stall, ask to wait or never end, and mail servers that do: nobody else waits for them.

use std::sync::Arc;
use std::time::Duration;

use rcgen::{CertificateParams, KeyPair};
use rustls::ServerConfig;
use rustls::pki_types::PrivateKeyDer;
use tollgate::domain::delivery::DeliveryFailure;
use tollgate::domain::http::HttpFailure;
use tollgate::domain::ids::ChannelId;
use tollgate::domain::mail::{MailEncryption, MailSettings};
use tollgate::domain::notices::{ChannelKind, NoticeKind, Recipient};
use tollgate::notify::NotifierTurn;
use tollgate::notify::dispatch::DispatchOptions;
use tollgate::store::{DeliveryState, ListedDelivery};
use tollgate_testing::receiver::{Behaviour, Receiver};
use tollgate_testing::smtp::{MailBehaviour, MailServer, MailTls};

use super::receivers::{dispatching_with, failed, manager, send, set, typed};
use super::stage::addresses;
use crate::db::Db;
use crate::engine::stage::Stage;
use crate::engine::tasks::{approval, line};
use crate::until::until;

on_both!(
    a_receiver_that_hangs_delays_nobody_else_and_ends_at_its_timeout,
    a_receiver_that_has_said_2xx_has_it_whatever_else_it_says_and_each_attempt_is_the_same,
    a_receiver_that_asks_to_wait_is_left_alone_within_bounds,
    a_mail_server_that_falls_silent_ends_at_its_timeout_and_gets_the_mail_again,
    a_mail_server_is_spoken_to_encrypted_if_its_certificate_is_trusted_and_not_at_all_otherwise,
);

/// The last delivery to a channel.
async fn last(stage: &Stage, channel: ChannelId) -> Option<ListedDelivery> {
    stage.app.store.last_deliveries(&[Recipient::Channel(channel)]).await.unwrap().pop()
}

async fn webhook(stage: &Stage, name: &str, receiver: &Receiver, events: &[NoticeKind]) -> ChannelId {
    let manager = manager(stage).await;
    let typed = typed(name, &receiver.url("/hook"), events);
    stage.app.make_channel(&manager, stage.team, ChannelKind::Webhook, &typed).await.unwrap();
    let channels = stage.app.store.channels_of(stage.team).await.unwrap();
    channels.iter().find(|channel| channel.name == name).unwrap().choice.id
}

/// Times that a test can wait for.
fn short() -> DispatchOptions {
    let short = Duration::from_millis(100);
    DispatchOptions {
        request_timeout: short,
        mail_step_timeout: short,
        mail_timeout: short * 3,
        mail_roots: Vec::new(),
    }
}

async fn a_receiver_that_hangs_delays_nobody_else_and_ends_at_its_timeout(db: Db) {
    let stage = set(db).await;
    let (silent, prompt) = (Receiver::start(), Receiver::start());
    let hangs = webhook(&stage, "hangs", &silent, &[NoticeKind::ReleaseStarted]).await;
    silent.will([Behaviour::Hang]);
    stage.running(line(vec![approval("go-live", 1, None)])).await;
    stage.tick().await;
    // Its own times: the one that hangs is still waited for when all else has been told.
    let notifier = tokio::spawn(dispatching_with(&stage, DispatchOptions::default()).run(std::future::pending()));
    until("it has the first and hangs", async || silent.got().len() == 1).await;
    let told = webhook(&stage, "prompt", &prompt, &[NoticeKind::ReleaseStarted]).await;
    for number in 1..=3 {
        let release = stage.release(&format!("other-{number}"), line(vec![approval("go-live", 1, None)])).await;
        stage.execute(release).await.unwrap();
        until("the other is told at once", async || prompt.got().len() == 1).await;
    }
    assert_eq!(last(&stage, hangs).await, None, "it is waited for still");
    until("what was told is written down", async || {
        last(&stage, told).await.is_some_and(|last| last.state == DeliveryState::Sent)
    })
    .await;
    notifier.abort();

    silent.will([Behaviour::Hang]);
    dispatching_with(&stage, short()).turn().await.unwrap();
    let failure = last(&stage, hangs).await.unwrap().failure;
    assert_eq!(failure, Some(DeliveryFailure::NoAnswer(HttpFailure::Timeout { after_ms: 100 })));
}

async fn a_receiver_that_has_said_2xx_has_it_whatever_else_it_says_and_each_attempt_is_the_same(db: Db) {
    let stage = set(db).await;
    let receiver = Receiver::start();
    let events = [NoticeKind::ReleaseStarted];
    let channel = webhook(&stage, "builds", &receiver, &events).await;
    receiver.will([Behaviour::Close, Behaviour::Endless, Behaviour::Stall]);
    let first = stage.running(line(vec![approval("go-live", 1, None)])).await;
    send(&stage).await;
    let lost = receiver.got().remove(0);
    // The execution goes on meanwhile; what is told of its start stays as it was told.
    stage.says("approver", first, "go-live", tollgate::domain::execution::Verdict::Reject).await.unwrap();
    stage.tick().await;
    stage.passes(60);
    send(&stage).await;
    let again = receiver.got().remove(0);
    assert_eq!(again.header("webhook-id"), lost.header("webhook-id"));
    assert_eq!(again.body, lost.body);
    assert_eq!(last(&stage, channel).await.unwrap().state, DeliveryState::Sent, "an endless answer is one");

    let second = stage.release("second", line(vec![approval("go-live", 1, None)])).await;
    stage.execute(second).await.unwrap();
    send(&stage).await;
    let sent = last(&stage, channel).await.unwrap();
    assert_eq!((sent.state, sent.attempts), (DeliveryState::Sent, 0), "and so is one that stalls");
}

async fn a_receiver_that_asks_to_wait_is_left_alone_within_bounds(db: Db) {
    let stage = set(db).await;
    let receiver = Receiver::start();
    webhook(&stage, "builds", &receiver, &[NoticeKind::CheckpointWaits]).await;
    let attempts = [
        (Behaviour::RetryAfter(429, "3600"), 3599, 1),
        // Less than what we rest anyhow.
        (Behaviour::RetryAfter(503, "0"), 29, 1),
        // Nobody has us wait for years.
        (Behaviour::RetryAfter(429, "Sun, 06 Nov 2095 08:49:37 GMT"), 8 * 3600 - 1, 1),
        // What is no time is none.
        (Behaviour::RetryAfter(429, "-1"), 5 * 60 - 1, 1),
    ];
    receiver.will(attempts.iter().map(|(behaviour, ..)| behaviour.clone()));
    stage.running(line(vec![approval("go-live", 1, None)])).await;
    send(&stage).await;
    assert_eq!(receiver.got().len(), 1);
    for (behaviour, rests, more) in attempts {
        stage.passes(rests);
        send(&stage).await;
        assert_eq!(receiver.got().len(), 0, "{behaviour:?}");
        stage.passes(more);
        send(&stage).await;
        assert_eq!(receiver.got().len(), 1, "{behaviour:?}");
    }
    assert_eq!(failed(&stage).await, []);
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

async fn a_mail_server_that_falls_silent_ends_at_its_timeout_and_gets_the_mail_again(db: Db) {
    let stage = set(db).await;
    let server = MailServer::start();
    with_mail(&stage, &server, MailEncryption::Plain).await;
    addresses(&stage, &["approver"], &NoticeKind::DEFAULT).await;
    stage.running(line(vec![approval("go-live", 1, None)])).await;
    stage.tick().await;
    let user = stage.app.store.credentials("approver").await.unwrap().unwrap().id;
    for (attempt, at) in (1..).zip(["EHLO", "MAIL", "DATA", "DOT"]) {
        server.will([MailBehaviour::HangAt(at)]);
        dispatching_with(&stage, short()).turn().await.unwrap();
        assert_eq!((server.hanging(), server.taken().len()), (attempt, 0), "{at}");
        let last = stage.app.store.last_deliveries(&[Recipient::Person(user)]).await.unwrap().pop().unwrap();
        assert_eq!(last.failure, Some(DeliveryFailure::MailTimeout), "{at}");
        stage.passes(3600);
        stage.tick().await;
    }
    while dispatching_with(&stage, short()).turn().await.unwrap() != NotifierTurn::default() {}
    assert_eq!(server.taken().len(), 1);
}

/// A certificate that has signed itself, for 127.0.0.1.
fn certified() -> (Vec<u8>, Arc<ServerConfig>) {
    let params = CertificateParams::new(vec!["127.0.0.1".to_owned()]).unwrap();
    let key = KeyPair::generate().unwrap();
    let certificate = params.self_signed(&key).unwrap().der().clone();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
    let config = config.with_no_client_auth().with_single_cert(vec![certificate.clone()], key).unwrap();
    (certificate.to_vec(), Arc::new(config))
}

async fn a_mail_server_is_spoken_to_encrypted_if_its_certificate_is_trusted_and_not_at_all_otherwise(db: Db) {
    let stage = set(db).await;
    addresses(&stage, &["approver"], &NoticeKind::DEFAULT).await;
    let (root, config) = certified();
    let trusting = DispatchOptions { mail_roots: vec![root], ..DispatchOptions::default() };
    let servers = [
        (MailEncryption::StartTls, MailTls::StartTls(Arc::clone(&config))),
        (MailEncryption::Tls, MailTls::FromTheStart(config)),
    ];
    for (encryption, tls) in servers {
        let server = MailServer::start_with(Some(tls));
        with_mail(&stage, &server, encryption).await;
        let release =
            stage.release(encryption.word().replace('_', "-").as_str(), line(vec![approval("go-live", 1, None)])).await;
        stage.execute(release).await.unwrap();
        stage.tick().await;
        dispatching_with(&stage, DispatchOptions::default()).turn().await.unwrap();
        assert_eq!(server.taken(), [], "nobody whom this machine trusts has signed it");
        assert_eq!(server.connections(), 1);
        stage.passes(60);
        stage.tick().await;
        dispatching_with(&stage, trusting.clone()).turn().await.unwrap();
        let mails = server.taken();
        assert!(mails.len() == 1 && mails[0].is_encrypted, "{encryption:?}: {mails:?}");
    }
}
