//! # Demonstration
//!
//! Writes the invented town (crate `town`) into a database: what people see in `yorisou demo`, and what the
//! benchmarks run on. Every person and event is invented.
//!
//! The town knows one household; the product keeps what each desk recorded of it (domain section 2.1). So a
//! household that came to three windows becomes three records here, and a desk reads another's only where the
//! story has a consent or a provision that took effect.
//!
//! - [`load`] writes a town in one transaction; [`build`] makes the town of the demonstration and writes it.
//! - [`standing`] says whether a database holds a whole town: the row of the municipality comes before that transaction, and a
//!   program that was stopped in between left nothing else.
//! - `plan` decides first, without a database, what becomes of everything; the other modules write it.
//!
//! Invariant: whatever the program itself would refuse is not written here either; [`engine::check::invariants`]
//! and the foreign keys hold afterwards.
//! Invariant: the same seed and day make the same town; ids and nothing else come from the engine's chance.

mod after;
mod between;
mod casework;
mod codes;
mod filled;
mod index;
mod inquiries;
mod looks;
mod matters;
mod minutes;
mod old;
mod people;
mod plan;
mod plan_rows;
mod plans;
mod referrals;
mod register_rows;
mod secret;
mod sessions;
mod sheets;
mod skills;
mod support;
mod tables;
mod tasks;
mod texts;
mod triages;
mod urgents;
mod windows;
mod world;

use access::{Right, System};
use engine::{Broken, Engine, Fail, Origin, args};
use town::Town;
use words::Day;
use words::id::MunicipalityId;

use crate::plan::Plan;
use crate::tables::{Table, Tables};
use crate::texts::Texts;
use crate::world::World;

/// How a town is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    /// The day the story has reached. Moments of that day that the engine's clock has not reached yet are written
    /// as of now: nothing in a record lies ahead.
    pub today: Day,
}

/// What was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Loaded {
    /// The municipality made for the town.
    pub municipality: MunicipalityId,
    /// Households, as each desk recorded them.
    pub households: usize,
    /// Consultations.
    pub consultations: usize,
    /// Cases.
    pub cases: usize,
    /// Referrals.
    pub referrals: usize,
    /// Texts.
    pub entries: usize,
    /// Rows of all tables.
    pub rows: usize,
}

/// What a database holds of a town.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Nothing: nobody has begun.
    Empty,
    /// A municipality with nothing in it: whoever began to write its town did not come to the end.
    Begun(MunicipalityId),
    /// A municipality that was set up, as a town of the demonstration or as anything else: it is kept as it is.
    Whole,
}

/// What this database holds.
pub async fn standing(engine: &Engine) -> Result<Standing, Broken> {
    let mut standing = Standing::Empty;
    for (m, _) in engine::check::municipalities(engine).await? {
        // Never committed: what only looks leaves no trace.
        let mut act = engine
            .system_act(System::Demonstration, m, Origin::Console, "demo.look", &())
            .await
            .map_err(broken)?;
        // Whatever makes a municipality writes its articles with it, and nobody comes in without an account.
        let row = act
            .facts()?
            .one(
                "SELECT (SELECT COUNT(*) FROM legal_basis l WHERE l.municipality_id = $1) + \
                 (SELECT COUNT(*) FROM app_user u WHERE u.municipality_id = $1) AS n",
                args![m],
            )
            .await?;
        if row.get::<i64>("n")? > 0 {
            return Ok(Standing::Whole);
        }
        standing = Standing::Begun(m);
    }
    Ok(standing)
}

/// Makes the town of the demonstration as it stands on `today`, and writes it into a database that holds none.
pub async fn build(engine: &Engine, seed: u64, today: Day) -> Result<Loaded, Broken> {
    let config = town::Config { seed, ..town::Config::demo((today.year(), today.month(), today.day())) };
    let town = town::generate(&config);
    load(engine, &town, Options { today }).await
}

/// Writes `town` as a municipality of its own, or into the one whose town was begun and not written. All of it in one transaction.
pub async fn load(engine: &Engine, town: &Town, options: Options) -> Result<Loaded, Broken> {
    let texts = Texts::read()?;
    let municipality = if let Standing::Begun(municipality) = standing(engine).await? {
        municipality
    } else {
        let new: MunicipalityId = engine.new_id();
        engine::check::add_municipality(engine, new, &texts.municipality).await?;
        new
    };
    let right = Right::system(System::Demonstration);
    let mut act = engine
        .system_act(System::Demonstration, municipality, Origin::Console, "demo.load", &options.today)
        .await
        .map_err(broken)?;
    register::seed_legal_bases(&mut act, &right, municipality).await.map_err(broken)?;
    conference::seed_positions(&mut act, &right, municipality).await.map_err(broken)?;
    let mut world = World::new(engine, town, municipality, options.today, act.command(), &texts);
    let mut tables = Tables::default();
    register_rows::write(&world, &mut tables)?;
    tables.flush(&mut act.save(&right)?).await?;
    plan_rows::write(&mut act, &right, &world).await.map_err(broken)?;
    let mut conn = act.save(&right)?;

    let plan = Plan::make(&world);
    windows::write(&mut world, &plan, &mut tables, &mut conn).await?;
    support::write(&mut world, &plan, &mut tables, &mut conn).await?;
    referrals::write(&mut world, &plan, &mut tables, &mut conn).await?;
    sheets::write(&mut world, &plan, &mut tables, &mut conn).await?;
    tasks::write(&mut world, &plan, &mut tables);
    triages::write(&mut world, &plan, &mut tables);
    inquiries::write(&mut world, &plan, &mut tables);
    filled::write(&mut world, &plan, &mut tables)?;
    between::write(&world, &plan, &mut tables);
    let positions = conference::on(&mut conn, municipality, Some(options.today)).await?;
    let open = matters::write(&mut world, &plan, &mut tables, &positions);
    plans::write(&mut world, &plan, &mut tables, &positions);
    sessions::write(&mut world, &mut tables, open.as_ref());
    skills::write(&world, &mut tables);
    urgents::write(&world, &plan, &mut tables);
    casework::write(&mut world, &plan, &mut tables)?;
    looks::write(&world, &plan, &mut tables);
    old::write(&mut world, &plan, &mut tables);
    tables.flush(&mut conn).await?;
    minutes::keep_attendance(&mut conn, municipality).await?;
    consent::all_whole(&mut conn, municipality).await?;
    register::municipality_read_as(&mut conn, municipality, &texts.municipality_reading).await?;
    index::write(&world, &mut conn).await?;
    // PostgreSQL would gather its figures about the rows a minute later, and read whole tables until then. What SQLite
    // is told does not depend on the rows.
    engine::statistics::gather(&mut conn).await?;
    let loaded = Loaded {
        municipality,
        households: tables.written(Table::Household),
        consultations: tables.written(Table::Consultation),
        cases: tables.written(Table::CaseFile),
        referrals: tables.written(Table::Referral),
        entries: tables.written(Table::Entry),
        rows: tables.rows(),
    };
    act.commit("").await?;
    Ok(loaded)
}

/// The demonstration is refused nothing; a refusal is a mistake of the loader.
fn broken(fail: Fail) -> Broken {
    match fail {
        Fail::Broken(e) => e,
        Fail::Refused(refusal) => Broken::Outside(format!("demonstration refused: {}", refusal.key)),
        Fail::NotVisible | Fail::Stale => Broken::Outside("demonstration refused".to_owned()),
    }
}
