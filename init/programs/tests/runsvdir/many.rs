//! More than a thousand services.

use crate::common::*;
use crate::tree::*;
use std::fs;

const COUNT: usize = 1200;

#[test]
fn twelve_hundred_services_have_their_runsv() {
    let tree = Tree::new();
    for n in 0..COUNT {
        let dir = tree.dir.join(n.to_string());
        fs::create_dir(&dir).unwrap();
        fs::write(dir.join("down"), "").unwrap();
    }
    let runsvdir = tree.start();
    let supervised = || {
        (0..COUNT)
            .filter(|n| tree.dir.join(n.to_string()).join("supervise/stat").exists())
            .count()
    };
    if ours("no-limit-of-a-thousand") {
        wait_until("all are supervised", || supervised() == COUNT);
        assert_eq!(runsvdir.stderr(), "");
    } else {
        wait_until("a thousand are supervised", || supervised() == 1000);
        runsvdir.wait_stderr(": too many services.\n");
    }
}
