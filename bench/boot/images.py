"""What a measured guest is made of: the observer, an initramfs, and for each init a disk: the same Debian with
the same services, through qemu-tests/images/debian.sh. Kept in .deps/images; each disk was booted once before
it is measured, so that what an init does at its very first boot is not."""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
DEPS = Path(os.environ.get("RUNIT_DEPS", ROOT / ".deps"))
KERNEL = DEPS / "kernel/vmlinuz"
# Modules without which the disk is not found; the others are loaded by udev, from the disk.
MODULES = ["virtio_pci", "virtio_blk", "crc32c_generic", "ext4"]
# Our name for each, and what debian.sh calls it.
# `runit-native` is Debian's runit with scripts of its own for the boot (configure.sh), the others are as packaged.
INITS = {"sysvinit": "sysvinit", "systemd": "systemd", "runit-init": "runit-init", "runit-native": "runit-init",
         "finit": "finit", "ours": "none"}


def run(*command, **keywords):
    subprocess.run([str(word) for word in command], check=True, **keywords)


def place(suite):
    path = DEPS / "images" / suite / "boot"
    path.mkdir(parents=True, exist_ok=True)
    return path


def observer(suite):
    """The observer, compiled; static, since it lives outside of every root."""
    program = place(suite) / "watch"
    if not program.exists() or program.stat().st_mtime < (HERE / "watch.c").stat().st_mtime:
        run("cc", "-static", "-Os", "-Wall", "-Wextra", "-s", "-o", program, HERE / "watch.c")
    return program


def modules():
    """Module files in the order in which they can be loaded."""
    release = (DEPS / "kernel/RELEASE").read_text().strip()
    directory = DEPS / "kernel/lib/modules" / release
    needs = {}
    for line in (directory / "modules.dep").read_text().splitlines():
        file, _, others = line.partition(":")
        needs[Path(file).name.split(".")[0].replace("-", "_")] = (file, others.split())
    files = []
    for name in MODULES:
        if name in needs:
            own, others = needs[name]
            files += [file for file in [*reversed(others), own] if file not in files]
    return [directory / file for file in files]


def initramfs(suite):
    archive = place(suite) / "initramfs"
    with tempfile.TemporaryDirectory() as work:
        work = Path(work)
        for name in ("bin", "dev", "lib", "new", "proc"):
            (work / name).mkdir()
        shutil.copy2(DEPS / "busybox/busybox", work / "bin/busybox")
        shutil.copy2(observer(suite), work / "watch")
        shutil.copy2(HERE / "initramfs-init", work / "init")
        (work / "init").chmod(0o755)
        for file in modules():
            shutil.copy2(file, work / "lib")
        (work / "modules").write_text("".join(f"/lib/{file.name}\n" for file in modules()))
        names = sorted(str(path.relative_to(work)) for path in work.rglob("*"))
        with open(archive, "wb") as to:
            run(DEPS / "busybox/busybox", "cpio", "-o", "-H", "newc", input="\n".join(names).encode(), stdout=to,
                stderr=subprocess.DEVNULL, cwd=work)
    return archive


# What of `make deb` makes runit-rs the init; runit-rs-run is for a system with another.
PACKAGES = ("runit-rs", "runit-rs-init", "runit-rs-services")


def packages():
    """Our packages, as `make deb` has built them."""
    built = Path(os.environ.get("RUNIT_DEB_OUT") or Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")) / "deb")
    return [file for name in PACKAGES for file in built.glob(f"{name}_*.deb")]


def forget(init, suite):
    """The next `disk` of that init is a new one."""
    (place(suite) / f"{init}.ext4").unlink(missing_ok=True)


def booted(new):
    """A new disk, which has been booted once and went down well, is the one to be measured from now on."""
    return new.rename(new.with_suffix(".ext4"))


def disk(init, suite):
    """The disk of an init: (path, whether it is new, and not booted yet)."""
    path = place(suite) / f"{init}.ext4"
    if path.exists():
        return path, False
    path = path.with_suffix(".new")
    with tempfile.TemporaryDirectory() as work:
        script = Path(work) / "configure.sh"
        script.write_text(f"init={init}\n" + (HERE / "configure.sh").read_text())
        environment = dict(os.environ, RUNIT_DEPS=str(DEPS), RUNIT_IMAGE_MIB="800")
        if init == "ours":
            debs = Path(work) / "debs"
            debs.mkdir()
            for file in packages():
                shutil.copy2(file, debs)
            environment["RUNIT_IMAGE_DEBS"] = str(debs)
        run(ROOT / "qemu-tests/images/debian.sh", "image", suite, INITS[init], path, script, env=environment)
    return path, True
