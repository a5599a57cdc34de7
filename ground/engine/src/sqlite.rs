//! SQLite: one writer that groups commits, several readers.
//!
//! Every acknowledged write must be on disk, and a flush costs milliseconds. So acts that arrive while a flush
//! is under way run one after another inside one transaction, each in its own savepoint, and share the next
//! flush; each is acknowledged only after it. A single act under no load pays one flush, like any commit.

use std::sync::{Arc, Weak};

use sqlx::sqlite::SqliteConnection;
use tokio::sync::{Mutex, Notify, OwnedMutexGuard, oneshot};

use crate::Broken;

/// The one writing connection, and who waits for its next flush.
pub(crate) struct Writer {
    conn: SqliteConnection,
    /// A transaction is open.
    open: bool,
    /// An act's savepoint is open; if its holder vanished, it must be rolled back.
    savepoint: bool,
    waiting: Vec<oneshot::Sender<Result<(), Broken>>>,
}

impl Writer {
    /// Rolls back what a vanished act left behind.
    async fn settle(&mut self) -> Result<(), Broken> {
        if self.savepoint {
            sqlx::raw_sql("ROLLBACK TO act; RELEASE act").execute(&mut self.conn).await?;
            self.savepoint = false;
        }
        Ok(())
    }

    async fn flush(&mut self) {
        if !self.open {
            return;
        }
        let committed = match self.settle().await {
            Ok(()) => sqlx::query("COMMIT").execute(&mut self.conn).await.map(|_| ()).map_err(Broken::from),
            Err(e) => Err(e),
        };
        if committed.is_err() {
            // Nothing of this group is stored; each of its acts is told so.
            if let Err(e) = sqlx::query("ROLLBACK").execute(&mut self.conn).await {
                tracing::error!(error = %Broken::from(e), "rollback after a failed commit failed");
            }
        }
        self.open = false;
        let failure = committed.err().map(|e| e.to_string());
        for waiter in self.waiting.drain(..) {
            let answer = match &failure {
                None => Ok(()),
                Some(why) => Err(Broken::Outside(why.clone())),
            };
            // The waiter may have gone away (a closed browser); the write stands all the same.
            drop(waiter.send(answer));
        }
    }
}

/// Shared by everyone who writes.
pub(crate) struct Writing {
    writer: Arc<Mutex<Writer>>,
    wake: Arc<Notify>,
}

impl Drop for Writing {
    fn drop(&mut self) {
        self.wake.notify_one();
    }
}

impl Writing {
    pub(crate) fn start(conn: SqliteConnection) -> Self {
        let writer =
            Arc::new(Mutex::new(Writer { conn, open: false, savepoint: false, waiting: Vec::new() }));
        let wake = Arc::new(Notify::new());
        tokio::spawn(flush_when_woken(Arc::downgrade(&writer), Arc::clone(&wake)));
        Self { writer, wake }
    }

    /// Takes the writer for one act.
    pub(crate) async fn begin(&self) -> Result<SqliteAct, Broken> {
        let mut guard = Arc::clone(&self.writer).lock_owned().await;
        guard.settle().await?;
        if !guard.open {
            sqlx::query("BEGIN IMMEDIATE").execute(&mut guard.conn).await?;
            guard.open = true;
        }
        guard.savepoint = true;
        let mut act = SqliteAct { guard: Some(guard), wake: Arc::clone(&self.wake) };
        sqlx::query("SAVEPOINT act").execute(act.conn()?).await?;
        Ok(act)
    }
}

/// The writer's turn comes in the order of asking, so by the time the flusher has it, everyone who was
/// already waiting is part of the group.
async fn flush_when_woken(writer: Weak<Mutex<Writer>>, wake: Arc<Notify>) {
    loop {
        wake.notified().await;
        let Some(writer) = writer.upgrade() else { return };
        writer.lock().await.flush().await;
    }
}

/// One act's turn at the writer.
pub(crate) struct SqliteAct {
    guard: Option<OwnedMutexGuard<Writer>>,
    wake: Arc<Notify>,
}

impl SqliteAct {
    pub(crate) fn conn(&mut self) -> Result<&mut SqliteConnection, Broken> {
        match &mut self.guard {
            Some(guard) => Ok(&mut guard.conn),
            None => Err(Broken::Outside("the act is over".to_owned())),
        }
    }

    /// Ends the act and waits until it is on disk together with its group.
    pub(crate) async fn commit(mut self) -> Result<(), Broken> {
        let (send, durable) = oneshot::channel();
        {
            let Some(mut guard) = self.guard.take() else {
                return Err(Broken::Outside("the act is over".to_owned()));
            };
            sqlx::query("RELEASE act").execute(&mut guard.conn).await?;
            guard.savepoint = false;
            guard.waiting.push(send);
        }
        self.wake.notify_one();
        durable.await.map_err(|_| Broken::Outside("the writer stopped".to_owned()))?
    }
}

impl Drop for SqliteAct {
    fn drop(&mut self) {
        if self.guard.take().is_some() {
            // Rolled back by whoever comes next; the flusher comes at the latest.
            self.wake.notify_one();
        }
    }
}
