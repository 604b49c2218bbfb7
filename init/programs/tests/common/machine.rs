//! A machine for process 1: a pid namespace with its own root directory and a terminal as console.
//!
//! reboot(2) in such a namespace ends its process 1 by HUP (restart) or INT (halt, power-off), and
//! unshare(1), which waits for it, by the same. The kernel kills all that is left with process 1,
//! and process 1 with unshare, so nothing outlives a test. Needs root.

use super::wait::{wait_for_or, wait_until_or};
use super::*;
use std::cell::RefCell;
use std::fs;
use std::io::{Read, Write};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

/// How a machine ended.
pub const RESTART: i32 = -1;
pub const POWER_OFF: i32 = -2;

/// A stage 2 that notes its pid in `/t/two` and sleeps until TERM.
pub const SLEEPER: &str = "echo $$ >>/t/two\nexec sleep 1000";

/// From the test's own directory to a process 1 that runs.
const ENTER: &str = r#"set -e
cd "$1"
mount --rbind /usr usr
mount -t proc proc proc
mount -t tmpfs -o mode=755 dev dev
for device in null zero tty; do
    : >dev/$device
    mount --bind /dev/$device dev/$device
done
: >dev/console
mount --bind "$2" dev/console
eval "$3"
cd "$1"
exec chroot . /bin/sh -c "$4"
"#;

/// A machine that is not started yet.
pub struct Plan {
    scratch: Scratch,
    root: ServiceDir,
    before: String,
    launch: String,
    env: Vec<(String, String)>,
    own_network: bool,
}

impl Plan {
    /// With the programs under test in /sbin; stage 1 and 3 end at once, stage 2 is a `SLEEPER`.
    #[track_caller]
    pub fn new() -> Plan {
        assert!(
            rustix::process::geteuid().is_root(),
            "the tests of process 1 make namespaces and need root: run them with sudo, or under \
             `unshare --map-root-user`"
        );
        let scratch = Scratch::new();
        let root = scratch.service("root");
        for dir in ["usr", "etc/runit", "proc", "dev", "run", "tmp", "t", "sbin"] {
            fs::create_dir_all(root.path(dir)).expect("mkdir");
        }
        for dir in ["bin", "lib", "lib64", "lib32"] {
            if let Ok(target) = fs::read_link(Path::new("/").join(dir)) {
                symlink(target, root.path(dir)).expect("symlink");
            }
        }
        let plan = Plan {
            scratch,
            root,
            before: String::new(),
            launch: "exec /sbin/runit".into(),
            env: Vec::new(),
            own_network: false,
        };
        plan.install("runit", &program_path("runit"));
        plan.install("runit-init", &program_path("runit-init"));
        plan.stage(1, "").stage(2, SLEEPER).stage(3, "")
    }

    fn install(&self, name: &str, from: &Path) {
        install(&self.root.path("sbin"), name, from);
    }

    /// A program outside the machine, ended with it at the latest.
    pub fn command(&self, path: &str) -> Prog {
        self.scratch.command(path)
    }

    /// With one more program in /sbin.
    pub fn with_program(self, name: &str) -> Plan {
        self.install(name, &program_path(name));
        self
    }

    /// With another program as /sbin/runit.
    pub fn with_runit(self, program: &Path) -> Plan {
        self.install("runit", program);
        self
    }

    /// With a /sbin/runit whose permissions may be changed, since it is no link to the one built.
    pub fn with_copy_of_runit(self) -> Plan {
        install_copy(&self.root.path("sbin"), "runit", &program_path("runit"));
        self
    }

    pub fn stage(self, stage: u32, body: &str) -> Plan {
        self.script(&format!("etc/runit/{stage}"), body)
    }

    /// An executable shell script.
    pub fn script(mut self, path: &str, body: &str) -> Plan {
        self.root = self.root.script(path, body);
        self
    }

    /// A plain file with these permissions.
    pub fn file(mut self, path: &str, content: &str, mode: u32) -> Plan {
        self.root = self.root.file(path, content);
        let permissions = fs::Permissions::from_mode(mode);
        fs::set_permissions(self.root.path(path), permissions).expect("chmod");
        self
    }

    pub fn link(self, path: &str, target: &str) -> Plan {
        symlink(target, self.root.path(path)).expect("symlink");
        self
    }

    pub fn without(self, path: &str) -> Plan {
        fs::remove_file(self.root.path(path)).expect("rm");
        self
    }

    /// Shell commands in the new root directory (relative paths) before it is entered.
    pub fn before(mut self, commands: &str) -> Plan {
        self.before.push_str(commands);
        self.before.push('\n');
        self
    }

    /// The shell command that becomes process 1.
    pub fn launch(mut self, command: &str) -> Plan {
        self.launch = command.into();
        self
    }

    /// With a network and a host name of its own; both are the launched command's to set up.
    pub fn own_network(mut self) -> Plan {
        self.own_network = true;
        self
    }

    pub fn env(mut self, name: &str, value: &str) -> Plan {
        self.env.push((name.into(), value.into()));
        self
    }

    /// Starts it.
    #[track_caller]
    pub fn boot(self) -> Machine {
        let console = Console::open();
        let mut unshare = self
            .scratch
            .command("/usr/bin/unshare")
            .env_clear()
            .env("PATH", "/sbin:/usr/sbin:/usr/bin:/bin")
            .args(["--pid", "--fork", "--mount", "--kill-child=KILL"])
            .args(own_network(self.own_network))
            .args(["/bin/sh", "-c", ENTER, "enter"])
            .arg(self.root.dir())
            .arg(&console.path)
            .arg(&self.before)
            .arg(&self.launch);
        for (name, value) in &self.env {
            unshare = unshare.env(name, value);
        }
        let unshare = unshare.spawn();
        Machine {
            root: self.root,
            unshare: RefCell::new(unshare),
            console,
            scratch: self.scratch,
            own_network: self.own_network,
        }
    }
}

/// Further arguments of unshare(1) and nsenter(1).
fn own_network(own: bool) -> &'static [&'static str] {
    if own { &["--net", "--uts"] } else { &[] }
}

/// Puts a program into a directory: the same file under another name, where that can be.
fn install(dir: &Path, name: &str, from: &Path) {
    let path = dir.join(name);
    let _ = fs::remove_file(&path);
    if fs::hard_link(from, &path).is_err() {
        install_copy(dir, name, from);
    }
}

/// A file of its own. By rename, so that one that runs is replaced and not changed.
fn install_copy(dir: &Path, name: &str, from: &Path) {
    let new = dir.join(format!(".{name}.new"));
    with_no_forks(|| fs::copy(from, &new)).unwrap_or_else(|e| panic!("{name}: {e}"));
    let executable = fs::Permissions::from_mode(0o755);
    fs::set_permissions(&new, executable).expect("chmod");
    fs::rename(&new, dir.join(name)).expect("rename");
}

/// A machine that was started.
pub struct Machine {
    root: ServiceDir,
    unshare: RefCell<Daemon>,
    console: Console,
    scratch: Scratch,
    own_network: bool,
}

impl Machine {
    /// Process 1 as this side of the namespace numbers it.
    #[track_caller]
    pub fn pid(&self) -> u32 {
        let unshare = self.unshare.borrow().pid();
        wait_for("process 1 is there", || {
            procs::children(unshare).first().copied()
        })
    }

    /// A path in the machine, as seen from here.
    pub fn path(&self, path: &str) -> PathBuf {
        self.root.path(path)
    }

    /// The lines of a file that its scripts write.
    pub fn lines(&self, path: &str) -> Vec<String> {
        let text = fs::read_to_string(self.path(path)).unwrap_or_default();
        text.lines().map(str::to_string).collect()
    }

    /// Waits until that file has as many lines, and gives them.
    #[track_caller]
    pub fn wait_lines(&self, path: &str, count: usize) -> Vec<String> {
        let lines = || Some(self.lines(path)).filter(|lines| lines.len() >= count);
        wait_for_or(lines, || {
            let lines = self.lines(path);
            format!(
                "{path} has {lines:?}, not {count} lines; the console: {}",
                self.console()
            )
        })
    }

    /// Waits until stage 2, a `SLEEPER`, runs for the `count`th time; gives its pid as the machine
    /// numbers it.
    #[track_caller]
    pub fn wait_stage_2(&self, count: usize) -> String {
        self.wait_lines("t/two", count)[count - 1].clone()
    }

    /// All the console has shown so far.
    pub fn console(&self) -> String {
        self.console.text()
    }

    #[track_caller]
    pub fn wait_console(&self, text: &str) {
        wait_until_or(
            || self.console().contains(text),
            || {
                let stderr = self.unshare.borrow().stderr();
                let shown = self.console();
                format!("the console shows {text:?}, not only: {shown}\nand stderr has: {stderr}")
            },
        );
    }

    /// Runs a shell command inside, to its end.
    #[track_caller]
    pub fn inside(&self, command: &str) -> Output {
        let pid = self.pid().to_string();
        self.scratch
            .command("/usr/bin/nsenter")
            .env("PATH", "/sbin:/usr/sbin:/usr/bin:/bin")
            .args(["--target", &pid, "--pid", "--mount", "--root", "--wd"])
            .args(own_network(self.own_network))
            .args(["/bin/sh", "-c", command])
            .run()
    }

    /// Sends a signal, by name or number, to process 1 from inside.
    #[track_caller]
    pub fn signal(&self, signal: &str) {
        self.ask(&format!("kill -{signal} 1"));
    }

    /// Runs a command inside that succeeds without a word.
    #[track_caller]
    pub fn ask(&self, command: &str) {
        let out = self.inside(command);
        // Where it ends the machine at once, that end may be quicker than its own.
        let quick = out.code == -9 && out.stderr.is_empty();
        assert!(
            quick || (out.code, &out.stderr[..]) == (0, ""),
            "{command}: {out:?}"
        );
    }

    /// Fails if stage 2 was told to end by any request so far.
    #[track_caller]
    pub fn assert_goes_on(&self) {
        if ours("runit-upgrades-in-place") {
            // Requests are handled one after the other: this one is the last.
            let now = "- runit: now runit-rs ";
            let before = self.console().matches(now).count();
            self.signal("HUP");
            let what = "the last request is handled";
            wait_until(what, || self.console().matches(now).count() > before);
        }
        let two = self.lines("t/two").pop().expect("stage 2 began");
        self.ask(&format!("kill -0 {two}"));
        let console = self.console();
        assert!(!console.contains("leave stage: /etc/runit/2"), "{console}");
    }

    /// Makes a file and lets its owner execute it: sets a flag of process 1.
    pub fn flag(&self, path: &str) {
        let path = self.path(path);
        fs::write(&path, "").expect("flag");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o100)).expect("chmod");
    }

    pub fn mode(&self, path: &str) -> u32 {
        let metadata = fs::metadata(self.path(path));
        metadata.expect("the flag is there").permissions().mode() & 0o7777
    }

    /// Sets `stopit` and tells process 1.
    #[track_caller]
    pub fn stop(&self) {
        self.flag("etc/runit/stopit");
        self.signal("CONT");
    }

    /// Replaces a program in /sbin by a copy of this one.
    pub fn install_copy(&self, name: &str, from: &Path) {
        install_copy(&self.path("sbin"), name, from);
    }

    /// Types on the console.
    pub fn type_in(&self, keys: &str) {
        (&self.console.keyboard)
            .write_all(keys.as_bytes())
            .expect("keyboard");
    }

    /// From now on whoever writes to the console waits.
    pub fn pause_console(&self) {
        let pause = rustix::termios::Action::OOff;
        rustix::termios::tcflow(&self.console.slave, pause).expect("tcflow");
    }

    /// As `end`, for a console that shows nothing more.
    #[track_caller]
    pub fn end_without_console(&self) -> i32 {
        self.unshare.borrow_mut().wait()
    }

    /// What is printed past the console.
    pub fn stderr(&self) -> String {
        self.unshare.borrow().stderr()
    }

    #[track_caller]
    pub fn wait_stderr(&self, text: &str) {
        self.unshare.borrow().wait_stderr(text);
    }

    pub fn stdout(&self) -> String {
        self.unshare.borrow().stdout()
    }

    /// Waits for the end and gives it, with all the console has shown.
    #[track_caller]
    pub fn end(&self) -> (i32, String) {
        let code = wait_for_or(
            || self.unshare.borrow_mut().ended(),
            || format!("the machine ends; its console: {}", self.console()),
        );
        (code, self.console.text_to_the_end())
    }
}

/// A terminal whose other side is read all the time.
struct Console {
    path: PathBuf,
    slave: fs::File,
    keyboard: fs::File,
    shown: Arc<Mutex<Vec<u8>>>,
}

/// What the harness itself writes, to know that everything before was read.
const LAST: &[u8] = b"\x04harness\x04";

impl Console {
    fn open() -> Console {
        use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
        let flags = OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC;
        let master = openpt(flags).expect("a terminal");
        grantpt(&master).expect("grantpt");
        unlockpt(&master).expect("unlockpt");
        let name = ptsname(&master, Vec::new()).expect("ptsname");
        let path = PathBuf::from(name.into_string().expect("a path"));
        let flags =
            rustix::fs::OFlags::RDWR | rustix::fs::OFlags::NOCTTY | rustix::fs::OFlags::CLOEXEC;
        let slave = rustix::fs::open(&path, flags, rustix::fs::Mode::empty()).expect("slave");
        let shown = Arc::new(Mutex::new(Vec::new()));
        let reader = Arc::clone(&shown);
        let mut master = fs::File::from(master);
        let keyboard = master.try_clone().expect("the terminal's other side");
        // Ends with the last descriptor of the other side.
        std::thread::spawn(move || {
            let mut buffer = [0u8; 4096];
            while let Ok(n @ 1..) = master.read(&mut buffer) {
                let text = buffer[..n].iter().filter(|&&b| b != b'\r');
                reader.lock().expect("reader").extend(text);
            }
        });
        Console {
            path,
            slave: slave.into(),
            keyboard,
            shown,
        }
    }

    fn text(&self) -> String {
        String::from_utf8_lossy(&self.shown.lock().expect("shown")).into_owned()
    }

    fn text_to_the_end(&self) -> String {
        (&self.slave).write_all(LAST).expect("console");
        let ends = |text: &[u8]| text.windows(LAST.len()).position(|w| w == LAST);
        wait_for("the console is read", || {
            let mut shown = self.shown.lock().expect("shown");
            let end = ends(&shown)?;
            shown.truncate(end);
            Some(())
        });
        self.text()
    }
}

/// Children of a process, those that ended and are not reaped included.
pub fn every_child(pid: u32) -> Vec<u32> {
    let is_child = |p: &u32| procs::family(*p).is_some_and(|f| f.0 == pid);
    procs::all().filter(is_child).collect()
}

/// The console without what the two sides say differently at boot.
pub fn after_boot(console: &str) -> &str {
    let (first, rest) = console.split_once('\n').unwrap_or((console, ""));
    assert!(
        first.starts_with("- runit: ") && first.ends_with(": booting."),
        "{first}"
    );
    rest
}
