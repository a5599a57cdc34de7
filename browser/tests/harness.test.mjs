// Proves the harness: every check has to fail on a page that deserves it, before its silence
// about the program is worth anything. Then it looks at the pattern pages.

import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { access, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import {
  atSize,
  axe,
  desk,
  expectGoodForms,
  expectGoodPage,
  expectNoTrouble,
  expectNoViolations,
  expectVisibleFocus,
  focused,
  launchBrowser,
  narrowest,
  noHorizontalScroll,
  openPage,
  phone,
  pressByKeyboard,
  root,
  shots,
  signIn,
  startProgram,
  tabTo,
  typeByKeyboard,
} from '../lib.mjs';
import { policy, serve } from '../static.mjs';

const html = (body, head = '') =>
  `<!doctype html><html lang="ja"><head><meta charset="utf-8"><title>試験</title>` +
  `<meta name="viewport" content="width=device-width">${head}</head><body>${body}</body></html>`;

const pages = {
  '/good': html(
    '<main><h1>よりそう</h1><p><a id="first" href="/good">はじめに</a></p>' +
      '<form><label for="name">氏名</label> <input id="name" name="name"> <button id="save">保存</button></form></main>',
  ),
  '/unlabelled': html('<main><h1>よりそう</h1><input name="name"><img src="/icon.png"></main>'),
  '/small': html(
    '<main><h1>よりそう</h1><p><button class="s">あ</button><button class="s">い</button></p></main>',
    '<link rel="stylesheet" href="/small.css">',
  ),
  '/small.css': '.s { width: 12px; height: 12px; padding: 0; font-size: 8px; margin: 0; border: 0 }',
  '/wide': html(
    '<main><h1>よりそう</h1><pre id="culprit">' + '幅'.repeat(30) + '</pre></main>',
  ),
  '/boxed': html(
    '<main><h1>よりそう</h1><div class="box" tabindex="0"><pre>' + '幅'.repeat(200) + '</pre></div></main>',
    '<link rel="stylesheet" href="/boxed.css">',
  ),
  '/boxed.css': '.box { overflow-x: auto }',
  '/unseen': html(
    '<main><h1>よりそう</h1><a href="/good">読む</a></main>',
    '<link rel="stylesheet" href="/unseen.css">',
  ),
  '/unseen.css': ':focus { outline: none }',
  '/folded': html(
    '<main><h1>よりそう</h1><details><summary>ひらく</summary><section id="died"><form>' +
      '<label for="died">日</label><input id="died" name="died"></form></section></details></main>',
  ),
  '/unstyled': html('<main><h1>よりそう</h1></main>', '<link rel="stylesheet" href="/nothing.css">'),
  '/elsewhere': html('<main><h1>よりそう</h1><img alt="印" src="http://example.invalid/x.png"></main>'),
  '/inline': html('<main><h1>よりそう</h1></main><script>document.title = "ran"</script>'),
};

// The demo's list of accounts; only one of them really leads in.
const accounts =
  '<main><h1>入口</h1>' +
  '<form method="post" action="/in" data-demo-account="kinoshita"><button>木下</button></form>' +
  '<form method="post" action="/" data-demo-account="refused"><button>不可</button></form></main>';

describe('the harness', () => {
  let browser;
  let site;
  before(async () => {
    browser = await launchBrowser();
    site = await serve({
      pages: (request) => {
        if (request.url === '/') return html(accounts);
        if (request.url === '/in') return html('<main><h1>ようこそ</h1></main>');
        return pages[request.url.split('?')[0]];
      },
    });
  });
  after(async () => {
    await browser?.close();
    await site?.stop();
  });

  async function open(address) {
    const page = await openPage(browser, site.url);
    await page.goto(address);
    return page;
  }

  it('says nothing about a good page, under the policy that the program sends', async () => {
    const page = await openPage(browser, site.url);
    const response = await page.goto('/good');
    assert.equal(response.headers()['content-security-policy'], policy);
    assert.deepEqual(await axe(page), []);
    await expectGoodPage(page, 'good');
  });

  it('reports what is not accessible, with the rule and the element', async () => {
    const page = await open('/unlabelled');
    const ids = (await axe(page)).map(({ id }) => id);
    assert.ok(ids.includes('label') && ids.includes('image-alt'), ids.join(' '));
    await assert.rejects(expectNoViolations(page, 'unlabelled'), /unlabelled .*label.*<input name="name">/s);
    assert.ok(!(await axe(page, { disable: ['label'] })).some(({ id }) => id === 'label'));
  });

  it('reports what is too small for a thumb', async () => {
    const ids = (await axe(await open('/small'))).map(({ id }) => id);
    assert.ok(ids.includes('target-size'), ids.join(' '));
  });

  it('reports a label that leads elsewhere, also where it is folded away', async () => {
    const page = await open('/folded');
    assert.deepEqual(await axe(page), []);
    await assert.rejects(expectGoodForms(page), /doubled[^]*died[^]*labelsOfNothing[^]*died/);
  });

  it('reports a page that scrolls sideways on a phone, and names the culprit', async () => {
    const page = await open('/wide');
    await noHorizontalScroll(page, [desk]);
    await assert.rejects(noHorizontalScroll(page), /in a window of 360 px:\n.*id="culprit"/s);
    assert.deepEqual(page.viewportSize(), desk, 'the window has its size back after a failure');
  });

  it('lets a box of its own scroll sideways', async () => {
    const page = await open('/boxed');
    const inside = () => page.evaluate(() => document.querySelector('.box').scrollWidth > innerWidth);
    assert.equal(await atSize(page, narrowest, inside), true);
    await noHorizontalScroll(page);
  });

  it('notices requests to elsewhere, and refuses them', async () => {
    // Without the policy, which would be quicker than we are.
    const page = await openPage(browser, site.url, { bypassCSP: true });
    await page.goto('/elsewhere');
    assert.throws(() => expectNoTrouble(page), /request to elsewhere: http:\/\/example\.invalid\/x\.png/);
  });

  it('notices a stylesheet that is not there, but lets a page say that something is not there', async () => {
    const page = await open('/nothing');
    expectNoTrouble(page);
    await page.goto('/unstyled');
    assert.throws(() => expectNoTrouble(page), /404: .*\/nothing\.css/);
  });

  it('notices what the policy blocks', async () => {
    for (const address of ['/inline', '/elsewhere']) {
      const page = await open(address);
      assert.equal(await page.title(), '試験');
      assert.throws(() => expectNoTrouble(page), /Content Security Policy/);
    }
  });

  it('goes by keyboard: to a field, back, and through a form', async () => {
    const page = await open('/good');
    assert.deepEqual(await tabTo(page, '#name'), ['a#first "はじめに"', 'input#name[name=name] ""']);
    await expectVisibleFocus(page);
    await tabTo(page, '#first', { back: true });
    assert.equal(await focused(page), 'a#first "はじめに"');
    await typeByKeyboard(page, '#name', '山田 花子');
    await pressByKeyboard(page, '#save');
    assert.equal(new URL(page.url()).searchParams.get('name'), '山田 花子');
  });

  it('gives up on what the keyboard cannot reach, and tells the way', async () => {
    const page = await open('/good');
    await assert.rejects(tabTo(page, 'h1', { most: 5 }), /5 times Tab .* never reached h1.*a#first/s);
  });

  it('notices a focus that cannot be seen', async () => {
    const page = await open('/unseen');
    await tabTo(page, 'a');
    await assert.rejects(expectVisibleFocus(page), /the focus on a "読む"/);
  });

  it('signs in by the button of the account', async () => {
    const page = await openPage(browser, site.url);
    await signIn(page, 'kinoshita');
    assert.equal(await page.locator('h1').textContent(), 'ようこそ');
  });

  it('notices a sign-in that does not lead in, and an account that is not there', async () => {
    const page = await openPage(browser, site.url);
    await assert.rejects(signIn(page, 'refused'), /led back to the list of accounts/);
    await assert.rejects(signIn(page, 'nobody'), /no demo account "nobody".*there are: kinoshita, refused/);
  });

  it('saves screenshots at both sizes, and only when asked', async () => {
    const page = await open('/good');
    const folder = await mkdtemp(path.join(tmpdir(), 'yorisou-shots-'));
    const before = process.env.SHOTS;
    try {
      delete process.env.SHOTS;
      assert.deepEqual(await shots(page, 'good'), []);
      process.env.SHOTS = folder;
      await shots(page, 'good');
      for (const { width, height } of [desk, phone]) {
        const png = await readFile(path.join(folder, `good-${width}.png`));
        // The size stands in the first chunk of every PNG.
        assert.deepEqual([png.readUInt32BE(16), png.readUInt32BE(20)], [width, height]);
      }
    } finally {
      if (before === undefined) delete process.env.SHOTS;
      else process.env.SHOTS = before;
      await rm(folder, { recursive: true });
    }
  });
});

describe('starting the program', () => {
  const real = process.env.YORISOU_BIN;
  before(() => {
    process.env.YORISOU_BIN = path.join(root, 'browser', 'tests', 'fixtures', 'program.mjs');
  });
  after(() => {
    if (real === undefined) delete process.env.YORISOU_BIN;
    else process.env.YORISOU_BIN = real;
  });

  it('waits until it is healthy, and takes its data away afterwards', async () => {
    const program = await startProgram();
    assert.equal(await readFile(path.join(program.data, 'stub.txt'), 'utf8'), 'demo');
    const asked = Number(await (await fetch(program.url)).text());
    assert.ok(asked > 3, `the first two answers about health were bad, yet this is answer ${asked}`);
    assert.equal(await program.stop(), 0);
    await assert.rejects(access(program.data), { code: 'ENOENT' });
    await assert.rejects(fetch(program.url));
  });

  it('tells at once when the program ends, with its last words', async () => {
    await assert.rejects(startProgram({ env: { STUB: 'ends' } }), /ended \(3\)\nthe stub ends/);
  });

  it('loses patience with a program that stays unwell', async () => {
    await assert.rejects(
      startProgram({ env: { STUB: 'unwell' }, deadline: 3000 }),
      /was not healthy in 3000 ms \(503\)/,
    );
  });

  it('says what to do without a program', async () => {
    process.env.YORISOU_BIN = '/nowhere/yorisou';
    await assert.rejects(startProgram(), /\/nowhere\/yorisou is missing: run `cargo build/);
  });
});

// The patterns of the interface, as pages without the program behind them.
describe('the pattern pages', () => {
  const patterns = path.join(root, 'ground', 'site', 'patterns');
  const files = readdirSync(patterns).filter((name) => name.endsWith('.html')).sort();
  let browser;
  let site;
  before(async () => {
    browser = await launchBrowser();
    // One folder up, where the stylesheet is.
    site = await serve({ folder: path.dirname(patterns) });
  });
  after(async () => {
    await browser?.close();
    await site?.stop();
  });

  it('are there', () => assert.notEqual(files.length, 0, patterns));

  for (const file of files) {
    it(file, async () => {
      const page = await openPage(browser, site.url);
      const response = await page.goto(`/patterns/${file}`);
      assert.equal(response.status(), 200);
      await expectGoodPage(page, `pattern-${path.basename(file, '.html')}`);
      await page.context().close();
    });
  }
});
