//! chpst: a program with a changed process state, option by option.
//!
//! Needs root: most of what it changes is root's to change.

#[path = "../common/mod.rs"]
mod common;

mod accounts;
mod anything;
mod descriptors;
mod follow;
mod isolate;
mod limits;
mod locks;
mod lookups;
mod options;
mod order;
mod users;
mod variables;

use common::*;

/// Usage of the C program, and ours with what it has more.
const THEIR_USAGE: &str = " [-vVP012] [-u user[:group]] [-U user[:group]] [-b argv0] [-e dir] \
    [-/ root] [-C pwd] [-n nice] [-l|-L lock] [-m n] [-d n] [-o n] [-p n] [-f n] [-c n] [-t n] \
    prog\n\n";
/// That of 2.1.2, which has no `-C`.
const OLD_USAGE: &str = " [-vVP012] [-u user[:group]] [-U user[:group]] [-b argv0] [-e dir] \
    [-/ root] [-n nice] [-l|-L lock] [-m n] [-d n] [-o n] [-p n] [-f n] [-c n] [-t n] prog\n\n";
const OUR_USAGE: &str = " [-vVPFIN012] [-u [+]user[:group]] [-U user[:group]] [-b argv0] \
    [-e dir] [-/ root] [-C pwd] [-n nice] [-l|-L lock] [-m n] [-d n] [-o n] [-p n] [-f n] [-c n] \
    [-t n] [-A secs] prog\n\n";

/// Runs chpst to its end.
fn chpst(t: &Scratch, args: &[&str]) -> Output {
    t.program("chpst").args(args).run()
}

/// The same as user and group 65534.
fn as_nobody(t: &Scratch, args: &[&str]) -> Output {
    t.program("chpst").args(args).user(65534, 65534).run()
}

fn said(text: &str) -> Output {
    Output::said(text)
}

fn fatal(why: &str) -> Output {
    Output::failed(111, format!("chpst: fatal: {why}\n"))
}

/// A usage error after the line `first`, if there is one.
fn usage(first: &str) -> Output {
    let rest = if ours("chpst-usage") {
        OUR_USAGE
    } else if their_old("chpst-directory") {
        OLD_USAGE
    } else {
        THEIR_USAGE
    };
    let first = if first.is_empty() {
        String::new()
    } else {
        format!("{first}\n")
    };
    Output::failed(100, format!("{first}usage: chpst{rest}"))
}
