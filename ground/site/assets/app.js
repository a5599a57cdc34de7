/* Yorisou: small helps for the pages. Every page reads and sends without this file. */
(() => {
  "use strict";
  const language = document.documentElement.lang;
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];

  /* A page that answers a sent form takes the address of the form it came from: "back" and "reload" then open
     that form, and the browser never asks whether to send again. The answer itself is kept nowhere. */
  const posted = document.documentElement.dataset.posted !== undefined;
  if (posted && document.referrer.startsWith(location.origin + "/")) {
    const from = new URL(document.referrer);
    for (const said of ["done", "undo"]) from.searchParams.delete(said);
    history.replaceState(null, "", from);
  }

  /* Drafts. A half-written consultation must survive a closed lid, a lost network or an ended session,
     so the form is saved as it is typed. One save at a time; the last typed state always wins. */
  const RETRY = [2000, 5000, 15000, 30000, 60000];
  class Draft {
    constructor(form) {
      this.form = form;
      this.url = form.dataset.draft;
      this.out = all("[data-draft-state]").filter((el) => !el.dataset.draftState || el.dataset.draftState === form.id);
      this.seen = 0;    // counts every change
      this.saved = 0;   // the change number the server has
      this.busy = false;
      this.tries = 0;
      this.sent = false;
      form.addEventListener("input", () => this.touch());
      form.addEventListener("change", () => this.touch());
      document.addEventListener("visibilitychange", () => { if (document.hidden) this.save(); });
      addEventListener("pagehide", () => this.save());
      addEventListener("online", () => this.save());
      // A form that came back with its problems holds words that may be nowhere else yet.
      if (posted) this.touch();
    }
    get dirty() { return this.seen !== this.saved; }
    body() {
      // Files do not go into a draft: they are sent with the form itself.
      return new URLSearchParams([...new FormData(this.form)].filter(([, value]) => typeof value === "string"));
    }
    show(state, values = {}) {
      for (const el of this.out) {
        const text = el.dataset["text" + state[0].toUpperCase() + state.slice(1)];
        el.dataset.state = state;
        if (text) el.textContent = text.replace(/\{(\w+)\}/g, (_, key) => values[key] ?? "");
      }
    }
    touch() {
      this.seen += 1;
      this.tries = 0;
      this.later(800);
    }
    /* Coming back to this page, by "back" or by "reload", brings the saved words back. */
    stay() {
      const here = new URL(location);
      for (const said of ["done", "undo"]) here.searchParams.delete(said);
      here.searchParams.set("draft", this.url.split("/").pop());
      if (String(here) !== String(location)) history.replaceState(history.state, "", here);
    }
    later(ms) {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.save(), ms);
    }
    post() {
      // keepalive lets a save finish after the page is gone; browsers allow it for small bodies only.
      const body = this.body();
      return fetch(this.url, {
        method: "POST", body, keepalive: String(body).length < 60000, credentials: "same-origin", redirect: "manual",
        headers: { "x-requested-with": "draft", accept: "application/json" },
      });
    }
    async save() {
      clearTimeout(this.timer);
      if (this.busy || this.sent || !this.dirty) return;
      this.busy = true;
      const upTo = this.seen;
      this.show("saving");
      try {
        const reply = await this.post();
        if (reply.status === 401) {
          // Nothing is thrown away: the text stays in the page and the next change tries again.
          this.show("signedOut");
          return;
        }
        // Trying again would not help: a number that must not be written, or another page with the same draft.
        if ([409, 413, 422].includes(reply.status)) {
          this.show(reply.status === 409 ? "conflict" : "refused");
          return;
        }
        if (!reply.ok) throw new Error(String(reply.status));
        const json = await reply.json().catch(() => ({}));
        const base = this.form.elements.namedItem("draft_version");
        if (base && json.version !== undefined) base.value = json.version;
        this.saved = upTo;
        this.tries = 0;
        if (json.sent) {
          this.show("gone");
          return;
        }
        this.stay();
        this.show("saved", { time: new Date().toLocaleTimeString(language, { hour: "numeric", minute: "2-digit" }) });
        if (this.dirty) this.later(800);
      } catch {
        this.show("failed");
        this.later(RETRY[Math.min(this.tries++, RETRY.length - 1)]);
      } finally {
        this.busy = false;
      }
    }
  }
  const drafts = all("form[data-draft]").map((form) => new Draft(form));
  const draftOf = (form) => drafts.find((draft) => draft.form === form);

  /* Ask before leaving only while typed words are not yet on the server. */
  addEventListener("beforeunload", (event) => {
    if (drafts.some((draft) => draft.dirty && !draft.sent)) event.preventDefault();
  });

  /* A second tap on a slow line must not send twice. The button that was pressed keeps its name and
     value in the request, so buttons are switched off only after the form has been read. */
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || (form.getAttribute("method") || "get").toLowerCase() !== "post") return;
    if (form.dataset.sending) { event.preventDefault(); return; }
    // More than the server takes at all: it stays here, at the field whose counter says by how much.
    const over = all("[data-max]", form).find((field) => [...field.value].length > Number(field.dataset.max));
    if (over && over.value.length > 200000) { event.preventDefault(); over.focus(); return; }
    form.dataset.sending = "1";
    const draft = draftOf(form);
    if (draft) { draft.sent = true; clearTimeout(draft.timer); }
    setTimeout(() => {
      for (const el of form.elements) if (el.type === "submit" && !el.disabled) { el.disabled = true; el.dataset.guard = "1"; }
    });
  });
  /* Coming back by the back button: the form can be sent again. */
  addEventListener("pageshow", () => {
    for (const el of all("[data-guard]")) { el.disabled = false; delete el.dataset.guard; }
    for (const form of all("form[data-sending]")) delete form.dataset.sending;
    for (const draft of drafts) draft.sent = false;
  });

  /* data-autosave: a field of a room where people talk saves itself, each time as a command of its own. What could not be sent stays
     in this tab and goes out when the line is back: first exactly what was sent and not answered (the server knows its
     command if it arrived), then what was typed since. The button sends the form like any other, and says why when saving is refused.
     It waits in the tab for this person and this address only, and is gone with signing out, with leaving the place and when somebody
     else signs in here. */
  const newId = () => {
    const b = crypto.getRandomValues(new Uint8Array(16));
    b[6] = (b[6] & 0x0f) | 0x40;
    b[8] = (b[8] & 0x3f) | 0x80;
    const hex = [...b].map((n) => n.toString(16).padStart(2, "0")).join("");
    return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
  };
  const UNSAVED = "unsaved:";
  const forgetUnsaved = (stays = () => false) => {
    try {
      for (const key of Object.keys(sessionStorage)) {
        if (key.startsWith(UNSAVED) && !stays(key)) sessionStorage.removeItem(key);
      }
    } catch { /* nothing was kept */ }
  };
  class Autosave {
    constructor(form) {
      this.form = form;
      this.out = form.querySelector("[data-save-state]");
      this.key = UNSAVED + (form.elements.namedItem("owner")?.value || "") + ":" + form.getAttribute("action") + ":" + form.id;
      this.seen = 0;
      this.saved = 0;
      this.pending = null;  // sent and not answered
      this.stuck = false;   // only its author can go on: the button says why
      this.tries = 0;
      const typed = (event) => {
        // Leaving a text (for its button, say) tells nothing that typing in it has not told: what was refused stays refused.
        if (event.type === "change" && event.target.tagName === "TEXTAREA") {
          if (this.dirty && !this.stuck) this.later(0);
          return;
        }
        this.stuck = false;
        this.touch(event.type === "change" ? 0 : 900);
      };
      form.addEventListener("input", typed);
      form.addEventListener("change", typed);
      form.addEventListener("submit", (event) => {
        // A button that says something itself sends the form like any other, with what is not saved yet.
        if (event.submitter?.name && navigator.onLine) { this.leave(); this.saved = this.seen; return; }
        if (this.stuck || !navigator.onLine) { if (this.stuck) this.leave(); else event.preventDefault(); return; }
        event.preventDefault();
        this.touch(0);
      });
      addEventListener("online", () => this.save());
      document.addEventListener("visibilitychange", () => { if (document.hidden) this.save(); });
      addEventListener("pagehide", () => this.save());
      this.restore();
    }
    get dirty() { return this.seen !== this.saved; }
    get base() { return this.form.elements.namedItem("base_version"); }
    fields() { return all("textarea,select", this.form).filter((el) => el.name); }
    /* What stood in a list of choices when it was read: the server takes no choice over another one it was not made against. */
    before() { return all('input[type="hidden"][name^="was_"]', this.form); }
    show(state, values = {}) {
      const text = this.out?.dataset["text" + state[0].toUpperCase() + state.slice(1)];
      if (!this.out || text === undefined) return;
      this.out.dataset.state = state;
      this.out.textContent = text.replace(/\{(\w+)\}/g, (_, key) => values[key] ?? "");
    }
    touch(wait) {
      this.seen += 1;
      this.tries = 0;
      this.show("unsaved");
      this.keep();
      this.later(wait);
    }
    later(ms) {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.save(), ms);
    }
    /* This tab only: an office lends one machine to several people. */
    keep() {
      const values = Object.fromEntries(this.fields().map((el) => [el.name, el.value]));
      const was = Object.fromEntries(this.before().map((el) => [el.name, el.value]));
      const kept = { values, was, base: this.base?.value, pending: this.pending?.body };
      try { sessionStorage.setItem(this.key, JSON.stringify(kept)); } catch { /* full or refused: the page itself still holds it */ }
    }
    leave() { try { sessionStorage.removeItem(this.key); } catch { /* nothing was kept */ } }
    restore() {
      let kept = null;
      try { kept = JSON.parse(sessionStorage.getItem(this.key)); } catch { /* nothing readable */ }
      if (!kept) return;
      if (this.fields().every((el) => (kept.values[el.name] ?? el.value) === el.value)) { this.leave(); return; }
      for (const el of this.fields()) if (kept.values[el.name] !== undefined) el.value = kept.values[el.name];
      if (this.base && kept.base !== undefined) this.base.value = kept.base;
      for (const el of this.before()) if (kept.was?.[el.name] !== undefined) el.value = kept.was[el.name];
      if (kept.pending) this.pending = { body: kept.pending, upTo: 0 };
      this.touch(0);
    }
    /* What else on the page says how many are noted, and for whom a decision waits. */
    follow({ waits }) {
      const seats = all("[data-seat]", this.form);
      for (const el of all(`[data-noted="${this.form.id}"]`)) {
        const values = { n: seats.filter((seat) => seat.value).length, of: seats.length };
        el.textContent = el.dataset.text.replace(/\{(\w+)\}/g, (_, key) => values[key] ?? "");
      }
      for (const el of all("[data-waits]")) {
        const names = waits?.[el.dataset.waits];
        if (names === undefined) continue;
        el.hidden = !names;
        el.querySelector("span").textContent = names;
      }
    }
    body() {
      const body = new URLSearchParams([...new FormData(this.form)].filter(([, value]) => typeof value === "string"));
      body.set("command", newId());
      return String(body);
    }
    async save() {
      clearTimeout(this.timer);
      if (this.busy || this.stuck || !(this.dirty || this.pending)) return;
      this.busy = true;
      this.pending ??= { body: this.body(), upTo: this.seen };
      this.keep();
      const { body, upTo } = this.pending;
      try {
        const reply = await fetch(this.form.action, {
          method: "POST", body, keepalive: body.length < 60000, credentials: "same-origin", redirect: "manual",
          headers: { "x-requested-with": "draft", accept: "application/json", "content-type": "application/x-www-form-urlencoded;charset=UTF-8" },
        });
        if (reply.status === 401) { this.show("signedOut"); this.later(15000); return; }
        const done = reply.ok || reply.type === "opaqueredirect";
        if (!done && reply.status < 500) {
          this.pending = null;
          this.stuck = true;
          this.keep();
          const json = await reply.json().catch(() => ({}));
          this.show(json.conflict || reply.status === 409 ? "conflict" : "refused");
          if (json.problem && this.out) this.out.textContent = json.problem;
          return;
        }
        if (!done) throw new Error(String(reply.status));
        const json = reply.ok ? await reply.json().catch(() => ({})) : {};
        if (json.version !== undefined) {
          // Whatever else of this page is written against the same text goes on from here.
          const mine = this.form.elements.namedItem("place")?.value;
          for (const other of all("form")) {
            const base = other.elements.namedItem("base_version");
            if (mine && base && other.elements.namedItem("place")?.value === mine) base.value = json.version;
          }
        }
        this.follow(json);
        const sent = new URLSearchParams(body);
        for (const el of this.before()) {
          const chosen = sent.get("how-" + el.name.slice(4));
          if (chosen) el.value = chosen;
        }
        this.pending = null;
        this.saved = Math.max(this.saved, upTo);
        this.tries = 0;
        if (this.dirty) { this.keep(); this.later(900); return; }
        this.leave();
        this.show("saved", { time: new Date().toLocaleTimeString(language, { hour: "numeric", minute: "2-digit" }) });
      } catch {
        this.show("failed");
        this.later(RETRY[Math.min(this.tries++, RETRY.length - 1)]);
      } finally {
        this.busy = false;
      }
    }
  }
  const owner = document.querySelector("input[name=owner]")?.value;
  if (owner) forgetUnsaved((key) => key.startsWith(UNSAVED + owner + ":"));
  const autosaves = all("form[data-autosave]").map((form) => new Autosave(form));
  /* data-keep: what was typed into a short form and not sent is there again when another form of the same page was sent. */
  const keptForms = all("form[data-keep]").map((form) => {
    const key = UNSAVED + (owner || "") + ":" + form.getAttribute("action") + ":" + form.id;
    const fields = () => all("input:not([type=hidden]),textarea,select", form).filter((el) => el.name);
    try {
      const kept = JSON.parse(sessionStorage.getItem(key));
      for (const el of fields()) {
        if (el.type === "checkbox") el.checked = kept?.[el.name] ?? el.checked;
        else el.value = kept?.[el.name] || el.value;
      }
      sessionStorage.removeItem(key);
    } catch { /* nothing readable was kept */ }
    return { form, key, fields };
  });
  document.addEventListener("submit", (event) => {
    if (event.defaultPrevented) return;
    for (const { form, key, fields } of keptForms.filter((kept) => kept.form !== event.target)) {
      const values = Object.fromEntries(fields().map((el) => [el.name, el.type === "checkbox" ? el.checked : el.value]));
      try { sessionStorage.setItem(key, JSON.stringify(values)); } catch { /* full or refused */ }
    }
  });
  /* Another form of the same page may be sent at any time: what is typed stays in this tab and is there again. Signing out and leaving
     the place end that: what is not sent is asked about first, and then not kept. */
  let leaving = false;
  let ending = false;
  document.addEventListener("submit", (event) => {
    if (event.defaultPrevented) return;
    ending = ["/sign-out", "/lock"].includes(event.target.getAttribute("action"))
      && (event.target.getAttribute("method") || "get").toLowerCase() === "post";
    leaving ||= !ending;
  });
  addEventListener("pagehide", () => { if (ending) forgetUnsaved(); });
  addEventListener("beforeunload", (event) => {
    if (!leaving && autosaves.some((form) => form.dirty)) event.preventDefault();
  });

  /* A room that somebody looks on at: asks whether anything changed of what they may see, and only then reads it. */
  const watched = () => document.querySelector("[data-room]");
  const roomSays = (state) => {
    const out = document.querySelector("[data-room-state]");
    const time = new Date().toLocaleTimeString(language, { hour: "numeric", minute: "2-digit" });
    if (out) out.textContent = out.dataset["text" + state].replace("{time}", time);
  };
  const watchRoom = async () => {
    const part = watched();
    if (!part) return;
    if (!document.hidden) {
      try {
        const reply = await fetch(part.dataset.room, { credentials: "same-origin", redirect: "error", cache: "no-store" });
        if (reply.status === 404) { location.reload(); return; }
        if (!reply.ok) throw new Error(String(reply.status));
        const { revision } = await reply.json();
        if (revision !== part.dataset.revision) {
          const page = await fetch(location.href, { credentials: "same-origin", redirect: "error", cache: "no-store" });
          const next = page.ok && new DOMParser().parseFromString(await page.text(), "text/html").querySelector("[data-room]");
          if (!next) { location.reload(); return; }
          part.replaceWith(document.adoptNode(next));
        }
        roomSays("At");
      } catch { roomSays("Lost"); }
    }
    setTimeout(watchRoom, 3000);
  };
  if (watched()) setTimeout(watchRoom, 3000);

  /* data-show-when="field=value,field=value2": shown when any of the pairs holds ("field=*": any answer).
     What is hidden is also disabled, so an answer nobody sees is not sent. */
  const conditional = all("[data-show-when]");
  const holds = (form, pair) => {
    const [name, ...rest] = pair.trim().split("=");
    const wanted = rest.join("=");
    const values = new FormData(form).getAll(name);
    return wanted === "*" ? values.some(Boolean) : values.includes(wanted);
  };
  const refresh = () => {
    for (const box of conditional) {
      const form = box.closest("form");
      if (!form) continue;
      const on = box.dataset.showWhen.split(",").some((pair) => holds(form, pair));
      box.hidden = !on;
      for (const el of all("input,select,textarea,button", box)) {
        if (!on && !el.disabled) { el.disabled = true; el.dataset.away = "1"; }
        else if (on && el.dataset.away && !el.closest("[data-show-when][hidden]")) { el.disabled = false; delete el.dataset.away; }
      }
    }
  };
  if (conditional.length) { document.addEventListener("change", refresh); refresh(); }

  /* Character counter: counts as people count, so 𠮷 is one. data-max never cuts what was typed. */
  for (const field of all("[data-max]")) {
    const out = document.getElementById(field.dataset.counter || field.id + "-count");
    if (!out) continue;
    const max = Number(field.dataset.max);
    const count = () => {
      const left = max - [...field.value].length;
      const text = left < 0 ? out.dataset.textOver : out.dataset.textLeft;
      out.textContent = (text || "{n}").replace("{n}", Math.abs(left));
      out.classList.toggle("over", left < 0);
    };
    field.addEventListener("input", count);
    count();
  }

  /* A typed date is read back as a wareki date with its weekday, so a slip is seen at once. */
  const ERAS = { R: 2018, 令和: 2018, H: 1988, 平成: 1988, S: 1925, 昭和: 1925, T: 1911, 大正: 1911, M: 1867, 明治: 1867 };
  const readDate = (text) => {
    const plain = text.normalize("NFKC").trim().toUpperCase();
    // Without a year only what is meant on any kind of field: a day within a month of today.
    const short = plain.match(/^(\d{1,2})[月./-](\d{1,2})日?$/) || plain.match(/^(\d{2})(\d{2})$/);
    if (short) {
      const now = new Date();
      const [month, day] = [short[1] - 1, Number(short[2])];
      return [-1, 0, 1].map((more) => new Date(now.getFullYear() + more, month, day))
        .find((date) => date.getMonth() === month && Math.abs(date - now) < 31 * 864e5) ?? null;
    }
    const m = plain
      .match(/^(令和|平成|昭和|大正|明治|[RHSTM])?\s*(元|\d{1,4})\s*[年./-]\s*(\d{1,2})\s*[月./-]\s*(\d{1,2})日?$/);
    if (!m || (!m[1] && m[2].length < 4)) return null;
    const year = (m[1] ? ERAS[m[1]] : 0) + (m[2] === "元" ? 1 : Number(m[2]));
    const date = new Date(year, m[3] - 1, m[4]);
    return date.getMonth() === m[3] - 1 && date.getDate() === Number(m[4]) ? date : null;
  };
  for (const field of all("[data-wareki]")) {
    const out = document.getElementById(field.dataset.wareki);
    if (!out) continue;
    const first = out.textContent;
    const say = () => {
      const date = readDate(field.value);
      out.textContent = date
        ? new Intl.DateTimeFormat(language === "ja" ? "ja-JP-u-ca-japanese" : "en-GB",
          { era: language === "ja" ? "long" : undefined, year: "numeric", month: "long", day: "numeric", weekday: "short" }).format(date)
          .replace("(", "（").replace(")", "）") + (language === "ja" ? "　" + date.getFullYear() + "年" : "")
        : first;
    };
    field.addEventListener("input", say);
    if (field.value) say();
  }

  /* Marks: the closed line always tells what the tiles say. */
  for (const box of all("details[data-marks]")) {
    const line = box.querySelector("[data-marks-line]");
    const say = () => {
      line.textContent = all("fieldset", box).map((set) => {
        const names = all("input:checked", set).map((input) => (input.dataset.short || input.closest("label").textContent).trim());
        return `${set.dataset.label || set.querySelector("legend").textContent.trim()}: ${names.join(", ") || set.dataset.none || ""}`;
      }).join(" / ");
    };
    box.addEventListener("change", say);
    if (line) say();
  }

  /* A drawing wider than its frame is seen from its middle: the household, or the person it is about. */
  for (const drawing of all(".scroll-x>.kin")) {
    const box = drawing.parentElement;
    if (box.scrollWidth <= box.clientWidth) continue;
    const middle = (drawing.querySelector(".middle, .inner") || drawing).getBoundingClientRect();
    box.scrollLeft += middle.left + middle.width / 2 - box.getBoundingClientRect().left - box.clientWidth / 2;
  }

  /* A tie in words while it is being chosen: the sentence it will be read as, and what its days are called. */
  for (const out of all("[data-says]:not(option)")) {
    const form = out.closest("form");
    const field = (name) => form.elements.namedItem(name);
    const typed = (name) => field(name)?.value.trim();
    const called = (name) => {
      const list = field(name);
      if (!list?.options) return out.dataset[name];
      if (list.value === "new") return typed("name") || typed("relation") || out.dataset.new;
      return list.value && list.selectedOptions[0].textContent.trim();
    };
    const say = () => {
      const kind = field("kind").selectedOptions[0].dataset;
      const [a, b] = field("turned")?.checked ? [called("b"), called("a")] : [called("a"), called("b")];
      const whole = kind.says && a && (b || !kind.says.includes("{b}"));
      const words = whole ? kind.says.replace("{a}", () => a).replace("{b}", () => b) : out.dataset.says;
      if (out.textContent !== words) out.textContent = words;
      for (const name of ["from", "until"]) {
        const label = form.querySelector(`label[for="${name}"]`);
        if (label && kind[name]) label.textContent = kind[name];
      }
    };
    form.addEventListener("input", say);
    form.addEventListener("change", say);
    say();
  }

  /* Open panels close by Escape, by a click elsewhere and when the focus walks out. */
  const closable = "details[data-close-outside][open]";
  const closeOthers = (target) => all(closable).forEach((box) => { if (!box.contains(target)) box.open = false; });
  document.addEventListener("click", (event) => closeOthers(event.target));
  document.addEventListener("focusin", (event) => closeOthers(event.target));
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      for (const box of all(closable)) {
        if (box.contains(document.activeElement)) box.querySelector("summary").focus();
        box.open = false;
      }
    }
  });

  /* Keys. Single keys do nothing while someone types, and can be switched off (WCAG 2.1.4). */
  const opener = document.querySelector("[data-keys]");
  const sheet = document.getElementById("keys");
  if (opener && sheet) { opener.hidden = false; opener.addEventListener("click", () => sheet.showModal()); }
  let going = 0;
  const rows = () => all("main tbody th a, main .tasks .what a");
  const step = (by) => {
    const links = rows();
    const at = links.indexOf(document.activeElement);
    const next = links[at < 0 ? (by > 0 ? 0 : links.length - 1) : at + by];
    if (next) next.focus();
    return Boolean(next);
  };
  const press = (key) => {
    if (going > Date.now()) {
      going = 0;
      const place = document.querySelector(`[data-go="${CSS.escape(key)}"]`);
      if (place) { location.href = place.href; return true; }
      return false;
    }
    switch (key) {
      case "/": {
        const search = document.querySelector("[data-search]");
        if (search) { search.focus(); search.select(); }
        return Boolean(search);
      }
      case "?": if (sheet) sheet.showModal(); return Boolean(sheet);
      case "g": going = Date.now() + 1500; return true;
      case "x": {
        const tick = document.activeElement.closest("li,tr")?.querySelector("input[name=pick]");
        if (tick) tick.click();
        return Boolean(tick);
      }
      case "j": return step(1);
      case "k": return step(-1);
      default: return false;
    }
  };
  document.addEventListener("keydown", (event) => {
    if (event.isComposing || event.altKey || event.metaKey) return;
    if (event.ctrlKey) {
      const form = event.key === "Enter" && event.target.closest("form[method=post]");
      const button = form && form.querySelector("button.btn:not(.sub):not([disabled]), button:not([disabled])");
      if (button) { event.preventDefault(); form.requestSubmit(button); }
      return;
    }
    if (event.target.closest("input,select,textarea,[contenteditable],dialog[open]")) return;
    if (opener?.dataset.keys === "on" && press(event.key)) event.preventDefault();
  });

  /* Filter a list as one types (choose a user). Kana is compared without its hiragana/katakana form. */
  const fold = (text) => text.normalize("NFKC").toLowerCase().replace(/[\u30a1-\u30f6]/g, (c) => String.fromCharCode(c.charCodeAt(0) - 96)).replace(/\s/g, "");
  for (const field of all("input[data-filter]")) {
    const list = document.getElementById(field.dataset.filter);
    if (!list) continue;
    const box = field.closest("[hidden]");
    if (box) box.hidden = false;
    const none = document.getElementById(field.dataset.filter + "-none");
    // data-groups: what is filtered stands in folds; those with a hit open, and a tick stays in sight.
    const groups = list.dataset.groups === undefined ? [] : [...list.children];
    const items = groups.length ? all("label", list) : [...list.children];
    const apply = () => {
      const wanted = fold(field.value);
      let shown = 0;
      for (const item of items) {
        item.hidden = !fold(item.textContent + (item.dataset.find || "")).includes(wanted) && !item.querySelector(":checked");
        if (!item.hidden) shown += 1;
      }
      for (const group of groups) {
        group.hidden = !group.querySelector("label:not([hidden])");
        group.open = group.querySelector(":checked") !== null || (wanted !== "" && !group.hidden);
      }
      if (none) none.hidden = shown > 0;
    };
    field.addEventListener("input", apply);
  }

  for (const button of all("[data-print]")) { button.hidden = false; button.addEventListener("click", () => print()); }

  /* After errors the summary is read first. */
  const errors = document.querySelector(".errors[tabindex]");
  if (errors) errors.focus();

  /* After signing in again the kept form goes on by itself; without script its button is pressed. */
  const again = document.querySelector("form[data-autosubmit]");
  if (again) again.requestSubmit();

  /* Ticks in front of rows: all at once, how many there are, and x for the row one stands on. */
  for (const box of all("[data-tick-all]")) {
    const form = box.closest("form");
    const every = box.querySelector("input");
    const out = form.querySelector("[data-ticked]");
    const ticks = () => all("input[name=pick]", form);
    const say = () => {
      const n = ticks().filter((tick) => tick.checked).length;
      every.checked = n > 0 && n === ticks().length;
      every.indeterminate = n > 0 && !every.checked;
      if (out) out.textContent = n > 0 ? out.dataset.text.replace("{n}", n) : "";
    };
    box.hidden = false;
    every.addEventListener("change", () => { for (const tick of ticks()) tick.checked = every.checked; say(); });
    form.addEventListener("change", (event) => { if (event.target.name === "pick") say(); });
    say();
  }

  /* Work under way: the part of the page that shows it looks again by itself, until it is over, the page is put
     aside or some minutes have passed. Without this the link beside it does the same. */
  const live = () => document.querySelector("[data-live]");
  const until = Date.now() + 600000;
  const lookAgain = async () => {
    const part = live();
    if (!part || Date.now() > until) return;
    if (!document.hidden) {
      try {
        const reply = await fetch(location.href, { credentials: "same-origin", redirect: "error" });
        const next = reply.ok && new DOMParser().parseFromString(await reply.text(), "text/html").querySelector("[data-work]");
        const here = document.querySelector("[data-work]");
        if (next && here) here.replaceWith(document.adoptNode(next));
      } catch { /* The line is gone for a moment: the next look finds it. */ }
    }
    setTimeout(lookAgain, 1500);
  };
  if (live()) setTimeout(lookAgain, 1000);

  /* A long list of receivers: typing part of a name leaves only those that match, and the chosen one. */
  for (const input of all("input[data-filter-select]")) {
    const select = document.getElementById(input.dataset.filterSelect);
    if (!select) continue;
    const fold = (text) => text.normalize("NFKC").toLowerCase();
    const options = all("option", select).filter((o) => o.value);
    input.closest("[hidden]")?.removeAttribute("hidden");
    input.addEventListener("input", () => {
      const wanted = fold(input.value.trim());
      const hits = options.filter((o) => fold(o.textContent).includes(wanted));
      for (const o of options) o.hidden = o.disabled = !(hits.includes(o) || o.selected);
      if (wanted && hits.length === 1) hits[0].selected = true;
    });
  }
})();
