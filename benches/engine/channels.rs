//! What the engine's channels give by themselves: payloads there and back with nothing around them.

use poolscope::value::Column;

/// Seconds to send each payload to one of `workers` and back, one at a time each; nothing where the system has other
/// channels.
#[cfg(unix)]
pub fn echo_s(payloads: &Column, workers: usize) -> Option<f64> {
    let shares: Vec<Vec<&[u8]>> = (0..workers).map(|worker| share(payloads, worker, workers)).collect();
    let begun = std::time::Instant::now();
    let came_back: usize = std::thread::scope(|scope| {
        let threads: Vec<_> = shares.iter().map(|share| scope.spawn(|| echo_all(share))).collect();
        threads.into_iter().filter_map(|thread| thread.join().ok()?.ok()).map(|outputs| outputs.len()).sum()
    });
    let took_s = begun.elapsed().as_secs_f64();
    (came_back == payloads.len()).then_some(took_s)
}

#[cfg(not(unix))]
pub fn echo_s(_: &Column, _: usize) -> Option<f64> {
    None
}

#[cfg(unix)]
fn share(payloads: &Column, worker: usize, workers: usize) -> Vec<&[u8]> {
    use poolscope::value::ValueRef;

    let bytes = |cell| if let ValueRef::Bytes(bytes) = cell { Some(bytes) } else { None };
    (worker..payloads.len()).step_by(workers).filter_map(|index| bytes(payloads.get(index)?)).collect()
}

/// A thread answers as a worker does, and what comes back is kept.
#[cfg(unix)]
fn echo_all(payloads: &[&[u8]]) -> std::io::Result<Vec<Vec<u8>>> {
    use std::io::{Read, Write};

    let (mut here, mut there) = std::os::unix::net::UnixStream::pair()?;
    std::thread::scope(|scope| {
        scope.spawn(move || -> std::io::Result<()> {
            let mut buffer = Vec::new();
            for payload in payloads {
                buffer.resize(payload.len(), 0);
                there.read_exact(&mut buffer)?;
                there.write_all(&buffer)?;
            }
            Ok(())
        });
        let mut outputs = Vec::with_capacity(payloads.len());
        for payload in payloads {
            here.write_all(payload)?;
            let mut output = vec![0; payload.len()];
            here.read_exact(&mut output)?;
            outputs.push(output);
        }
        Ok(outputs)
    })
}
