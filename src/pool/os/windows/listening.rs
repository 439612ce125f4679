//! A named pipe by which a host speaks to its parent, from the parent's end.

use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, Read};
use std::os::windows::ffi::OsStrExt;
use std::os::windows::io::{AsRawHandle, FromRawHandle, OwnedHandle};

use windows_sys::Win32::Foundation::{ERROR_NO_DATA, ERROR_PIPE_CONNECTED, INVALID_HANDLE_VALUE};
use windows_sys::Win32::Storage::FileSystem::{FILE_FLAG_FIRST_PIPE_INSTANCE, PIPE_ACCESS_INBOUND};
use windows_sys::Win32::System::Pipes::{
    ConnectNamedPipe, CreateNamedPipeW, PIPE_READMODE_BYTE, PIPE_REJECT_REMOTE_CLIENTS, PIPE_TYPE_BYTE,
    PIPE_WAIT,
};

/// The parent's end of a host's pipe, which the host has yet to open.
pub struct Listening {
    pipe: File,
    is_connected: bool,
}

impl Listening {
    pub fn at(pipe: File) -> Self {
        Self { pipe, is_connected: false }
    }

    fn connect(&mut self) -> io::Result<()> {
        // SAFETY: the handle is a pipe that this value owns; no overlapped structure is passed, so the call is over
        // when it returns.
        let connected = unsafe { ConnectNamedPipe(self.pipe.as_raw_handle(), std::ptr::null_mut()) };
        let error = io::Error::last_os_error();
        // The host may have been quicker, and may even have left again.
        self.is_connected = connected != 0
            || [ERROR_PIPE_CONNECTED, ERROR_NO_DATA]
                .iter()
                .any(|code| error.raw_os_error() == Some(*code as i32));
        if self.is_connected { Ok(()) } else { Err(error) }
    }
}

impl Read for Listening {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if !self.is_connected {
            self.connect()?;
        }
        self.pipe.read(buffer)
    }
}

/// A pipe of this name, which one other process can open to write to it.
pub fn listen(name: &OsStr) -> io::Result<File> {
    let wide: Vec<u16> = name.encode_wide().chain([0]).collect();
    let open_mode = PIPE_ACCESS_INBOUND | FILE_FLAG_FIRST_PIPE_INSTANCE;
    let pipe_mode = PIPE_TYPE_BYTE | PIPE_READMODE_BYTE | PIPE_WAIT | PIPE_REJECT_REMOTE_CLIENTS;
    // SAFETY: the name ends with a zero and outlives the call; default security attributes are asked for by null.
    let handle = unsafe {
        CreateNamedPipeW(
            wide.as_ptr(),
            open_mode,
            pipe_mode,
            1,
            0,
            super::READ_BYTES as u32,
            0,
            std::ptr::null(),
        )
    };
    if handle == INVALID_HANDLE_VALUE {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: the call has succeeded, and nobody else has the handle.
    Ok(File::from(unsafe { OwnedHandle::from_raw_handle(handle) }))
}
