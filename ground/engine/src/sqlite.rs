//! SQLite: one writer that groups commits, several readers.
//!
//! Every acknowledged write must be on disk, and a flush costs milliseconds. So acts that arrive while a flush
//! is under way run one after another inside one transaction, each in its own savepoint, and share the next
//! flush; each is acknowledged only after it. A single act under no load pays one flush, like any commit.
//!
//! SQLite checks deferred guards only when the group is committed, so an act that breaks one fails its whole group.
//! The acts that come next are then committed one by one: whoever sends their form again gets through, and the
//! offender fails alone.

use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Weak};

use sqlx::sqlite::SqliteConnection;
use tokio::sync::{Mutex, Notify, OwnedMutexGuard, mpsc, oneshot};

use crate::conn::{Doing, Open};
use crate::{Broken, Conn};

/// The one writing connection, and who waits for its next flush.
pub(crate) struct Writer {
    conn: SqliteConnection,
    /// A transaction is open.
    open: bool,
    /// An act's savepoint is open; if its holder vanished, it must be rolled back.
    savepoint: bool,
    waiting: Vec<oneshot::Sender<Result<(), Broken>>>,
    /// So many acts are still to be committed one by one, because a group failed.
    alone: usize,
    /// So many acts were committed since a checkpoint was asked for.
    committed: usize,
    checkpoint: mpsc::Sender<()>,
}

/// After a failed group at least so many acts are committed one by one: a quarter of a second of flushes, in which
/// what failed can be sent again.
const ALONE: usize = 64;

/// After so many acts what stands in the log of changes is brought into the database file.
const CHECKPOINT: usize = 64;

impl Writer {
    /// Rolls back what a vanished act left behind.
    async fn settle(&mut self) -> Result<(), Broken> {
        if self.savepoint {
            sqlx::raw_sql("ROLLBACK TO act; RELEASE act").execute(&mut self.conn).await?;
            self.savepoint = false;
        }
        Ok(())
    }

    /// Opens one act's savepoint, and the transaction around it when there is none.
    async fn open_act(&mut self) -> Result<(), Broken> {
        if let Err(e) = self.settle().await {
            // SQLite can roll a whole transaction back by itself (a full disk): then the savepoint is gone too.
            self.give_up(&e.to_string()).await;
        }
        let begin = if self.open { "SAVEPOINT act" } else { "BEGIN IMMEDIATE; SAVEPOINT act" };
        if let Err(e) = sqlx::raw_sql(begin).execute(&mut self.conn).await {
            if !self.open {
                // The transaction may have begun without its savepoint.
                self.give_up(&e.to_string()).await;
            }
            return Err(e.into());
        }
        self.open = true;
        self.savepoint = true;
        Ok(())
    }

    /// Takes the whole group back and tells everyone in it; the writer is as new afterwards.
    async fn give_up(&mut self, why: &str) {
        if let Err(e) = sqlx::query("ROLLBACK").execute(&mut self.conn).await {
            // Nothing was open any more: just what is wanted.
            tracing::warn!(error = %Broken::from(e), "no transaction to roll back");
        }
        self.open = false;
        self.savepoint = false;
        for waiter in self.waiting.drain(..) {
            drop(waiter.send(Err(Broken::Outside(why.to_owned()))));
        }
    }

    async fn flush(&mut self) {
        if !self.open {
            return;
        }
        let committed = match self.settle().await {
            Ok(()) => sqlx::query("COMMIT").execute(&mut self.conn).await.map(|_| ()).map_err(Broken::from),
            Err(e) => Err(e),
        };
        match committed {
            Ok(()) => {
                self.open = false;
                self.committed += self.waiting.len();
                if self.committed >= CHECKPOINT {
                    self.committed = 0;
                    // No place means that one is asked for already.
                    let _ = self.checkpoint.try_send(());
                }
                for waiter in self.waiting.drain(..) {
                    // The waiter may have gone away (a closed browser); the write stands all the same.
                    drop(waiter.send(Ok(())));
                }
            }
            // Nothing of this group is stored; each of its acts is told so.
            Err(e) => {
                self.alone = ALONE.max(4 * self.waiting.len());
                self.give_up(&e.to_string()).await;
            }
        }
    }
}

/// Shared by everyone who writes.
pub(crate) struct Writing {
    writer: Arc<Mutex<Writer>>,
    wake: Arc<Notify>,
    /// So many acts wait for their turn at the writer.
    wanting: Arc<AtomicUsize>,
}

impl Drop for Writing {
    fn drop(&mut self) {
        self.wake.notify_one();
    }
}

impl Writing {
    /// `checkpointing` is a second connection to the same file: it does what the writer would otherwise do after a
    /// commit, while people wait.
    pub(crate) fn start(conn: SqliteConnection, checkpointing: SqliteConnection) -> Self {
        let (checkpoint, asked) = mpsc::channel(1);
        tokio::spawn(checkpoint_when_asked(checkpointing, asked));
        let writer = Arc::new(Mutex::new(Writer {
            conn,
            open: false,
            savepoint: false,
            waiting: Vec::new(),
            alone: 0,
            committed: 0,
            checkpoint,
        }));
        let wake = Arc::new(Notify::new());
        tokio::spawn(flush_when_woken(Arc::downgrade(&writer), Arc::clone(&wake)));
        Self { writer, wake, wanting: Arc::default() }
    }

    /// Takes the writer for one act. Runs in a task of its own: a request that is dropped half-way (a closed
    /// browser) must not leave the connection in a state that nobody knows.
    pub(crate) async fn begin(&self) -> Result<SqliteAct, Broken> {
        let (writer, wake) = (Arc::clone(&self.writer), Arc::clone(&self.wake));
        let wanting = Arc::clone(&self.wanting);
        wanting.fetch_add(1, Ordering::Relaxed);
        let opening = tokio::spawn(async move {
            let mut guard = writer.lock_owned().await;
            wanting.fetch_sub(1, Ordering::Relaxed);
            let opened = guard.open_act().await;
            let act = SqliteAct { guard, leaving: Leaving { wake, quiet: false }, wanting };
            opened.map(|()| act)
        });
        opening.await.map_err(|e| Broken::Outside(format!("the writer stopped: {e}")))?
    }
}

impl Writing {
    /// Copies the whole file as it is between two acts.
    pub(crate) async fn copy_to(&self, copy: &Path) -> Result<(), Broken> {
        let Some(copy) = copy.to_str().map(str::to_owned) else {
            return Err(Broken::Outside("the place of the database is not a readable path".to_owned()));
        };
        let mut writer = Arc::clone(&self.writer).lock_owned().await;
        // In a task of its own, like every use of the writer.
        let copying = tokio::spawn(async move {
            writer.flush().await;
            sqlx::query("VACUUM INTO ?1").bind(copy).execute(&mut writer.conn).await.map(|_| ())
        });
        copying.await.map_err(|e| Broken::Outside(format!("the writer stopped: {e}")))?.map_err(Broken::from)
    }
}

/// Brings changes from the log into the file, as far as no reader stands in the way; nobody waits for it. Ends with the
/// writer.
async fn checkpoint_when_asked(mut conn: SqliteConnection, mut asked: mpsc::Receiver<()>) {
    while asked.recv().await.is_some() {
        if let Err(e) = sqlx::query("PRAGMA wal_checkpoint(PASSIVE)").execute(&mut conn).await {
            tracing::warn!(error = %Broken::from(e), "no checkpoint");
        }
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
    guard: OwnedMutexGuard<Writer>,
    // Behind the guard: what it says is said when the writer is free again.
    leaving: Leaving,
    wanting: Arc<AtomicUsize>,
}

/// Wakes the flusher when a turn ends, also one that was given up: what it left is rolled back by whoever comes next, at the
/// latest by the flusher.
struct Leaving {
    wake: Arc<Notify>,
    /// Nothing is left to flush.
    quiet: bool,
}

impl Drop for Leaving {
    fn drop(&mut self) {
        if !self.quiet {
            self.wake.notify_one();
        }
    }
}

impl SqliteAct {
    /// Ends the act and waits until it is on disk together with its group. Once begun, the end is not taken back
    /// when the caller goes away: it too runs in a task of its own.
    async fn end(self) -> Result<(), Broken> {
        let Self { mut guard, mut leaving, wanting } = self;
        let ending = tokio::spawn(async move {
            let (send, durable) = oneshot::channel();
            let released = sqlx::query("RELEASE act").execute(&mut guard.conn).await;
            match released {
                Ok(_) => {
                    guard.savepoint = false;
                    guard.waiting.push(send);
                    // Nobody to share a flush with: there is no need to wait for the flusher's turn.
                    if guard.alone > 0 || wanting.load(Ordering::Relaxed) == 0 {
                        guard.alone = guard.alone.saturating_sub(1);
                        guard.flush().await;
                    }
                }
                // The savepoint stands: whoever comes next rolls it back.
                Err(e) => drop(send.send(Err(Broken::from(e)))),
            }
            leaving.quiet = !guard.open;
            drop(guard);
            drop(leaving);
            durable.await
        });
        ending
            .await
            .map_err(|e| Broken::Outside(format!("the writer stopped: {e}")))?
            .map_err(|_| Broken::Outside("the writer stopped".to_owned()))?
    }
}

impl Open for SqliteAct {
    fn conn(&mut self) -> Conn<'_> {
        Conn::Sqlite(&mut self.guard.conn)
    }

    fn commit(self: Box<Self>) -> Doing<'static, ()> {
        Box::pin(self.end())
    }
}
