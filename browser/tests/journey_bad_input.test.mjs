// What goes wrong on an ordinary day: every time the page says what to do, and no word is lost.

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import {
  choose,
  expectGoodPage,
  expectGoodForms,
  expectNoTrouble,
  expectNoViolations,
  follow,
  launchBrowser,
  open,
  openPage,
  press,
  receive,
  sees,
  seesNot,
  signIn,
  somebody,
  theProgram,
} from '../lib.mjs';

describe('bad input', () => {
  let program;
  let browser;
  let page;

  before(async () => {
    [program, browser] = await Promise.all([theProgram(), launchBrowser()]);
    page = await openPage(browser, program.url);
    await signIn(page, 'hayakawa');
  });
  after(async () => {
    await browser?.close();
    await program?.stop();
  });

  /** A signed-in page of its own, for what leaves refusals behind. */
  const another = async () => {
    const other = await openPage(browser, program.url);
    await signIn(other, 'hayakawa');
    return other;
  };

  it('tells all problems at once, beside their fields, and keeps what was typed', async () => {
    await open(page, '/consultations/new');
    const long = 'あ'.repeat(10_001);
    await page.fill('#words', long);
    await page.fill('#occurred', 'R8.13.45');
    await page.fill('#phone', '0466\u0007');
    await press(page, '受ける');
    await sees(page, '送る前に、次のところを直してください', '10000字までにしてください（いま10001字）', '見えない文字');
    assert.equal(await page.inputValue('#words'), long);
    assert.equal(await page.inputValue('#occurred'), 'R8.13.45');
    assert.equal(await page.locator('#occurred').getAttribute('aria-invalid'), 'true');
    assert.equal(await page.evaluate(() => document.activeElement.className), 'errors', 'the summary is read first');
    assert.match(await page.title(), /^エラー/);
    const summary = await page.locator('.errors li').allInnerTexts();
    const named = summary.map((line) => line.split(':')[0].trim());
    assert.deepEqual(named, ['困りごと（話されたままの言葉で）', '受けた日', '電話'], 'in the order of the page, by name');
    await page.locator('.errors a').nth(1).click();
    assert.equal(await page.evaluate(() => document.activeElement.id), 'occurred', 'a problem leads to its field');
    await expectGoodPage(page, 'bad-problems');
  });

  it('after problems, "back" and "reload" bring the form and its words, and never ask to send again', async () => {
    const words = `もどる。${somebody('').given}`;
    await open(page, '/consultations/new');
    await page.fill('#words', words);
    await page.fill('#occurred', 'きのう');
    await press(page, '受ける');
    await sees(page, '日付を読みとれません');
    await page.locator('[data-draft-state][data-state=saved]').waitFor();
    assert.equal(new URL(page.url()).pathname, '/consultations/new', 'the page has the address of its form');
    await page.reload();
    assert.equal(await page.inputValue('#words'), words);
    await page.fill('#occurred', 'おととい');
    await press(page, '受ける');
    await page.locator('[data-draft-state][data-state=saved]').waitFor();
    await open(page, '/who');
    await page.goBack();
    assert.equal(await page.inputValue('#words'), words);
    assert.equal(await page.inputValue('#occurred'), 'おととい');
    await page.fill('#occurred', 'R8.11.20');
    await choose(page, 'topics', 'other');
    await receive(page);
    await sees(page, words);
    // And back from what was recorded: the draft is gone, and a new form says so.
    await page.goBack();
    await sees(page, 'その下書きは、もうありません');
    assert.equal(await page.inputValue('#words'), '');
    expectNoTrouble(page);
  });

  it('what must be chosen says so in the words of the page, without a bubble', async () => {
    await open(page, '/consultations');
    await open(page, '/cases?mine=1');
    const at = await page.locator('main tbody a').first().getAttribute('href');
    await open(page, `${at}/entries?write=1`);
    await page.fill('#body', '書きかけ');
    await page.fill('#due', 'R1.5.1');
    await press(page, '記録する');
    await sees(page, 'どうやって: どれかを選んでください', 'いつまでに: 過ぎた日です');
    assert.equal(await page.inputValue('#body'), '書きかけ');
    await expectGoodPage(page, 'bad-chosen');
  });

  it('a draft that cannot be saved says why, and does not pretend to try again', async () => {
    const other = await another();
    await open(other, '/consultations/new');
    await other.fill('#words', '番号は1234 5678 9018');
    await other.locator('[data-draft-state][data-state=refused]').waitFor();
    await sees(other, '12けたの番号を消す');
    await other.fill('#words', '番号は消した');
    await other.locator('[data-draft-state][data-state=saved]').waitFor();
    await other.context().close();
  });

  it('the same draft in two tabs is not overwritten without a word', async () => {
    const other = await another();
    await open(other, '/consultations/new');
    await other.fill('#words', '一つめの画面');
    await other.locator('[data-draft-state][data-state=saved]').waitFor();
    const second = await other.context().newPage();
    await second.goto(other.url());
    await second.fill('#words', '二つめの画面');
    await second.locator('[data-draft-state][data-state=saved]').waitFor();
    await other.fill('#words', '一つめの画面のつづき');
    await other.locator('[data-draft-state][data-state=conflict]').waitFor();
    await press(other, '下書きを保存');
    await sees(other, '二つめの画面', '一つめの画面のつづき');
    await other.context().close();
  });

  it('wrong dates and times each say what is wrong and keep what was typed', async () => {
    for (const [field, typed, words] of [
      ['occurred', '2026-02-30', 'こよみにない日です'],
      ['occurred', 'R99.1.1', '年'],
      ['occurred', 'R12.1.1', 'まだ来ていない日です'],
      ['occurred', '', '受けた日: '],
      ['time', '25:00', '時刻を読みとれません'],
      ['birth', 'むかし', '日付を読みとれません'],
    ]) {
      await open(page, '/consultations/new');
      await page.fill('#words', '日付のこと');
      await page.evaluate(() => document.querySelectorAll('details.more').forEach((each) => (each.open = true)));
      await page.fill(`#${field}`, typed);
      await press(page, '受ける');
      await sees(page, '送る前に、次のところを直してください', words);
      assert.equal(await page.inputValue(`#${field}`), typed);
      assert.equal(await page.locator(`#${field}`).isVisible(), true, `${field} is not folded away`);
      await expectGoodForms(page);
    }
  });

  it('a number of the national register stays out', async () => {
    await open(page, '/consultations/new');
    await page.fill('#words', '番号は１２３４-5678-9018だそうです');
    await press(page, '受ける');
    await sees(page, '個人番号（マイナンバー）らしい12けたの数字');
    await expectGoodPage(page, 'bad-number');
  });

  it('every character of a name arrives as it was written', async () => {
    const name = `𠮷田 葛\u{E0100}${somebody('').given}`;
    const words = `${name}さん。「うれしい😀👨‍👩‍👧」と話す。髙・﨑・〜`;
    await open(page, '/consultations/new');
    await page.fill('#words', words);
    await page.fill('#name', name);
    await choose(page, 'topics', 'other');
    await receive(page);
    await sees(page, name, words);
    await expectGoodPage(page, 'bad-characters');
  });

  it('pressed twice, it is one consultation', async () => {
    const words = `二度押し。${somebody('').given}`;
    await open(page, '/consultations/new');
    await page.fill('#words', words);
    await choose(page, 'topics', 'other');
    const body = await page.evaluate(() => String(new URLSearchParams(new FormData(document.querySelector('#intake')))));
    await follow(page, () => page.locator('.dock button:not([formaction])').dblclick());
    const here = new URL(page.url()).pathname;
    await sees(page, words);
    // And the same sending once more, as by a browser that asks again after a broken line.
    const again = await page.request.post('/consultations', {
      data: body,
      headers: { 'content-type': 'application/x-www-form-urlencoded', origin: program.url },
      maxRedirects: 0,
    });
    assert.equal(again.status(), 303);
    assert.equal(new URL(again.headers().location, program.url).pathname, here, 'the second sending leads to the first record');
  });

  it('a tab that is behind is told, and shows both texts', async () => {
    await open(page, '/consultations/new');
    await page.fill('#words', `古いタブ。${somebody('').given}`);
    await choose(page, 'topics', 'other');
    await receive(page);
    const here = new URL(page.url()).pathname;
    const behind = await page.context().newPage();
    await behind.goto(here);
    await choose(page, 'disposition', 'information_given');
    await page.fill('#told', '先の窓口の電話を伝えた');
    await press(page, 'これで決める');
    await choose(behind, 'disposition', 'information_given');
    await behind.fill('#told', '地図を渡した');
    await follow(behind, () => behind.getByRole('button', { name: 'これで決める' }).click());
    await sees(behind, '先に', '先の窓口の電話を伝えた', '地図を渡した');
    await expectNoViolations(behind, 'bad-stale');
    await behind.close();
  });

  it('a session that ends in a long form costs one press, and no word', async () => {
    const other = await another();
    const words = `長い話の途中。${somebody('').given}`;
    await open(other, '/consultations/new');
    const sessions = (await other.context().cookies()).map(({ name }) => name).filter((name) => /session/.test(name));
    assert.equal(sessions.length, 1, 'one cookie holds the session');
    await other.fill('#words', words);
    await choose(other, 'topics', 'other');
    await other.context().clearCookies({ name: sessions[0] });
    await press(other, '受ける');
    await sees(other, '取ってあります');
    await expectNoViolations(other, 'bad-expired');
    await follow(other, () => other.locator('form[data-demo-account=hayakawa] button').first().click());
    await other.waitForURL(/\/consultations\/[0-9a-f-]{36}/);
    await sees(other, words);
    await other.context().close();
  });

  it('too much at once stays in the field, which says by how much', async () => {
    const other = await another();
    await open(other, '/consultations/new');
    await other.evaluate(() => {
      const field = document.querySelector('#words');
      field.value = 'あ'.repeat(250_000);
      field.dispatchEvent(new Event('input', { bubbles: true }));
    });
    await other.locator('.dock button:not([formaction])').click();
    await sees(other, '240000字多い');
    assert.equal(await other.evaluate(() => document.activeElement.id), 'words');
    assert.equal(await other.evaluate(() => document.activeElement.value.length), 250_000);
    await other.context().close();
  });

  it('too much at once is refused with a clear page where there is no script', async () => {
    const other = await openPage(browser, program.url, { javaScriptEnabled: false });
    await signIn(other, 'hayakawa');
    await open(other, '/consultations/new');
    await other.fill('#words', 'あ'.repeat(250_000));
    await press(other, '受ける');
    await sees(other, '送る量が多すぎます', '長い文は二つに分けてください');
    await other.context().close();
  });

  it('what is not there and what is not yours look the same', async () => {
    await open(page, '/cases/01a1e321-68e0-768f-8e16-0dc8796997cf', 404);
    await sees(page, '見つかりません');
    const one = await page.locator('main').innerText();
    await expectGoodPage(page, 'bad-absent');
    await open(page, '/nothing/here', 404);
    assert.equal(await page.locator('main').innerText(), one);
    await seesNot(page, '01a1e321');
  });
});
