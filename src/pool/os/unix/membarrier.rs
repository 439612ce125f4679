//! A fence in all threads of this process at once, so that a thread that is often fenced need not pay for it.

#[cfg(target_os = "linux")]
use rustix::thread::{MembarrierCommand, membarrier};

/// Gets ready for [`fence_threads`]; says whether the system can do that.
#[cfg(target_os = "linux")]
pub fn can_fence_threads() -> bool {
    membarrier(MembarrierCommand::RegisterPrivateExpedited).is_ok()
}

/// See the function of the same name for Linux.
#[cfg(not(target_os = "linux"))]
pub fn can_fence_threads() -> bool {
    false
}

/// When it comes back, every thread of this process has passed a full fence since it was called. Only where
/// [`can_fence_threads`].
pub fn fence_threads() {
    std::sync::atomic::fence(std::sync::atomic::Ordering::SeqCst);
    #[cfg(target_os = "linux")]
    // Once it was prepared it can fail only for want of a little memory.
    while membarrier(MembarrierCommand::PrivateExpedited).is_err() {
        std::thread::yield_now();
    }
}
