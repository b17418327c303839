//! Good files, as people write them.
