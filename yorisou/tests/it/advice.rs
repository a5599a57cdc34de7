//! Advice among those who support others: nobody is in it.

story!(advice_is_asked_given_thanked_and_counted, |app| async {
    let mut sano = app.sign_in("sano").await;
    crate::referral::case_of(app, &mut sano, "青木 ハル", "家賃が払えない").await;
    let case = crate::referral::case_of(app, &mut sano, "岡本 香織", "眠れない").await;
    let page = sano.get(&format!("/cases/{case}")).await;
    let household = page.body.split("href=\"/households/").nth(1).unwrap().split('"').next().unwrap();
    let page = sano.get(&format!("/households/{household}")).await;
    let person = page.body.split("href=\"/persons/").nth(1).unwrap().split('"').next().unwrap().to_owned();
    sano.get(&format!("/persons/{person}")).await.is(200);
    let known = [("name", "岡本 香織"), ("reading", "オカモト カオリ")];
    sano.post(&format!("/persons/{person}"), &known).await.is(303);
    let to = app.town.desk("suishin").to_string();
    let page = sano.get("/advice/new").await;
    page.is(200).see("包括化推進員");
    let topic = page.body.split("id=\"topic\"").nth(1).unwrap().split("<option value=\"").nth(2).unwrap();
    let topic = topic.split('"').next().unwrap().to_owned();
    let ask = |question: &'static str, meant: &'static str| {
        let mut fields = vec![
            ("to", to.clone()),
            ("topic", topic.clone()),
            ("question", question.to_owned()),
            ("own_view", "まず話を聞くつもりです".to_owned()),
        ];
        if !meant.is_empty() {
            fields.push(("meant", meant.to_owned()));
        }
        fields
    };
    // A name the desk knows, a number, an address: stopped, whatever is ticked. Nothing typed is lost.
    for told in ["青木ハルの家のことです", "090-1234-5678 にかけました", "湘南台9丁目9番9号です"]
    {
        sano.get("/advice/new").await;
        let fields = ask(told, "1");
        let fields: Vec<(&str, &str)> = fields.iter().map(|(n, v)| (*n, v.as_str())).collect();
        sano.post("/advice/new", &fields).await.is(422).see("消すか、言いかえてください").see(told);
    }
    // So is their name in kana, whichever, with and without a space.
    for told in [
        "おかもとかおりさんの件です",
        "オカモトカオリさんの件です",
        "おかもと かおりさんの件です",
        "オカモト　カオリの家です",
    ] {
        sano.get("/advice/new").await;
        let fields = ask(told, "1");
        let fields: Vec<(&str, &str)> = fields.iter().map(|(n, v)| (*n, v.as_str())).collect();
        sano.post("/advice/new", &fields).await.is(422).see("消すか、言いかえてください").see(told);
    }
    // What may be a name can be said to be none.
    sano.get("/advice/new").await;
    let fields = ask("田中さんのような人には", "");
    let fields: Vec<(&str, &str)> = fields.iter().map(|(n, v)| (*n, v.as_str())).collect();
    sano.post("/advice/new", &fields).await.is(422).see("人の名前でも、ケースの番号でもありません");
    // A notice has a number like a case: whoever writes says which it is.
    sano.get("/advice/new").await;
    let fields = ask("令和6年度第15号の通知の読みかたを教えてください", "");
    let fields: Vec<(&str, &str)> = fields.iter().map(|(n, v)| (*n, v.as_str())).collect();
    sano.post("/advice/new", &fields).await.is(422).see("令和6年度第15").see("ケースの番号でもありません");
    // Where somebody lives, learns or is treated leads to them together with a story: as in the case library.
    for trace in [
        "若草中学校の2年生のことです",
        "グリーンハイム408の世帯です",
        "9月14日に来所した人です",
        "さくらびょういんに入院中の人です",
        "けーす253番の人です",
    ] {
        sano.get("/advice/new").await;
        let fields = ask(trace, "");
        let fields: Vec<(&str, &str)> = fields.iter().map(|(n, v)| (*n, v.as_str())).collect();
        sano.post("/advice/new", &fields)
            .await
            .is(422)
            .see("だれのことか分からないことを確かめて")
            .see(trace);
    }
    sano.get("/advice/new").await;
    let fields = ask("80代の親と50代の子に、はじめに何を話しますか-MARK", "");
    let fields: Vec<(&str, &str)> = fields.iter().map(|(n, v)| (*n, v.as_str())).collect();
    let page = sano.post("/advice/new", &fields).await;
    page.is(303);
    let advice = page.location().split('?').next().unwrap().to_owned();

    let mut hase = app.sign_in("hase").await;
    hase.get("/").await.see("助言する");
    hase.get(&advice).await.is(200).see("MARK").see("北部福祉総合相談室");
    app.sign_in("noguchi").await.get(&advice).await.is(404);
    hase.get(&advice).await;
    let told = [("outcome", "advised"), ("words", "青木ハルには 0466-34-0000 へ")];
    hase.post(&format!("{advice}/answer"), &told).await.is(422).see("消すか");
    hase.get(&advice).await;
    let told = [("outcome", "advised"), ("words", "子の好きなことから話します-MARK-A")];
    hase.post(&format!("{advice}/answer"), &told).await.is(303);
    hase.get("/").await.not_see("助言する");
    sano.get("/").await.see("届いた助言を読む");
    sano.get(&advice).await.see("MARK-A").see("長谷 みどり");
    sano.post(&format!("{advice}/thank"), &[("helpful", "yes"), ("words", "ありがとうございました")])
        .await
        .is(303);
    sano.get("/").await.not_see("届いた助言を読む");
    hase.get(&advice).await.see("役に立った").see("ありがとうございました");
    hase.get("/flow/advice").await.is(200).see("令和8年4月1日から");
    hase.get("/advice").await.is(200).see("終わり");
    sano.get("/flow/advice").await.is(404);
    assert_eq!(engine::check::invariants(&app.engine, app.town.municipality).await.unwrap(), []);
});

story!(a_liaison_asks_too_and_a_question_can_be_withdrawn, |app| async {
    let mut tsuji = app.sign_in("tsuji").await;
    let page = tsuji.get("/advice/new").await;
    page.is(200);
    let topic = page.body.split("id=\"topic\"").nth(1).unwrap().split("<option value=\"").nth(2).unwrap();
    let topic = topic.split('"').next().unwrap().to_owned();
    let to = app.town.desk("shakyo").to_string();
    let page = tsuji
        .post(
            "/advice/new",
            &[
                ("to", &to),
                ("topic", &topic),
                ("question", "子どもの居場所は"),
                ("own_view", "児童館をすすめるつもりです"),
            ],
        )
        .await;
    page.is(303);
    let advice = page.location().split('?').next().unwrap().to_owned();
    let mut kinoshita = app.sign_in("kinoshita").await;
    kinoshita.get("/").await.see("助言する");
    tsuji.get(&advice).await.is(200);
    tsuji.post(&format!("{advice}/withdraw"), &[]).await.is(303);
    kinoshita.get("/").await.not_see("助言する");
    kinoshita.get(&advice).await.see("取り下げた");
    let late = [("outcome", "advised"), ("words", "こうします"), ("base_version", "2")];
    kinoshita.post(&format!("{advice}/answer"), &late).await.is(422).see("取り下げられました");
});
