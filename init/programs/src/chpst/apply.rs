//! Making the change, in an order that is part of the interface, and becoming the program.
//!
//! Session, variables, root, directory, nice level, users, lock, descriptors, limits: a service's
//! options may rely on it (the users are those of the new root, the lock file is the user's).
//! Hard limits are raised before the user changes, since afterwards nobody may; a lock file is
//! opened after it, since root would follow the user's links.

use super::VOICE;
use super::account::Files;
use super::change::{Change, Lock};
use super::variables;
use runit_core::limit::Pair;
use runit_core::line::Line;
use runit_sys::entry::Args;
use runit_sys::environment::Environment;
use runit_sys::spawn::Replacement;
use runit_sys::user::{RootError, Step};
use runit_sys::{Errno, fd, file, limit, lock, platform, user};

/// What the program is started with, once the change is made.
#[derive(Debug, Default)]
pub struct Prepared {
    env: Option<Environment>,
    null: Option<fd::Owned>,
    lock: Option<fd::Owned>,
}

/// Everything up to the descriptors; the exit code after a complaint.
pub fn prepare(change: &Change) -> Result<Prepared, i32> {
    let mut ready = Prepared::default();
    if let Some(dir) = change.env_dir {
        let env = ready.env.insert(Environment::of_process());
        variables::apply(dir, change.verbose, env)?;
    }
    if change.null {
        // Now: the new root may have no /dev.
        let null =
            fd::open_null().map_err(|e| VOICE.fatal_because(&[b"unable to open /dev/null"], e))?;
        ready.null = Some(null);
    }
    move_to(change)?;
    if change.nice != 0 {
        user::nice(change.nice)
            .map_err(|e| VOICE.fatal_because(&[b"unable to set nice level"], e))?;
    }
    become_users(change, &mut ready)?;
    if let Some(wanted) = change.lock {
        ready.lock = Some(take(wanted, change.lenient)?);
    }
    Ok(ready)
}

fn move_to(change: &Change) -> Result<(), i32> {
    if let Some(root) = change.root {
        user::change_root(root).map_err(|e| match e {
            RootError::Enter(e) => {
                VOICE.fatal_because(&[b"unable to change directory: ", root.to_bytes()], e)
            }
            RootError::Root(e) => VOICE.fatal_because(&[b"unable to change root directory"], e),
        })?;
        if change.isolate && file::is_dir(c"/proc") == Ok(Some(true)) {
            // That of the new root must show the right process ids, too.
            platform::mount_proc()
                .map_err(|e| VOICE.fatal_because(&[b"unable to mount /proc"], e))?;
        }
    }
    if let Some(dir) = change.dir {
        file::chdir(dir).map_err(|e| {
            VOICE.fatal_because(&[b"unable to change directory: ", dir.to_bytes()], e)
        })?;
    }
    Ok(())
}

fn become_users(change: &Change, ready: &mut Prepared) -> Result<(), i32> {
    let mut files = Files::default();
    if let Some(told) = change.env_user {
        let told = files.find(told)?;
        let env = ready.env.get_or_insert_with(Environment::of_process);
        let number = |n: u32| *Line::<12>::new().number(n);
        env.set(b"GID", number(told.gids[0]).as_bytes());
        env.set(b"UID", number(told.uid).as_bytes());
    }
    let identity = change.user.map(|user| files.find(user)).transpose()?;
    raise_limits(change)?;
    if let Some(identity) = identity {
        user::become_user(identity.uid, &identity.gids).map_err(|(step, e)| {
            let what: &[u8] = match step {
                Step::Groups => b"unable to setgroups",
                Step::Group => b"unable to setgid",
                Step::User => b"unable to setuid",
            };
            VOICE.fatal_because(&[what], e)
        })?;
    }
    Ok(())
}

fn take(wanted: Lock, lenient: bool) -> Result<fd::Owned, i32> {
    let path = wanted.path.to_bytes();
    let refuse = |what: &[u8], e: Errno| {
        if lenient {
            return 0;
        }
        VOICE.fatal_because(&[what, path], e)
    };
    let file =
        lock::open_for_program(wanted.path).map_err(|e| refuse(b"unable to open lock: ", e))?;
    let taken = if wanted.wait {
        lock::exclusive(&file).map(|()| true)
    } else {
        lock::try_exclusive(&file)
    };
    match taken {
        Ok(true) => Ok(file),
        Ok(false) => Err(refuse(b"unable to lock: ", Errno::AGAIN)),
        Err(e) => Err(refuse(b"unable to lock: ", e)),
    }
}

/// Raises the hard limits that only a privileged process may raise. Nothing is lowered yet.
fn raise_limits(change: &Change) -> Result<(), i32> {
    let asked = change.limits.iter().filter(|(_, asked)| asked.may_raise());
    for (resource, asked) in asked {
        let now = limit::get(resource);
        if let Some(hard) = asked.raises(now) {
            let raised = Pair {
                soft: now.soft,
                hard: Some(hard),
            };
            limit::set(resource, raised)
                .map_err(|e| VOICE.fatal_because(&[b"unable to setrlimit()"], e))?;
        }
    }
    Ok(())
}

/// The last steps, which leave nothing to work with: descriptors, limits, alarm, and the program.
/// Gives the exit code when the program could not be started.
pub fn become_program(change: &Change, ready: &Prepared, args: &Args) -> i32 {
    let program = args.skip(change.program);
    let replacement = Replacement::new(&program, change.argv0, ready.env.as_ref());
    match last_steps(change, ready) {
        Ok(()) => {}
        Err(code) => return code,
    }
    let error = replacement.run();
    if change.lenient {
        return 0;
    }
    let name = program.get(0).unwrap_or_default().to_bytes();
    VOICE.fatal_because(&[b"unable to run: ", name], error)
}

fn last_steps(change: &Change, ready: &Prepared) -> Result<(), i32> {
    const STREAMS: [&[u8]; 3] = [b"stdin", b"stdout", b"stderr"];
    for (n, stream) in (0..).zip(STREAMS) {
        if change.close[n as usize] || (fd::was_closed(n) && ready.null.is_none()) {
            fd::close_standard(n)
                .map_err(|e| VOICE.fatal_because(&[b"unable to close ", stream], e))?;
        } else if let Some(null) = &ready.null {
            fd::duplicate_to(null, n)
                .map_err(|e| VOICE.fatal_because(&[b"unable to redirect ", stream], e))?;
        }
    }
    for (resource, asked) in change.limits.iter() {
        let now = limit::get(resource);
        if change.verbose && asked.is_cut(now) {
            let hard = now.hard.and_then(|n| i64::try_from(n).ok()).unwrap_or(-1);
            let number = *Line::<24>::new().number(hard);
            let name = resource.name().as_bytes();
            VOICE.warning(&[name, b": cut to the hard limit ", number.as_bytes()]);
        }
        limit::set(resource, asked.applied_to(now))
            .map_err(|e| VOICE.fatal_because(&[b"unable to setrlimit()"], e))?;
    }
    if let Some(seconds) = change.alarm {
        user::alarm(seconds);
    }
    Ok(())
}
