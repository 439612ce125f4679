//! Reads both pipes of a command with a thread for each but one: for systems without a call that waits for several.

use std::io::{self, Read, Write};
use std::process::Child;
use std::thread;

use super::super::output::{Output, take_bounded};

const READ_BYTES: usize = 1 << 15;

/// Feeds the command and takes what it writes until it has closed both its outputs.
pub(in super::super) fn exchange(
    child: &mut Child,
    fed: &[u8],
    output: &mut Output<'_>,
) -> Result<(), String> {
    let (stdin, stdout, stderr) = (child.stdin.take(), child.stdout.take(), child.stderr.take());
    thread::scope(|scope| {
        if let Some(mut stdin) = stdin {
            // A command need not read all that it is given.
            scope.spawn(move || stdin.write_all(fed).is_ok());
        }
        // Lines of standard error go on as they come, which only this thread may do; the output has time.
        let written = scope.spawn(move || {
            let mut written = Vec::new();
            stdout.map_or(Ok(()), |stdout| read_all(stdout, |bytes| take_bounded(&mut written, bytes)))?;
            Ok::<_, String>(written)
        });
        let read = stderr.map_or(Ok(()), |stderr| {
            read_all(stderr, |bytes| {
                output.take_error(bytes);
                Ok(())
            })
        });
        let written = written.join().map_err(|_| "the output could not be read".to_owned())?;
        read.and(output.take(&written?))
    })
}

fn read_all(mut pipe: impl Read, mut take: impl FnMut(&[u8]) -> Result<(), String>) -> Result<(), String> {
    let mut buffer = vec![0; READ_BYTES];
    loop {
        match pipe.read(&mut buffer) {
            Ok(0) => return Ok(()),
            Ok(length) => take(&buffer[..length])?,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(format!("the output could not be read: {error}")),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::process::{Command, Stdio};

    use super::*;
    use crate::function::{CallContext, Console, OutputStream};
    use crate::value::Value;

    struct Deaf;

    impl Console for Deaf {
        fn line(&self, _: OutputStream, _: &str) {}
    }

    #[test]
    fn much_goes_in_and_out_at_once() {
        // This test program lists its tests: a command that is there on every system.
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.arg("--list").stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let cx = CallContext { worker: 1, is_thread: false, index: 0, console: &Deaf };
        let mut output = Output::new(&cx);
        exchange(&mut child, &vec![b'x'; 1 << 20], &mut output).unwrap();
        let Ok(Value::Text(said)) = output.outcome(child.wait().unwrap()) else { panic!("no text") };
        assert!(said.contains("much_goes_in_and_out_at_once"));
    }
}
