//! Makes a system call of a program fail, without any help of the program: a filter of the kernel hands over the calls
//! of one kind, of the program and of all that it starts, and this process answers each of them with "go on" or an error.

use std::collections::HashMap;
use std::fs;
use std::io::{self, IoSlice, IoSliceMut};
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt;
use std::process::{Child, Command};
use std::thread::{self, JoinHandle};

use rustix::net::{
    RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, SendAncillaryBuffer, SendAncillaryMessage,
    SendFlags, recvmsg, sendmsg,
};

/// Whose calls are counted and may fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whose {
    Program,
    /// All that the program starts: hosts, the keeper, commands.
    Children,
}

/// Which call fails, and how.
#[derive(Debug, Clone, Copy)]
pub struct Fault {
    /// The numbers of the calls that are counted together.
    pub calls: &'static [libc::c_long],
    pub whose: Whose,
    /// The call that fails, counted from 0; with `u32::MAX` none does.
    pub place: u32,
    pub errno: i32,
}

/// A program that runs under a fault.
pub struct Harmed {
    pub child: Child,
    counter: JoinHandle<u32>,
}

impl Harmed {
    /// Starts `command`, with the fault once it is loaded. An error where the system has no such filters, or where another
    /// program already answers the calls of this one.
    pub fn spawn(mut command: Command, fault: Fault) -> io::Result<Self> {
        let (own, of_child) = UnixStream::pair()?;
        let filter = Filter::of(&[fault.calls, &[BEGIN]].concat());
        // SAFETY: between fork and exec only system calls are made and memory of the stack is used.
        unsafe {
            command.pre_exec(move || {
                let listener = filter.install()?;
                send_descriptor(&of_child, listener.as_fd())
            });
        }
        // Starting waits for exec, which waits for answers.
        let counter = thread::spawn(move || {
            // Without one the child could not be started.
            let Some(listener) = receive_descriptor(&own) else { return 0 };
            Answers { fault, listener, program: None, owners: HashMap::new(), has_begun: false, counted: 0 }
                .give_all()
        });
        let child = command.spawn();
        // It holds the other end of the pair.
        drop(command);
        Ok(Self { child: child?, counter })
    }

    /// How many calls were counted; waits for the end of all processes.
    pub fn count(self) -> u32 {
        self.counter.join().expect("the thread that answers does not panic")
    }
}

/// A program of the kernel's that looks at the number of each call.
struct Filter(Vec<libc::sock_filter>);

impl Filter {
    fn of(calls: &[libc::c_long]) -> Self {
        const NUMBER: u32 = 0;
        let statement = |code: u32, k: u32| libc::sock_filter { code: code as u16, jt: 0, jf: 0, k };
        let load = statement(libc::BPF_LD | libc::BPF_W | libc::BPF_ABS, NUMBER);
        let allow = statement(libc::BPF_RET | libc::BPF_K, libc::SECCOMP_RET_ALLOW);
        let hand_over = statement(libc::BPF_RET | libc::BPF_K, libc::SECCOMP_RET_USER_NOTIF);
        let compare = (0..calls.len()).map(|place| libc::sock_filter {
            code: (libc::BPF_JMP | libc::BPF_JEQ | libc::BPF_K) as u16,
            // Past the other comparisons and what allows.
            jt: (calls.len() - place) as u8,
            jf: 0,
            k: calls[place] as u32,
        });
        Self([load].into_iter().chain(compare).chain([allow, hand_over]).collect())
    }

    fn install(&self) -> io::Result<OwnedFd> {
        let program = libc::sock_fprog { len: self.0.len() as u16, filter: self.0.as_ptr().cast_mut() };
        // SAFETY: the arguments are what these calls document; the program lives until the call is over.
        let listener = unsafe {
            if libc::prctl(libc::PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 {
                return Err(io::Error::last_os_error());
            }
            libc::syscall(
                libc::SYS_seccomp,
                libc::SECCOMP_SET_MODE_FILTER,
                libc::SECCOMP_FILTER_FLAG_NEW_LISTENER,
                &raw const program,
            )
        };
        if listener < 0 {
            return Err(io::Error::last_os_error());
        }
        // SAFETY: the call has just made the descriptor, and nobody else has it.
        Ok(unsafe { std::os::fd::FromRawFd::from_raw_fd(listener as i32) })
    }
}

fn send_descriptor(to: &UnixStream, descriptor: BorrowedFd<'_>) -> io::Result<()> {
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
    let mut with = SendAncillaryBuffer::new(&mut space);
    let descriptors = [descriptor];
    with.push(SendAncillaryMessage::ScmRights(&descriptors));
    sendmsg(to, &[IoSlice::new(b"x")], &mut with, SendFlags::empty())?;
    Ok(())
}

fn receive_descriptor(from: &UnixStream) -> Option<OwnedFd> {
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
    let mut with = RecvAncillaryBuffer::new(&mut space);
    recvmsg(from, &mut [IoSliceMut::new(&mut [0])], &mut with, RecvFlags::CMSG_CLOEXEC).ok()?;
    with.drain().find_map(|message| match message {
        RecvAncillaryMessage::ScmRights(mut descriptors) => descriptors.next(),
        _ => None,
    })
}

/// Answers the calls of one program.
struct Answers {
    fault: Fault,
    listener: OwnedFd,
    /// The process that called first.
    program: Option<u32>,
    /// The process of each thread that has called.
    owners: HashMap<u32, u32>,
    /// Whether the program itself runs, and not the system that loads it.
    has_begun: bool,
    counted: u32,
}

impl Answers {
    /// Until nobody is left who could call.
    fn give_all(mut self) -> u32 {
        while self.is_called() {
            // SAFETY: numbers alone, for which zero is a value.
            let mut call = unsafe { std::mem::zeroed::<libc::seccomp_notif>() };
            if !self.control(SECCOMP_IOCTL_NOTIF_RECV, &mut call) {
                continue; // Its caller is gone.
            }
            let whose = self.whose(call.pid);
            let is_begin = call.data.nr as libc::c_long == BEGIN;
            self.has_begun |= is_begin;
            let is_counted = self.has_begun && !is_begin && whose == self.fault.whose;
            let fails = is_counted && self.counted == self.fault.place;
            self.counted += u32::from(is_counted);
            let mut answer = libc::seccomp_notif_resp {
                id: call.id,
                val: 0,
                error: if fails { -self.fault.errno } else { 0 },
                flags: if fails { 0 } else { libc::SECCOMP_USER_NOTIF_FLAG_CONTINUE as u32 },
            };
            self.control(SECCOMP_IOCTL_NOTIF_SEND, &mut answer);
        }
        self.counted
    }

    fn is_called(&self) -> bool {
        use rustix::event::{PollFd, PollFlags, poll};
        let mut listeners = [PollFd::new(&self.listener, PollFlags::IN)];
        while poll(&mut listeners, None).is_err() {}
        !listeners[0].revents().contains(PollFlags::HUP)
    }

    fn control<T>(&self, request: libc::c_ulong, with: &mut T) -> bool {
        // SAFETY: the request reads and writes a structure of this type.
        unsafe { libc::ioctl(self.listener.as_raw_fd(), request, std::ptr::from_mut(with)) == 0 }
    }

    fn whose(&mut self, thread: u32) -> Whose {
        let owner = *self.owners.entry(thread).or_insert_with(|| {
            let status = fs::read_to_string(format!("/proc/{thread}/status")).unwrap_or_default();
            let owner = status.lines().find_map(|line| line.strip_prefix("Tgid:"));
            owner.and_then(|owner| owner.trim().parse().ok()).unwrap_or(thread)
        });
        if *self.program.get_or_insert(owner) == owner { Whose::Program } else { Whose::Children }
    }
}

/// The first call of a Rust program that no other part of its start makes.
const BEGIN: libc::c_long = libc::SYS_sigaltstack;

/// `_IOWR('!', 0, struct seccomp_notif)` and `_IOWR('!', 1, struct seccomp_notif_resp)`.
const SECCOMP_IOCTL_NOTIF_RECV: libc::c_ulong = request::<libc::seccomp_notif>(0);
const SECCOMP_IOCTL_NOTIF_SEND: libc::c_ulong = request::<libc::seccomp_notif_resp>(1);

const fn request<T>(number: libc::c_ulong) -> libc::c_ulong {
    (3 << 30) | ((size_of::<T>() as libc::c_ulong) << 16) | ((b'!' as libc::c_ulong) << 8) | number
}
