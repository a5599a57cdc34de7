//! Agencies from open data: a file, a look at every agency, then load.

use std::sync::Arc;

use askama::Template;
use engine::{Begun, Broken, Channel, Fail};
use site::{Answer, Form, Frame, Req, link};

use super::{administer, receipt};
use crate::import::open_data::{self, Listing};
use crate::import::resolve::Directory;

/// A form around the largest list; the list it shows again must fit an ordinary form.
pub(super) const MOST_BYTES: usize = 9 << 20;
/// Agencies shown; all of them are loaded.
const SHOWN: usize = 300;

struct Row {
    name: String,
    corporation: String,
    field: String,
    phone: String,
    place: String,
    known: bool,
}

#[derive(Template)]
#[template(path = "open_data.html")]
struct OpenDataPage {
    frame: Frame,
    form: Form,
    problems: Vec<String>,
    looked: bool,
    rows: Vec<Row>,
    found: usize,
    new: usize,
    counts: String,
    used: String,
    unused: String,
    /// The list as it will be loaded.
    list: String,
}

/// `GET /admin/open-data`
pub(super) async fn get(req: Arc<Req>) -> Result<Answer, Fail> {
    let page = view(&req, req.form(), None).await?;
    Answer::page(page.render(), receipt())
}

/// `POST /admin/open-data`: a look at a file.
pub(super) async fn look(req: Arc<Req>) -> Result<Answer, Fail> {
    let mut form = req.form();
    let only = form.line("only", site::Need::Optional, 100);
    let listing = match req.file("file") {
        None => {
            form.problem("file", "open_data.no_file");
            None
        }
        Some(file) => match file.content() {
            Ok(bytes) => Some(open_data::read(bytes, &only)),
            Err(refusal) => {
                form.problem_with("file", refusal.key, refusal.args);
                None
            }
        },
    };
    let wrong = form.has_problems() || listing.as_ref().is_some_and(|l| !l.problems.is_empty());
    let page = view(&req, form, listing).await?;
    if wrong { Answer::again(page.render(), receipt()) } else { Answer::page(page.render(), receipt()) }
}

/// `POST /admin/open-data/load`: the list that was looked at.
pub(super) async fn load(req: Arc<Req>) -> Result<Answer, Fail> {
    let form = req.form();
    let list = form.value("list").to_owned();
    if form.has_problems() {
        let page = view(&req, form, None).await?;
        return Answer::again(page.render(), receipt());
    }
    let Begun::New(mut act) = req.ctx()?.act(&req.envelope(), "register.open_data", &list).await? else {
        return Ok(Answer::to(link::OPEN_DATA, "open_data_loaded", receipt()));
    };
    let right = administer(&act)?;
    let today = act.now().day();
    let report = open_data::load(&mut act, &right, list.as_bytes(), today, "").await?;
    if report.problems.is_empty() {
        return Ok(Answer::to(link::OPEN_DATA, "open_data_loaded", act.commit("").await?));
    }
    drop(act);
    let page = view(&req, form, Some(open_data::read(list.as_bytes(), ""))).await?;
    Answer::again(page.render(), receipt())
}

async fn view(req: &Req, form: Form, listing: Option<Listing>) -> Result<OpenDataPage, Fail> {
    let ctx = req.ctx()?;
    let frame = req.frame();
    let looked = listing.is_some();
    let listing = listing.unwrap_or_default();
    let list = listing.as_csv().map_err(|e| Broken::Outside(e.to_string()))?;
    let mut look = ctx.look(Channel::List).await?;
    let directory = Directory::load(&mut look.conn(), ctx.viewer.municipality).await?;
    let today = ctx.now.day();
    let known: Vec<bool> =
        listing.agencies.iter().map(|a| directory.agency(&a.name, today).is_some()).collect();
    let new = known.iter().filter(|k| !**k).count();
    let headers = |used: bool| -> Vec<String> {
        let wanted = listing.columns.iter().filter(|(_, field)| field.is_some() == used);
        wanted.map(|(header, _)| header.clone()).collect()
    };
    Ok(OpenDataPage {
        problems: listing.problems.iter().map(|p| p.sentence(&frame.t)).collect(),
        counts: frame.t.fs(
            "open_data.counts",
            &[
                ("lines", listing.lines.to_string()),
                ("elsewhere", listing.elsewhere.to_string()),
                ("repeated", listing.repeated.to_string()),
            ],
        ),
        used: frame.t.join(&headers(true)),
        unused: frame.t.join(&headers(false)),
        found: listing.agencies.len(),
        new,
        rows: listing
            .agencies
            .into_iter()
            .zip(known)
            .take(SHOWN)
            .map(|(a, known)| Row {
                name: a.name,
                corporation: a.corporation,
                field: frame.t.code("field", a.field),
                phone: a.phone,
                place: a.place,
                known,
            })
            .collect(),
        list,
        looked,
        form,
        frame,
    })
}
