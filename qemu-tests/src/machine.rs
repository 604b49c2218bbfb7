//! One virtual machine: a QEMU process, its serial console and its monitor. A machine that is
//! dropped is stopped, and one whose test is killed is killed by the kernel, so that no test
//! leaves one behind. The functions for tests panic with the end of the console's transcript.

use std::fmt::Display;
use std::fs::{self, File};
use std::io;
use std::net::{TcpListener, TcpStream};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::accel::Accel;
use crate::console::{Console, Missed};
use crate::qmp::{End, Qmp};
use crate::{disk, places};

/// How long a test waits for one thing. An emulated guest beside another one on a busy machine
/// is slow, and only a test that fails ever waits this long: two minutes, or the seconds of
/// `RUNIT_VM_LIMIT`.
#[must_use]
pub fn limit() -> Duration {
    let seconds = std::env::var("RUNIT_VM_LIMIT").ok();
    Duration::from_secs(seconds.and_then(|s| s.parse().ok()).unwrap_or(120))
}

/// What a machine is made of.
#[derive(Debug, Clone)]
pub struct Hardware {
    /// The kernel.
    pub kernel: PathBuf,
    /// The first root file system.
    pub initramfs: PathBuf,
    /// Words for the kernel and for process 1.
    pub command_line: String,
    /// Virtio disks that the guest may write to: vda, vdb, ...
    pub disks: Vec<PathBuf>,
    /// A port of our machine that leads to the guest's ssh port.
    pub ssh_port: Option<u16>,
    /// MiB of memory.
    pub memory: u32,
    /// Further options of QEMU.
    pub options: Vec<String>,
}

impl Hardware {
    /// The arguments of QEMU for this machine; neither console nor monitor.
    #[must_use]
    pub fn arguments(&self, accel: Accel) -> Vec<String> {
        let mut words: Vec<String> = Vec::new();
        let mut add = |option: &str, value: String| words.extend([option.to_owned(), value]);
        add("-accel", accel.name().to_owned());
        add("-machine", "pc".to_owned());
        add("-m", self.memory.to_string());
        add("-kernel", self.kernel.display().to_string());
        add("-initrd", self.initramfs.display().to_string());
        add("-append", self.command_line.clone());
        for disk in &self.disks {
            let disk = disk.display();
            add(
                "-drive",
                format!("file={disk},format=raw,if=virtio,cache=unsafe"),
            );
        }
        if let Some(port) = self.ssh_port {
            add(
                "-netdev",
                format!("user,id=net,hostfwd=tcp:127.0.0.1:{port}-:22"),
            );
            add("-device", "virtio-net-pci,netdev=net,romfile=".to_owned());
        }
        words.extend(self.options.iter().cloned());
        for alone in ["-nodefaults", "-no-user-config"] {
            words.push(alone.to_owned());
        }
        words
    }
}

/// A running machine.
pub struct Machine {
    name: String,
    qemu: Child,
    console: Console,
    monitor: Qmp,
    hardware: Hardware,
    scratch: PathBuf,
    end: Option<End>,
    starts: u32,
}

impl Machine {
    /// Starts QEMU. `name` names the transcript; `scratch` is removed with the machine.
    ///
    /// # Errors
    ///
    /// QEMU is missing, or a socket or file cannot be made.
    pub fn start(name: &str, hardware: &Hardware, scratch: &Path) -> io::Result<Machine> {
        fs::create_dir_all(places::transcripts())?;
        let (qemu, console, monitor) = power_on(name, hardware)?;
        Ok(Machine {
            name: name.to_owned(),
            qemu,
            console,
            monitor,
            hardware: hardware.clone(),
            scratch: scratch.to_path_buf(),
            end: None,
            starts: 1,
        })
    }

    /// Pulls the plug, if the machine still runs, and starts it again with what is on its disks.
    /// The transcript of each start has its number.
    #[track_caller]
    pub fn start_again(&mut self) {
        self.stop();
        self.starts += 1;
        let name = format!("{}.{}", self.name, self.starts);
        match power_on(&name, &self.hardware) {
            Ok((qemu, console, monitor)) => {
                (self.qemu, self.console, self.monitor) = (qemu, console, monitor);
                self.end = None;
            }
            Err(e) => panic!("{name}: cannot start again: {e}"),
        }
    }

    /// Waits until the guest says `text` on its console. Returns what came before it.
    #[track_caller]
    pub fn expect(&mut self, text: &str) -> String {
        match self.console.wait(&[text], limit()) {
            Ok((_, before)) => before,
            Err(missed) => self.fail(&format!("waiting for {text:?}: {}", reason(missed))),
        }
    }

    /// Waits until the guest has said `text` so many times since it started, before or after what
    /// was expected so far. For what comes by itself, at any moment: before or behind a prompt,
    /// or in the middle of what a command says.
    #[track_caller]
    pub fn expect_ever(&mut self, text: &str, times: usize) {
        if let Err(missed) = self.console.wait_ever(text, times, limit()) {
            let why = reason(missed);
            self.fail(&format!("waiting for {text:?}, {times} in all: {why}"));
        }
    }

    /// Types a line on the console.
    #[track_caller]
    pub fn send(&mut self, line: &str) {
        if let Err(e) = self.console.send(&format!("{line}\n")) {
            self.fail(&format!("typing {line:?}: {e}"));
        }
    }

    /// Logs in as root, the way a person does, and makes the shell easy to talk to.
    #[track_caller]
    pub fn log_in(&mut self) {
        self.expect("login: ");
        self.send("root");
        self.expect("Password: ");
        self.send("runit");
        self.expect("# ");
        // A plain shell, without line editing and echo: all that comes is what commands say.
        self.send("exec sh");
        self.expect("# ");
        self.send("stty -echo; PS1=; PS2=; echo logged'' in");
        self.expect("logged in\n");
    }

    /// Writes into the transcript what comes next.
    pub fn step(&mut self, what: &str) {
        self.console.note(&format!("\r\n=== {what} ==="));
    }

    /// Runs a command line in the shell of the console. Returns its exit code and output.
    #[track_caller]
    pub fn try_run(&mut self, command: &str) -> (i32, String) {
        // The shell does not echo it.
        self.console.note(&format!("> {command}"));
        self.attempt(command)
    }

    #[track_caller]
    fn attempt(&mut self, command: &str) -> (i32, String) {
        self.send(&format!(
            "{{ {command}\n}} </dev/null 2>&1; echo \"@=$?=@\""
        ));
        let output = self.expect("@=");
        let code = self.expect("=@\n");
        let code = code.parse().unwrap_or_else(|_| self.fail("an exit code"));
        (code, output)
    }

    /// Runs a command line that must succeed. Returns its output.
    #[track_caller]
    pub fn run(&mut self, command: &str) -> String {
        let (code, output) = self.try_run(command);
        if code != 0 {
            self.fail(&format!("`{command}` exits {code}: {output}"));
        }
        output
    }

    /// Repeats a command line until it succeeds. Returns its output.
    #[track_caller]
    pub fn run_until_ok(&mut self, command: &str) -> String {
        let deadline = Instant::now() + limit();
        self.console.note(&format!("> until {command}"));
        loop {
            let (code, output) = self.attempt(command);
            if code == 0 {
                return output;
            }
            if Instant::now() > deadline {
                self.fail(&format!("`{command}` still exits {code}: {output}"));
            }
            self.attempt("usleep 100000 2>/dev/null || sleep 0.1");
        }
    }

    /// Presses keys together on the machine's keyboard.
    #[track_caller]
    pub fn press(&mut self, keys: &[&str]) {
        if let Err(e) = self.monitor.press(keys) {
            self.fail(&format!("pressing {keys:?}: {e}"));
        }
    }

    /// Presses the button that switches the machine off, as a hypervisor does.
    #[track_caller]
    pub fn press_power_button(&mut self) {
        if let Err(e) = self.monitor.command("system_powerdown") {
            self.fail(&format!("pressing the power button: {e}"));
        }
    }

    /// Waits until the guest sleeps, and wakes it up.
    #[track_caller]
    pub fn wake_from_sleep(&mut self) {
        if !self.monitor.wait_sleep(limit()) {
            self.fail("it never sleeps");
        }
        if let Err(e) = self.monitor.command("system_wakeup") {
            self.fail(&format!("waking it up: {e}"));
        }
    }

    /// Waits until the guest resets or switches itself off, and says which.
    #[track_caller]
    pub fn ends(&mut self) -> End {
        if let Some(end) = self.end {
            return end;
        }
        match self.monitor.wait_end(limit()) {
            Some(end) => *self.end.insert(end),
            None => self.fail("the machine still runs"),
        }
    }

    /// Has the guest ended by now?
    pub fn has_ended(&mut self) -> bool {
        self.end = self.end.or_else(|| self.monitor.wait_end(Duration::ZERO));
        self.end.is_some()
    }

    /// Everything the console has said.
    #[must_use]
    pub fn transcript(&self) -> String {
        self.console.all()
    }

    /// Where the machine's own files are (its disk is `disk.img`), until it is dropped.
    #[must_use]
    pub fn scratch(&self) -> &Path {
        &self.scratch
    }

    /// Asserts that a file system of the stopped machine, a file in its scratch directory, is clean: e2fsck
    /// finds nothing.
    #[track_caller]
    pub fn assert_clean(&self, image: &str) {
        match disk::check(&self.scratch.join(image)) {
            Ok((clean, said)) => assert!(clean, "{image}: {said}"),
            Err(e) => self.fail(&format!("checking {image}: {e}")),
        }
    }

    /// Stops QEMU now, as if the plug were pulled.
    pub fn stop(&mut self) {
        let _ = self.qemu.kill();
        let _ = self.qemu.wait();
    }

    /// Ends the test, with what the console said last.
    #[track_caller]
    pub fn fail(&self, why: &str) -> ! {
        let tail = self.console.tail(60);
        panic!(
            "{}: {why}\n--- the last of {} ---\n{tail}\n---",
            self.name,
            places::transcripts()
                .join(format!("{}.log", self.name))
                .display()
        );
    }
}

impl Drop for Machine {
    fn drop(&mut self) {
        self.stop();
        // What a failed test leaves behind may explain it.
        if !std::thread::panicking() {
            let _ = fs::remove_dir_all(&self.scratch);
        }
    }
}

/// A QEMU process with its two lines, writing the transcript `name`.
fn power_on(name: &str, hardware: &Hardware) -> io::Result<(Child, Console, Qmp)> {
    let (console, serial) = UnixStream::pair()?;
    let (monitor, qmp) = UnixStream::pair()?;
    let complaints = File::create(places::transcripts().join(format!("{name}.qemu.log")))?;
    // The sockets go in as fds 0 and 1: no path that could be too long, no race for a fd.
    // setpriv ties QEMU's life to the thread that starts it, which is the test's.
    let qemu = Command::new("setpriv")
        .args(["--pdeathsig", "KILL", "--", places::QEMU])
        .args(hardware.arguments(Accel::best()))
        .args(["-display", "none"])
        // A guest that resets or powers off is held, so that its end can be told.
        .args(["-action", "reboot=shutdown,shutdown=pause"])
        .args([
            "-chardev",
            "socket,id=monitor,fd=0",
            "-mon",
            "chardev=monitor,mode=control",
        ])
        .args([
            "-chardev",
            "socket,id=serial,fd=1",
            "-serial",
            "chardev:serial",
        ])
        .stdin(Stdio::from(OwnedFd::from(qmp)))
        .stdout(Stdio::from(OwnedFd::from(serial)))
        .stderr(complaints)
        .spawn()?;
    let transcript = places::transcripts().join(format!("{name}.log"));
    Ok((
        qemu,
        Console::new(console, &transcript)?,
        Qmp::new(monitor)?,
    ))
}

fn reason(missed: Missed) -> impl Display {
    match missed {
        Missed::Deadline => "it never came",
        Missed::Closed => "the machine ended",
        Missed::Panic => "the kernel panicked",
    }
}

/// A port of our machine that nobody listens on.
///
/// # Errors
///
/// None is left.
pub fn free_port() -> io::Result<u16> {
    Ok(TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port())
}

/// Connects to a guest's service, again and again until it answers.
///
/// # Errors
///
/// It did not within the limit.
pub fn connect(port: u16, limit: Duration) -> io::Result<TcpStream> {
    let deadline = Instant::now() + limit;
    loop {
        match TcpStream::connect(("127.0.0.1", port)) {
            Err(e) if Instant::now() > deadline => return Err(e),
            Err(_) => std::thread::sleep(Duration::from_millis(100)),
            Ok(stream) => return Ok(stream),
        }
    }
}
