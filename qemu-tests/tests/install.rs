//! Installed as the README says, beside whatever init a machine has: programs below /usr/local, and
//! the kernel told to start `runit-init` there.

use std::fs;
use vm_tests::{End, Guest, places};

/// The small guest with none of our programs in /usr, and no link of the name `init`.
fn below_usr_local(name: &str) -> Guest {
    let mut guest = Guest::minimal(name);
    let installed = places::stage().join("usr");
    let tree = guest.files();
    for dir in ["bin", "sbin"] {
        for program in fs::read_dir(installed.join(dir)).expect("programs") {
            let program = program.expect("a program").file_name();
            tree.remove(&format!("/usr/{dir}/{}", program.to_str().expect("text")));
        }
    }
    tree.remove("/sbin/init").remove("/sbin/telinit");
    tree.graft(&installed, "/usr/local").expect("our programs");
    guest.words("rdinit=/usr/local/sbin/runit-init")
}

#[test]
fn programs_below_usr_local_boot_a_machine() {
    let mut vm = below_usr_local("programs_below_usr_local_boot_a_machine").start();
    vm.log_in();
    vm.run("PATH=/usr/local/sbin:/usr/local/bin:$PATH");
    assert_eq!(
        vm.run("readlink /proc/1/exe; command -v sv"),
        "/usr/local/sbin/runit\n/usr/local/bin/sv\n"
    );
    for service in ["getty-console", "syslogd", "klogd", "cron"] {
        vm.run_until_ok(&format!("sv check {service}"));
    }
    // A new version in its place takes over, from where the first was started.
    vm.run("cd /usr/local/sbin && cp runit new && mv new runit && runit-init u");
    vm.expect_ever("going on with stage 2", 1);
    vm.run_until_ok("test $(readlink /proc/1/exe) = /usr/local/sbin/runit");
    vm.send("reboot");
    assert_eq!(vm.ends(), End::Reset);
}
