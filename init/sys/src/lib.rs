//! The system floor.
