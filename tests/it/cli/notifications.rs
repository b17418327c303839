//! Undelivered notifications, listed and sent again on the command line of the server.

use tollgate::clock::Clock;
use tollgate::domain::delivery::DeliveryKind;
use tollgate::domain::execution::Moment;
use tollgate::domain::ids::{DeliveryId, UserId};
use tollgate::domain::notices::{ChannelKind, Recipient};
use tollgate::domain::people::User;
use tollgate::store::{DeliveryState, NewDelivery, Store, new_id};

use super::Installation;
use crate::db::Db;

pub async fn what_could_not_be_delivered_is_listed_and_sent_again_on_the_command_line(db: Db) {
    let here = Installation::on(Some(db.url.clone()));
    let (store, now) = (&db.store, Clock::system().now());
    let notification = |arguments: &[&str]| here.run(&[&["notification"], arguments].concat(), "");
    notification(&["list"]).succeeds("");
    let tx = store.begin_write().await.unwrap();
    let user = User { id: new_id::<UserId>(), name: "ann".to_owned(), administrator: false, roles: Vec::new() };
    tx.insert_user(&user, "hash", now).await.unwrap();
    let new = NewDelivery {
        kind: DeliveryKind::Trial,
        notice_id: None,
        token_id: None,
        team_id: None,
        channel: ChannelKind::Email,
        recipient: Recipient::Person(user.id),
    };
    let id = tx.insert_deliveries(&[new], now).await.unwrap()[0];
    tx.end_delivery(id, DeliveryState::Undeliverable, now).await.unwrap();
    tx.commit().await.unwrap();
    notification(&["list"]).succeeds(&format!("{id}  ann  -  A test  -"));
    notification(&["send-again", &id.to_string()]).succeeds("on its way again; a server sends it");
    assert_eq!(store.delivery(id).await.unwrap().unwrap().state, DeliveryState::Pending);
    notification(&["send-again", &id.to_string()]).fails("is no longer on the list");
    assert_eq!(notification(&["list"]).out, "");
    notification(&["dismiss", &id.to_string()]).fails("was not given up");
    let again = given_up(store, &new, now).await;
    let others = [given_up(store, &new, now).await, given_up(store, &new, now).await];
    notification(&["dismiss", &again.to_string()]).succeeds("dismissed 1");
    assert_eq!(store.delivery(again).await.unwrap().unwrap().state, DeliveryState::Dismissed);
    notification(&["dismiss"]).fails("<ID>");
    notification(&["dismiss", "--all"]).succeeds("dismissed 2");
    for other in others {
        assert_eq!(store.delivery(other).await.unwrap().unwrap().state, DeliveryState::Dismissed);
    }
    let unknown: DeliveryId = new_id();
    notification(&["send-again", &unknown.to_string()]).fails("is not on the list");
    notification(&["send-again", "first"]).fails("first");
    notification(&["dismiss", &unknown.to_string()]).fails("is not on the list");
}

/// One more that was given up.
async fn given_up(store: &Store, new: &NewDelivery, now: Moment) -> DeliveryId {
    let tx = store.begin_write().await.unwrap();
    let id = tx.insert_deliveries(&[*new], now).await.unwrap()[0];
    tx.end_delivery(id, DeliveryState::Undeliverable, now).await.unwrap();
    tx.commit().await.unwrap();
    id
}
