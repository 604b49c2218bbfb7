//! One file is the whole of runit-rs: an initramfs with it and busybox boots, supervises and ends.

use vm_tests::{End, Guest};

const STAGE_1: &str = "#!/bin/busybox sh
set -e
busybox=/bin/busybox
$busybox mount -t proc proc /proc
/bin/runit-rs --install /bin
echo stage 1 installed sv as $($busybox readlink /bin/sv)
";
const STAGE_2: &str = "#!/bin/busybox sh
export PATH=/bin
exec runsvdir -P /etc/service
";
/// Its process ends by itself once, so that runsv has something to do.
const WEB: &str = "#!/bin/busybox sh
if [ ! -e /run/once ]; then
    : >/run/once
    exit 1
fi
exec pause
";
/// Looks around, has process 1 crash, and asks for the end.
const VISITOR: &str = "#!/bin/busybox sh
until [ -e /run/once ] && sv check /etc/service/web; do busybox sleep 1; done
echo process 1 is $(busybox readlink /proc/1/exe)
kill -SEGV 1
sv -w 20 restart /etc/service/web
chpst -e /run/none true || echo chpst gave $?
exec /bin/init 0
";

#[test]
fn an_initramfs_of_one_file_and_busybox_boots_and_ends() {
    let mut vm = Guest::multicall("an_initramfs_of_one_file_and_busybox_boots_and_ends")
        .file("/etc/runit/1", STAGE_1)
        .file("/etc/runit/2", STAGE_2)
        .file("/etc/runit/3", "#!/bin/busybox sh\necho stage 3 ran\n")
        .file("/etc/service/web/run", WEB)
        .file("/etc/service/visitor/run", VISITOR)
        .start();
    vm.expect("stage 1 installed sv as runit-rs");
    vm.expect("process 1 is /bin/runit-rs");
    vm.expect("chpst gave 111");
    vm.expect("stage 3 ran");
    assert_eq!(vm.ends(), End::PowerOff);
    // Said at the same time as other things, so in no certain order.
    let told = vm.transcript();
    assert!(told.contains("process 1 crashed (signal 11), going on with stage 2"));
    assert!(told.contains("ok: run: /etc/service/web:"));
}
