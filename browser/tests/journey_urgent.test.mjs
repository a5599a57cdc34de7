// 緊急の保護: a worker of another desk fears for somebody's life. The reason comes first, then the look-up; the case opens for a
// day, the owner is told at once and says what they know, the privacy auditor reviews it afterwards.

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import {
  choose,
  expectGoodPage,
  follow,
  launchBrowser,
  open,
  openPage,
  phone,
  press,
  receive,
  sees,
  seesNot,
  signIn,
  somebody,
  theProgram,
} from '../lib.mjs';

describe('an urgent look, its notice and its review', () => {
  let program;
  let browser;
  let owner;
  let looker;
  let auditor;
  const person = somebody('浜岡');
  const words = `${person.given}さんは電気を止められている。`;
  const why = '隣の人から、三日も姿を見ず、うめき声がすると電話があった。';
  let case_;
  let ask;
  let notice;

  before(async () => {
    [program, browser] = await Promise.all([theProgram(), launchBrowser()]);
    [owner, looker, auditor] = await Promise.all([1, 2, 3].map(() => openPage(browser, program.url)));
    await signIn(owner, 'hayakawa');
    await signIn(looker, 'aoki');
    await signIn(auditor, 'tsuyuki');
  });
  after(async () => {
    await browser?.close();
    await program?.stop();
  });

  it('one desk has a case', async () => {
    await open(owner, '/consultations/new');
    await owner.fill('#words', words);
    await owner.fill('#name', person.name);
    await owner.locator('details:has(#birth) > summary').first().click();
    await owner.fill('#birth', '昭和15年5月12日');
    await receive(owner);
    await choose(owner, 'disposition', 'own_support');
    await owner.fill('#promise', '電話する');
    await owner.fill('#due', new Date(Date.now() + 7 * 86_400_000).toISOString().slice(0, 10));
    await press(owner, 'これで決める');
    case_ = new URL(owner.url()).pathname.split('/').slice(0, 3).join('/');
    assert.match(case_, /^\/cases\/[0-9a-f-]{36}$/);
    await open(looker, case_, 404);
  });

  it('the reason comes first', async () => {
    await looker.setViewportSize(phone);
    await open(looker, '/urgent');
    await sees(looker, '119・110', 'あと');
    await expectGoodPage(looker, 'urgent');
    await press(looker, '次へ（だれのことかを入れる）');
    await expectGoodPage(looker, 'urgent-wrong');
    await choose(looker, 'reason', 'life');
    await looker.fill('#words', why);
    await press(looker, '次へ（だれのことかを入れる）');
    ask = new URL(looker.url()).pathname;
    await expectGoodPage(looker, 'urgent-ask');
  });

  it('a name alone finds nobody, and a miss keeps what was typed', async () => {
    await looker.fill('#name', person.name);
    await press(looker, 'さがして開く');
    await sees(looker, '名前だけではさがせません');
    await looker.fill('#birth', '昭和16年5月12日');
    await press(looker, 'さがして開く');
    await sees(looker, '見られる記録はありませんでした');
    assert.equal(await looker.inputValue('#name'), person.name);
    await expectGoodPage(looker, 'urgent-missed');
  });

  it('name and birth date open the case for a day, to read', async () => {
    await looker.fill('#birth', 'S15.5.12');
    await press(looker, 'さがして開く');
    assert.equal(new URL(looker.url()).pathname, ask);
    await sees(looker, '見つかりました', 'まで見られます');
    await expectGoodPage(looker, 'urgent-opened');
    await follow(looker, () => looker.locator(`main a[href="${case_}"]`).first().click());
    await sees(looker, '緊急の保護', words, '書きこみはできません');
    await expectGoodPage(looker, 'urgent-case');
  });

  it('the owner is told at once, and says what they know', async () => {
    await open(owner, '/');
    await follow(owner, () => owner.locator('main a[href^="/urgent/looks/"]').first().click());
    notice = new URL(owner.url()).pathname;
    await sees(owner, '緊急の閲覧がありました', '命');
    await seesNot(owner, why);
    await expectGoodPage(owner, 'urgent-notice');
    await choose(owner, 'answer', 'understood');
    await press(owner, '答える');
    await sees(owner, '事情がわかる');
    await open(owner, `${case_}/access`);
    await sees(owner, '緊急の保護');
    await expectGoodPage(owner, 'case-access');
  });

  it('the looker is done before the time is over', async () => {
    await open(looker, '/urgent');
    await looker.locator('main form[action$="/end"] button').first().click();
    await sees(looker, '緊急の閲覧を終わりました');
    await open(looker, case_, 404);
  });

  it('the auditor reviews it, without anything of the case', async () => {
    const review = notice.replace('/urgent/looks/', '/audit/urgent/');
    await open(auditor, '/');
    await sees(auditor, '緊急の閲覧を点検する');
    await expectGoodPage(auditor, 'auditor-today');
    await open(auditor, review);
    await sees(auditor, why, '事情がわかる');
    await seesNot(auditor, person.given, words);
    await expectGoodPage(auditor, 'urgent-review');
    await choose(auditor, 'outcome', 'justified');
    await auditor.fill('#words', '通報があり、見た範囲もそれに合っている。');
    await press(auditor, '点検を書きとめる');
    await sees(auditor, '点検を書きとめました', '正当だった');
    await open(auditor, '/audit/urgent');
    await seesNot(auditor, person.given);
    await expectGoodPage(auditor, 'urgent-figures');
    await open(looker, notice);
    await sees(looker, '正当だった');
  });
});
