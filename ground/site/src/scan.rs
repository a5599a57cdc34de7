//! The town's own virus scanner, asked about every file before anybody else sees it. None comes with this program: what knows of
//! today's viruses has to be renewed daily. It is spoken to as clamd and its kin are (`INSTREAM`), on this machine or in the office's
//! network, and never anywhere else.

use std::path::PathBuf;
use std::time::Duration;

use engine::Refusal;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;

/// How long it may take for one file; a scanner that hangs must not keep somebody waiting at the window.
const PATIENCE: Duration = Duration::from_secs(30);
/// The longest answer that is read.
const ANSWER: u64 = 4096;

/// Where a scanner listens.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Scanner {
    /// There is none.
    #[default]
    None,
    /// Host and port.
    Tcp(String),
    /// A socket of this machine.
    Unix(PathBuf),
}

/// What a scanner says of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Nobody was asked, or nothing was found.
    Taken,
    /// Something was found.
    Infected,
    /// It could not be asked: what was not looked at is not taken.
    Unknown,
}

impl Verdict {
    /// What keeps a file from being taken.
    pub(crate) fn passes(self) -> Result<(), Refusal> {
        match self {
            Self::Taken => Ok(()),
            Self::Infected => Err(Refusal::new("upload.infected")),
            Self::Unknown => Err(Refusal::new("upload.unscanned")),
        }
    }
}

impl Scanner {
    /// As configured: nothing, `HOST:PORT`, or the path of a socket.
    pub fn at(address: &str) -> Self {
        match address.trim() {
            "" => Self::None,
            path if path.starts_with('/') => Self::Unix(PathBuf::from(path)),
            host => Self::Tcp(host.to_owned()),
        }
    }

    /// Whether there is one.
    pub fn is_there(&self) -> bool {
        *self != Self::None
    }

    /// What it says of a file.
    pub async fn judge(&self, bytes: &[u8]) -> Verdict {
        if !self.is_there() {
            return Verdict::Taken;
        }
        match tokio::time::timeout(PATIENCE, self.ask(bytes)).await {
            Ok(Ok(answer)) => verdict(&answer),
            Ok(Err(error)) => {
                tracing::error!(%error, "the virus scanner cannot be asked");
                Verdict::Unknown
            }
            Err(_) => {
                tracing::error!("the virus scanner does not answer");
                Verdict::Unknown
            }
        }
    }

    async fn ask(&self, bytes: &[u8]) -> std::io::Result<String> {
        match self {
            Self::None => Ok(String::new()),
            Self::Tcp(host) => talk(TcpStream::connect(host.as_str()).await?, bytes).await,
            #[cfg(unix)]
            Self::Unix(path) => talk(tokio::net::UnixStream::connect(path).await?, bytes).await,
            #[cfg(not(unix))]
            Self::Unix(_) => Err(std::io::ErrorKind::Unsupported.into()),
        }
    }
}

/// The file in pieces, each behind its length; a piece of no length ends it.
async fn talk(mut to: impl AsyncRead + AsyncWrite + Unpin, bytes: &[u8]) -> std::io::Result<String> {
    to.write_all(b"zINSTREAM\0").await?;
    for piece in bytes.chunks(64 * 1024) {
        to.write_all(&u32::try_from(piece.len()).unwrap_or(u32::MAX).to_be_bytes()).await?;
        to.write_all(piece).await?;
    }
    to.write_all(&0_u32.to_be_bytes()).await?;
    to.flush().await?;
    let mut answer = Vec::new();
    to.take(ANSWER).read_to_end(&mut answer).await?;
    Ok(String::from_utf8_lossy(&answer).trim_end_matches(['\0', '\n', '\r']).to_owned())
}

fn verdict(answer: &str) -> Verdict {
    if answer.ends_with(" FOUND") {
        Verdict::Infected
    } else if answer.ends_with(": OK") {
        Verdict::Taken
    } else {
        // Nothing of the answer but that it was one: a scanner may repeat what it read.
        tracing::error!("the virus scanner answers otherwise than expected");
        Verdict::Unknown
    }
}

#[cfg(test)]
mod tests {
    use tokio::net::TcpListener;

    use super::*;

    #[test]
    fn what_a_scanner_says_is_understood_or_nothing_is_taken() {
        assert_eq!(verdict("stream: OK"), Verdict::Taken);
        assert_eq!(verdict("stream: Eicar-Test-Signature FOUND"), Verdict::Infected);
        for other in ["", "OK", "INSTREAM size limit exceeded. ERROR", "stream: FOUNDLING"] {
            assert_eq!(verdict(other), Verdict::Unknown, "{other}");
        }
        assert!(Verdict::Taken.passes().is_ok());
        assert_eq!(Verdict::Infected.passes().unwrap_err().key, "upload.infected");
        assert_eq!(Verdict::Unknown.passes().unwrap_err().key, "upload.unscanned");
        assert_eq!(Scanner::at(" "), Scanner::None);
        assert_eq!(Scanner::at("127.0.0.1:3310"), Scanner::Tcp("127.0.0.1:3310".to_owned()));
        assert_eq!(Scanner::at("/run/clamd.ctl"), Scanner::Unix("/run/clamd.ctl".into()));
    }

    #[tokio::test]
    async fn a_file_is_told_whole_and_in_pieces() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let scanner = Scanner::at(&listener.local_addr().unwrap().to_string());
        let file = vec![7_u8; 150_000];
        let heard = tokio::spawn(async move {
            let (mut from, _) = listener.accept().await.unwrap();
            let mut command = [0; 10];
            from.read_exact(&mut command).await.unwrap();
            assert_eq!(&command, b"zINSTREAM\0");
            let mut whole = Vec::new();
            loop {
                let length = from.read_u32().await.unwrap();
                if length == 0 {
                    break;
                }
                let mut piece = vec![0; usize::try_from(length).unwrap()];
                from.read_exact(&mut piece).await.unwrap();
                whole.extend(piece);
            }
            from.write_all(b"stream: OK\0").await.unwrap();
            whole
        });
        assert_eq!(scanner.judge(&file).await, Verdict::Taken);
        assert_eq!(heard.await.unwrap(), file);
        // Nobody listens there any more.
        assert_eq!(scanner.judge(&file).await, Verdict::Unknown);
        assert_eq!(Scanner::None.judge(&file).await, Verdict::Taken);
    }
}
