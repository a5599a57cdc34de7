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
use std::sync::{Arc, Weak, mpsc};
use std::time::Duration;

use tokio::sync::{Mutex, Notify, OwnedMutexGuard, oneshot};
use tokio::task::spawn_blocking;

use crate::conn::{Doing, Open};
use crate::lite::Sqlite;
use crate::{Broken, Conn, args};

/// The one writing connection, and who waits for its next flush.
pub(crate) struct Writer {
    conn: Sqlite,
    /// A transaction is open.
    open: bool,
    /// An act's savepoint is open; if its holder vanished, it must be rolled back.
    savepoint: bool,
    waiting: Vec<oneshot::Sender<Result<(), Broken>>>,
    /// So many acts are still to be committed one by one, because a group failed.
    alone: usize,
    /// So many acts were committed since a checkpoint was asked for.
    committed: usize,
    checkpoint: mpsc::SyncSender<()>,
}

/// After a failed group at least so many acts are committed one by one: a quarter of a second of flushes, in which
/// what failed can be sent again.
const ALONE: usize = 64;

/// After so many acts what stands in the log of changes is brought into the database file.
const CHECKPOINT: usize = 64;

/// How long the writer waits for another program that writes (a command beside the server), and how often it asks again:
/// so many times, with so long a pause.
const OTHERS: (u32, Duration) = (2_000, Duration::from_millis(5));

#[expect(clippy::disallowed_methods, reason = "another program does not tell when it has done")]
async fn pause() {
    tokio::time::sleep(OTHERS.1).await;
}

impl Writer {
    /// Rolls back what a vanished act left behind.
    fn settle(&mut self) -> Result<(), Broken> {
        if self.savepoint {
            self.conn.script("ROLLBACK TO act; RELEASE act")?;
            self.savepoint = false;
        }
        Ok(())
    }

    /// Opens one act's savepoint, and the transaction around it when there is none.
    async fn open_act(&mut self) -> Result<(), Broken> {
        if let Err(e) = self.settle() {
            // SQLite can roll a whole transaction back by itself (a full disk): then the savepoint is gone too.
            self.give_up(&e.to_string());
        }
        let first = !self.open;
        if first {
            self.begin().await?;
        }
        self.open = true;
        if let Err(e) = self.conn.script("SAVEPOINT act") {
            if first {
                self.give_up(&e.to_string());
            }
            return Err(e);
        }
        self.savepoint = true;
        Ok(())
    }

    /// Begins a transaction that may write. While another program writes, nobody's thread is held up.
    async fn begin(&mut self) -> Result<(), Broken> {
        for _ in 0..OTHERS.0 {
            match self.conn.script("BEGIN IMMEDIATE") {
                Err(e) if e.is_busy() => pause().await,
                begun => return begun,
            }
        }
        self.conn.script("BEGIN IMMEDIATE")
    }

    /// Takes the whole group back and tells everyone in it; the writer is as new afterwards.
    fn give_up(&mut self, why: &str) {
        // Often nothing is open any more: just what is wanted.
        if self.conn.in_transaction()
            && let Err(e) = self.conn.script("ROLLBACK")
        {
            tracing::warn!(error = %e, "a transaction that is not rolled back");
        }
        self.open = false;
        self.savepoint = false;
        for waiter in self.waiting.drain(..) {
            drop(waiter.send(Err(Broken::Outside(why.to_owned()))));
        }
    }

    /// Commits the group. Waits for the disk.
    fn flush(&mut self) {
        if !self.open {
            return;
        }
        match self.settle().and_then(|()| self.conn.script("COMMIT")) {
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
                self.give_up(&e.to_string());
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
    pub(crate) fn start(mut conn: Sqlite, checkpointing: Sqlite) -> Result<Self, Broken> {
        conn.wait_for_others(Duration::ZERO)?;
        let (checkpoint, asked) = mpsc::sync_channel(1);
        std::thread::Builder::new()
            .name("checkpoint".to_owned())
            .spawn(move || checkpoint_when_asked(checkpointing, &asked))
            .map_err(|e| Broken::Outside(format!("no thread for checkpoints: {e}")))?;
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
        Ok(Self { writer, wake, wanting: Arc::default() })
    }

    /// Takes the writer for one act.
    pub(crate) async fn begin(&self) -> Result<SqliteAct, Broken> {
        let wanting = Wanting::new(&self.wanting);
        let guard = Arc::clone(&self.writer).lock_owned().await;
        drop(wanting);
        let leaving = Leaving { wake: Arc::clone(&self.wake), quiet: false };
        let mut act = SqliteAct { guard, leaving, wanting: Arc::clone(&self.wanting) };
        act.guard.open_act().await?;
        Ok(act)
    }
}

/// Counts somebody who waits for the writer, also one who goes away meanwhile.
struct Wanting(Arc<AtomicUsize>);

impl Wanting {
    fn new(count: &Arc<AtomicUsize>) -> Self {
        count.fetch_add(1, Ordering::Relaxed);
        Self(Arc::clone(count))
    }
}

impl Drop for Wanting {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Writing {
    /// Copies the whole file as it is between two acts.
    pub(crate) async fn copy_to(&self, copy: &Path) -> Result<(), Broken> {
        let Some(copy) = copy.to_str().map(str::to_owned) else {
            return Err(Broken::Outside("the place of the database is not a readable path".to_owned()));
        };
        let mut writer = Arc::clone(&self.writer).lock_owned().await;
        let copying = spawn_blocking(move || {
            writer.flush();
            writer.conn.execute("VACUUM INTO $1", &args![copy]).map(|_| ())
        });
        copying.await.map_err(|e| Broken::Outside(format!("the writer stopped: {e}")))?
    }
}

/// Brings changes from the log into the file, as far as no reader stands in the way; nobody waits for it. Ends with the
/// writer.
fn checkpoint_when_asked(mut conn: Sqlite, asked: &mpsc::Receiver<()>) {
    while asked.recv().is_ok() {
        if let Err(e) = conn.script("PRAGMA wal_checkpoint(PASSIVE)") {
            tracing::warn!(error = %e, "no checkpoint");
        }
    }
}

/// The writer's turn comes in the order of asking, so by the time the flusher has it, everyone who was
/// already waiting is part of the group.
async fn flush_when_woken(writer: Weak<Mutex<Writer>>, wake: Arc<Notify>) {
    loop {
        wake.notified().await;
        let Some(writer) = writer.upgrade() else { return };
        let mut writer = writer.lock_owned().await;
        if writer.open
            && let Err(e) = spawn_blocking(move || writer.flush()).await
        {
            tracing::error!(error = %e, "a flush stopped");
        }
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
    /// when the caller goes away: the disk is waited for on a thread of its own.
    async fn end(self) -> Result<(), Broken> {
        let Self { mut guard, mut leaving, wanting } = self;
        // When this fails the savepoint stands: whoever comes next rolls it back.
        guard.conn.script("RELEASE act")?;
        guard.savepoint = false;
        let (send, durable) = oneshot::channel();
        guard.waiting.push(send);
        // Nobody to share a flush with: there is no need to wait for the flusher's turn.
        if guard.alone > 0 || wanting.load(Ordering::Relaxed) == 0 {
            guard.alone = guard.alone.saturating_sub(1);
            drop(spawn_blocking(move || {
                guard.flush();
                leaving.quiet = !guard.open;
                drop(guard);
                drop(leaving);
            }));
        } else {
            drop(guard);
            drop(leaving);
        }
        durable.await.map_err(|_| Broken::Outside("the writer stopped".to_owned()))?
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
