//! A store that tells what it asks of the database: for tests that count statements and look at their plans.

use sea_orm::Statement;

use super::connect::Store;

impl Store {
    /// The same database; whatever is asked of it outside transactions is told to the ear, after it was answered.
    pub fn heard_by(&self, ear: impl Fn(&Statement) + Clone + Send + Sync + 'static) -> Self {
        let mut heard = self.clone();
        heard.reader = heard.reader.heard_by(ear.clone());
        heard.writer = heard.writer.heard_by(ear);
        heard
    }
}
