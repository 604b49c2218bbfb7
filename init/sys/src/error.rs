//! Errors of system calls, and the words runit says for them.
//!
//! The words are part of the interface: scripts and people know "file does not exist" and "access
//! denied". No allocation: the standard library's error texts would.

pub use rustix::io::Errno;

/// Result of a system call.
pub type Result<T> = core::result::Result<T, Errno>;

/// The words for an error, as every program of runit prints them.
#[must_use]
pub fn reason(error: Errno) -> &'static str {
    match error {
        Errno::NOENT => "file does not exist",
        Errno::ACCESS => "access denied",
        Errno::PERM => "permission denied",
        Errno::NOTDIR => "not a directory",
        Errno::ISDIR => "is a directory",
        Errno::NOEXEC => "exec format error",
        Errno::TXTBSY => "text busy",
        Errno::EXIST => "file already exists",
        Errno::AGAIN => "temporary failure",
        Errno::INTR => "interrupted system call",
        Errno::NOMEM => "out of memory",
        Errno::IO => "input/output error",
        Errno::TIMEDOUT => "timed out",
        Errno::INPROGRESS => "operation in progress",
        Errno::PIPE => "broken pipe",
        Errno::NXIO => "device not configured",
        Errno::PROTO => "protocol error",
        Errno::CONNREFUSED => "connection refused",
        Errno::SRCH => "no such process",
        Errno::TOOBIG => "argument list too long",
        Errno::BADF => "file descriptor not open",
        Errno::CHILD => "no child processes",
        Errno::FAULT => "bad address",
        Errno::BUSY => "device busy",
        Errno::XDEV => "cross-device link",
        Errno::INVAL => "invalid argument",
        Errno::NFILE => "system cannot open more files",
        Errno::MFILE => "process cannot open more files",
        Errno::NOTTY => "not a tty",
        Errno::FBIG => "file too big",
        Errno::NOSPC => "out of disk space",
        Errno::SPIPE => "unseekable descriptor",
        Errno::ROFS => "read-only file system",
        Errno::MLINK => "too many links",
        Errno::DEADLK => "operation would cause deadlock",
        Errno::NOSYS => "system call not available",
        Errno::NOTEMPTY => "directory not empty",
        Errno::NAMETOOLONG => "file name too long",
        Errno::LOOP => "symbolic link loop",
        Errno::OVERFLOW => "value too large",
        Errno::NODEV => "device does not support operation",
        Errno::DQUOT => "disk quota exceeded",
        Errno::STALE => "stale file handle",
        Errno::OPNOTSUPP => "operation not supported",
        Errno::NOTSOCK => "not a socket",
        Errno::MSGSIZE => "message too long",
        Errno::ADDRINUSE => "address already used",
        Errno::ADDRNOTAVAIL => "address not available",
        Errno::AFNOSUPPORT => "address family not supported",
        Errno::NETDOWN => "network down",
        Errno::NETUNREACH => "network unreachable",
        Errno::HOSTUNREACH => "host unreachable",
        Errno::HOSTDOWN => "host down",
        Errno::CONNRESET => "connection reset",
        Errno::NOBUFS => "out of buffer space",
        _ => "unknown error",
    }
}
