//! What pages and the engine read: one query where one is enough, and only the columns that are shown.

mod engine;
