//! Good files, wrong files, and files that read back the same.

mod good;
mod round_trip;
mod wrong;
