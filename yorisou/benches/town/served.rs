//! The program in a process of its own: what it takes is measured without the client's share.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};

use crate::data::{self, Set};
use crate::{Result, say};

/// The word after `--` that makes this bench the program it measures.
pub const WORD: &str = "serve";

/// A data set served on loopback, as the demonstration is served; ends with this value.
pub struct Served {
    child: Child,
    /// Where it answers.
    pub address: SocketAddr,
}

impl Served {
    /// Starts it and waits until it listens.
    pub fn start(set: &Set) -> Result<Self> {
        let mut child = Command::new(std::env::current_exe()?)
            .args(["--bench", WORD, &set.url])
            .stdout(Stdio::piped())
            .spawn()?;
        let mut line = String::new();
        BufReader::new(child.stdout.take().ok_or("no answer")?).read_line(&mut line)?;
        Ok(Self { child, address: line.trim().parse()? })
    }

    /// CPU time it took so far, in milliseconds.
    pub fn cpu_ms(&self) -> f64 {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.child.id())).unwrap_or_default();
        let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
        let ticks = |at: usize| fields.get(at).and_then(|v| v.parse::<f64>().ok()).unwrap_or(0.0);
        // utime and stime, in hundredths of a second on Linux.
        (ticks(11) + ticks(12)) * 10.0
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        // A process that ended by itself has nothing left to be ended.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// The other side: serves until it is ended.
pub async fn serve(url: &str) -> Result<()> {
    let router = yorisou::site::build(data::open(url).await?, true, false)?;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    say(&listener.local_addr()?.to_string());
    Ok(axum::serve(listener, router).await?)
}
