//! Coming in, going, changing places.

use std::str::FromStr;
use std::sync::Arc;

use engine::wall::Key;
use engine::{Broken, Engine, Fail};
use site::{Answer, Frame, Req, SESSION_COOKIE, link};
use words::id::UserId;

use crate::acts::{self, Coming};
use crate::kept::{Kept, Onward};
use crate::session::{self, DEVICE_COOKIE, SECOND_COOKIE, about_oneself};
use crate::sql::Account;
use crate::views::{Choice, Enrol, LockPage, ResendPage, ResumePage, SecondPage, SignInPage};
use crate::{rules, sql, totp};

/// What one gets for any sign-in that does not open: it must not tell which part was wrong.
const WRONG: &str = "sign_in.wrong";
/// How long a shared PC's cookie is kept; who is shown depends on the shorter time of the rules.
const DEVICE_SECONDS: i64 = 400 * 24 * 3600;

/// A redirect to the sign-in page.
pub(crate) fn to_sign_in(next: &str) -> Answer {
    let next = if next == link::TODAY { String::new() } else { encoded_next(next) };
    Answer::to(&format!("{}{next}", link::SIGN_IN), "", about_oneself())
}

fn encoded_next(next: &str) -> String {
    format!("?{}", site::Fields::from_pairs(vec![("next".to_owned(), next.to_owned())]).encode())
}

/// The frame of pages without a menu: nobody is in, whatever the browser still carries.
fn outside(req: &Req) -> Frame {
    Frame { name: String::new(), user: None, csrf: String::new(), ..req.frame() }
}

fn error(frame: &Frame, key: &'static str) -> String {
    if key.is_empty() { String::new() } else { frame.t.s(key).to_owned() }
}

/// GET /sign-in.
pub(crate) async fn show(req: Arc<Req>) -> Result<Answer, Fail> {
    let kept = Kept::going_to(req.query().get("next").unwrap_or_default());
    sign_in_page(&req, kept, "").await
}

async fn sign_in_page(req: &Req, kept: Kept, problem: &'static str) -> Result<Answer, Fail> {
    let mut frame = outside(req);
    let towns = engine::check::municipalities(req.engine()).await?;
    if let [(_, name)] = towns.as_slice() {
        frame.municipality.clone_from(name);
    }
    let choices = if req.demo() {
        demo_accounts(req.engine())
            .await?
            .into_iter()
            .map(|a| Choice {
                user: String::new(),
                login: a.login,
                name: a.name,
                reading: a.reading,
                line: a.line,
            })
            .collect()
    } else {
        Vec::new()
    };
    let ended = before(req).await?.is_some_and(|s| s.span.ended.is_none());
    let lead = if ended && req.signed().is_none() { error(&frame, "sign_in.idle") } else { String::new() };
    let login = req.body().get("login").unwrap_or_default().to_owned();
    let page = SignInPage { kept, error: error(&frame, problem), lead, login, choices, frame };
    answer(askama::Template::render(&page), problem)
}

/// The session this browser had, live or not.
async fn before(req: &Req) -> Result<Option<sql::Stored>, Broken> {
    match req.cookie(SESSION_COOKIE) {
        Some(token) => acts::session_of(req.engine(), token).await,
        None => Ok(None),
    }
}

fn answer(html: Result<String, askama::Error>, problem: &str) -> Result<Answer, Fail> {
    if problem.is_empty() {
        Answer::page(html, about_oneself())
    } else {
        Answer::again(html, about_oneself())
    }
}

/// The page to sign in on, with whatever is kept: after an ended session, or after a wrong try.
pub(crate) async fn again(req: &Req, kept: Kept, problem: &'static str) -> Result<Answer, Fail> {
    if !kept.has_fields() {
        return sign_in_page(req, kept, problem).await;
    }
    let frame = outside(req);
    // Only a form that proves whose it is shows a name.
    let (login, name) = kept.origin(req.engine()).await?.map(|s| (s.login, s.name)).unwrap_or_default();
    let page = ResumePage { kept, error: error(&frame, problem), login, name, frame };
    answer(askama::Template::render(&page), problem)
}

/// POST /sign-in.
pub(crate) async fn enter(req: Arc<Req>) -> Result<Answer, Fail> {
    let kept = Kept::brought(req.body());
    let of = |name: &str| req.body().get(name).unwrap_or_default();
    if req.demo() && !of("account").is_empty() {
        let Some(account) = demo_account(req.engine(), of("account")).await? else {
            return again(&req, kept, WRONG).await;
        };
        return arrive(&req, &account, kept, None, None).await;
    }
    let Some(account) = acts::check_password(req.engine(), of("login"), of("password")).await? else {
        return again(&req, kept, WRONG).await;
    };
    let settings = acts::settings(req.engine(), account.municipality).await?;
    if !req.demo() && acts::asks_second(&account, &settings) {
        let waiting = acts::await_second(req.engine(), &account).await?;
        let seconds = rules::SECOND_STEP_MINUTES * 60;
        let page = second_page(&req, &account, kept, None, "")?;
        return Ok(page.cookie(session::cookie(&req, SECOND_COOKIE, &waiting, Some(seconds))));
    }
    arrive(&req, &account, kept, None, None).await
}

/// Accounts one may try out, of every town in the demonstration.
async fn demo_accounts(engine: &Engine) -> Result<Vec<sql::DemoAccount>, Broken> {
    let mut all = Vec::new();
    for (municipality, _) in engine::check::municipalities(engine).await? {
        let mut look = acts::glance(engine, municipality).await?;
        all.extend(sql::demo_accounts(&mut look.conn(), municipality).await?);
    }
    all.sort_by(|a, b| a.login.cmp(&b.login));
    Ok(all)
}

async fn demo_account(engine: &Engine, login: &str) -> Result<Option<Account>, Broken> {
    if !demo_accounts(engine).await?.iter().any(|a| a.login == login) {
        return Ok(None);
    }
    Ok(acts::accounts(engine, login).await?.pop())
}

fn second_page(
    req: &Req,
    account: &Account,
    kept: Kept,
    secret: Option<&str>,
    problem: &'static str,
) -> Result<Answer, Fail> {
    let frame = outside(req);
    let enrol = if account.totp_secret.is_some() {
        None
    } else {
        let secret = secret.map_or_else(|| totp::new_secret(req.engine()), str::to_owned);
        Some(enrolment(&frame, secret, &account.login)?)
    };
    let page = SecondPage { kept, error: error(&frame, problem), enrol, frame };
    answer(askama::Template::render(&page), problem)
}

/// What a new second factor shows.
pub(crate) fn enrolment(frame: &Frame, secret: String, login: &str) -> Result<Enrol, Broken> {
    let uri = totp::uri(&secret, frame.t.s("site.name"), login);
    let square = totp::square(&uri)?;
    Ok(Enrol { secret, uri, square })
}

/// POST /sign-in/code.
pub(crate) async fn second_step(req: Arc<Req>) -> Result<Answer, Fail> {
    let kept = Kept::brought(req.body());
    let engine = req.engine();
    let waiting = req.cookie(SECOND_COOKIE).unwrap_or_default().to_owned();
    let Some(account) = acts::awaited(engine, &waiting).await? else {
        return again(&req, kept, "sign_in.second_too_late").await;
    };
    let typed = req.body().get("code").unwrap_or_default();
    let brought = req.body().get("secret").unwrap_or_default();
    let secret = account.totp_secret.as_deref().unwrap_or(brought);
    let open = rules::is_open(account.locked_until, account.disabled, engine.now());
    let step = totp::step_of(secret, typed, engine.now())
        .filter(|step| open && rules::takes_step(account.totp_last_step, *step));
    let Some(step) = step else {
        let whom = open.then_some((account.municipality, account.user));
        acts::count_failure(engine, whom).await?;
        return second_page(
            &req,
            &account,
            kept,
            Some(brought).filter(|s| totp::is_secret(s)),
            "sign_in.wrong_code",
        );
    };
    arrive(
        &req,
        &account,
        kept,
        Some((&waiting, step)),
        Some(secret).filter(|_| account.totp_secret.is_none()),
    )
    .await
}

/// The person is known: a new session, new cookies, and on to where they wanted.
async fn arrive(
    req: &Req,
    account: &Account,
    kept: Kept,
    second: Option<(&str, i64)>,
    enrolled: Option<&str>,
) -> Result<Answer, Fail> {
    let device = req.cookie(DEVICE_COOKIE).map_or_else(|| acts::new_token(req.engine()), str::to_owned);
    let coming = Coming {
        before: req.cookie(SESSION_COOKIE),
        device: &device,
        waiting: second.map(|s| s.0),
        enrolled: enrolled.and_then(|secret| second.map(|s| (secret, s.1))),
        step: second.map(|s| s.1),
    };
    let Some(newly) = acts::come_in(req.engine(), account, coming).await? else {
        return again(req, kept, WRONG).await;
    };
    let answer = match kept.onward(req.engine(), account.user).await? {
        Onward::Nothing => Answer::to(session::onward(&kept.next), "", newly.receipt),
        Onward::NotTheirs => Answer::to(link::TODAY, "words_dropped", newly.receipt),
        Onward::Resend { pairs, proven } => {
            resend(req, &kept, pairs, proven, newly.csrf, "the own form, kept through the sign-in")?
        }
    };
    let answer = answer.cookie(session::session_cookie(req, &newly.token)).cookie(session::cookie(
        req,
        DEVICE_COOKIE,
        &device,
        Some(DEVICE_SECONDS),
    ));
    Ok(if second.is_some() { answer.cookie(session::no_cookie(req, SECOND_COOKIE)) } else { answer })
}

/// The kept form, ready to be sent again to where it was meant for.
pub(crate) fn resend(
    req: &Req,
    kept: &Kept,
    pairs: Vec<(String, String)>,
    by_itself: bool,
    csrf: String,
    why: &'static str,
) -> Result<Answer, Fail> {
    let page = ResendPage { frame: outside(req), to: kept.to.clone(), csrf, pairs, by_itself };
    Answer::page(askama::Template::render(&page), engine::Receipt::nothing_personal(why))
}

/// POST /sign-out.
pub(crate) async fn sign_out(req: Arc<Req>) -> Result<Answer, Fail> {
    if let Some(token) = req.cookie(SESSION_COOKIE) {
        acts::leave(req.engine(), token, "account.sign_out").await?;
    }
    Ok(Answer::to(link::SIGN_IN, "signed_out", about_oneself())
        .cookie(session::no_cookie(&req, SESSION_COOKIE)))
}

/// POST /lock. The cookie stays: it says who had been sitting here.
pub(crate) async fn leave_seat(req: Arc<Req>) -> Result<Answer, Fail> {
    if let Some(token) = req.cookie(SESSION_COOKIE) {
        acts::leave(req.engine(), token, "account.lock").await?;
    }
    Ok(Answer::to(link::LOCK, "", about_oneself()))
}

/// GET /lock.
pub(crate) async fn lock(req: Arc<Req>) -> Result<Answer, Fail> {
    if req.signed().is_some() {
        return Ok(Answer::to(link::TODAY, "", about_oneself()));
    }
    let last = before(&req).await?.map(|s| s.user);
    let mut people = people_here(&req).await?;
    if people.is_empty() {
        return Ok(to_sign_in(link::TODAY));
    }
    let wanted = req.query().get("who").and_then(|w| UserId::from_str(w).ok()).or(last);
    let chosen = wanted
        .and_then(|w| people.iter().position(|p| p.user == w.to_string()))
        .map(|place| people.remove(place));
    let kept = Kept::going_to(link::TODAY);
    let page = LockPage { frame: outside(&req), kept, chosen, others: people };
    answer(askama::Template::render(&page), "")
}

/// Who has used this PC lately, with the desks they sit at.
async fn people_here(req: &Req) -> Result<Vec<Choice>, Broken> {
    let Some(device) = req.cookie(DEVICE_COOKIE) else { return Ok(Vec::new()) };
    let since = req.now().plus_hours(-24 * rules::DEVICE_DAYS);
    let (engine, day, hash) = (req.engine(), req.now().day(), acts::token_hash(device));
    let towns = sql::device_towns(&mut engine.glance(Key::Device(&hash)).await?.conn(), &hash).await?;
    let mut people = Vec::new();
    for municipality in towns {
        let mut look = acts::glance(engine, municipality).await?;
        let mut conn = look.conn();
        for person in sql::device_users(&mut conn, municipality, &hash, since).await? {
            let (seats, mut names) = register::seats_named(&mut conn, municipality, person.user, day).await?;
            let first = seats.first().and_then(|s| names.remove(&s.desk));
            people.push(Choice {
                user: person.user.to_string(),
                login: person.login,
                name: person.name,
                reading: String::new(),
                line: first.unwrap_or_default(),
            });
        }
    }
    Ok(people)
}
