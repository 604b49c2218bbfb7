//! Our packages on a real Debian, over each of its inits: installed by apt, reached by a `reboot` typed under the
//! old init, doing all that the machine did before; what is installed later comes up; the way back leads back.
//! Run by `make test-debian-vm`; the transcript of each start, with each step and command, is kept.

use std::io::Read;

use vm_tests::administrator::Administrator;
use vm_tests::machine::{Machine, connect, free_port, limit};
use vm_tests::{Debian, End};

const OURS: &str = "runit-rs runit-rs-init runit-rs-services";

/// What an administrator reads on the console without being alarmed.
const KNOWN: &[&str] = &[
    // The systemd of Debian 13 has one that wants a kernel with AF_VSOCK.
    "systemd-ssh-generator",
    // The old sysvinit's script cannot have the root read-only: its file is gone with its package, and still open.
    "dmesg(1) may have more information after failed mount system call",
    // Debian's runit-services stops its services when it goes, but for one.
    "invoke-run: ERROR -1 in cron: runscript didn't exit normally",
    "warning: stop dbus is dangerous, skipping",
    "warning: disabling dbus is dangerous, skipping",
    // One of Debian's services asks for this one at the moment at which its supervisor begins.
    "warning: default-syslog: unable to open supervise/control: file does not exist",
    // The getty of Debian's getty-run on the serial line gives its logins no terminal of their own.
    "cannot set terminal process group",
    "can't access tty; job control turned off",
    // On the way back: systemd's own `reboot` finds that it is not the init yet, and asks by /run/initctl.
    "System has not been booted with systemd as init system",
    "Failed to connect to bus: Host is down",
    // The same in Debian 13.
    "Failed to connect to system scope bus via local transport: Host is down",
    // Debian 13 protects its inits: asked to take one away all the same, apt and dpkg say what they do.
    "WARNING: The following essential packages will be removed.",
    "dpkg: warning: overriding problem because --force enabled:",
    "dpkg: warning: this is a protected package; it should not be removed",
];

/// What has come besides ours, in the meantime.
const MAY_COME: &[&str] = &[
    "/etc/cron.d/tried",
    // openssh-server brings a service of its own, with its log.
    "/var/log/runit/ssh/.*",
    // sshd of Debian 13 makes it at the first login.
    "/var/log/wtmp\\.db",
];

/// From an old init to ours, by the command that a person types.
fn move_in(init: &str, name: &str, port: u16, command: &str) -> Administrator {
    let mut root = Administrator::of(Debian::with(init, name).ssh_port(port), KNOWN);
    root.notes_files("files.before");
    let goes = match init {
        "sysvinit" => "sysvinit-core",
        "systemd" => "systemd-sysv",
        other => other,
    };
    in_the_place_of(&mut root, goes, OURS);
    root.restarts_by(command, "runit");
    root
}

/// Installs `packages` over the init of the package `goes`. Debian 13 protects its inits: who takes one away
/// names it.
fn in_the_place_of(root: &mut Administrator, goes: &str, packages: &str) {
    let state = format!("dpkg-query -W -f '${{Protected}}\n' {goes}");
    if root.vm.run(&state).trim() == "yes" {
        root.installs(&format!("--allow-remove-essential {packages} {goes}-"));
    } else {
        root.installs(packages);
    }
}

/// Everything the machine had before, each supervised, and six gettys.
fn is_as_before(vm: &mut Machine, port: u16) {
    vm.step("what was there before");
    vm.run_until_ok("test $(ps -C agetty,getty -o tty= | grep -c 'tty[1-6]') -ge 6");
    answers(vm, port);
    let services = [
        ("ssh", "sshd"),
        ("cron", "cron"),
        ("rsyslog", "rsyslogd"),
        ("dbus", "dbus-daemon"),
        ("udevd", "systemd-udevd"),
    ];
    for (service, program) in services {
        is_supervised(vm, service, program);
    }
}

/// What every init is to bring up.
fn answers(vm: &mut Machine, port: u16) {
    // First, since it comes at the next full minute.
    vm.run("rm -f /run/cron-was-here; echo '* * * * * root touch /run/cron-was-here' >/etc/cron.d/tried");
    vm.run_until_ok("udevadm settle --timeout=5 && test -S /run/udev/control");
    // Another word each time, so that no earlier line is taken for it.
    let word = vm.run("cat /proc/sys/kernel/random/uuid");
    let word = word.trim();
    vm.run_until_ok(&format!(
        "logger -t tried {word}; grep -q {word} /var/log/syslog"
    ));
    vm.run_until_ok(
        "dbus-send --system --print-reply --dest=org.freedesktop.DBus / org.freedesktop.DBus.ListNames",
    );
    vm.run_until_ok("ip -4 addr show eth0 | grep 10.0.2.15");
    // QEMU takes the connection, whether somebody listens in the guest or not.
    vm.run_until_ok("ss -ltn | grep -q ':22 '");
    let mut banner = [0; 8];
    connect(port, limit())
        .and_then(|mut line| line.read_exact(&mut banner))
        .expect("sshd answers");
    assert_eq!(&banner, b"SSH-2.0-");
    let key = "mkdir -p /root/.ssh && { test -e /root/.ssh/id_ed25519 || { ssh-keygen -q -t ed25519 -N '' \
               -f /root/.ssh/id_ed25519 && cp /root/.ssh/id_ed25519.pub /root/.ssh/authorized_keys; }; }";
    vm.run(key);
    let is_recorded = logins_are_recorded(vm);
    let login = vm.run(&format!(
        "ssh -tt -o StrictHostKeyChecking=no -o LogLevel=ERROR root@10.0.2.15 'tty && {is_recorded}'"
    ));
    assert!(login.starts_with("/dev/pts/"), "{login}");
    vm.run_until_ok("test -e /run/cron-was-here");
}

/// The command by which somebody who has come by ssh sees the record of that login.
///
/// Debian 12's sshd writes utmp, which `who` reads. That of Debian 13 knows utmp no more: it has each login in the
/// data base of wtmpdb (and `who` asks logind, where there is one).
fn logins_are_recorded(vm: &mut Machine) -> String {
    if vm.try_run("test -e /var/lib/wtmpdb").0 != 0 {
        return "who | grep -q pts".to_owned();
    }
    let count = "grep -ao pts/ /var/log/wtmp.db 2>/dev/null | wc -l";
    let before = vm.run(count);
    format!("test $({count}) -gt {}", before.trim())
}

/// `sv` says that the service runs, and there is one such daemon, the child of a runsv: none that a script of
/// /etc/init.d has started besides.
fn is_supervised(vm: &mut Machine, service: &str, program: &str) {
    vm.run_until_ok(&format!(
        "sv status {service} | grep '^run: {service}: (pid '"
    ));
    let parents =
        format!("for pid in $(pidof {program}); do ps -o comm= -p $(ps -o ppid= -p $pid); done");
    vm.run_until_ok(&format!("test $({parents} | grep -cx runsv) = 1"));
    vm.run_until_ok(&format!(
        "! {{ {parents}; }} | grep -vx -e runsv -e {program}"
    ));
    vm.run(&format!("test ! -e /run/runit/sysv/{service}"));
}

/// Both answer, supervised.
fn nginx_and_redis_run(vm: &mut Machine) {
    let answer = "exec 3<>/dev/tcp/127.0.0.1/80 && printf 'HEAD / HTTP/1.0\\r\\n\\r\\n' >&3 && grep -q '200 OK' <&3";
    vm.run_until_ok(&format!("bash -c \"{answer}\""));
    vm.run_until_ok("redis-cli ping | grep PONG");
    is_supervised(vm, "nginx", "nginx");
    is_supervised(vm, "redis-server", "redis-server");
}

/// The number of each service's process.
fn processes(vm: &mut Machine) -> String {
    vm.run("grep . /etc/service/*/supervise/pid")
}

#[test]
#[ignore = "make test-debian-vm"]
fn over_sysvinit_everything_comes_up_and_new_services_too() {
    let port = free_port().unwrap();
    let name = "over_sysvinit_everything_comes_up_and_new_services_too";
    let mut root = move_in("sysvinit", name, port, "reboot");
    is_as_before(&mut root.vm, port);
    root.installs("nginx redis-server");
    nginx_and_redis_run(&mut root.vm);
    root.restarts_by("reboot", "runit");
    nginx_and_redis_run(&mut root.vm);
    is_as_before(&mut root.vm, port);
    // What goes takes its service along.
    root.purges("nginx nginx-common redis-server");
    root.vm.run_until_ok("! pidof nginx redis-server");
    root.vm
        .run("! ls /etc/service/ | grep -x -e nginx -e redis-server");
    root.vm
        .run_until_ok("! pgrep -f '^runsv (nginx|redis-server)$'");
    root.goes_home();
}

#[test]
#[ignore = "make test-debian-vm"]
fn over_systemd_and_back_again() {
    let port = free_port().unwrap();
    let mut root = move_in("systemd", "over_systemd_and_back_again", port, "reboot");
    is_as_before(&mut root.vm, port);
    let before = processes(&mut root.vm);
    in_the_place_of(&mut root, "runit-rs-init", "systemd-sysv");
    // What runs goes on until the restart.
    assert_eq!(processes(&mut root.vm), before);
    root.restarts_by("reboot", "systemd");
    answers(&mut root.vm, port);
    root.vm.run("! systemctl --failed --no-legend | grep .");
    root.purges(OURS);
    let left = root.new_files("files.before", MAY_COME);
    assert_eq!(left, "", "left behind, or gone");
    answers(&mut root.vm, port);
    root.goes_home();
}

#[test]
#[ignore = "make test-debian-vm"]
fn over_runit_init_and_upgraded_while_it_runs() {
    let port = free_port().unwrap();
    let name = "over_runit_init_and_upgraded_while_it_runs";
    let mut root = move_in("runit-init", name, port, "shutdown -r now");
    is_as_before(&mut root.vm, port);
    // Debian's runit takes the link of the level in use along, and the virtual service; nothing else may notice.
    let others = "grep . /etc/service/*/supervise/pid | grep -v default-syslog";
    let before = root.vm.run(others);
    root.purges("runit");
    // It comes back where a service asks for it: the runit-services of Debian 12 have left their copies in /etc/sv,
    // those of Debian 13 have gone with their package.
    let asking =
        "grep -ls 'sv [a-z]* default-syslog' /usr/share/runit/sv.current/*/run /etc/sv/*/run";
    let asked_for = root.vm.try_run(asking).0 == 0;
    let copied = root.vm.try_run("test -e /etc/sv/cron/run").0 == 0;
    assert_eq!(asked_for, copied, "who asks for default-syslog");
    root.vm.run_until_ok(if asked_for {
        "sv status default-syslog | grep '^run: '"
    } else {
        "! test -e /etc/service/default-syslog"
    });
    assert_eq!(root.vm.run(others), before);
    // The same packages under a higher version, as a newer build is.
    root.vm.step("a newer build");
    root.vm.run(
        "mkdir /tmp/new && cd /tmp/new && for deb in /srv/repo/runit-rs*.deb; do \
         case $deb in *-run_*) continue ;; esac; rm -rf root; dpkg-deb -R $deb root; \
         sed -i 's/^Version: .*/&+newer/; s/\\((= [^)]*\\))/\\1+newer)/' root/DEBIAN/control; \
         dpkg-deb -b root /tmp/new/$(basename $deb); done",
    );
    let before = processes(&mut root.vm);
    let old = root.vm.run("stat -L -c %i /proc/1/exe");
    root.installs("/tmp/new/*.deb");
    assert!(root.vm.run("dpkg -s runit-rs-init").contains("+newer"));
    // Process 1 is that of the newer build, and nothing else has noticed.
    root.vm
        .run_until_ok("readlink /proc/1/exe | grep -v deleted");
    assert_ne!(root.vm.run("stat -L -c %i /proc/1/exe"), old);
    assert_eq!(root.vm.run("cat /proc/1/comm"), "runit\n");
    assert_eq!(processes(&mut root.vm), before);
    is_as_before(&mut root.vm, port);
    root.restarts_by("reboot", "runit");
    is_as_before(&mut root.vm, port);
    let has_utmp = root.vm.try_run("who | grep -q '^root .*ttyS0'").0 == 0;
    let has_wtmpdb = root.vm.try_run("test -e /var/lib/wtmpdb").0 == 0;
    assert_ne!(has_utmp, has_wtmpdb, "one of the two records a login");
    root.vm.step("Ctrl-Alt-Del");
    root.vm.press(&["ctrl", "alt", "delete"]);
    assert_eq!(root.vm.ends(), End::Reset);
    let said = root.vm.transcript();
    assert!(said.contains("runit: ctrlaltdel: reboot now"), "{said}");
    // `wall` reaches those whom utmp names: the login of Debian 13 writes none.
    let told = said.contains("Ctrl-Alt-Del at the console: reboot now");
    assert_eq!(told, has_utmp, "who is logged in is told");
    root.vm.start_again();
    root.vm.log_in();
    root.goes_home();
}
