//! The examples of `sv-examples` that come from articles on runit, with the programs and the
//! sessions of the articles: what is printed there is printed here. Needs root and `make deps`.

#[path = "../common/mod.rs"]
mod common;
mod session;
mod world;

mod appuser;
mod benefits;
mod callcenter;
mod levels;
mod lighttpd;
mod postgresql;
mod readme;
mod sshd;

use common::machine;
