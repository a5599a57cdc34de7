//! Minutes of sessions: written while people talk, commented on, approved, corrected, made public, sent round; who reads which item.

#![expect(clippy::too_many_lines, reason = "a story is as long as what happens in it")]

use words::Day;

use crate::conference::{join, pledge, raised};
use crate::inquiry::partner;
use crate::session::{at, attend, december, found, id_of, plan, propose, step};
use crate::support::{App, Page, Person};

/// A session of 9 December with a general subject and a confidential item, begun: body, session, general item, item, matter, case.
pub struct Held {
    pub body: String,
    pub session: String,
    pub general: String,
    pub item: String,
    pub matter: String,
    pub case: String,
}

/// 長谷 and 佐野 are members who have pledged; 三枝 is one who has not, 野口 was one and left; 木下 sits in the body.
pub async fn begun(app: &App, partners: &[(&str, &str)]) -> Held {
    let (mut sano, mut hase) = (app.sign_in("sano").await, app.sign_in("hase").await);
    let (case, _, matter) = raised(app, &mut sano, &mut hase).await;
    pledge(&mut sano, &matter).await;
    pledge(&mut hase, &matter).await;
    join(app, &mut hase, &matter, ("noguchi", "ikiiki"), "").await;
    let mut noguchi = app.sign_in("noguchi").await;
    pledge(&mut noguchi, &matter).await;
    join(app, &mut hase, &matter, ("mieda", "ikiiki"), "").await;
    let body = found(app, &mut hase, "重層的支援会議", &["support_conference", "integrated"], "").await;
    let desk = app.town.desk("shakyo").to_string();
    let seat = app.town.appointment("kinoshita", "shakyo").to_string();
    hase.get(&format!("{body}/members?desk={desk}")).await.is(200);
    let fields =
        [("desk", desk.as_str()), ("appointment", seat.as_str()), ("title", "chair"), ("from", "R8.4.1")];
    hase.post(&format!("{body}/members"), &fields).await.is(303);
    for (desk, name) in partners {
        hase.get(&format!("{body}/members?desk={desk}")).await.is(200);
        let fields = [("desk", *desk), ("name", *name), ("title", "member"), ("from", "R8.4.1")];
        hase.post(&format!("{body}/members"), &fields).await.is(303);
    }
    let session = plan(&mut hase, &body, "第5回 重層的支援会議", "R8.12.9", &[]).await;
    hase.get("/sessions/propose").await.is(200);
    let fields = [("body", id_of(&body)), ("subject", "移動の足の確保"), ("priority", "normal")];
    let general = at(&hase.post("/sessions/propose", &fields).await);
    let from = format!("matter={}", id_of(&matter));
    let lead = app.town.desk("hokubu").to_string();
    let fields = [("initiator", lead.as_str())];
    let item = at(&propose(&mut sano, &from, (&body, "support_conference"), &fields).await);
    for i in [&general, &item] {
        hase.get(i).await;
        hase.post(&format!("/sessions/items/{}/place", id_of(i)), &[("meeting", id_of(&session))])
            .await
            .is(303);
    }
    hase.get(&session).await;
    hase.post(&format!("{session}/invite"), &[]).await.is(303);
    let page = hase.get(&format!("{matter}/office")).await;
    let at_noguchi =
        page.body.split("<div class=\"stack\" id=\"member-").find(|s| s.contains("野口 あや")).unwrap();
    let member = at_noguchi.split('"').next().unwrap().to_owned();
    hase.post(&format!("{matter}/leave"), &[("member", member.as_str()), ("why", "done")]).await.is(303);
    Held { body, session, general, item, matter, case }
}

/// The session takes place and is closed.
pub async fn held(app: &App, hase: &mut Person, h: &Held) {
    for item in [&h.general, &h.item] {
        step(hase, &h.session, item, "begin", &[]).await.is(303);
    }
    attend(hase, &h.session, "room", &[]).await;
    for item in [&h.general, &h.item] {
        step(hase, &h.session, item, "conclude", &[]).await.is(303);
    }
    hase.get(&h.session).await;
    hase.post(&format!("{}/hold", h.session), &[]).await.is(303);
    assert_eq!(engine::check::invariants(&app.engine, app.town.municipality).await.unwrap(), []);
}

/// Writes a section, from its own page.
pub async fn write(who: &mut Person, session: &str, place: &str, text: &str) -> Page {
    who.get(&format!("{session}/minutes/edit?place={place}")).await.is(200);
    // A browser sends the marks that stand ticked; here those are left that the words have anyway.
    who.post(&format!("{session}/minutes/edit"), &[("text", text), ("text_marked", "")]).await
}

const GENERAL: &str = "《事務局から資料1により説明》\n○木下委員：巡回の便はいつから始まりますか。\n→事務局：4月からです。\n・買い物にも使えるとよい。\n⇒了承";
const CLOSED: &str = "○だれが訪ねますか。MARK-MIN\n→北部が、木曜に訪ねます。MARK-MIN（持ち帰り可）\n⇒週1回の見守りを続ける。MARK-MIN";

/// Opens the minutes step of the secretariat.
pub async fn office(hase: &mut Person, session: &str, what: &str, fields: &[(&str, &str)]) -> Page {
    hase.get(&format!("{session}/minutes")).await.is(200);
    // Most stories approve at once; what is said about that is a story of its own.
    let mut fields = fields.to_vec();
    if what == "approve" {
        fields.push(("sure", "1"));
    }
    hase.post(&format!("{session}/minutes/{what}"), &fields).await
}

story!(an_approval_in_haste_is_said_and_a_public_version_names_nobody, |app| async {
    let pharmacy = partner(app).await;
    let h = begun(app, &[(pharmacy.as_str(), "薬剤師 白石")]).await;
    app.clock.set(december(9, 15));
    let mut hase = app.sign_in("hase").await;
    let minutes = format!("{}/minutes", h.session);
    write(&mut hase, &h.session, id_of(&h.general), GENERAL).await.is(303);
    held(app, &mut hase, &h).await;
    office(&mut hase, &h.session, "send-out", &[("until", "12/25")]).await.is(303);
    let page = hase.get(&minutes).await;
    page.see("確認の期限が、まだ来ていません").see("まだありません").see("閉会に、まだ何も");
    let approve = [("how", "chair"), ("on", "R8.12.9"), ("note", "")];
    let page = hase.post(&format!("{minutes}/approve"), &approve).await;
    page.is(422).see("それでも、いま承認を書きとめる");
    assert!(page.body.contains("id=\"sure-error\""));
    hase.post(&format!("{minutes}/approve"), &[&approve[..], &[("sure", "1")]].concat()).await.is(303);
    hase.get(&minutes).await.see("承認済み").not_see("確認の期限が、まだ来ていません");
    // Who came and who spoke are desks and offices in public; on the paper of those invited they have names.
    hase.get(&format!("{minutes}/print")).await.see("白石").see("木下委員");
    let page = hase.get(&format!("{minutes}/public")).await;
    page.is(200).see("巡回の便").see("薬局").not_see("白石").not_see("木下");
    // A file says what it is, in ASCII too.
    let pdf = hase.get(&format!("{minutes}/public?as=pdf")).await;
    let name = pdf.header("content-disposition").unwrap();
    assert!(
        name.starts_with(
            "attachment; filename=\"minutes-public-2026-12-09.pdf\"; filename*=UTF-8''%E4%BC%9A"
        )
    );
});

story!(minutes_are_written_commented_on_approved_corrected_and_made_public, |app| async {
    let pharmacy = partner(app).await;
    let h = begun(app, &[(pharmacy.as_str(), "薬剤師 白石")]).await;
    let mut hase = app.sign_in("hase").await;
    let minutes = format!("{}/minutes", h.session);
    hase.get(&format!("{minutes}/edit?place=opening")).await;
    hase.post(&format!("{minutes}/edit"), &[("text", "開会")]).await.is(422).see("会議の日になってから");
    app.clock.set(december(9, 15));
    let (mut hase, mut sano) = (app.sign_in("hase").await, app.sign_in("sano").await);
    let mut kinoshita = app.sign_in("kinoshita").await;
    // While people talk.
    write(&mut hase, &h.session, "opening", "推進室長の司会により開会した。出席 9名").await.is(303);
    write(&mut hase, &h.session, id_of(&h.general), GENERAL).await.is(303);
    write(&mut hase, &h.session, id_of(&h.item), CLOSED).await.is(303);
    held(app, &mut hase, &h).await;
    hase.get("/").await.see("会議録をまとめる");
    hase.get(&minutes)
        .await
        .is(200)
        .see("作成中")
        .see("木下委員")
        .see("MARK-MIN")
        .see("持ち帰り可")
        .see("了承");
    // Beside the field: what does not add up, and how words are written here.
    let page = hase.get(&format!("{minutes}/edit?place=opening")).await;
    page.see("「9人」と書いてありますが");
    write(&mut hase, &h.session, id_of(&h.general), &format!("{GENERAL}\n○道畑委員：他機関協働とは。"))
        .await
        .is(303);
    hase.get(&format!("{minutes}/edit?place={}", id_of(&h.general)))
        .await
        .see("「道畑委員」は、出席者の中に見つかりません")
        .see("「他機関協働」は、ここでは「多機関協働」と書きます");
    // What is about nobody names nobody; nothing typed is lost.
    let page = write(&mut hase, &h.session, "closing", "青木さん宅 090-1234-5678 に電話する").await;
    page.is(422).see("だれのことでもないものです").see("090-1234-5678");
    let page = write(&mut hase, &h.session, "closing", "⇒ 橋本 芳雄さんのことは次回。").await;
    page.is(422).see("書かないでください").see("橋本 芳雄さんのことは次回");
    write(&mut hase, &h.session, "closing", "長谷さんから、次回は1月。皆さん了承。").await.is(303);
    write(&mut hase, &h.session, "closing", "").await.is(303);

    // Two write at once: both texts are there.
    let mut other = app.sign_in("hase").await;
    let edit = format!("{minutes}/edit?place={}", id_of(&h.general));
    hase.get(&edit).await;
    other.get(&edit).await;
    hase.post(&format!("{minutes}/edit"), &[("text", GENERAL)]).await.is(303);
    let page = other.post(&format!("{minutes}/edit"), &[("text", "べつのまとめ")]).await;
    page.is(409).see("べつのまとめ").see("巡回の便はいつから").see("あなたの書いたもの");
    let joined = format!("{GENERAL}\n・べつのまとめ");
    other.post(&format!("{minutes}/edit"), &[("text", joined.as_str())]).await.is(303);

    // Before they go round nobody but who writes reads them.
    kinoshita.get(&minutes).await.is(200).see("まだできていません").not_see("巡回の便");
    kinoshita.get(&format!("{minutes}/edit")).await.is(404);
    office(&mut hase, &h.session, "send-out", &[("until", "R8.11.1")]).await.is(422).see("半年までの日");
    office(&mut hase, &h.session, "send-out", &[("until", "R8.12.25")])
        .await
        .goes_to(&format!("{minutes}?done=minutes_out"));
    kinoshita.get("/").await.see("会議録を確認する");
    let comments = format!("{minutes}/comments");
    let page = kinoshita.get(&comments).await;
    page.is(200).see("巡回の便").not_see("MARK-MIN").see("構成員だけが読めます");
    let section =
        page.body.split("name=\"section\" value=\"").nth(2).unwrap().split('"').next().unwrap().to_owned();
    let say = |section: &str, words: &str| vec![("section", section.to_owned()), ("words", words.to_owned())];
    let fields = say(&section, "買い物のほかに、通院にも使えるとよいと言いました");
    let fields: Vec<(&str, &str)> = fields.iter().map(|(n, v)| (*n, v.as_str())).collect();
    let forms = kinoshita.page.forms();
    let form = forms.iter().find(|f| f.value("section") == section).unwrap();
    let command = form.value("command");
    let mut with = fields.clone();
    with.push(("command", &command));
    kinoshita.post(&comments, &with).await.goes_to(&format!("{comments}?done=minutes_said"));
    kinoshita.get(&comments).await.see("通院にも").see("返事まち");
    let nothing = kinoshita.page.forms().into_iter().find(|f| f.html.contains("name=\"nothing\"")).unwrap();
    let command = nothing.value("command");
    kinoshita.post(&comments, &[("nothing", "1"), ("command", &command)]).await.is(303);
    kinoshita.get("/").await.not_see("会議録を確認する");

    // A partner without a login: printed, and what they say written down.
    hase.get(&format!("{minutes}/print"))
        .await
        .is(200)
        .see("会議概要")
        .see("薬剤師 白石")
        .not_see("MARK-MIN")
        .not_see("2026-00001");
    for style in ["marks", "speakers"] {
        let pdf = crate::papers::same(&mut sano, &format!("{minutes}/print?style={style}")).await;
        pdf.see("巡回の便").see("確認中").see("1 / ").see("秘密を守る会議の議題は紙に出しません");
        pdf.not_see("MARK-MIN").not_see("2026-00001").not_see("青木");
        let sheet = sano.get(&format!("{minutes}/print?style={style}&as=xlsx")).await;
        assert_eq!(sheet.status, 200);
        let rows =
            tabular::read(&sheet.bytes, &tabular::How::default(), &tabular::Limits::default()).unwrap();
        let cells: Vec<String> = rows.rows.into_iter().flat_map(|r| r.cells).collect();
        assert!(cells.iter().any(|c| c.contains("4月からです")) && !cells.iter().any(|c| c.contains("MARK")));
    }
    hase.get(&format!("{minutes}/print?style=speakers"))
        .await
        .is(200)
        .see("議事要旨")
        .see("〇木下委員")
        .see("≪事務局");
    let page = hase.get(&comments).await;
    let form = page.forms().into_iter().find(|f| f.value("section") == section).unwrap();
    let command = form.value("command");
    let fields = [
        ("section", section.as_str()),
        ("command", command.as_str()),
        ("words", "薬局にも停まると助かる"),
        ("desk", pharmacy.as_str()),
        ("name", "薬剤師 白石"),
    ];
    hase.post(&comments, &fields).await.is(422).see("だれから、どうやって");
    let fields: Vec<(&str, &str)> = fields.into_iter().chain([("told_by", "phone")]).collect();
    hase.get(&comments).await;
    hase.post(&comments, &fields).await.is(303);
    hase.get(&comments).await.see("薬剤師 白石").see("電話");

    // Each comment hears what became of it before the approval.
    let approve = [("how", "chair"), ("on", "R8.12.9"), ("told_by", "in_person"), ("note", "")];
    office(&mut hase, &h.session, "approve", &approve).await.is(422).see("返事をしていない意見");
    let page = hase.get(&comments).await;
    for form in page.forms().into_iter().filter(|f| f.html.contains("name=\"taken\"")) {
        let command = form.value("command");
        let why = [("taken", "no"), ("command", command.as_str()), ("why", "")];
        hase.post(&form.action, &why).await.is(422).see("その理由");
        let why = [("taken", "partly"), ("command", command.as_str()), ("why", "通院は次の回で話します")];
        hase.post(&form.action, &why).await.is(303);
    }
    office(&mut hase, &h.session, "approve", &approve).await.is(303);
    hase.get("/").await.not_see("会議録をまとめる");
    kinoshita
        .get(&minutes)
        .await
        .is(200)
        .see("承認済み")
        .see("べつのまとめ")
        .not_see("MARK-MIN")
        .see("第1版");
    kinoshita.get(&comments).await.see("一部を反映した").see("通院は次の回で");
    sano.get(&minutes).await.see("MARK-MIN").see("持ち帰り可」の1行だけ");
    write_refused(&mut hase, &minutes, id_of(&h.general)).await;

    // A correction is a new edition; the former one stays, and readers see it until then.
    office(&mut hase, &h.session, "correct", &[]).await.is(303);
    write(&mut hase, &h.session, id_of(&h.general), "⇒了承（4月から）").await.is(303);
    kinoshita.get(&minutes).await.see("べつのまとめ").not_see("4月から）");
    let again = [("how", "members"), ("on", "R8.12.9"), ("note", "")];
    office(&mut hase, &h.session, "approve", &again).await.is(422).see("どこを直したか");
    let again = [("how", "members"), ("on", "R8.12.9"), ("note", "始まる時期")];
    office(&mut hase, &h.session, "approve", &again).await.is(303);
    kinoshita.get(&minutes).await.see("4月から）").not_see("べつのまとめ").see("始まる時期");
    kinoshita.get(&format!("{minutes}?edition=1")).await.see("べつのまとめ");

    // The public version holds what is about nobody, and how much is left out.
    let public = format!("{minutes}/public");
    kinoshita.get(&public).await.is(404);
    hase.get(&public)
        .await
        .is(200)
        .see("個別の事案1件は、非公開です")
        .not_see("MARK-MIN")
        .not_see("2026-00001");
    hase.post(&format!("{minutes}/publish"), &[]).await.is(303);
    kinoshita.get(&public).await.is(200).see("4月から）").not_see("MARK-MIN").not_see("公開をやめる");
    let pdf = crate::papers::same(&mut kinoshita, &public).await;
    pdf.see("4月から）").see("公開版").see("第2版").not_see("MARK-MIN").not_see("2026-00001");
    crate::papers::same(&mut kinoshita, &format!("{minutes}/print")).await.see("第2版").not_see("MARK-MIN");
    hase.get(&public).await;
    hase.post(&format!("{minutes}/withdraw"), &[]).await.is(303);
    kinoshita.get(&public).await.is(404);
});

/// What is approved is not written over.
async fn write_refused(hase: &mut Person, minutes: &str, place: &str) {
    hase.get(&format!("{minutes}/edit?place={place}")).await;
    hase.post(&format!("{minutes}/edit"), &[("text", "上書き")]).await.is(422).see("承認のあとで直す");
}

story!(who_is_no_member_reads_nothing_of_a_confidential_item_in_the_minutes, |app| async {
    let h = begun(app, &[]).await;
    app.clock.set(december(9, 15));
    let (mut hase, mut sano) = (app.sign_in("hase").await, app.sign_in("sano").await);
    write(&mut hase, &h.session, id_of(&h.general), GENERAL).await.is(303);
    write(&mut hase, &h.session, id_of(&h.item), CLOSED).await.is(303);
    held(app, &mut hase, &h).await;
    office(&mut hase, &h.session, "send-out", &[("until", "R8.12.25")]).await.is(303);
    // 佐野, a member, says something about the item; 長谷 answers it.
    let comments = format!("{}/minutes/comments", h.session);
    let page = sano.get(&comments).await;
    page.see("MARK-MIN");
    let item = page.body.split(&format!("id=\"s-{}\"", id_of(&h.item))).nth(1).unwrap();
    let value = |name: &str| {
        item.split(&format!("name=\"{name}\" value=\"")).nth(1).unwrap().split('"').next().unwrap().to_owned()
    };
    let (section, command) = (value("section"), value("command"));
    let fields =
        [("section", section.as_str()), ("command", command.as_str()), ("words", "MARK-SAY 火曜です")];
    sano.post(&comments, &fields).await.is(303);
    let page = hase.get(&comments).await;
    page.see("MARK-SAY");
    let form = page.forms().into_iter().find(|f| f.html.contains("name=\"taken\"")).unwrap();
    let command = form.value("command");
    let fields = [("taken", "no"), ("command", command.as_str()), ("why", "MARK-WHY 木曜のまま")];
    hase.post(&form.action, &fields).await.is(303);
    sano.get(&comments).await.see("MARK-WHY");
    let approve = [("how", "session"), ("on", "R8.12.9")];
    office(&mut hase, &h.session, "approve", &approve).await.is(303);

    // Sent round to the section of 木下.
    let around = format!("{}/circulation", h.session);
    hase.get(&around).await.is(200);
    let desk = app.town.desk("shakyo").to_string();
    let fields = [("what", "minutes"), ("due", "R8.12.20"), ("desks", desk.as_str())];
    hase.post(&around, &fields).await.goes_to(&format!("{around}?done=circulation_sent"));
    let round = hase.get(&around).await.link("会議録").clone();
    let round = if round.starts_with("/circulation/") {
        round
    } else {
        hase.page
            .body
            .split("href=\"/circulation/")
            .nth(1)
            .map(|s| format!("/circulation/{}", s.split('"').next().unwrap()))
            .unwrap()
    };
    let mut imai = app.sign_in("imai").await;
    imai.get("/").await.see("回覧を読む");

    let secrets =
        ["MARK-MIN", "MARK-SAY", "MARK-WHY", "2026-00001", h.case.as_str(), id_of(&h.matter), "青木"];
    let minutes = format!("{}/minutes", h.session);
    // 今井 is of a section it goes round, 三枝 a member before the pledge, 野口 a former one, 木下 sits in the body, 小田 in the section.
    for login in ["imai", "mieda", "noguchi", "kinoshita", "oda", "tsuji", "mori", "kanri"] {
        let mut who = app.sign_in(login).await;
        let mut pages =
            vec!["/".to_owned(), "/sessions".to_owned(), "/calendar".to_owned(), h.session.clone()];
        for part in ["", "/edit", "/comments", "/print", "/print?style=speakers", "/public", "?edition=1"] {
            pages.push(format!("{minutes}{part}"));
        }
        for file in ["/print?as=pdf", "/print?as=xlsx", "/public?as=pdf", "/public?as=xlsx"] {
            pages.push(format!("{minutes}{file}"));
        }
        pages.push(format!("{round}/print?as=pdf"));
        pages.push(format!("{minutes}/edit?place={}", id_of(&h.item)));
        pages.extend([
            around.clone(),
            round.clone(),
            format!("{round}/print"),
            "/flow/circulation".to_owned(),
        ]);
        pages.push(format!("/cases/{}/timeline", h.case));
        for path in &pages {
            let page = who.get(path).await;
            for secret in secrets {
                let pledges = login == "mieda" && secret == id_of(&h.matter);
                assert!(pledges || !page.body.contains(secret), "{login} sees {secret} on {path}");
                assert!(pledges || !page.location().contains(secret), "{login} is led to {secret} by {path}");
            }
        }
        for word in ["MARK-MIN", "見守りを続ける", "木曜"] {
            let page = who.search(word).await;
            assert!(!page.body.contains("週1回の見守り"), "{login} finds it by {word}");
        }
        who.get(&h.session).await;
        for (path, fields) in [
            (
                format!("{minutes}/edit"),
                vec![("text", "x"), ("place", id_of(&h.item)), ("base_version", "1")],
            ),
            (comments.clone(), vec![("section", section.as_str()), ("words", "x")]),
            (format!("{minutes}/approve"), vec![("how", "chair"), ("on", "R8.12.9"), ("base_version", "4")]),
        ] {
            let answer = who.post(&path, &fields).await;
            assert!(matches!(answer.status, 404 | 409 | 422), "{login} {path}: {}", answer.status);
            for secret in secrets {
                assert!(!answer.body.contains(secret), "{login} sees {secret} in the answer of {path}");
            }
        }
    }
    // Nor is it printed for a member; and a closed matter leaves its minutes to its members.
    sano.get(&format!("{minutes}/print")).await.is(200).not_see("MARK-MIN").see("個別の事案");
    sano.get(&format!("{minutes}/print?as=pdf")).await.is(200).not_see("MARK-MIN").see("個別の事案");
    hase.get(&format!("{}/office", h.matter)).await;
    hase.post(&format!("{}/close", h.matter), &[("outcome", "settled"), ("sure", "yes")]).await.is(303);
    sano.get(&minutes).await.is(200).see("MARK-MIN").not_see("MARK-SAY");
});

story!(what_goes_round_is_read_told_and_counted, |app| async {
    let pharmacy = partner(app).await;
    let h = begun(app, &[(pharmacy.as_str(), "薬剤師 白石")]).await;
    app.clock.set(december(9, 15));
    let mut hase = app.sign_in("hase").await;
    write(&mut hase, &h.session, id_of(&h.general), GENERAL).await.is(303);
    held(app, &mut hase, &h).await;
    let around = format!("{}/circulation", h.session);
    let page = hase.get(&around).await;
    page.is(200).see("まだ回覧はありません");
    assert!(page.body.contains("name=\"due\" class=\"w-m\" value=\"R8.12.23\""), "{}", page.body);
    let desk = app.town.desk("shakyo").to_string();
    let both = [("due", "R8.12.20"), ("desks", desk.as_str()), ("desks", pharmacy.as_str())];
    let minutes: Vec<(&str, &str)> = both.iter().copied().chain([("what", "minutes")]).collect();
    hase.post(&around, &minutes).await.is(422).see("承認してから");
    let notice: Vec<(&str, &str)> =
        both.iter().copied().chain([("what", "notice"), ("words", "次回は1月13日です。")]).collect();
    hase.get(&around).await;
    hase.post(&around, &notice).await.is(303);
    hase.get(&around).await.see("3人のうち0人").see("木下 ひろみ").see("小田 りか").see("とどける");
    hase.get("/").await.see("回覧を、ログインのない機関にとどける");
    let round = {
        let path = hase.get(&around).await.body.split("href=\"/circulation/").nth(1).unwrap().to_owned();
        format!("/circulation/{}", path.split('"').next().unwrap())
    };
    // 小田 reads it, 今井 tells it at the section, the pharmacy gets it on paper.
    let (mut oda, mut imai) = (app.sign_in("oda").await, app.sign_in("imai").await);
    oda.get("/").await.see("回覧を読む");
    oda.get(&round).await.is(200).see("次回は1月13日です。");
    oda.post(&format!("{round}/read"), &[]).await.is(303);
    oda.get("/").await.not_see("回覧を読む");
    imai.get(&round).await.is(200);
    imai.post(&format!("{round}/report"), &[]).await.is(303);
    hase.get(&format!("{round}/print")).await.is(200).see("読んだ人");
    // To a partner without a login it is brought first, in a way that is said and not guessed; afterwards they may tell it at their own.
    let form = |page: &Page, what: &str| {
        page.forms().iter().any(|f| f.action == format!("{round}/{what}") && f.html.contains(&pharmacy))
    };
    let page = hase.get(&around).await;
    assert!(form(&page, "brought") && !form(&page, "report"), "{}", page.text());
    page.see("手わたし").see("どうやってとどけましたか").not_see("電話で聞いた");
    let (at, session) = ([("desk", pharmacy.as_str())], id_of(&h.session));
    let said = |more: &[(&'static str, &'static str)]| {
        at.into_iter().chain([("back", session)]).chain(more.iter().copied()).collect::<Vec<_>>()
    };
    let told = said(&[("told_by", "phone")]);
    hase.post(&format!("{round}/report"), &told).await.is(422).see("先に「とどけた」を書きとめて");
    hase.get(&around).await;
    hase.post(&format!("{round}/brought"), &said(&[])).await.is(422).see("どうやってとどけたかを選んで");
    hase.get(&around).await;
    hase.post(&format!("{round}/brought"), &said(&[("how", "hand")])).await.is(303);
    let page = hase.get(&around).await;
    page.see("3人のうち1人").see("持ち帰り報告済").see("とどけました").see("12月9日（水） 手わたし");
    assert!(!form(&page, "brought") && form(&page, "report"), "{}", page.text());
    hase.post(&format!("{round}/report"), &said(&[])).await.is(422).see("どうやって聞いたかを選んで");
    hase.get(&around).await;
    hase.post(&format!("{round}/report"), &told).await.is(303);
    hase.get(&around).await.see("12月9日（水） 手わたし").see("12月9日（水） 電話で聞いた");
    hase.get("/").await.not_see("回覧を、ログインのない機関にとどける");
    hase.get("/flow/circulation").await.is(200).see("バックアップふじさわ社協").see("33%");
    // Whoever is of no such section finds nothing; when it has ended it waits for nobody.
    for login in ["noguchi", "tsuji", "sano"] {
        let mut who = app.sign_in(login).await;
        who.get(&round).await.is(404);
        who.post(&format!("{round}/read"), &[]).await.is(404);
        who.post(&format!("{round}/end"), &[("base_version", "1")]).await.is(404);
    }
    hase.get(&around).await;
    hase.post(&format!("{round}/end"), &[]).await.is(303);
    imai.get("/").await.not_see("回覧を読む");
    imai.get(&round).await.is(404);
    oda.get(&round).await.is(200).see("読みました");
});

story!(a_former_member_looks_until_the_day_and_nothing_is_a_trap, |app| async {
    let h = begun(app, &[]).await;
    app.clock.set(december(9, 15));
    let mut hase = app.sign_in("hase").await;
    write(&mut hase, &h.session, id_of(&h.general), GENERAL).await.is(303);
    write(&mut hase, &h.session, id_of(&h.item), CLOSED).await.is(303);
    held(app, &mut hase, &h).await;
    let minutes = format!("{}/minutes", h.session);
    // 木下, the chair, goes to another desk: their place has ended with the appointment.
    let last = Day::new(2026, 12, 10).unwrap();
    app.town.transfer(&app.engine, "kinoshita", "shakyo", "jidokan", last).await;
    app.clock.set(december(14, 9));
    let mut hase = app.sign_in("hase").await;
    let mut kinoshita = app.sign_in("kinoshita").await;
    for path in ["", "/comments", "/print", "/public", "/edit"] {
        kinoshita.get(&format!("{minutes}{path}")).await.is(404);
    }
    office(&mut hase, &h.session, "send-out", &[("until", "R8.12.25")]).await.is(303);
    office(&mut hase, &h.session, "review", &[("review", "R8.12.25")]).await.is(303);
    // Now they look at this one, without what is said in confidence, and at nothing else.
    kinoshita.get(&minutes).await.is(200).see("巡回の便").see("任期は終わっていますが").not_see("MARK-MIN");
    kinoshita.get(&h.session).await.is(404);
    kinoshita.get("/sessions").await.not_see("第5回");
    let comments = format!("{minutes}/comments");
    let page = kinoshita.get(&comments).await;
    page.is(200).not_see("MARK-MIN");
    let form = page.forms().into_iter().find(|f| !f.value("section").is_empty()).unwrap();
    let (section, command) = (form.value("section"), form.value("command"));
    let fields =
        [("section", section.as_str()), ("command", command.as_str()), ("words", "日付がちがいます")];
    kinoshita.post(&comments, &fields).await.is(303);
    hase.get(&comments).await.see("日付がちがいます").see("木下 ひろみ");
    // It ends by itself.
    app.clock.set(december(26, 9));
    let mut kinoshita = app.sign_in("kinoshita").await;
    kinoshita.get(&minutes).await.is(404);
    kinoshita.post(&comments, &[("section", section.as_str()), ("words", "もう一度")]).await.is(404);

    // The body ends, the chair is gone: the minutes are approved all the same.
    let mut hase = app.sign_in("hase").await;
    hase.get(&format!("{}/end", h.body)).await;
    hase.post(&format!("{}/end", h.body), &[("last", "R8.12.26")]).await.is(303);
    app.clock.set(december(28, 9));
    let mut hase = app.sign_in("hase").await;
    let page = hase.get(&comments).await;
    let form = page.forms().into_iter().find(|f| f.html.contains("name=\"taken\"")).unwrap();
    let command = form.value("command");
    hase.post(&form.action, &[("taken", "yes"), ("command", command.as_str())]).await.is(303);
    let approve = [("how", "writing"), ("on", "R8.12.28"), ("told_by", "letter")];
    office(&mut hase, &h.session, "approve", &approve).await.is(303);
    hase.get(&minutes).await.see("承認済み").see("書面で承認");
    // A session of another day, called off: nothing to write, nothing owed.
    hase.get("/").await.not_see("会議録をまとめる");
});

const PDF: &[u8] = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n";
const NEWER: &[u8] = b"%PDF-1.7\n1 0 obj\n<</A 1>>\nendobj\n%%EOF\n";

story!(materials_have_numbers_are_replaced_and_used_again, |app| async {
    let h = begun(app, &[]).await;
    let mut hase = app.sign_in("hase").await;
    let materials = format!("{}/materials", h.session);
    hase.get(&materials).await.is(200).see("まだ資料がありません");
    let general = id_of(&h.general).to_owned();
    let fields =
        [("number", "資料1-1"), ("kind", "numbered"), ("title", "巡回の便の案"), ("item", general.as_str())];
    hase.attach_with(&materials, &fields, "案.pdf", PDF)
        .await
        .goes_to(&format!("{materials}?done=material_added"));
    hase.get(&materials).await.see("資料1-1").see("巡回の便の案");
    let fields = [("number", "資料1-1"), ("kind", "annex"), ("title", "べつの案")];
    hase.attach_with(&materials, &fields, "x.pdf", PDF).await.is(422).see("もう使っています");
    hase.get(&materials).await;
    let fields = [("number", "資料2"), ("kind", "annex"), ("title", "電話 090-1234-5678")];
    hase.attach_with(&materials, &fields, "x.pdf", PDF).await.is(422).see("だれのことでもないものです");
    // Of the confidential item the title is its members', and nothing that leaves as a file.
    let item = id_of(&h.item).to_owned();
    hase.get(&materials).await;
    let secret = [
        ("number", "資料9"),
        ("kind", "on_day"),
        ("title", "MARK-MAT 経過のまとめ"),
        ("item", item.as_str()),
    ];
    hase.attach_with(&materials, &secret, "x.pdf", PDF).await.is(422).see("写真（JPEG・PNG）だけ");
    hase.get(&materials).await;
    hase.attach_with(&materials, &secret, "x.png", crate::conference::PICTURE).await.is(303);
    hase.get(&materials).await.see("MARK-MAT").see("中身は事案にあります").not_see("attachments");
    let page = hase.get(&h.matter).await;
    let picture = page.see("MARK-MAT").body.split("<img src=\"").nth(1).unwrap().split('"').next().unwrap();
    assert_eq!(hase.get(picture).await.is(200).header("content-type"), Some("image/png"));
    // On the day it is replaced: the former version stays.
    app.clock.set(december(9, 13));
    let (mut hase, mut kinoshita) = (app.sign_in("hase").await, app.sign_in("kinoshita").await);
    hase.get(&materials).await;
    hase.attach_with(&format!("{materials}/replace"), &[], "案2.pdf", NEWER).await.is(303);
    let page = kinoshita.get(&materials).await;
    page.is(200).see("当日差し替え").not_see("MARK-MAT").not_see("資料9");
    let (newest, first) = (page.link("第2版"), page.link("第1版"));
    assert!(kinoshita.get(&newest).await.is(200).body.contains("/A 1"));
    assert!(!kinoshita.get(&first).await.is(200).body.contains("/A 1"));
    for login in ["oda", "noguchi", "tsuji", "sano"] {
        let mut who = app.sign_in(login).await;
        // 野口 was invited to the item, and left its matter since.
        let sits = matches!(login, "sano" | "noguchi");
        who.get(&newest).await.is(if sits { 200 } else { 404 });
        assert_eq!(who.get(&materials).await.body.contains("MARK-MAT"), login == "sano", "{login}");
        who.post(
            &format!("{materials}/withdraw"),
            &[("material", newest.split('/').nth(2).unwrap()), ("base_version", "2")],
        )
        .await
        .is(404);
    }
    // In the next session it is used again.
    let next = plan(&mut hase, &h.body, "第6回 重層的支援会議", "R9.1.13", &[("answer_by", "R9.1.6")]).await;
    let page = hase.get(&format!("{next}/materials")).await;
    page.see("再掲").see("巡回の便の案").not_see("MARK-MAT");
    let from = page.body.split("<optgroup").nth(1).unwrap().split("value=\"").nth(1).unwrap();
    let from = from.split('"').next().unwrap().to_owned();
    let fields = [("again", "1"), ("from", from.as_str()), ("number", "資料3")];
    hase.post(&format!("{next}/materials"), &fields).await.is(303);
    let page = hase.get(&format!("{next}/materials")).await;
    page.see("資料3").see("再掲");
    assert!(hase.get(&page.link("第1版")).await.is(200).body.contains("/A 1"));
});
