//! Windows: pipes are read by a thread each; the shell is `cmd`.

pub(in super::super) use super::portable::exchange;
