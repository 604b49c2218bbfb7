//! Writes a file tree as a disk image with an ext4 file system, and checks such an image. It
//! needs neither root rights nor loop devices: mke2fs fills the file system from a directory,
//! and debugfs then sets owners, permissions and devices, which that directory cannot have.

use std::fmt::Write as _;
use std::fs;
use std::io::{self, Write as _};
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::tree::{Kind, Tree};

/// Writes `tree` to the new image `image`, with room for `spare` MiB more. `work` is a
/// directory for the time being; it must not exist.
///
/// # Errors
///
/// A file cannot be read or written, or e2fsprogs fails.
pub fn write(tree: &Tree, image: &Path, spare: u64, work: &Path) -> io::Result<()> {
    fs::create_dir_all(work)?;
    let mut size = 0;
    let mut script = String::new();
    for (path, node) in tree.iter() {
        let to = work.join(path);
        match &node.kind {
            Kind::Directory => fs::create_dir_all(&to)?,
            Kind::Bytes(bytes) => {
                fs::write(&to, bytes)?;
                size += bytes.len() as u64;
            }
            Kind::Copy(from) => {
                size += fs::copy(from, &to)
                    .map_err(|e| io::Error::new(e.kind(), format!("{}: {e}", from.display())))?;
            }
            Kind::Link(target) => symlink(target, &to)?,
            Kind::Device(major, minor) => {
                let (parent, name) = path.rsplit_once('/').unwrap_or(("", path));
                let _ = writeln!(
                    script,
                    "cd \"/{parent}\"\nmknod \"{name}\" c {major} {minor}\ncd /"
                );
            }
        }
        let kind = match node.kind {
            Kind::Directory => 0o040_000,
            Kind::Bytes(_) | Kind::Copy(_) => 0o100_000,
            Kind::Link(_) => 0o120_000,
            Kind::Device(..) => 0o020_000,
        };
        let mode = kind | node.mode;
        let _ = writeln!(script, "sif \"{path}\" uid 0\nsif \"{path}\" gid 0");
        let _ = writeln!(script, "sif \"{path}\" mode 0{mode:o}");
    }
    let mib = size / (1 << 20) * 5 / 4 + spare;
    let part = image.with_extension("part");
    let _ = fs::remove_file(&part);
    let mut mke2fs = Command::new("mke2fs");
    mke2fs
        .env("PATH", path_with_sbin())
        .args([
            "-q",
            "-F",
            "-t",
            "ext4",
            "-L",
            "root",
            "-E",
            "root_owner=0:0",
            "-d",
        ])
        .arg(work)
        .arg(&part)
        .arg(format!("{mib}M"));
    run(&mut mke2fs)?;
    edit(&part, &script)?;
    fs::remove_dir_all(work)?;
    fs::rename(part, image)
}

/// Gives debugfs a list of changes to make in an image.
fn edit(image: &Path, script: &str) -> io::Result<()> {
    let mut debugfs = Command::new("debugfs")
        .env("PATH", path_with_sbin())
        .args(["-w", "-f", "-"])
        .arg(image)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()?;
    let mut stdin = debugfs
        .stdin
        .take()
        .ok_or_else(|| io::Error::other("no pipe"))?;
    stdin.write_all(script.as_bytes())?;
    drop(stdin);
    let output = debugfs.wait_with_output()?;
    // It says its version there, and then what it could not do.
    let said = String::from_utf8_lossy(&output.stderr);
    match said.lines().find(|line| !line.starts_with("debugfs 1.")) {
        Some(line) => Err(io::Error::other(format!("debugfs: {line}"))),
        None => Ok(()),
    }
}

/// Checks a file system without changing it. Returns what e2fsck says, and whether it is clean:
/// it was unmounted and no part of it is in doubt.
///
/// # Errors
///
/// e2fsck is missing.
pub fn check(image: &Path) -> io::Result<(bool, String)> {
    let output = Command::new("e2fsck")
        .env("PATH", path_with_sbin())
        .args(["-f", "-n"])
        .arg(image)
        .output()?;
    let mut said = String::from_utf8_lossy(&output.stdout).into_owned();
    said.push_str(&String::from_utf8_lossy(&output.stderr));
    // A journal that was not written back is only spoken of.
    let clean = output.status.success() && !said.contains("recover");
    Ok((clean, said))
}

/// A file of an image that is not in use.
///
/// # Errors
///
/// debugfs is missing, or the file is.
pub fn read(image: &Path, path: &str) -> io::Result<String> {
    let output = Command::new("debugfs")
        .env("PATH", path_with_sbin())
        .arg("-R")
        .arg(format!("cat \"{path}\""))
        .arg(image)
        .output()?;
    let said = String::from_utf8_lossy(&output.stderr);
    match said.lines().find(|line| !line.starts_with("debugfs 1.")) {
        Some(line) => Err(io::Error::other(format!("debugfs: {line}"))),
        None => Ok(String::from_utf8_lossy(&output.stdout).into_owned()),
    }
}

fn run(command: &mut Command) -> io::Result<()> {
    let output = command.output()?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    Err(io::Error::other(format!(
        "{command:?}: {}: {said}",
        output.status
    )))
}

/// Debian keeps these programs where only root's PATH leads.
fn path_with_sbin() -> String {
    format!(
        "{}:/usr/sbin:/sbin",
        std::env::var("PATH").unwrap_or_default()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_image_is_clean_and_holds_what_was_put_in() {
        let directory = std::env::temp_dir().join(format!("vm-disk-{}", std::process::id()));
        fs::create_dir_all(&directory).unwrap();
        let image = directory.join("image");
        let mut tree = Tree::new();
        tree.file("/etc/a name", 0o640, "text\n")
            .link("/bin", "usr/bin")
            .file("/bin/su", 0o4755, "x")
            .device("/dev/console", 0o600, 5, 1);
        write(&tree, &image, 8, &directory.join("work")).unwrap();
        assert_eq!(read(&image, "/etc/a name").unwrap(), "text\n");
        let (clean, said) = check(&image).unwrap();
        assert!(clean, "{said}");
        let stat = Command::new("debugfs")
            .env("PATH", path_with_sbin())
            .args(["-R", "stat /usr/bin/su"])
            .arg(&image)
            .output()
            .unwrap();
        let stat = String::from_utf8_lossy(&stat.stdout).into_owned();
        assert!(
            stat.contains("Mode:  04755") && stat.contains("User:     0"),
            "{stat}"
        );
        fs::remove_dir_all(directory).unwrap();
    }
}
