//! The engine (database, clock, chance) and the context of one request.

use std::path::Path;
use std::str::FromStr;
use std::sync::{Arc, Mutex, PoisonError};

use access::Viewer;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha20Rng;
use serde::Serialize;
use sqlx::postgres::{PgConnectOptions, PgConnection, PgPool, PgPoolOptions};
use sqlx::{ConnectOptions, Connection};
use words::id::MunicipalityId;
use words::{Id, Instant};

use crate::lite::{Sqlite, Use};
use crate::readers::Readers;
use crate::sqlite::Writing;
use crate::wall::{Key, Place};
use crate::{Begun, Broken, Channel, Clock, Envelope, Fail, Look};

pub(crate) enum Db {
    Sqlite { readers: Readers, writing: Writing },
    Pg(PgPool),
}

struct Inner {
    db: Db,
    clock: Box<dyn Clock>,
    chance: Mutex<ChaCha20Rng>,
    last_id: Mutex<LastId>,
}

/// The millisecond and the further bits of the newest id.
#[derive(Default)]
struct LastId {
    millis: u64,
    rest: u128,
}

/// Bits of a UUIDv7 behind its moment, version and variant.
const REST: u32 = 74;

/// The database, the clock and the source of chance. Cheap to clone.
#[derive(Clone)]
pub struct Engine(Arc<Inner>);

/// PostgreSQL connections.
const CONNECTIONS: u32 = 20;
/// Prepared statements kept per connection to PostgreSQL.
const STATEMENTS: usize = 512;
/// A connection to PostgreSQL that lay idle for longer is asked whether it still stands before it is used; to ask each
/// time would be a round trip more for every read and every write.
const UNTESTED: std::time::Duration = std::time::Duration::from_secs(1);
/// Whether a connection to PostgreSQL that is given back stands outside of any transaction; otherwise it is closed. `sqlx` counts a
/// transaction only when the whole text that begins it was answered: one whose beginning failed, or whose reader went away meanwhile,
/// would stay open, and whoever came next would be refused or judged by what was true then (disclosure rule 5).
async fn at_rest(conn: &mut PgConnection) -> sqlx::Result<bool> {
    // Outside of a transaction each statement is one of its own, begun when it arrives.
    let row = sqlx::raw_sql("SELECT now() = statement_timestamp() AS at_rest").fetch_one(conn).await;
    Ok(row.and_then(|row| sqlx::Row::try_get(&row, "at_rest")).unwrap_or(false))
}

impl Engine {
    /// Opens `url`: `sqlite:PATH` (made when missing) or `postgres://…`. `seed` fixes chance for tests and
    /// demonstrations; otherwise the operating system gives it.
    pub async fn open(url: &str, clock: impl Clock, seed: Option<u64>) -> Result<Self, Broken> {
        let db = if url.starts_with("postgres:") || url.starts_with("postgresql:") {
            let options = PgConnectOptions::from_str(url)?.statement_cache_capacity(STATEMENTS);
            Db::Pg(
                PgPoolOptions::new()
                    .max_connections(CONNECTIONS)
                    .test_before_acquire(false)
                    .before_acquire(|conn, meta| {
                        Box::pin(async move {
                            if meta.idle_for > UNTESTED {
                                conn.ping().await?;
                            }
                            Ok(true)
                        })
                    })
                    // Statements here are short; where the planner is wrong about one, compiling it would take longer than its rows.
                    .after_connect(|conn, _| {
                        Box::pin(async move { sqlx::raw_sql("SET jit = off").execute(conn).await.map(drop) })
                    })
                    .after_release(|conn, _| Box::pin(at_rest(conn)))
                    .connect_with(options.disable_statement_logging())
                    .await?,
            )
        } else if let Some(path) = url.strip_prefix("sqlite:") {
            open_sqlite(Path::new(path))?
        } else {
            return Err(Broken::Outside("database url must begin with sqlite: or postgres:".to_owned()));
        };
        let chance = if let Some(seed) = seed {
            ChaCha20Rng::seed_from_u64(seed)
        } else {
            let mut bytes = [0_u8; 32];
            rand::TryRng::try_fill_bytes(&mut rand::rngs::SysRng, &mut bytes)
                .map_err(|e| Broken::Outside(format!("no randomness: {e}")))?;
            ChaCha20Rng::from_seed(bytes)
        };
        Ok(Self(Arc::new(Inner {
            db,
            clock: Box::new(clock),
            chance: Mutex::new(chance),
            last_id: Mutex::default(),
        })))
    }

    /// Now, by this engine's clock.
    pub fn now(&self) -> Instant {
        self.0.clock.now()
    }

    /// A new id: UUIDv7, so that rows made one after another lie together. Each is greater than the one before, also
    /// within a millisecond: what is told apart by its id alone stands in the order in which it was made.
    pub fn new_id<K>(&self) -> Id<K> {
        let mut random = [0_u8; 16];
        self.random(&mut random);
        let random = u128::from_be_bytes(random);
        let millis = u64::try_from(self.now().millis()).unwrap_or(0);
        // Poisoned or not, the last id is a whole one.
        let mut last = self.0.last_id.lock().unwrap_or_else(PoisonError::into_inner);
        let step = last.rest + 1 + (random & u128::from(u32::MAX));
        // Half of the numbers are left for the ids that follow within the millisecond.
        let fresh = random >> (u128::BITS - REST + 1);
        last.rest = if millis == last.millis { step & ((1 << REST) - 1) } else { fresh };
        last.millis = millis;
        Id::new(uuid_of(millis, last.rest))
    }

    /// Fills `bytes` by chance: session tokens and the like.
    pub fn random(&self, bytes: &mut [u8]) {
        // A poisoned lock only means that another thread panicked while drawing: the state is still random.
        self.0.chance.lock().unwrap_or_else(PoisonError::into_inner).fill_bytes(bytes);
    }

    /// A read before anyone is known. It can disclose nothing: it sees through the eyes of nobody, and on PostgreSQL only
    /// what the key opens.
    pub async fn glance(&self, key: Key<'_>) -> Result<Look, Broken> {
        let nobody = self.nobody_in(self.new_id());
        Look::begin(&nobody, Channel::Page, Place::With(key)).await
    }

    /// The context of nobody in one municipality: for its settings, and for jobs that ask what waits. It can disclose
    /// nothing.
    pub fn nobody_in(&self, municipality: MunicipalityId) -> Ctx {
        let viewer = Viewer {
            municipality,
            user: self.new_id(),
            seats: Vec::new(),
            excluded_from: Vec::new(),
            urgent: Vec::new(),
        };
        Ctx { engine: self.clone(), viewer, now: self.now() }
    }

    /// Whether the database is SQLite. For `check` and messages; concepts never ask.
    pub fn is_sqlite(&self) -> bool {
        matches!(self.0.db, Db::Sqlite { .. })
    }

    pub(crate) fn db(&self) -> &Db {
        &self.0.db
    }

    /// Closes every connection.
    pub async fn close(&self) {
        match &self.0.db {
            Db::Sqlite { readers, .. } => readers.close(),
            Db::Pg(pool) => pool.close().await,
        }
    }
}

/// Twelve of the further bits stand before the variant, the others behind it.
fn uuid_of(millis: u64, rest: u128) -> uuid::Uuid {
    let low = (1_u128 << 62) - 1;
    let spread = ((rest >> 62) << 64) | (rest & low);
    let bytes = spread.to_be_bytes();
    let mut random = [0_u8; 10];
    random.copy_from_slice(&bytes[6..]);
    uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid()
}

fn open_sqlite(path: &Path) -> Result<Db, Broken> {
    let writer = Sqlite::open(path, Use::Write)?;
    let checkpointing = Sqlite::open(path, Use::Write)?;
    Ok(Db::Sqlite { readers: Readers::of(path), writing: Writing::start(writer, checkpointing)? })
}

/// Who asks, and when: the context of one request.
#[derive(Clone)]
pub struct Ctx {
    /// Database, clock, chance.
    pub engine: Engine,
    /// The signed-in person, with the appointments in force now.
    pub viewer: Viewer,
    /// When the request came: one moment for everything it does.
    pub now: Instant,
}

impl Ctx {
    /// Begins a read.
    pub async fn look(&self, channel: Channel) -> Result<Look, Broken> {
        Look::begin(self, channel, Place::In(self.viewer.municipality)).await
    }

    /// Begins a write: the command `kind` with this body. A command that arrived before is not done twice.
    pub async fn act<B: Serialize>(
        &self,
        envelope: &Envelope,
        kind: &'static str,
        body: &B,
    ) -> Result<Begun, Fail> {
        crate::act::begin(&self.engine, Some(self), None, envelope, kind, body).await
    }

    /// Begins a write that is no command: it leaves no row in `command`, and a record that points to its command
    /// cannot be saved through it (the foreign key refuses). For what is not a record yet: drafts, and nothing else.
    pub async fn aside(&self, envelope: &Envelope) -> Result<crate::Act, Fail> {
        Ok(crate::act::open(
            &self.engine,
            self.viewer.municipality,
            Some(self.viewer.clone()),
            self.now,
            envelope,
        )
        .await?)
    }
}
