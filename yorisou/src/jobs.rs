//! What happens without anybody asking. One task of the server runs every step; each can be run again at any
//! time and does only what is due.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Duration;

use engine::seal::Reach;
use engine::{Broken, Engine, Fail};
use serde::{Deserialize, Serialize};
use tokio::sync::watch;
use tokio::time::{MissedTickBehavior, interval};
use words::id::MunicipalityId;

use crate::config::Config;

/// What the steps need to know.
#[derive(Debug, Clone)]
pub struct Plan {
    /// Where heads are exported to.
    pub head_folder: PathBuf,
    /// Seconds between seals.
    pub seal_seconds: u64,
    /// Seconds between rounds of everything else.
    pub escalation_seconds: u64,
}

impl Plan {
    /// As configured.
    pub fn of(config: &Config) -> Self {
        Self {
            head_folder: config.access_log.head_folder.clone(),
            seal_seconds: config.access_log.seal_seconds,
            escalation_seconds: config.jobs.escalation_seconds,
        }
    }
}

/// One step failed: it is logged and tried again at the next round; the other steps still run.
fn noted<T>(step: &'static str, outcome: Result<T, Broken>) {
    if let Err(e) = outcome {
        tracing::error!(step, error = %e, "a job failed and will be tried again");
    }
}

/// Works on imports that wait, until none does or the program ends.
pub async fn imports(
    engine: &Engine,
    words: &site::Languages,
    stopped: &watch::Receiver<bool>,
) -> Result<(), Broken> {
    import::work(engine, words, || !*stopped.borrow()).await.map(drop)
}

/// Makes the files that are asked for, until none waits or the program ends.
pub async fn exports(
    engine: &Engine,
    words: &site::Languages,
    stopped: &watch::Receiver<bool>,
) -> Result<(), Broken> {
    export::work(engine, words, || !*stopped.borrow()).await.map(drop)
}

/// Looks for files to make until told to stop. A task of its own, like the imports'.
async fn run_exports(engine: Engine, mut stopped: watch::Receiver<bool>) {
    // Read once: every sentence there is takes longer than a look for work.
    let words = match crate::site::own_texts() {
        Ok(words) => words,
        Err(e) => return noted("exports", Err::<(), _>(e)),
    };
    let mut often = interval(Duration::from_secs(1));
    often.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            _ = often.tick() => noted("exports", exports(&engine, &words, &stopped).await),
            _ = stopped.changed() => break,
        }
        if *stopped.borrow() {
            break;
        }
    }
}

/// Looks for imports until told to stop. A task of its own: a long import keeps nothing else waiting. One under way
/// ends after its present lines, and goes on with the next when the program starts again.
async fn run_imports(engine: Engine, mut stopped: watch::Receiver<bool>) {
    let words = match crate::site::own_texts() {
        Ok(words) => words,
        Err(e) => return noted("imports", Err::<(), _>(e)),
    };
    let mut often = interval(Duration::from_secs(1));
    often.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            _ = often.tick() => noted("imports", imports(&engine, &words, &stopped).await),
            _ = stopped.changed() => break,
        }
        if *stopped.borrow() {
            break;
        }
    }
}

/// One round of every step.
pub async fn tick(engine: &Engine, plan: &Plan) {
    noted("seal", seal(engine, Reach::Recent).await);
    noted("heads", export_heads(engine, &plan.head_folder).await);
    noted("promises", promises(engine).await);
    noted("old files", import::forget_files(engine).await);
}

/// Passes on the work of ended offices, then tells leads and coordinators about late promises, in every
/// municipality.
pub async fn promises(engine: &Engine) -> Result<(), Broken> {
    let broken = |e: Fail| match e {
        Fail::Broken(e) => e,
        other => Broken::Outside(format!("a system actor was refused: {other:?}")),
    };
    for (municipality, _) in engine::check::municipalities(engine).await? {
        // What goes wrong in one municipality, or in one step, stops neither the others nor the other step.
        // Before the offices: where somebody goes along to the heir, what they were asked by name goes with them.
        noted("session_left", session::who_left(engine, municipality).await.map_err(broken));
        noted("office_end", casefile::office_end(engine, municipality).await.map_err(broken));
        noted("legal_bases", register::keep_legal_bases(engine, municipality).await.map_err(broken));
        noted("conference_positions", conference::keep_positions(engine, municipality).await.map_err(broken));
        noted("deputies", conference::watch_deputies(engine, municipality).await.map_err(broken));
        // Before what looks for people who are one: they are compared by where they live now.
        noted("moves", household::watch_moves(engine, municipality).await.map_err(broken));
        noted("same_person", household::look_for(engine, municipality).await.map_err(broken));
        noted("old searches", finding::forget_old(engine, municipality).await.map_err(broken));
        noted("old contacts", capacity::forget_old(engine, municipality).await.map_err(broken));
        noted("body_end", session::body_end(engine, municipality).await.map_err(broken));
        noted("session_digest", session::digest(engine, municipality).await.map_err(broken));
        noted("overlap", overlap::look_for(engine, municipality).await.map_err(broken));
        noted("inquiry_basis", inquiry::watch_bases(engine, municipality).await.map_err(broken));
        noted("access_reports", oversight::watch(engine, municipality).await.map_err(broken));
        noted("urgent_reviews", urgent::watch(engine, municipality).await.map_err(broken));
        noted("hand_overs", hand_over::watch(engine, municipality).await.map_err(broken));
        noted("life_stages", life_stage::watch(engine, municipality).await.map_err(broken));
        noted("consents", agreement::watch(engine, municipality).await.map_err(broken));
        noted("cautions", casefile::caution_watch(engine, municipality).await.map_err(broken));
        noted("escalate", task::escalate(engine, municipality).await.map_err(broken));
    }
    Ok(())
}

/// Seals the access log to its end.
pub async fn seal(engine: &Engine, reach: Reach) -> Result<usize, Broken> {
    let mut sealed = 0;
    loop {
        // Each call takes a bounded number of rows, so that other writes get their turn between.
        match engine::seal::seal(engine, reach).await? {
            0 => return Ok(sealed),
            n => sealed += n,
        }
    }
}

/// A head as exported: the newest link of one municipality's chain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExportedHead {
    /// Whose chain.
    pub municipality: MunicipalityId,
    /// Number of sealed rows.
    pub seq: i64,
    /// Hash of the newest link.
    pub hash: String,
}

/// The heads of now, as the text of a file.
pub async fn heads(engine: &Engine) -> Result<String, Broken> {
    let heads: Vec<ExportedHead> = engine::seal::heads(engine)
        .await?
        .into_iter()
        .map(|h| ExportedHead { municipality: h.municipality, seq: h.seq, hash: h.hash })
        .collect();
    serde_json::to_string_pretty(&heads).map_err(|e| Broken::Outside(e.to_string()))
}

/// Writes today's heads once. A file of a day is never written again: that is its worth.
pub async fn export_heads(engine: &Engine, folder: &Path) -> Result<(), Broken> {
    let path = folder.join(format!("heads-{}.json", engine.now().day()));
    if tokio::fs::try_exists(&path).await.unwrap_or(false) {
        return Ok(());
    }
    seal(engine, Reach::Whole).await?;
    let text = heads(engine).await?;
    let outside = |e: std::io::Error| Broken::Outside(format!("{}: {e}", path.display()));
    std::fs::create_dir_all(folder).map_err(outside)?;
    // First whole under another name, so that a power cut leaves no half file under this one.
    let part = path.with_extension("part");
    let mut file = std::fs::File::create(&part).map_err(outside)?;
    file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).map_err(outside)?;
    std::fs::rename(&part, &path).map_err(outside)
}

/// Runs the steps until told to stop; then seals once more.
pub async fn run(engine: Engine, plan: Plan, mut stopped: watch::Receiver<bool>) {
    let importing = tokio::spawn(run_imports(engine.clone(), stopped.clone()));
    let exporting = tokio::spawn(run_exports(engine.clone(), stopped.clone()));
    let mut often = interval(Duration::from_secs(plan.seal_seconds.max(1)));
    let mut seldom = interval(Duration::from_secs(plan.escalation_seconds.max(1)));
    // After a suspended machine wakes up, one round is enough.
    often.set_missed_tick_behavior(MissedTickBehavior::Delay);
    seldom.set_missed_tick_behavior(MissedTickBehavior::Delay);
    noted("seal", seal(&engine, Reach::Whole).await);
    loop {
        tokio::select! {
            _ = often.tick() => noted("seal", seal(&engine, Reach::Recent).await),
            _ = seldom.tick() => tick(&engine, &plan).await,
            _ = stopped.changed() => break,
        }
    }
    if let Err(e) = importing.await {
        tracing::error!(error = %e, "the job of the imports ended badly; it goes on when the program starts again");
    }
    if let Err(e) = exporting.await {
        tracing::error!(error = %e, "the job of the files ended badly; it goes on when the program starts again");
    }
    noted("seal", seal(&engine, Reach::Recent).await);
}
