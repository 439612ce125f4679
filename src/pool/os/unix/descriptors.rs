//! Descriptors that go from the program to a host: by way of a socket, and the memory that they stand for.

use std::fs::File;
use std::io::{self, IoSlice, IoSliceMut};
use std::mem::MaybeUninit;
use std::os::fd::BorrowedFd;
use std::os::unix::net::UnixStream;

use rustix::net::{
    RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, SendAncillaryBuffer, SendAncillaryMessage,
    SendFlags,
};

use super::retry;

/// What is received is not handed on to other programs. Where that cannot be asked for, it is set a moment later.
#[cfg(not(target_vendor = "apple"))]
const RECEIVING: RecvFlags = RecvFlags::CMSG_CLOEXEC;
#[cfg(target_vendor = "apple")]
const RECEIVING: RecvFlags = RecvFlags::empty();
/// A closed socket is an error of the call; programs of this language ignore the signal in any case.
#[cfg(not(target_vendor = "apple"))]
const SENDING: SendFlags = SendFlags::NOSIGNAL;
#[cfg(target_vendor = "apple")]
const SENDING: SendFlags = SendFlags::empty();

pub(super) fn receive_descriptor(socket: &UnixStream) -> io::Result<File> {
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
    let mut control = RecvAncillaryBuffer::new(&mut space);
    let mut mark = [0];
    retry(|| {
        let mut slices = [IoSliceMut::new(&mut mark)];
        Ok(rustix::net::recvmsg(socket, &mut slices, &mut control, RECEIVING)?)
    })?;
    let descriptor = control.drain().find_map(|message| match message {
        RecvAncillaryMessage::ScmRights(mut descriptors) => descriptors.next(),
        _ => None,
    });
    let descriptor = descriptor.ok_or_else(|| io::Error::other("no status page came with the channel"))?;
    rustix::io::fcntl_setfd(&descriptor, rustix::io::FdFlags::CLOEXEC)?;
    Ok(File::from(descriptor))
}

pub(super) fn send_descriptor(socket: &UnixStream, descriptor: BorrowedFd<'_>) -> io::Result<()> {
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
    let mut control = SendAncillaryBuffer::new(&mut space);
    let descriptors = [descriptor];
    control.push(SendAncillaryMessage::ScmRights(&descriptors));
    rustix::net::sendmsg(socket, &[IoSlice::new(&[0])], &mut control, SENDING)?;
    Ok(())
}

/// Shared memory without a name; nothing is left of it when the last process lets go. Where the system can, its size is
/// sealed: a person's code that made it smaller would end all that have it mapped.
pub(super) fn page_file(bytes: usize) -> io::Result<File> {
    #[cfg(any(target_os = "linux", target_os = "freebsd"))]
    let descriptor = {
        use rustix::fs::MemfdFlags;
        rustix::fs::memfd_create("poolscope-status", MemfdFlags::CLOEXEC | MemfdFlags::ALLOW_SEALING)?
    };
    #[cfg(not(any(target_os = "linux", target_os = "freebsd")))]
    let descriptor = {
        let name = format!("/poolscope-{}-{}", std::process::id(), super::monotonic_ns());
        let flags = rustix::shm::OFlags::CREATE | rustix::shm::OFlags::EXCL | rustix::shm::OFlags::RDWR;
        let descriptor = rustix::shm::open(&name, flags, rustix::fs::Mode::RUSR | rustix::fs::Mode::WUSR)?;
        rustix::shm::unlink(&name)?;
        descriptor
    };
    let file = File::from(descriptor);
    file.set_len(bytes as u64)?;
    #[cfg(any(target_os = "linux", target_os = "freebsd"))]
    {
        use rustix::fs::SealFlags;
        rustix::fs::fcntl_add_seals(&file, SealFlags::SHRINK | SealFlags::GROW | SealFlags::SEAL)?;
    }
    Ok(file)
}
