//! Own settings: where one sits, password, second factor.

use std::sync::Arc;

use askama::Template;
use engine::{Fail, Refusal};
use register::Totp;
use site::{Answer, Form, LANGUAGE_COOKIE, Language, Req, Signed, link};
use words::code::Code;
use words::id::AppointmentId;

use crate::acts;
use crate::session::{about_oneself, cookie};
use crate::sql::{self, Account};
use crate::views::{MePage, SeatChoice, SeatPage, Second};
use crate::{console, rules, sign_in, totp};

fn signed(req: &Req) -> Result<&Signed, Fail> {
    req.signed().ok_or(Fail::NotVisible)
}

/// GET /seat.
pub(crate) async fn seats(req: Arc<Req>) -> Result<Answer, Fail> {
    let signed = signed(&req)?;
    let mut seats: Vec<SeatChoice> = signed
        .viewer
        .seats
        .iter()
        .map(|seat| SeatChoice {
            appointment: seat.appointment.to_string(),
            desk: signed.desks.get(&seat.desk).cloned().unwrap_or_default(),
            role: seat.role.to_string(),
            programme: seat.programme.clone(),
            here: Some(seat.appointment) == signed.appointment,
        })
        .collect();
    // The same order whichever is acted under.
    seats.sort_by(|a, b| a.appointment.cmp(&b.appointment));
    let page = SeatPage { frame: req.frame(), seats };
    Answer::page(page.render(), about_oneself())
}

/// POST /seat.
pub(crate) async fn sit(req: Arc<Req>) -> Result<Answer, Fail> {
    let signed = signed(&req)?;
    let chosen: AppointmentId =
        req.body().get("appointment").and_then(|v| v.parse().ok()).ok_or(Fail::NotVisible)?;
    let receipt = acts::sit(req.engine(), &signed.viewer, signed.session, chosen).await?;
    Ok(Answer::to(link::TODAY, "seat_changed", receipt))
}

/// POST /language: for oneself when signed in, for this browser otherwise.
pub(crate) async fn choose_language(req: Arc<Req>) -> Result<Answer, Fail> {
    let of = |name: &str| req.body().get(name).unwrap_or_default();
    let language = Language::parse(of("language")).unwrap_or(Language::Japanese);
    let back = rules::local_path(req.came_from());
    let receipt = match req.signed().filter(|s| s.csrf == of("csrf")) {
        Some(signed) => acts::choose_language(req.engine(), &signed.viewer, language).await?,
        None => about_oneself(),
    };
    let a_year = 365 * 24 * 60 * 60;
    let cookie = cookie(&req, LANGUAGE_COOKIE, language.code(), Some(a_year));
    Ok(Answer::to(back, "", receipt).cookie(cookie))
}

async fn own_account(req: &Req) -> Result<Account, Fail> {
    let viewer = &signed(req)?.viewer;
    let mut look = acts::glance(req.engine(), viewer.municipality).await?;
    sql::account_of(&mut look.conn(), viewer.municipality, viewer.user).await?.ok_or(Fail::NotVisible)
}

/// GET /me.
pub(crate) async fn show(req: Arc<Req>) -> Result<Answer, Fail> {
    let page = page(&req, Form::default(), None).await?;
    Answer::page(page.render(), about_oneself())
}

async fn page(req: &Req, form: Form, secret: Option<&str>) -> Result<MePage, Fail> {
    let account = own_account(req).await?;
    let settings = acts::settings(req.engine(), account.municipality).await?;
    let frame = req.frame();
    let second = match (settings.totp, &account.totp_secret) {
        (Totp::Forbidden, _) => Second::Forbidden,
        (asked, Some(_)) => Second::On { removable: asked == Totp::Optional },
        (_, None) => {
            let secret = secret.map_or_else(|| totp::new_secret(req.engine()), str::to_owned);
            Second::Off(sign_in::enrolment(&frame, secret, &account.login)?)
        }
    };
    Ok(MePage { frame, form, login: account.login, min: rules::SHORTEST, second })
}

/// The page again with what is wrong. What was typed into secret fields is not shown again.
async fn again(req: &Req, problems: &[(&str, &'static str)], secret: Option<&str>) -> Result<Answer, Fail> {
    let mut form = Form::default();
    for (field, key) in problems {
        let args = vec![("min", rules::SHORTEST.to_string()), ("max", rules::LONGEST.to_string())];
        form.problem_with(field, key, args);
    }
    Answer::again(page(req, form, secret).await?.render(), about_oneself())
}

/// In a demonstration everybody uses the same accounts: nobody may shut the others out.
fn not_in_demonstration(req: &Req) -> Result<(), Fail> {
    if req.demo() { Err(Refusal::new("me.not_in_demo").into()) } else { Ok(()) }
}

/// POST /me/password.
pub(crate) async fn change_password(req: Arc<Req>) -> Result<Answer, Fail> {
    not_in_demonstration(&req)?;
    let account = own_account(&req).await?;
    let of = |name: &str| req.body().get(name).unwrap_or_default();
    let mut problems: Vec<(&str, &'static str)> = Vec::new();
    if !acts::is_own_password(req.engine(), &account, of("current_password")).await? {
        problems.push(("current_password", "password.wrong"));
    }
    if let Err(refusal) = console::check_new_password(&account.login, of("new_password")) {
        problems.push(("new_password", refusal.key));
    }
    if rules::normal(of("new_password")) != rules::normal(of("new_password_again")) {
        problems.push(("new_password_again", "password.differs"));
    }
    if !problems.is_empty() {
        return again(&req, &problems, None).await;
    }
    let session = signed(&req)?.session;
    let receipt = acts::change_password(req.engine(), &account, session, of("new_password")).await?;
    Ok(Answer::to(link::ME, "password_changed", receipt))
}

/// POST /me/second: takes the second factor that the page offered.
pub(crate) async fn take_second(req: Arc<Req>) -> Result<Answer, Fail> {
    not_in_demonstration(&req)?;
    let account = own_account(&req).await?;
    let settings = acts::settings(req.engine(), account.municipality).await?;
    if settings.totp == Totp::Forbidden || account.totp_secret.is_some() {
        return Err(Refusal::new("me.second_not_now").into());
    }
    let of = |name: &str| req.body().get(name).unwrap_or_default();
    let mut problems: Vec<(&str, &'static str)> = Vec::new();
    if !acts::is_own_password(req.engine(), &account, of("password")).await? {
        problems.push(("password", "password.wrong"));
    }
    let step = totp::step_of(of("secret"), of("code"), req.engine().now());
    if step.is_none() {
        problems.push(("code", "sign_in.wrong_code"));
    }
    match step {
        Some(step) if problems.is_empty() => {
            let receipt = acts::set_second(req.engine(), &account, Some((of("secret"), step))).await?;
            Ok(Answer::to(link::ME, "second_on", receipt))
        }
        _ => again(&req, &problems, Some(of("secret")).filter(|s| totp::is_secret(s))).await,
    }
}

/// POST /me/second/remove.
pub(crate) async fn remove_second(req: Arc<Req>) -> Result<Answer, Fail> {
    not_in_demonstration(&req)?;
    let account = own_account(&req).await?;
    let settings = acts::settings(req.engine(), account.municipality).await?;
    if settings.totp != Totp::Optional {
        return Err(Refusal::new("me.second_not_now").into());
    }
    let given = req.body().get("password").unwrap_or_default();
    if !acts::is_own_password(req.engine(), &account, given).await? {
        return again(&req, &[("password", "password.wrong")], None).await;
    }
    let receipt = acts::set_second(req.engine(), &account, None).await?;
    Ok(Answer::to(link::ME, "second_off", receipt))
}
