//! P13: from the command to the first page, memory at rest, size.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant as Stopwatch};

use crate::{Result, Times, data, say};

/// Starts the program on a folder that exists, a few times.
pub fn run() -> Result<()> {
    let program = env!("CARGO_BIN_EXE_yorisou");
    let folder = data::folder().join("demo");
    if folder.exists() {
        std::fs::remove_dir_all(&folder)?;
    }
    std::fs::create_dir_all(data::folder())?;
    // The first start makes the invented town.
    let first = once(program, &folder, Duration::from_mins(2))?.0;
    say(&format!("P13 demo on an empty folder (once)                       {:.1} s", first.as_secs_f64()));
    let mut times = Times::default();
    let mut memory = String::new();
    for _ in 0..5 {
        let (time, rss) = once(program, &folder, Duration::from_secs(20))?;
        times.0.push(time);
        memory = rss;
    }
    #[expect(clippy::cast_precision_loss, reason = "a size")]
    let size = std::fs::metadata(program)?.len() as f64 / 1_048_576.0;
    say(&format!("P13 start to first page                                  {} (bar 300 ms)", times.shown()));
    say(&format!("P13 memory at rest, VmRSS                                {memory} (bar 80 MB)"));
    say(&format!("P13 size of the program                                  {size:.1} MB (bar 90 MB)"));
    Ok(())
}

fn once(program: &str, folder: &std::path::Path, most: Duration) -> Result<(Duration, String)> {
    // A port that was free a moment ago.
    let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
    let begun = Stopwatch::now();
    let mut child = Command::new(program)
        .args(["demo", "--data"])
        .arg(folder)
        .args(["--listen", &format!("127.0.0.1:{port}")])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()?;
    let mut came = None;
    while begun.elapsed() < most && came.is_none() {
        if answers(port) {
            came = Some(begun.elapsed());
        } else {
            std::thread::sleep(Duration::from_millis(2));
        }
    }
    std::thread::sleep(Duration::from_secs(2));
    let status = std::fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap_or_default();
    let rss = status.lines().find_map(|l| l.strip_prefix("VmRSS:")).unwrap_or("unknown").trim().to_owned();
    child.kill()?;
    child.wait()?;
    came.map(|time| (time, rss)).ok_or_else(|| "the program did not answer".into())
}

fn answers(port: u16) -> bool {
    let Ok(mut stream) = TcpStream::connect(("127.0.0.1", port)) else { return false };
    let sent = stream.write_all(b"GET /sign-in HTTP/1.1\r\nhost: bench\r\nconnection: close\r\n\r\n");
    let mut page = String::new();
    sent.is_ok() && stream.read_to_string(&mut page).is_ok() && page.starts_with("HTTP/1.1 200")
}
