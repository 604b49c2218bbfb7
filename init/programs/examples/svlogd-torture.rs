//! The torture of svlogd as a program, for long runs and for virtual machines:
//! `svlogd-torture SVLOGD DIR SECONDS SEED [clock] [disk]`. Prints what happened.

#[path = "../tests/svlogd/torture/mod.rs"]
mod torture;

use std::time::Duration;

fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [program, dir, seconds, seed, more @ ..] = &args[..] else {
        eprintln!("usage: svlogd-torture SVLOGD DIR SECONDS SEED [clock] [disk]");
        std::process::exit(100);
    };
    let plan = torture::Plan {
        program: std::fs::canonicalize(program).expect("svlogd"),
        dir: dir.into(),
        time: Duration::from_secs(seconds.parse().expect("seconds")),
        seed: seed.parse().expect("a seed"),
        clock: more.iter().any(|word| word == "clock"),
        disk: more.iter().any(|word| word == "disk"),
    };
    println!("{:#?}", torture::run(&plan));
}
