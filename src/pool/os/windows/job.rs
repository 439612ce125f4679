//! A job object around one host: what the host starts is in it too, and all of it ends together.

use std::io;
use std::os::windows::io::{AsRawHandle, FromRawHandle, OwnedHandle};
use std::process::Child;
use std::ptr;

use windows_sys::Win32::System::JobObjects::{
    AssignProcessToJobObject, CreateJobObjectW, JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE,
    JOBOBJECT_EXTENDED_LIMIT_INFORMATION, JobObjectExtendedLimitInformation, SetInformationJobObject,
    TerminateJobObject,
};

/// The job object of one host. Letting go of it ends whatever is still in it.
pub struct JobObject(OwnedHandle);

impl JobObject {
    /// Puts a process that was just started into a job of its own.
    pub fn around(child: &Child) -> io::Result<Self> {
        // SAFETY: null asks for default security and no name.
        let handle = unsafe { CreateJobObjectW(ptr::null(), ptr::null()) };
        if handle.is_null() {
            return Err(io::Error::last_os_error());
        }
        // SAFETY: the call has succeeded, and nobody else has the handle.
        let job = Self(unsafe { OwnedHandle::from_raw_handle(handle) });
        let mut limits = JOBOBJECT_EXTENDED_LIMIT_INFORMATION::default();
        limits.BasicLimitInformation.LimitFlags = JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE;
        // SAFETY: the pointer and the size are those of `limits`, which is of the class that is named.
        let is_set = unsafe {
            SetInformationJobObject(
                job.0.as_raw_handle(),
                JobObjectExtendedLimitInformation,
                ptr::from_ref(&limits).cast(),
                size_of_val(&limits) as u32,
            )
        };
        // SAFETY: both handles are open for as long as this call takes.
        if is_set == 0
            || unsafe { AssignProcessToJobObject(job.0.as_raw_handle(), child.as_raw_handle()) } == 0
        {
            return Err(io::Error::last_os_error());
        }
        Ok(job)
    }

    /// Ends all processes of the job.
    pub fn terminate(&self) {
        // SAFETY: the handle is open. A job that is empty already is no matter.
        unsafe { TerminateJobObject(self.0.as_raw_handle(), 1) };
    }
}
