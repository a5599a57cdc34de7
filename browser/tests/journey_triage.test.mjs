// 緊急の見きわめ: an urgent call at a centre, from the consultation through checklist and fact to a judgement with its
// reason, which the lead of the same desk reads and confirms. On a phone, because the one who judges stands at a door.

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

describe('an urgent call is judged and confirmed', () => {
  let program;
  let browser;
  let worker;
  let lead;
  const person = somebody('浜田');
  const words = `${person.name}さんの姿を三日ほど見ない。新聞がたまっている。`;
  const found = `けさ隣の人が声を聞いた。${person.given}`;
  const reason = `玄関先で${person.given}さんの声を聞いた。受け答えははっきりしていた。`;
  let triage;

  before(async () => {
    [program, browser] = await Promise.all([theProgram(), launchBrowser()]);
    worker = await openPage(browser, program.url);
    lead = await openPage(browser, program.url);
    await signIn(worker, 'aoki');
    await signIn(lead, 'ishiwata');
  });
  after(async () => {
    await browser?.close();
    await program?.stop();
  });

  it('begins from the consultation, with the kind that comes nearest', async () => {
    await open(worker, '/consultations/new');
    await worker.fill('#words', words);
    await worker.fill('#name', person.name);
    await receive(worker);
    await follow(worker, () => worker.locator('main a[href^="/triage/new?consultation="]').first().click());
    await sees(worker, '110・119', '安否確認', person.given);
    await expectGoodPage(worker, 'triage-new');
    await press(worker, '始める');
    await sees(worker, 'いちばん近いものを選んでください');
    await choose(worker, 'kind', 'welfare_check');
    await press(worker, '始める');
    triage = new URL(worker.url()).pathname;
    assert.match(triage, /^\/triage\/[0-9a-f-]{36}$/);
    await sees(worker, '安否確認', '見きわめ中', 'まずすること（初動）', 'あと');
    await expectGoodPage(worker, 'triage-begun');
  });

  it('the checklist is ticked at the door, and a slip is taken back', async () => {
    await worker.setViewportSize(phone);
    const tick = (id) => worker.locator(`#${id} button.tick`);
    await follow(worker, () => tick('first-0').click());
    assert.equal(await tick('first-0').getAttribute('aria-pressed'), 'true');
    await follow(worker, () => tick('check-0').click());
    await expectGoodPage(worker, 'triage-ticked');
    await press(worker, 'もとに戻す');
    await sees(worker, 'もとに戻しました');
    assert.equal(await tick('check-0').getAttribute('aria-pressed'), 'false');
    assert.equal(await tick('first-0').getAttribute('aria-pressed'), 'true');
  });

  it('what was found out is written beside the fact it answers', async () => {
    const missing = await worker.locator('#facts small').innerText();
    const fact = worker.locator('#fact-0');
    await fact.locator('summary').first().click();
    await fact.locator('textarea').fill(found);
    await follow(worker, () => fact.getByRole('button', { name: '書きとめる' }).click());
    await sees(worker, found);
    assert.notEqual(await worker.locator('#facts small').innerText(), missing, 'one fact less is missing');
  });

  it('the judgement says what is not known yet, and why it was made all the same', async () => {
    await choose(worker, 'outcome', 'ordinary');
    await choose(worker, 'scope', 'with_centre');
    await worker.fill('#reason', reason);
    await press(worker, '判断して、先輩の確認へ');
    await sees(worker, '必ず確かめることが', '残っています');
    assert.equal(await worker.inputValue('#reason'), reason, 'the words are still there');
    await expectGoodPage(worker, 'triage-judge-wrong');
    await worker.fill('#unknown', '家族の連絡先。あす娘さんに電話する');
    await press(worker, '判断して、先輩の確認へ');
    await sees(worker, '確認待ち', reason, '石渡 昌子', '待っています');
    assert.equal(await worker.locator('main button[value=confirm]').count(), 0, 'nobody confirms their own');
    await expectGoodPage(worker, 'triage-judged');
  });

  it('the lead reads it and confirms', async () => {
    await open(lead, '/triage');
    await follow(lead, () => lead.locator(`main a[href="${triage}"]`).click());
    await sees(lead, found, reason, '読んで、確かめた');
    await lead.fill('#words', '夕方もう一度、電話してください');
    await press(lead, '読んで、確かめた');
    await sees(lead, '確認済み', '石渡 昌子 が確かめました', '夕方もう一度');
    await expectGoodPage(lead, 'triage-confirmed');
    await open(worker, '/triage?list=over');
    assert.equal(await worker.locator(`main a[href="${triage}"]`).count(), 1);
    await seesNot(worker, person.given);
  });
});
