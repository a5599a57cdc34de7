//! # Engine
//!
//! The only crate that opens a database. One statement text serves SQLite and PostgreSQL; what really differs
//! is in `lite.rs`, `readers.rs`, `sqlite.rs`, `search.rs`, `wall.rs` and the migrations that say so.
//!
//! - [`Look`]: one read. What it discloses goes through [`Look::disclose`], which decides, opens and notes the
//!   access; [`Look::close`] makes the log rows durable and gives the [`Receipt`] without which no page leaves.
//! - [`Act`]: one write, one command, one transaction. Begin, load, permit, decide, save; dropping it without
//!   [`Act::commit`] rolls everything back.
//!
//! Invariant: nothing outside this crate holds a pool, a connection or a transaction.
//! Invariant: time and chance come from the [`Engine`]; tests set both.

mod act;
mod broken;
mod bulk;
pub mod check;
mod clock;
mod conn;
mod ctx;
mod disclose;
pub mod home;
mod lite;
mod log;
mod look;
pub mod migrate;
mod readers;
mod row;
pub mod seal;
pub mod search;
mod sqlite;
mod statement;
pub mod statistics;
pub mod undo;
mod value;
pub mod wall;

pub use act::{Act, Begun, Envelope, Origin, hex};
pub use broken::{Broken, Fail, Refusal};
pub use bulk::Bulk;
pub use clock::{Clock, SetClock, SystemClock};
pub use conn::Conn;
pub use ctx::{Ctx, Engine};
pub use disclose::Beside;
pub use log::{Channel, Receipt};
pub use look::Look;
pub use row::{Cell, Row};
pub use statement::Statement;
pub use value::{Args, IntoValue, Kind, Value};
