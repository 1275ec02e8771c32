//! How a helper that is asked one thing hears and answers: a line on its standard input, a line on its standard output,
//! without the library's buffers, which nobody wipes. When the agent is gone, it ends.

use std::fs::File;
use std::io::{self, ErrorKind, Read};
use std::{process, thread};

use zeroize::Zeroizing;

/// Reads the request, of at most `most` bytes, with nothing behind it; gives the way to answer. From now on the helper
/// ends with the agent, which holds the other end of the input until it has the answer.
pub fn heard(most: usize) -> io::Result<(Zeroizing<Vec<u8>>, File)> {
    let (mut input, output) = unbuffered()?;
    let line = read_line(&mut input, most)?;
    end_with_the_agent(input)?;
    Ok((line, output))
}

fn read_line(input: &mut File, most: usize) -> io::Result<Zeroizing<Vec<u8>>> {
    let mut line = Zeroizing::new(vec![0; most]);
    let mut length = 0;
    loop {
        match input.read(&mut line[length..])? {
            0 => return Err(ErrorKind::UnexpectedEof.into()),
            read => length += read,
        }
        if line[..length].ends_with(b"\n") {
            line.truncate(length - 1);
            return Ok(line);
        }
    }
}

fn end_with_the_agent(mut input: File) -> io::Result<()> {
    let wait = move || {
        // An end, more input and an error are all the same: it is over.
        let _ = input.read(&mut [0]);
        process::exit(1);
    };
    thread::Builder::new().spawn(wait).map(drop)
}

#[cfg(unix)]
fn unbuffered() -> io::Result<(File, File)> {
    use std::os::fd::AsFd;
    let input = io::stdin().as_fd().try_clone_to_owned()?;
    let output = io::stdout().as_fd().try_clone_to_owned()?;
    Ok((input.into(), output.into()))
}

#[cfg(windows)]
fn unbuffered() -> io::Result<(File, File)> {
    use std::os::windows::io::AsHandle;
    let input = io::stdin().as_handle().try_clone_to_owned()?;
    let output = io::stdout().as_handle().try_clone_to_owned()?;
    Ok((input.into(), output.into()))
}
