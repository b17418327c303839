//! The list of release tasks: what is on it, in which order, on which page.

use tollgate::domain::event::ReleaseEvent;
use tollgate::domain::ids::RegionId;
use tollgate::domain::people::{Role, User};
use tollgate::domain::status::{ReleaseStatus, TaskStatus};
use tollgate::store::{PAGE, ReleaseQuery, ReleaseSort, Scope, Store};

use super::scene::{Scene, at, insert, member, new_release};
use crate::db::Db;

on_both!(
    a_row_says_what_the_page_shows,
    the_list_is_filtered,
    the_list_is_sorted_both_ways,
    the_list_has_pages_and_counts,
    nobody_sees_what_is_not_theirs,
    the_filters_offer_what_there_is,
);

fn everything(region_id: RegionId) -> ReleaseQuery {
    ReleaseQuery {
        region_id,
        text: None,
        statuses: Vec::new(),
        team: None,
        creator: None,
        sort: ReleaseSort::Name,
        descending: false,
        page: 1,
    }
}

async fn names(store: &Store, query: ReleaseQuery) -> Vec<String> {
    store.release_page(&Scope::All, &query).await.unwrap().rows.into_iter().map(|row| row.name).collect()
}

/// Beside `shop-web` of shop, by operator, which runs: `Api` and `zebra` of bank, by teller.
async fn scene(db: &Db) -> (Scene, User) {
    let scene = Scene::set(&db.store).await;
    let tx = db.store.begin_write().await.unwrap();
    let bank = tx.insert_team("bank", at(0)).await.unwrap();
    let teller = member(&tx, "teller", bank, Role::Operator).await;
    for (name, description) in [("Api", "100% of the Größe_n"), ("zebra", "")] {
        let mut release = new_release(scene.region_id, bank, &teller, name);
        release.description = description.to_owned();
        insert(&tx, &release).await;
    }
    let elsewhere = tx.insert_region("us-east", at(0)).await.unwrap();
    insert(&tx, &new_release(elsewhere, bank, &teller, "elsewhere")).await;
    tx.commit().await.unwrap();
    scene.executed(1).await;
    (scene, teller)
}

async fn a_row_says_what_the_page_shows(db: Db) {
    let (scene, _) = scene(&db).await;
    let page = db.store.release_page(&Scope::All, &everything(scene.region_id)).await.unwrap();
    assert_eq!((page.matching, page.in_region), (3, 3));
    let row = &page.rows[1];
    assert_eq!(
        (row.id, row.name.as_str(), row.description.as_str()),
        (scene.release.id, "shop-web", "The pages of the shop")
    );
    assert_eq!((row.team_id, row.team.as_str(), row.creator.as_str()), (scene.team_id, "shop", "operator"));
    assert_eq!((row.status, row.terminating), (ReleaseStatus::Running, false));
    assert_eq!(row.segments, vec![TaskStatus::Waiting; 2]);
    assert_eq!((row.version, row.last_version, row.last_number), (1, Some(1), 1));
    assert_eq!(row.last_executed_at, Some(at(1)));
    let never = &page.rows[0];
    assert_eq!((never.status, never.last_version, never.last_number), (ReleaseStatus::ToRelease, None, 0));
    assert_eq!((never.last_executed_at, never.segments.len()), (None, 2));
}

async fn the_list_is_filtered(db: Db) {
    let (scene, _) = scene(&db).await;
    let all = everything(scene.region_id);
    let text = |text: &str| ReleaseQuery { text: Some(text.to_owned()), ..all.clone() };
    assert_eq!(names(&db.store, text("SHOP")).await, ["shop-web"]);
    assert_eq!(names(&db.store, text("größe_")).await, ["Api"]);
    assert_eq!(names(&db.store, text("GRÖSSE")).await, Vec::<String>::new());
    assert_eq!(names(&db.store, text("0%")).await, ["Api"]);
    assert_eq!(names(&db.store, text("%")).await, ["Api"]);
    assert_eq!(names(&db.store, text("a_i")).await, Vec::<String>::new());
    assert_eq!(names(&db.store, text("' OR 1=1")).await, Vec::<String>::new());
    let statuses = vec![ReleaseStatus::Running, ReleaseStatus::Paused];
    assert_eq!(names(&db.store, ReleaseQuery { statuses, ..all.clone() }).await, ["shop-web"]);
    let statuses = vec![ReleaseStatus::ToRelease];
    assert_eq!(names(&db.store, ReleaseQuery { statuses, ..all.clone() }).await, ["Api", "zebra"]);
    assert_eq!(names(&db.store, ReleaseQuery { team: Some("bank".into()), ..all.clone() }).await, ["Api", "zebra"]);
    assert_eq!(names(&db.store, ReleaseQuery { creator: Some("operator".into()), ..all.clone() }).await, ["shop-web"]);
    let none = ReleaseQuery { team: Some("nobody".into()), ..all };
    let page = db.store.release_page(&Scope::All, &none).await.unwrap();
    assert_eq!((page.rows.len(), page.matching, page.in_region), (0, 0, 3));
}

async fn the_list_is_sorted_both_ways(db: Db) {
    let (scene, _) = scene(&db).await;
    for (sort, up, down) in [
        (ReleaseSort::Name, ["Api", "shop-web", "zebra"], ["zebra", "shop-web", "Api"]),
        (ReleaseSort::Status, ["Api", "zebra", "shop-web"], ["shop-web", "zebra", "Api"]),
        (ReleaseSort::Team, ["Api", "zebra", "shop-web"], ["shop-web", "zebra", "Api"]),
        (ReleaseSort::Creator, ["shop-web", "Api", "zebra"], ["zebra", "Api", "shop-web"]),
        (ReleaseSort::LastExecuted, ["shop-web", "Api", "zebra"], ["shop-web", "zebra", "Api"]),
    ] {
        let query = ReleaseQuery { sort, ..everything(scene.region_id) };
        assert_eq!(names(&db.store, query.clone()).await, up, "{sort:?}");
        assert_eq!(names(&db.store, ReleaseQuery { descending: true, ..query }).await, down, "{sort:?}");
    }
}

async fn the_list_has_pages_and_counts(db: Db) {
    let scene = Scene::set(&db.store).await;
    let tx = db.store.begin_write().await.unwrap();
    for number in 0..=PAGE {
        insert(&tx, &new_release(scene.region_id, scene.team_id, &scene.operator, &format!("many-{number:03}"))).await;
    }
    tx.commit().await.unwrap();
    let page = |page| ReleaseQuery { page, ..everything(scene.region_id) };
    let first = db.store.release_page(&Scope::All, &page(1)).await.unwrap();
    assert_eq!((first.rows.len() as u64, first.matching, first.rows[0].name.as_str()), (PAGE, PAGE + 2, "many-000"));
    let second = db.store.release_page(&Scope::All, &page(2)).await.unwrap();
    assert_eq!((second.rows.len(), second.matching, second.rows[1].name.as_str()), (2, PAGE + 2, "shop-web"));
    let third = db.store.release_page(&Scope::All, &page(3)).await.unwrap();
    assert_eq!((third.rows.len(), third.matching, third.in_region), (0, PAGE + 2, PAGE + 2));

    let before = db.store.release(scene.release.id).await.unwrap().unwrap();
    let after = tollgate::domain::release::Release { deleted_at: Some(at(9)), ..before.clone() };
    let tx = db.store.begin_write().await.unwrap();
    tx.save_release(&before, &after, &scene.stamp(9), &ReleaseEvent::Deleted).await.unwrap();
    let held = tx.count_releases(scene.region_id).await.unwrap();
    assert_eq!(held.iter().map(|share| share.releases).sum::<u64>(), PAGE + 1);
    tx.commit().await.unwrap();
    let first = db.store.release_page(&Scope::All, &page(1)).await.unwrap();
    assert_eq!((first.matching, first.in_region), (PAGE + 1, PAGE + 1));
}

async fn nobody_sees_what_is_not_theirs(db: Db) {
    let (scene, teller) = scene(&db).await;
    let all = everything(scene.region_id);
    let seen_by = async |user: &User| {
        let page = db.store.release_page(&user.into(), &all).await.unwrap();
        page.rows.into_iter().map(|row| row.name).collect::<Vec<_>>()
    };
    assert_eq!(seen_by(&scene.operator).await, ["shop-web"]);
    assert_eq!(seen_by(&teller).await, ["Api", "zebra"]);
    let stranger = User { roles: Vec::new(), ..teller.clone() };
    let page = db.store.release_page(&(&stranger).into(), &all).await.unwrap();
    assert_eq!((page.rows.len(), page.matching, page.in_region), (0, 0, 0));
    let administrator = User { administrator: true, ..stranger };
    assert_eq!(seen_by(&administrator).await.len(), 3);
}

async fn the_filters_offer_what_there_is(db: Db) {
    let (scene, _) = scene(&db).await;
    let choices = db.store.release_choices(scene.region_id, &Scope::All).await.unwrap();
    assert_eq!(choices.creators, ["operator", "teller"]);
    let choices = db.store.release_choices(scene.region_id, &(&scene.operator).into()).await.unwrap();
    assert_eq!(choices.creators, ["operator"]);
}
