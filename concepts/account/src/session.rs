//! From a cookie to who is signed in, and what happens when nobody is.

use std::sync::Arc;

use access::Viewer;
use engine::wall::Key;
use engine::{Broken, Engine, Fail, Receipt};
use site::habits::Habits;
use site::{Answer, Hooks, Req, SESSION_COOKIE, Signed, link};
use words::Instant;

use crate::kept::{self, Kept, Onward};
use crate::{acts, habits, rules, sign_in, sql, standing};

/// The cookie by which a shared PC is known.
pub(crate) const DEVICE_COOKIE: &str = "yorisou_device";
/// The cookie of a sign-in that waits for its second step.
pub(crate) const SECOND_COOKIE: &str = "yorisou_second";

/// What the site asks of this concept.
pub fn hooks() -> Hooks {
    Hooks {
        resolve: Box::new(|engine, token, now| Box::pin(resolve(engine, token, now))),
        signed_out: Box::new(|req| Box::pin(signed_out(req))),
    }
}

async fn resolve(engine: Engine, token: String, now: Instant) -> Result<Option<Signed>, Broken> {
    let hash = acts::token_hash(&token);
    let mut look = engine.glance(Key::Session(&hash)).await?;
    let mut conn = look.conn();
    let Some(stored) = sql::session_by_token(&mut conn, &hash).await? else {
        return Ok(None);
    };
    let (municipality, user) = (stored.municipality, stored.user);
    let idle_minutes = register::session_idle_minutes(stored.idle_minutes.as_deref())?;
    if stored.disabled || !rules::is_live(stored.span, idle_minutes, now) {
        return Ok(None);
    }
    let (seats, desks) = register::seats_named(&mut conn, municipality, user, now.day()).await?;
    let seats = rules::acting_first(seats, stored.appointment);
    let excluded_from = if stored.kept_out {
        sql::excluded_from(&mut conn, municipality, user, now).await?
    } else {
        Vec::new()
    };
    let urgent = if stored.urgent {
        // Through the desk it was opened for, and no longer when the seat there is over.
        let mut looks = standing::urgent_looks(&mut conn, municipality, user, now).await?;
        looks.retain(|l| seats.iter().any(|s| s.role.reads_desk_records() && s.desk == l.desk));
        looks
    } else {
        Vec::new()
    };
    let appointment = seats.first().map(|s| s.appointment);
    let habits =
        if stored.habits { habits::of(&mut conn, municipality, user).await? } else { Habits::default() };
    drop(look);
    if rules::is_due_for_notice(stored.span.seen, now)
        && let Err(e) = acts::notice(&engine, &stored, now).await
    {
        // The page can still be shown; the session only ends a little earlier.
        tracing::error!(error = %e, "use of a session not noted");
    }
    Ok(Some(Signed {
        session: stored.session,
        viewer: Viewer { municipality, user, seats, excluded_from, urgent },
        name: stored.name,
        municipality: stored.town,
        desks,
        csrf: stored.csrf,
        appointment,
        language: stored.language,
        habits,
    }))
}

/// A page was asked for, or a form sent, without a session that fits it. Nothing that was written is lost.
async fn signed_out(req: Arc<Req>) -> Result<Answer, Fail> {
    if req.body().pairs().is_empty() {
        let next = Kept::going_to(&kept::here(&req)).next;
        return Ok(sign_in::to_sign_in(&next));
    }
    let kept = Kept::sent(&req);
    if let Some(signed) = req.signed() {
        // Somebody is signed in, but the form is from an earlier session. If it was theirs, it goes on at once.
        if let Onward::Resend { pairs, proven: true } = kept.onward(req.engine(), signed.viewer.user).await? {
            return sign_in::resend(&req, &kept, pairs, true, signed.csrf.clone(), "the own form once more");
        }
    }
    sign_in::again(&req, kept, "").await.map(|answer| answer.status(401))
}

/// A `Set-Cookie` value. Scripts cannot read it, and other sites' forms do not carry it.
pub(crate) fn cookie(req: &Req, name: &str, value: &str, max_age: Option<i64>) -> String {
    let age = max_age.map(|seconds| format!("; Max-Age={seconds}")).unwrap_or_default();
    let secure = if req.secure() { "; Secure" } else { "" };
    format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax{age}{secure}")
}

/// The session cookie: gone when the browser closes.
pub(crate) fn session_cookie(req: &Req, token: &str) -> String {
    cookie(req, SESSION_COOKIE, token, None)
}

/// Takes a cookie away.
pub(crate) fn no_cookie(req: &Req, name: &str) -> String {
    cookie(req, name, "", Some(0))
}

/// The receipt of pages about coming and going.
pub(crate) fn about_oneself() -> Receipt {
    Receipt::nothing_personal("about coming in: no household is in it")
}

/// The first page, unless another was asked for.
pub(crate) fn onward(next: &str) -> &str {
    if next.is_empty() { link::TODAY } else { next }
}
