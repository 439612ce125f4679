//! A host that goes on as another program, which then serves the pool through the descriptors it inherits.

use std::fs::File;
use std::io;
use std::os::fd::{AsFd, AsRawFd};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

use memmap2::MmapMut;

use super::Channel;
use super::descriptors::page_file;

/// What a status page can be mapped from again.
pub type PageHandle = File;

/// Replaces this process by `interpreter -c bootstrap CHANNEL PAGE JOB`, where the last three are descriptors; that of
/// the job is of memory that holds it, with zeros behind. Comes back only with the reason why that is not possible.
pub fn become_interpreter(
    interpreter: &Path,
    bootstrap: &str,
    channel: &Channel,
    page: &PageHandle,
    job: &[u8],
) -> io::Error {
    let descriptors = shared(job).and_then(|job| {
        for descriptor in [channel.as_fd(), page.as_fd(), job.as_fd()] {
            rustix::io::fcntl_setfd(descriptor, rustix::io::FdFlags::empty())?;
        }
        Ok((job, [channel.as_raw_fd(), page.as_raw_fd()]))
    });
    match descriptors {
        Err(error) => error,
        Ok((job, [channel, page])) => Command::new(interpreter)
            .args(["-c", bootstrap])
            .args([channel, page, job.as_raw_fd()].map(|descriptor| descriptor.to_string()))
            // Nothing in the working folder is to stand in for the library's modules.
            .current_dir("/")
            .exec(),
    }
}

fn shared(bytes: &[u8]) -> io::Result<File> {
    let file = page_file(bytes.len())?;
    // SAFETY: nobody else knows of this memory yet.
    let mut memory = unsafe { MmapMut::map_mut(&file)? };
    memory[..bytes.len()].copy_from_slice(bytes);
    Ok(file)
}
