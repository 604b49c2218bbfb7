//! Resource limits of this process, setrlimit(2).

use crate::error::Result;
use runit_core::limit::{Pair, Resource};
use rustix::process::{Resource as Kernel, Rlimit, getrlimit, setrlimit};

/// From this on a number means "no limit": no system counts further.
const ENDLESS: u64 = i64::MAX as u64;

const fn kernel(resource: Resource) -> Kernel {
    match resource {
        Resource::Data => Kernel::Data,
        Resource::Stack => Kernel::Stack,
        Resource::Locked => Kernel::Memlock,
        Resource::AddressSpace => Kernel::As,
        Resource::OpenFiles => Kernel::Nofile,
        Resource::Processes => Kernel::Nproc,
        Resource::FileSize => Kernel::Fsize,
        Resource::Core => Kernel::Core,
        Resource::Resident => Kernel::Rss,
        Resource::CpuSeconds => Kernel::Cpu,
    }
}

/// The limits as they are.
#[must_use]
pub fn get(resource: Resource) -> Pair {
    let now = getrlimit(kernel(resource));
    Pair {
        soft: now.current,
        hard: now.maximum,
    }
}

/// Sets both limits.
pub fn set(resource: Resource, pair: Pair) -> Result<()> {
    let endless = |limit: Option<u64>| limit.filter(|&limit| limit < ENDLESS);
    let new = Rlimit {
        current: endless(pair.soft),
        maximum: endless(pair.hard),
    };
    setrlimit(kernel(resource), new)
}
