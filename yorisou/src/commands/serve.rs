//! `yorisou serve`.

use std::sync::Arc;
use std::time::Duration;

use ::site::scan::{Scanner, Verdict};
use axum::Router;
use axum::serve::Listener;
use engine::Engine;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpListener;
use tokio::sync::watch;

use crate::config::Config;
use crate::jobs::{self, Plan};
use crate::{Trouble, out, site};

/// How long a connection may take to send the head of its next request; a page left open longer simply connects anew.
const HEADER_TIME: Duration = Duration::from_secs(20);

/// Serves until the program is stopped.
pub(super) async fn run(config: &Config) -> Result<(), Trouble> {
    super::begin_logging(&config.log)?;
    let engine = super::open(config).await?;
    let scanner = Scanner::at(&config.files.scanner);
    // Said at the start and not when the first letter is refused.
    if scanner.judge(b"").await != Verdict::Taken {
        tracing::warn!("no file is taken while the virus scanner of [files] does not answer");
    }
    let router = site::build_with(engine.clone(), false, config.server.secure_cookies, scanner)?;
    serve(engine, router, &config.server.listen, config.server.shutdown_seconds, Plan::of(config)).await
}

/// Listens, runs the jobs beside, and ends in good order: no new connections, requests under way finish, the log
/// is sealed.
pub(super) async fn serve(
    engine: Engine,
    router: Router,
    listen: &str,
    shutdown_seconds: u64,
    plan: Plan,
) -> Result<(), Trouble> {
    let listener =
        TcpListener::bind(listen).await.map_err(|e| Trouble::new(format!("listen on {listen}: {e}")))?;
    out::line(format!("yorisou listens on http://{}", listener.local_addr()?));
    let (stop, stopped) = watch::channel(false);
    let jobs = tokio::spawn(jobs::run(engine.clone(), plan, stopped.clone()));
    let mut told = stopped;
    let mut serving = tokio::spawn(async move {
        let stop = async {
            // An error means that the sender is gone: the program ends either way.
            drop(told.wait_for(|stop| *stop).await);
        };
        answer(listener, router, HEADER_TIME, stop).await;
    });
    let ended = tokio::select! {
        ended = &mut serving => Some(ended),
        () = asked_to_stop() => None,
    };
    stop.send_replace(true);
    let outcome = if let Some(ended) = ended {
        ended.map_err(|e| Trouble::new(e.to_string()))
    } else if let Ok(ended) = tokio::time::timeout(Duration::from_secs(shutdown_seconds), serving).await {
        ended.map_err(|e| Trouble::new(e.to_string()))
    } else {
        tracing::warn!("requests were still under way after {shutdown_seconds} s");
        Ok(())
    };
    jobs.await.map_err(|e| Trouble::new(e.to_string()))?;
    engine.close().await;
    outcome
}

/// Answers every connection until `stop`, then lets requests under way finish. A connection that has not sent the head
/// of a request within `header_time` is closed: neither a slow client nor an idle one is kept for ever.
async fn answer(
    mut listener: TcpListener,
    router: Router,
    header_time: Duration,
    stop: impl Future<Output = ()>,
) {
    let mut http = Builder::new(TokioExecutor::new()).http1_only();
    http.http1().timer(TokioTimer::new()).header_read_timeout(header_time);
    let (http, under_way) = (Arc::new(http), GracefulShutdown::new());
    let mut stop = std::pin::pin!(stop);
    loop {
        // Waits a little by itself when there are no more descriptors.
        let (stream, _) = tokio::select! {
            accepted = Listener::accept(&mut listener) => accepted,
            () = &mut stop => break,
        };
        let (http, watcher) = (Arc::clone(&http), under_way.watcher());
        let service = TowerToHyperService::new(router.clone());
        tokio::spawn(async move {
            let connection = http.serve_connection(TokioIo::new(stream), service);
            if let Err(error) = watcher.watch(connection).await {
                tracing::debug!(error, "a connection ended early");
            }
        });
    }
    drop(listener);
    under_way.shutdown().await;
}

/// Waits for SIGTERM or ctrl-c.
async fn asked_to_stop() {
    let interrupted = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        match signal(SignalKind::terminate()) {
            Ok(mut terminated) => {
                tokio::select! {
                    _ = interrupted => {}
                    _ = terminated.recv() => {}
                }
            }
            Err(e) => {
                tracing::error!(error = %e, "SIGTERM cannot be heard");
                drop(interrupted.await);
            }
        }
    }
    #[cfg(not(unix))]
    drop(interrupted.await);
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpStream;

    #[tokio::test]
    #[expect(clippy::disallowed_methods, reason = "a request that takes its time")]
    async fn a_slow_client_is_let_go_and_a_request_under_way_finishes() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (asked, begun) = tokio::sync::oneshot::channel();
        let asked = Arc::new(std::sync::Mutex::new(Some(asked)));
        let router = Router::new().route("/quick", axum::routing::get(async || "quick")).route(
            "/long",
            axum::routing::get(async move || {
                if let Some(asked) = asked.lock().unwrap().take() {
                    asked.send(()).unwrap();
                }
                tokio::time::sleep(Duration::from_millis(300)).await;
                "long"
            }),
        );
        let stop = async { begun.await.unwrap() };
        let serving = tokio::spawn(answer(listener, router, Duration::from_millis(200), stop));
        let ask = async |head: &str| {
            let mut stream = TcpStream::connect(address).await.unwrap();
            stream.write_all(head.as_bytes()).await.unwrap();
            let mut answer = Vec::new();
            // A connection that is closed on us may end in an error: what came is what counts.
            drop(stream.read_to_end(&mut answer).await);
            String::from_utf8(answer).unwrap()
        };
        let (slow, silent, quick) = tokio::join!(
            ask("GET /quick HTTP/1.1\r\nhost: x\r\n"),
            ask(""),
            ask("GET /quick HTTP/1.1\r\nhost: x\r\n\r\n")
        );
        assert!(!slow.contains("quick") && silent.is_empty());
        assert!(quick.starts_with("HTTP/1.1 200") && quick.ends_with("quick"));
        assert!(
            ask("GET /long HTTP/1.1\r\nhost: x\r\n\r\n").await.ends_with("long"),
            "asked to stop meanwhile"
        );
        serving.await.unwrap();
        assert!(TcpStream::connect(address).await.is_err());
    }
}
