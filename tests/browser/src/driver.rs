//! `chromedriver` as a process of ours, on a port that it chooses itself; it ends with its owner.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::thread;

/// What it says when it can be asked.
const READY: &str = "was started successfully on port ";

pub struct Driver {
    child: Child,
    pub port: u16,
}

impl Driver {
    /// Starts it.
    ///
    /// # Errors
    /// When it is not installed, or does not start.
    pub fn start() -> Result<Self, String> {
        let mut child = Command::new("chromedriver")
            .arg("--port=0")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| format!("chromedriver: {error} (Debian: chromium-driver)"))?;
        let mut lines = BufReader::new(child.stdout.take().expect("its output is piped")).lines();
        let port = lines.by_ref().map_while(Result::ok).find_map(|line| {
            let (_, rest) = line.split_once(READY)?;
            rest.trim_end_matches('.').parse().ok()
        });
        // What more it says is read, so that it never waits for a reader.
        thread::spawn(move || lines.for_each(drop));
        let mut driver = Self { child, port: port.unwrap_or_default() };
        if driver.port == 0 {
            driver.end();
            return Err("chromedriver did not say where it listens".to_owned());
        }
        Ok(driver)
    }

    fn end(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        self.end();
    }
}
