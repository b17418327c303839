//! Checks that a database is consistent, as `tollgate check` sees it: what a test may end with.

use tollgate::domain::consistency::findings;
use tollgate::messages::Locale;
use tollgate::store::{Store, StoreError};

/// Nothing in the database contradicts the rules.
pub async fn is_sound(store: &Store) {
    let found = unsound(store).await.unwrap();
    assert!(found.is_empty(), "the database is not sound:\n{}", found.join("\n"));
}

/// Everything in the database that contradicts the rules, in the words of `tollgate check`.
pub async fn unsound(store: &Store) -> Result<Vec<String>, StoreError> {
    let report = Locale::default().check_report();
    let mut said: Vec<String> = store.inspect_whole().await?.iter().map(|found| report.whole(found)).collect();
    let mut after = None;
    loop {
        let page = store.inspect(after, 50).await?;
        let Some(last) = page.last() else { return Ok(said) };
        after = Some(last.id);
        for looked in page {
            let name = format!("{}, execution {}", looked.release, looked.number);
            match looked.found {
                Ok(inspected) => {
                    said.extend(findings(&inspected).iter().map(|found| format!("{name}: {}", report.finding(found))));
                }
                Err(error) => said.push(format!("{name}: {}", report.unreadable(&error.to_string()))),
            }
        }
    }
}
