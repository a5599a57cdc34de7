// The main job, end to end: a consultation comes in, is passed on with consent, is taken up on the
// same computer by somebody else, and what became of it comes back to where it began.

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import {
  changeSeat,
  choose,
  expectGoodPage,
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

describe('a consultation is passed on and comes back', () => {
  let program;
  let browser;
  let page;
  const person = somebody('境川');
  const words = `${person.name}です。家賃が3か月遅れ、きょう食べるものがありません。`;
  const trouble = `家賃の遅れと食べもの。${person.given}`;
  const told = `自宅を訪ねた。${person.given}さんは起きて話せた。`;
  let consultation;
  let draft;
  let known;
  let case_;
  let referral;

  before(async () => {
    [program, browser] = await Promise.all([theProgram(), launchBrowser()]);
    page = await openPage(browser, program.url);
    await signIn(page, 'hayakawa');
  });
  after(async () => {
    await browser?.close();
    await program?.stop();
  });

  it('what is typed is kept while it is typed', async () => {
    await expectGoodPage(page, 'main-today');
    await open(page, '/consultations');
    known = (await page.locator('main tbody th a').filter({ hasNotText: /名前|匿名|訴え|書かれて/ }).first().innerText()).trim();
    await open(page, '/consultations/new');
    draft = await page.locator('form[data-draft]').getAttribute('data-draft');
    await page.fill('#words', words);
    await page.locator('[data-draft-state][data-state=saved]').waitFor();
    await open(page, '/drafts');
    await sees(page, words.slice(0, 10));
    await expectGoodPage(page, 'main-drafts');
    await follow(page, () => page.locator(`main a[href*="${draft.split('/').pop()}"]`).click());
    assert.equal(await page.inputValue('#words'), words, 'the words are back in the form');
  });

  it('before anything new is made, it looks for the same person', async () => {
    await page.fill('#name', known);
    await choose(page, 'topics', 'rent_loan');
    await expectGoodPage(page, 'main-form');
    await press(page, '受ける');
    await sees(page, known, 'ここにはいないとき');
    await expectGoodPage(page, 'main-hint');
    await follow(page, () => page.locator('button[name=back]').click());
    assert.equal(await page.inputValue('#words'), words, 'going back loses nothing');
    await page.fill('#name', person.name);
    await receive(page);
    consultation = new URL(page.url()).pathname;
    await sees(page, person.name, words, 'この相談をどうするか');
    await expectGoodPage(page, 'main-consultation');
  });

  it('the draft is gone once it was sent', async () => {
    await open(page, '/drafts');
    assert.equal(await page.locator(`main a[href*="${draft.split('/').pop()}"]`).count(), 0);
  });

  it('passing on opens a case and asks where to', async () => {
    await open(page, consultation);
    await choose(page, 'disposition', 'pass_on');
    await page.fill('#promise', 'つないだ先の返事を確かめる');
    await page.fill('#due', new Date(Date.now() + 7 * 86_400_000).toISOString().slice(0, 10));
    await press(page, 'これで決める');
    case_ = new URL(page.url()).pathname.replace(/\/refer$/, '');
    assert.match(case_, /^\/cases\/[0-9a-f-]{36}$/);
    await expectGoodPage(page, 'main-refer');
  });

  it('the referral says who, what and why it may be told', async () => {
    await choose(page, 'kind', 'hand_over');
    const desk = page.locator('#to option', { hasText: 'バックアップふじさわ社協（アウトリーチ）' });
    await page.selectOption('#to', await desk.first().getAttribute('value'));
    await page.locator('input[name=person]').first().check();
    await page.selectOption('#need', 'rent_loan');
    await page.fill('#trouble', trouble);
    await page.fill('#wish', 'この家で暮らしつづけたい');
    await choose(page, 'basis', 'consent');
    await page.locator('input[name=consenting]').first().check();
    await page.selectOption('#given_by', 'self');
    await page.selectOption('#form', 'oral');
    for (const box of await page.locator('input[name=share_cat]').all()) await box.check();
    await expectGoodPage(page, 'main-refer-filled');
    await press(page, '送る');
    referral = new URL(page.url()).pathname;
    assert.match(referral, /^\/referrals\/[0-9a-f-]{36}$/);
    await sees(page, '相手の返事を待っています');
    await expectGoodPage(page, 'main-referral-sent');
  });

  it('the next person takes the seat at the same computer', async () => {
    await changeSeat(page, 'kinoshita', () => expectGoodPage(page, 'main-lock'));
    await sees(page, '今日の仕事');
  });

  it('before the answer there is no name', async () => {
    await open(page, referral);
    await sees(page, '受ける前に見えること', '引き受けるか、受けられないか');
    await seesNot(page, person.name, person.given, trouble);
    await expectGoodPage(page, 'main-preview');
  });

  it('taking it up shows what was consented to', async () => {
    await follow(page, () => page.locator('#step-accept').getByRole('button', { name: '引き受ける' }).click());
    await open(page, referral);
    await sees(page, person.name, trouble, '支援を進めます');
    await expectGoodPage(page, 'main-accepted');
    await open(page, case_);
    await sees(page, person.name);
    await expectGoodPage(page, 'main-case');
  });

  it('what was done is written into the case', async () => {
    await open(page, `${case_}/entries?write=1`);
    await choose(page, 'form', 'visit');
    await page.fill('#body', told);
    await expectGoodPage(page, 'main-write');
    await press(page, '記録する');
    await open(page, `${case_}/entries`);
    await sees(page, told);
    await expectGoodPage(page, 'main-entries');
  });

  it('it is completed with one line', async () => {
    await open(page, referral);
    const complete = page.locator('#step-complete');
    await complete.locator('input[name=outcome]').first().check();
    await follow(page, () => complete.getByRole('button', { name: '完了する' }).click());
    await open(page, referral);
    await sees(page, 'このつなぎは終わりました');
    await expectGoodPage(page, 'main-completed');
  });

  it('the first caseworker reads what became of it', async () => {
    await changeSeat(page, 'hayakawa');
    await open(page, '/feedback');
    await expectGoodPage(page, 'main-feedback-list');
    await open(page, referral);
    const number = (await page.locator('.crumb li').last().innerText()).trim();
    await open(page, '/feedback');
    await follow(page, () => page.locator('main .task', { hasText: number }).locator('.what a').first().click());
    await sees(page, '支援が始まりました');
    await expectGoodPage(page, 'main-feedback');
    await press(page, '読みました');
    await open(page, `${case_}/entries`);
    await seesNot(page, told);
  });
});
