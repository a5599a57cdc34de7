//! A change of something that exists says which version it was written against, or is refused: nobody knows otherwise
//! what its author had read (disclosure rule 6).

use crate::casefile::{case, first, text, write};
use crate::support::{Form, Page, Person};

/// Sends the form of the page as a browser would, but without its version; then as it is.
async fn without_version(person: &mut Person, page: &Page, action: &str, fields: &[(&str, &str)]) {
    let form: Form = page.form(action);
    assert!(!form.value("base_version").is_empty(), "the form to {action} says no version: {}", form.html);
    let mut all: Vec<(String, String)> =
        form.hidden.iter().filter(|(n, _)| n != "base_version" && n != "command").cloned().collect();
    all.extend(fields.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())));
    let all: Vec<(&str, &str)> = all.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    let path = form.action.split('#').next().unwrap_or_default();
    let answer = person.post_exactly(path, &all).await;
    assert_eq!(answer.status, 409, "{path} without a version: {}", answer.text());
}

story!(what_exists_is_changed_only_against_a_version, |app| async {
    let mut kinoshita = app.sign_in("kinoshita").await;
    let case = case(&mut kinoshita).await;
    write(&mut kinoshita, &case, &[("body", "玄関先で話した")]).await.is(303);
    let timeline = kinoshita.get(&format!("{case}/entries")).await;
    let entry = text(&timeline, "玄関先で話した");
    let page = kinoshita.get(&entry).await;
    without_version(&mut kinoshita, &page, &entry, &[("body", "玄関先で長く話した")]).await;
    without_version(&mut kinoshita, &page, &format!("{entry}/error"), &[]).await;
    let overview = kinoshita.get(&case).await;
    let home = kinoshita.get(&first(&overview, "households")).await;
    let person = first(&home, "persons");
    let page = kinoshita.get(&person).await;
    without_version(&mut kinoshita, &page, &person, &[("name", "べつの名前")]).await;
    without_version(&mut kinoshita, &page, &format!("{person}/died"), &[("died", "R8.11")]).await;
    without_version(&mut kinoshita, &page, &format!("{person}/left"), &[("left", "R8.11.20")]).await;
    kinoshita.get(&person).await.not_see("べつの名前");
    let today = kinoshita.get("/").await;
    let task = kinoshita.get(&first(&today, "tasks")).await;
    without_version(&mut kinoshita, &task, "/assign", &[("assignee", "")]).await;
    without_version(&mut kinoshita, &task, "/postpone", &[("due", "R8.12.4"), ("reason", "person")]).await;
    let end = kinoshita.get(&format!("{case}/end")).await;
    let fields = [
        ("to", "closed"),
        ("reason", "settled"),
        ("words", "おわり"),
        ("watch", "民生委員"),
        ("ends", "yes"),
    ];
    without_version(&mut kinoshita, &end, &format!("{case}/end"), &fields).await;
});
