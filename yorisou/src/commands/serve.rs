//! `yorisou serve`.

use std::time::Duration;

use axum::Router;
use engine::Engine;
use tokio::net::TcpListener;
use tokio::sync::watch;

use crate::config::Config;
use crate::jobs::{self, Plan};
use crate::{Trouble, out, site};

/// Serves until the program is stopped.
pub(super) async fn run(config: &Config) -> Result<(), Trouble> {
    super::begin_logging(&config.log)?;
    let engine = super::open(config).await?;
    let router = site::build(engine.clone(), false, config.server.secure_cookies)?;
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
    let graceful = axum::serve(listener, router).with_graceful_shutdown(async move {
        // An error means that the sender is gone: the program ends either way.
        drop(told.wait_for(|stop| *stop).await);
    });
    let mut serving = tokio::spawn(async move { graceful.await });
    let ended = tokio::select! {
        ended = &mut serving => Some(ended),
        () = asked_to_stop() => None,
    };
    stop.send_replace(true);
    let outcome = if let Some(ended) = ended {
        ended.map_err(|e| Trouble::new(e.to_string()))?.map_err(Trouble::from)
    } else if let Ok(ended) = tokio::time::timeout(Duration::from_secs(shutdown_seconds), serving).await {
        ended.map_err(|e| Trouble::new(e.to_string()))?.map_err(Trouble::from)
    } else {
        tracing::warn!("requests were still under way after {shutdown_seconds} s");
        Ok(())
    };
    jobs.await.map_err(|e| Trouble::new(e.to_string()))?;
    engine.close().await;
    outcome
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
