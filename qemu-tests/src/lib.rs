//! Starts and drives virtual machines; see the modules.
