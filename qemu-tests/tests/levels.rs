//! Levels on a real boot: the words that pick one, the way to single and back, the switch that
//! undoes itself.

use vm_tests::Guest;

/// Stage 1 with nothing but what stage 2 needs: these boots are about the level.
const QUICK: &str = "#!/bin/sh\n\
    mount -t proc proc /proc; mount -t sysfs sysfs /sys; mount -t devtmpfs dev /dev; mount -t tmpfs tmpfs /run; mkdir -p /run/runit\n";

/// Boots with these words, until stage 2 has said what it expects.
fn boots(name: &str, words: &str, prepare: impl FnOnce(Guest) -> Guest, says: &[&str]) {
    let guest = Guest::minimal(name)
        .file("/etc/runit/1", QUICK)
        // The level is what this is about, not its services.
        .file("/etc/runit/runsvdir/night/.keep", "")
        .words(words);
    let mut vm = prepare(guest).start();
    for text in says {
        vm.expect(text);
    }
}

const SINGLE: &[&str] = &["runsvchdir: single: now current.", "password for"];

#[test]
fn the_words_single_and_its_like_lead_to_roots_password() {
    for (n, word) in ["S", "-s", "emergency", "rescue"].iter().enumerate() {
        let says = if *word == "rescue" {
            &["runsvchdir: rescue: now current.", "password for"]
        } else {
            SINGLE
        };
        boots(&format!("boot_word_{n}"), word, |guest| guest, says);
    }
}

#[test]
fn a_named_level_is_booted_and_one_that_is_not_there_is_reported() {
    let night = ["runsvchdir: night: now current."];
    boots("boot_runit_level", "runit.level=night", |g| g, &night);
    boots("boot_runitdir", "single runitdir=night", |g| g, &night);
    let missing = [
        "no level 'nowhere' in /etc/runit/runsvdir (the kernel's command line asks for it): using default",
        "runsvchdir: default: current.",
    ];
    // A word that happens to be a level picks none.
    boots("boot_nowhere", "night runit.level=nowhere", |g| g, &missing);
    let file = |g: Guest| g.file("/etc/runit/default.runsvdir", "1\n");
    boots("boot_default_file", "quiet night", file, SINGLE);
}

#[test]
fn single_and_back_and_a_switch_nobody_confirms_leave_a_common_service_alone() {
    let name = "single_and_back_and_a_switch_nobody_confirms_leave_a_common_service_alone";
    let mut guest = Guest::minimal(name).service("both", "#!/bin/sh\nexec sleep 100000\n");
    guest
        .files()
        .link("/etc/runit/runsvdir/single/both", "/etc/sv/both");
    let mut vm = guest.start();
    vm.log_in();
    let pid = "cat /etc/sv/both/supervise/pid";
    vm.run_until_ok("sv check both syslogd");
    let both = vm.run(pid);
    let plan = vm.run("runsvchdir -n 1");
    assert!(plan.contains(" -> single: "), "{plan}");
    assert!(plan.contains("\nstart: sulogin\n"), "{plan}");
    assert!(
        plan.contains(&format!("\nstay:  both (pid {})\n", both.trim())),
        "{plan}"
    );
    // The getty of this very login goes, and a shell on the console comes.
    vm.send("runsvchdir S");
    vm.expect("password for");
    vm.send("runit");
    vm.expect("# ");
    vm.send("stty -echo; PS1=; PS2=; echo in'' single");
    vm.expect("in single\n");
    vm.run_until_ok("! pidof syslogd && ! sv status syslogd");
    assert_eq!(vm.run(pid), both, "single");
    vm.send("exit");
    vm.log_in();
    vm.expect_ever("runsvchdir: default: now current.", 1);
    assert_eq!(vm.run(pid), both, "back");
    assert!(
        vm.run("runsvchdir -l")
            .starts_with("current: default\nprevious: single\n")
    );
    // Whoever orders this is locked out by it: it ends the login, and sulogin wants its password.
    vm.send("runsvchdir --confirm 4 single");
    vm.expect("runsvchdir: single: confirm with `runsvchdir --yes` within 4 s.");
    vm.log_in();
    vm.expect_ever("runsvchdir: single was not confirmed: default again.", 1);
    assert_eq!(vm.run(pid), both, "back again");
    vm.run_until_ok("sv check syslogd");
    assert_eq!(vm.run("readlink /etc/runit/runsvdir/current"), "default\n");
}
