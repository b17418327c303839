//! Good files, and files that read back the same. Wrong ones are tested with the sentences about them, in `messages`.

mod good;
pub mod round_trip;
