//! Forms empty, to fill in by pen: where there is no screen (a visit, a partner without a login, a power cut) the same paper is
//! there. Nobody is on them.

use std::sync::Arc;

use askama::Template;
use engine::{Channel, Fail};
use paper::Document;
use site::paper::{Around, Kind};
use site::{Answer, Frame, Language, Req, link};

/// A form: its key, its paper.
type Form = (String, Document);

async fn forms(req: &Req, channel: Channel) -> Result<(Frame, Vec<Form>, engine::Receipt), Fail> {
    let frame = req.frame();
    let mut look = req.ctx()?.look(channel).await?;
    let mut forms = sheets::blanks(&mut look, &frame, req.now()).await?;
    let receipt = look.close().await?;
    let [plan, evaluation] = support_plan::blank(&frame);
    let words = |l: Language| if req.language() == l { req.t() } else { req.program_words(l) };
    let consent = |l: Language| agreement::blank(&frame, &words(l));
    forms.extend([
        ("plan".to_owned(), plan),
        ("evaluation".to_owned(), evaluation),
        ("consent".to_owned(), consent(Language::Japanese)),
        ("consent-en".to_owned(), consent(Language::English)),
        ("referral".to_owned(), referral::blank(&frame)),
        ("inquiry".to_owned(), inquiry::blank(&frame)),
    ]);
    Ok((frame, forms, receipt))
}

#[derive(Template)]
#[template(path = "desk_papers.html")]
struct PapersPage {
    frame: Frame,
    /// Address, name.
    forms: Vec<(String, String)>,
}

/// GET /papers
pub(super) async fn list(req: Arc<Req>) -> Result<Answer, Fail> {
    let (frame, forms, receipt) = forms(&req, Channel::Page).await?;
    let forms = forms.into_iter().map(|(key, d)| (link::paper(&key), d.title)).collect();
    Answer::page(PapersPage { frame, forms }.render(), receipt)
}

/// GET /papers/{key}
pub(super) async fn show(req: Arc<Req>) -> Result<Answer, Fail> {
    let (frame, forms, receipt) = forms(&req, Kind::of(&req).channel()).await?;
    let wanted = req.param("key");
    let (key, document) = forms.into_iter().find(|(key, _)| key == wanted).ok_or(Fail::NotVisible)?;
    let around = Around {
        title: document.title.clone(),
        lead: frame.t.s("papers.one_lead").to_owned(),
        back: (link::PAPERS.to_owned(), frame.t.s("papers.back").to_owned()),
        file: format!("blank-{key}"),
        ..Around::default()
    };
    Answer::paper(&req, frame, document, around, receipt)
}
