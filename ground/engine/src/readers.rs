//! The connections to SQLite that answer questions.

use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError};

use tokio::sync::{Mutex, OwnedMutexGuard, OwnedSemaphorePermit, Semaphore};

use crate::conn::{Doing, Open};
use crate::lite::{Sqlite, Use};
use crate::{Broken, Conn};

/// How many at once: more than cores would only queue inside SQLite.
const READERS: usize = 4;

/// Connections that nobody uses at the moment.
type Idle = Arc<std::sync::Mutex<Vec<Arc<Mutex<Sqlite>>>>>;

/// Connections kept open, lent one at a time.
pub(crate) struct Readers {
    file: PathBuf,
    turns: Arc<Semaphore>,
    idle: Idle,
}

/// A connection lent, in a transaction of its own: what it sees is of one moment.
pub(crate) struct Snapshot {
    conn: OwnedMutexGuard<Sqlite>,
    lent: Arc<Mutex<Sqlite>>,
    idle: Idle,
    // Behind the connection: whoever waits for this turn finds it free.
    turn: OwnedSemaphorePermit,
}

impl Readers {
    /// Of the file at `path`, which must be there.
    pub(crate) fn of(path: &Path) -> Self {
        Self { file: path.to_owned(), turns: Arc::new(Semaphore::new(READERS)), idle: Arc::default() }
    }

    /// Waits for a turn and begins a snapshot.
    pub(crate) async fn begin(&self) -> Result<Snapshot, Broken> {
        let turn = Arc::clone(&self.turns).acquire_owned().await;
        let turn = turn.map_err(|_| Broken::Outside("the database is closed".to_owned()))?;
        let kept = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let lent = match kept {
            Some(lent) => lent,
            None => Arc::new(Mutex::new(Sqlite::open(&self.file, Use::Read)?)),
        };
        let mut conn = Arc::clone(&lent).lock_owned().await;
        conn.execute("BEGIN", &vec![])?;
        Ok(Snapshot { conn, lent, idle: Arc::clone(&self.idle), turn })
    }

    /// Lends nothing any more.
    pub(crate) fn close(&self) {
        self.turns.close();
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

impl Drop for Snapshot {
    fn drop(&mut self) {
        // One that does not end its transaction is not lent again, nor is any after the end.
        if self.conn.execute("ROLLBACK", &vec![]).is_ok() && !self.turn.semaphore().is_closed() {
            self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(Arc::clone(&self.lent));
        }
    }
}

impl Open for Snapshot {
    fn conn(&mut self) -> Conn<'_> {
        Conn::Sqlite(&mut self.conn)
    }

    /// There is nothing to keep: it cannot have written.
    fn commit(self: Box<Self>) -> Doing<'static, ()> {
        drop(self);
        Box::pin(std::future::ready(Ok(())))
    }
}
