//! Our packages on a real Debian, over each of its inits: installed by apt, reached by a `reboot` typed under the
//! old init, doing all that the machine did before; what is installed later comes up; the way back leads back.
//! Run by `make test-debian-vm`; the transcript of each step is kept as of every other machine.

use std::io::Read;

use vm_tests::machine::{Machine, connect, free_port, limit};
use vm_tests::{Debian, End};

const OURS: &str = "runit-rs runit-rs-init runit-rs-services";

/// The packages of the second disk become the only ones that apt knows.
fn with_packages(vm: &mut Machine) {
    vm.run("export DEBIAN_FRONTEND=noninteractive LC_ALL=C");
    vm.run("mkdir -p /srv/repo && { mountpoint -q /srv/repo || mount /dev/vdb /srv/repo; }");
    vm.run("apt-get update -qq");
}

fn install(vm: &mut Machine, packages: &str) {
    let said = vm.run(&format!(
        "apt-get install -y --no-install-recommends {packages}"
    ));
    assert!(!said.contains("dpkg: error"), "{said}");
}

/// From an old init to ours, by the command that a person types.
fn move_in(init: &str, name: &str, port: u16) -> Machine {
    let mut vm = Debian::with(init, name).ssh_port(port).start();
    vm.log_in();
    with_packages(&mut vm);
    // Debian 13 protects its inits: who takes one away names it.
    let goes = match init {
        "sysvinit" => "sysvinit-core",
        "systemd" => "systemd-sysv",
        other => other,
    };
    let protected = vm.run(&format!("dpkg-query -W -f '${{Protected}}\\n' {goes}"));
    if protected.trim() == "yes" {
        install(&mut vm, &format!("--allow-remove-essential {OURS} {goes}-"));
    } else {
        install(&mut vm, OURS);
    }
    reboots_into(&mut vm, "runit");
    vm
}

/// Everything the machine had before, and six gettys.
fn is_as_before(vm: &mut Machine, port: u16) {
    vm.run_until_ok("test $(ps -C agetty,getty -o tty= | grep -c 'tty[1-6]') -ge 6");
    answers(vm, port);
}

/// What every init is to bring up.
fn answers(vm: &mut Machine, port: u16) {
    vm.run_until_ok("udevadm settle --timeout=5 && test -S /run/udev/control");
    vm.run_until_ok(
        "logger -t tried hello-from-the-test; grep -q hello-from-the-test /var/log/syslog",
    );
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
    vm.run("echo '* * * * * root touch /run/cron-was-here' >/etc/cron.d/tried");
    vm.run_until_ok("test -e /run/cron-was-here");
}

/// By the command that a person types; process 1 is called `name` then.
fn reboots_into(vm: &mut Machine, name: &str) {
    vm.send("reboot");
    assert_eq!(vm.ends(), End::Reset);
    vm.start_again();
    vm.log_in();
    assert_eq!(vm.run("cat /proc/1/comm"), format!("{name}\n"));
}

#[test]
#[ignore = "make test-debian-vm"]
fn over_sysvinit_everything_comes_up_and_new_services_too() {
    let port = free_port().unwrap();
    let name = "over_sysvinit_everything_comes_up_and_new_services_too";
    let mut vm = move_in("sysvinit", name, port);
    is_as_before(&mut vm, port);
    with_packages(&mut vm);
    install(&mut vm, "nginx redis-server");
    let answer = "exec 3<>/dev/tcp/127.0.0.1/80 && printf 'HEAD / HTTP/1.0\\r\\n\\r\\n' >&3 && grep -q '200 OK' <&3";
    for _ in 0..2 {
        vm.run_until_ok(&format!("bash -c \"{answer}\""));
        vm.run_until_ok("redis-cli ping | grep PONG");
        reboots_into(&mut vm, "runit");
    }
    vm.run_until_ok("redis-cli ping | grep PONG");
    is_as_before(&mut vm, port);
}

#[test]
#[ignore = "make test-debian-vm"]
fn over_systemd_and_back_again() {
    let port = free_port().unwrap();
    let mut vm = move_in("systemd", "over_systemd_and_back_again", port);
    is_as_before(&mut vm, port);
    with_packages(&mut vm);
    install(&mut vm, "systemd-sysv runit-rs-init-");
    reboots_into(&mut vm, "systemd");
    answers(&mut vm, port);
    with_packages(&mut vm);
    vm.run(&format!("apt-get purge -y {OURS}"));
    vm.run("! dpkg -l 'runit-rs*' | grep -E '^(ii|rc)' && test ! -e /var/lib/runit/links");
}

#[test]
#[ignore = "make test-debian-vm"]
fn over_runit_init_and_upgraded_while_it_runs() {
    let port = free_port().unwrap();
    let name = "over_runit_init_and_upgraded_while_it_runs";
    let mut vm = move_in("runit-init", name, port);
    is_as_before(&mut vm, port);
    with_packages(&mut vm);
    // The same packages under a higher version, as a newer build is.
    vm.run(
        "mkdir /tmp/new && cd /tmp/new && for deb in /srv/repo/runit-rs*.deb; do \
         case $deb in *-run_*) continue ;; esac; rm -rf root; dpkg-deb -R $deb root; \
         sed -i 's/^Version: .*/&+newer/; s/\\((= [^)]*\\))/\\1+newer)/' root/DEBIAN/control; \
         dpkg-deb -b root /tmp/new/$(basename $deb); done",
    );
    let before = vm.run("pidof cron rsyslogd sshd");
    install(&mut vm, "/tmp/new/*.deb");
    assert!(vm.run("dpkg -s runit-rs-init").contains("+newer"));
    assert_eq!(vm.run("cat /proc/1/comm"), "runit\n");
    assert_eq!(vm.run("pidof cron rsyslogd sshd"), before);
    reboots_into(&mut vm, "runit");
    is_as_before(&mut vm, port);
}
