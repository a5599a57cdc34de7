// What every journey needs: the program, a browser, a signed-in page, and the checks that hold
// on every page. The functions fail with words that say what was seen, because the one reading
// them is looking at a log and not at a screen.

import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { access, mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setInterval as every } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { chromium } from 'playwright-core';

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');

/** The desk at the counter, and the phone of a case worker on a home visit. */
export const desk = { width: 1366, height: 900 };
export const phone = { width: 360, height: 780 };
/** 1280 CSS pixels at 400 % zoom: the width that WCAG 1.4.10 asks for. */
export const narrowest = { width: 320, height: 780 };
/** A municipal PC at 200 % zoom. */
export const zoomed = { width: 683, height: 384 };

// ---------------------------------------------------------------------------------------------
// The program

/** A port nobody listens on right now. */
export async function freePort() {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

/**
 * Starts `yorisou demo` on its own data and waits until `GET /health` answers 200.
 *
 * Options: `args` further arguments, `env` further variables, `deadline` in milliseconds (the
 * demo fills its database first). Returns `{ url, data, log(), stop() }`. `stop` resolves to the exit code
 * and deletes the data.
 */
export async function startProgram({ args = [], env = {}, deadline = 300_000 } = {}) {
  const bin = process.env.YORISOU_BIN || path.join(root, 'target', 'debug', 'yorisou');
  await access(bin).catch(() => {
    throw new Error(`${bin} is missing: run \`cargo build --bin yorisou\`, or set YORISOU_BIN`);
  });
  const data = await mkdtemp(path.join(tmpdir(), 'yorisou-browser-'));
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const child = spawn(bin, ['demo', '--data', data, '--listen', `127.0.0.1:${port}`, ...args], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  child.stdout.on('data', (chunk) => (output += chunk));
  child.stderr.on('data', (chunk) => (output += chunk));
  const ended = new Promise((resolve) => {
    child.once('error', (error) => resolve(String(error)));
    child.once('exit', (code, signal) => resolve(code ?? signal));
  });
  // A crashed test run must not leave servers behind.
  const kill = () => child.kill('SIGKILL');
  process.once('exit', kill);

  async function stop() {
    child.kill('SIGTERM');
    const impatience = setTimeout(kill, 10_000);
    const code = await ended;
    clearTimeout(impatience);
    process.off('exit', kill);
    await rm(data, { recursive: true, force: true });
    return code;
  }

  let end;
  ended.then((code) => (end = `ended (${code})`));
  const answer = await waitForHealth(`${url}/health`, deadline, () => end !== undefined);
  if (answer !== 200) {
    const why = end ?? `was not healthy in ${deadline} ms (${answer})`;
    await stop();
    throw new Error(`the program ${why}\n${output}`);
  }
  return { url, data, log: () => output, stop };
}

let databases = 0;

/**
 * Starts `yorisou demo` on a fresh database of the PostgreSQL server that YORISOU_TEST_POSTGRES names; without one, on a
 * throw-away server of its own. Options and answer as of `startProgram`.
 */
export async function startOnPostgres({ args = [], ...options } = {}) {
  let server = process.env.YORISOU_TEST_POSTGRES;
  let role = process.env.YORISOU_TEST_POSTGRES_APP_ROLE ?? 'yorisou_app';
  let own;
  if (!server) {
    own = await mkdtemp(path.join(tmpdir(), 'yorisou-postgres-'));
    const { stdout } = await promisify(execFile)(path.join(root, 'scripts', 'postgres'), ['start', own]);
    server = /YORISOU_TEST_POSTGRES=(\S+)/.exec(stdout)[1];
    role = /YORISOU_TEST_POSTGRES_APP_ROLE=(\S+)/.exec(stdout)[1];
  }
  const end = () => own && promisify(execFile)(path.join(root, 'scripts', 'postgres'), ['stop', own]);
  const name = `browser_${process.pid}_${(databases += 1)}`;
  const database = `${server.slice(0, server.lastIndexOf('/'))}/${name}`;
  try {
    const program = await startProgram({ ...options, args: ['--postgres', database, '--app-role', role, ...args] });
    const stop = async () => {
      const code = await program.stop();
      await end();
      return code;
    };
    return { ...program, stop };
  } catch (error) {
    await end();
    throw error;
  }
}

/** The two databases, and how the program on each is told to whoever tests. */
export const engines = { SQLite: ['YORISOU_URL', startProgram], PostgreSQL: ['YORISOU_URL_POSTGRES', startOnPostgres] };

/** The program that `run.mjs` has started for all tests, or one of its own for a test run alone. */
export async function theProgram(engine = 'SQLite') {
  const [variable, start] = engines[engine];
  const url = process.env[variable];
  return url ? { url, stop: async () => 0 } : start();
}

/** Asks until the answer is 200; resolves to 200, or to the last answer when there is no point in asking on. */
async function waitForHealth(url, deadline, hopeless) {
  const until = Date.now() + deadline;
  let last = 'no answer';
  for await (const _ of every(25)) {
    try {
      const response = await fetch(url, { signal: AbortSignal.timeout(2_000) });
      await response.arrayBuffer();
      last = response.status;
    } catch (error) {
      last = error.cause?.code ?? error.message;
    }
    if (last === 200 || hopeless() || Date.now() > until) return last;
  }
}

// ---------------------------------------------------------------------------------------------
// The browser

/** Debian's Chromium, with a fresh profile that is deleted when it closes. */
export function launchBrowser() {
  return chromium.launch({
    executablePath: process.env.YORISOU_CHROMIUM || '/usr/bin/chromium',
    headless: true,
    args: [
      // Containers give no user namespaces to root, and no graphics card.
      '--no-sandbox',
      '--disable-gpu',
      // The rest keeps the browser from talking to anybody but the program under test.
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

const troubles = new WeakMap();

/**
 * A page of its own session (cookies are not shared), in Japanese, at the desk's size.
 *
 * Whatever goes wrong behind the page is written down for `expectNoTrouble`: errors on the
 * console (a blocked inline style or script is one), uncaught exceptions, pages of 500 and
 * above, stylesheets, scripts and images that are not there, and requests to anywhere else than
 * `url`, which are refused as well, because the program has to work in a network without the
 * Internet.
 */
export async function openPage(browser, url, options = {}) {
  const context = await browser.newContext({
    baseURL: url,
    viewport: desk,
    locale: 'ja-JP',
    timezoneId: 'Asia/Tokyo',
    reducedMotion: 'reduce',
    ...options,
  });
  // Long enough for a busy machine, short enough that a missing element is no coffee break.
  context.setDefaultTimeout(15_000);
  const page = await context.newPage();
  const trouble = [];
  troubles.set(page, trouble);
  const home = new URL(url).origin;
  await context.route(
    (address) => /^https?:$/.test(address.protocol) && address.origin !== home,
    (route) => {
      trouble.push(`request to elsewhere: ${route.request().url()}`);
      return route.abort();
    },
  );
  page.on('console', (message) => {
    // An answer of 4xx is reported here too, but is what some journeys are about.
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource')) {
      trouble.push(`console: ${message.text()}`);
    }
  });
  page.on('pageerror', (error) => trouble.push(`exception: ${error.message}`));
  page.on('response', (response) => {
    // A refusal is a page, or a word about a draft, that people may well be shown; a missing stylesheet never is.
    const worst = ['document', 'fetch'].includes(response.request().resourceType()) ? 500 : 400;
    if (response.status() >= worst) trouble.push(`${response.status()}: ${response.url()}`);
  });
  return page;
}

/** Nothing has gone wrong behind this page since it was opened. */
export function expectNoTrouble(page) {
  assert.ok(troubles.has(page), 'the page was not opened with openPage');
  assert.deepEqual(troubles.get(page), [], `trouble behind ${page.url()}`);
}

/**
 * Does something that leads to another page (`() => page.click('#save')`) and waits for that
 * page. Every step of the program is a page of its own, so its `load` is the thing to wait for.
 */
export async function follow(page, act) {
  await Promise.all([page.waitForEvent('load'), act()]);
}

/** Signs in on the demo's list of accounts, as a person does: by pressing the account's button. */
export async function signIn(page, loginId, { path: start = '/' } = {}) {
  await page.goto(start);
  const form = page.locator(`form[data-demo-account="${loginId}"]`);
  if ((await form.count()) !== 1) {
    const known = await page
      .locator('form[data-demo-account]')
      .evaluateAll((forms) => forms.map((each) => each.dataset.demoAccount));
    assert.fail(`no demo account "${loginId}" on ${page.url()}; there are: ${known.join(', ') || 'none'}`);
  }
  await follow(page, () => form.locator('button').click());
  assert.equal(
    await page.locator('form[data-demo-account]').count(),
    0,
    `signing in as "${loginId}" led back to the list of accounts at ${page.url()}`,
  );
}

// ---------------------------------------------------------------------------------------------
// Checks that hold on every page

const axeSource = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/**
 * Runs axe-core in the page and returns its violations.
 *
 * The source is evaluated through the browser's debugging protocol. The page's own content
 * security policy, which allows no script tags, stays in force while we look.
 */
export async function axe(page, { disable = [] } = {}) {
  if (!(await page.evaluate(() => 'axe' in globalThis))) await page.evaluate(axeSource);
  return page.evaluate(async (off) => {
    const results = await globalThis.axe.run(document, {
      runOnly: {
        type: 'tag',
        values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
      },
      rules: {
        // Off in axe unless asked for: WCAG 2.2's smallest size of what a thumb has to hit.
        'target-size': { enabled: true },
        ...Object.fromEntries(off.map((id) => [id, { enabled: false }])),
      },
      resultTypes: ['violations'],
    });
    return results.violations.map(({ id, impact, help, nodes }) => ({
      id,
      impact,
      help,
      nodes: nodes.map(({ target, html, failureSummary }) => ({ target: target.join(' '), html, failureSummary })),
    }));
  }, disable);
}

/** No violations of WCAG 2.2 AA that a machine can see. Options as of `axe`. */
export async function expectNoViolations(page, name, options) {
  const violations = await axe(page, options);
  const report = violations.map(
    ({ id, impact, help, nodes }) =>
      `${id} (${impact}): ${help}\n` +
      nodes.map((node) => `    ${node.target}\n      ${node.html}\n      ${node.failureSummary.replaceAll('\n', '\n      ')}`).join('\n'),
  );
  assert.equal(violations.length, 0, `${name} (${page.url()}) is not accessible:\n${report.join('\n')}`);
}

/** Runs `look` at another size of the window, and puts the old one back. */
export async function atSize(page, size, look) {
  const before = page.viewportSize();
  await page.setViewportSize(size);
  try {
    return await look();
  } finally {
    await page.setViewportSize(before);
  }
}

/**
 * The page as a whole never scrolls sideways; wide tables scroll inside their own box.
 * Looks at the widths of the desk, of the desk at 200 %, of the phone and of 400 % zoom.
 */
export async function noHorizontalScroll(page, sizes = [desk, zoomed, phone, narrowest]) {
  for (const size of sizes) {
    const seen = await atSize(page, size, () =>
      page.evaluate(() => {
        const room = document.documentElement.clientWidth;
        // What scrolls inside its own box takes no room on the page.
        const boxed = (element) => {
          for (let box = element.parentElement; box && box !== document.body; box = box.parentElement) {
            if (getComputedStyle(box).overflowX !== 'visible') return true;
          }
          return false;
        };
        // Text may reach further than the box of its element.
        const reach = (element) => {
          const { left, right } = element.getBoundingClientRect();
          const spills = getComputedStyle(element).overflowX === 'visible';
          return Math.max(right, spills ? left + element.scrollWidth : 0);
        };
        const tooWide = [...document.body.querySelectorAll('*')].filter((each) => reach(each) > room + 1 && !boxed(each));
        // Whatever surrounds a culprit is wide as well; only the innermost helps the reader.
        const culprits = tooWide
          .filter((each) => !tooWide.some((other) => other !== each && each.contains(other)))
          .map((each) => each.outerHTML.slice(0, 120));
        return { room, needed: document.scrollingElement.scrollWidth, culprits: culprits.slice(0, 5) };
      }),
    );
    assert.ok(
      seen.needed <= seen.room,
      `${page.url()} is ${seen.needed} px wide in a window of ${seen.room} px:\n${seen.culprits.join('\n')}`,
    );
  }
}

/**
 * What holds for every form: the browser's own bubbles, in the browser's own language, never come between a person
 * and the page's words; whatever stands in the summary leads to a field of the page, in the order of the fields; every
 * label leads to its field, also where it is folded away and axe does not look.
 */
export async function expectGoodForms(page) {
  const seen = await page.evaluate(() => {
    const links = [...document.querySelectorAll('.errors .by-field a')];
    const targets = links.map((link) => document.getElementById(link.hash.slice(1)));
    const follows = (a, b) => a.compareDocumentPosition(b) & Node.DOCUMENT_POSITION_FOLLOWING;
    const ids = [...document.querySelectorAll('[id]')].map((each) => each.id);
    return {
      doubled: ids.filter((id, i) => ids.indexOf(id) !== i),
      labelsOfNothing: [...document.querySelectorAll('label[for]')].filter((each) => !each.control).map((each) => each.htmlFor),
      bubbles: [...document.forms].filter((form) => form.method === 'post' && !form.noValidate).map((form) => form.action),
      leadNowhere: links.filter((link, i) => !targets[i]).map((link) => link.hash),
      outOfOrder: targets.filter((at, i) => i && at && targets[i - 1] && !follows(targets[i - 1], at)).map((at) => at.id),
      unnamed: links.filter((link) => !/^[^:]+: ./.test(link.textContent)).map((link) => link.textContent),
    };
  });
  assert.deepEqual(seen, { doubled: [], labelsOfNothing: [], bubbles: [], leadNowhere: [], outOfOrder: [], unnamed: [] }, `the forms of ${page.url()}`);
}

/** At 400 % of a small screen nothing that sticks may cover what is written: there is hardly any height. */
export async function nothingCovers(page) {
  const stuck = await atSize(page, { width: 341, height: 192 }, () =>
    page.evaluate(() =>
      [...document.body.querySelectorAll('*')]
        .filter((each) => ['sticky', 'fixed'].includes(getComputedStyle(each).position) && each.offsetHeight > 0)
        .map((each) => each.outerHTML.slice(0, 120)),
    ),
  );
  assert.deepEqual(stuck, [], `sticks at 400 % on ${page.url()}`);
}

/** The checks for every page in one: accessible at desk and phone, no sideways scrolling, no trouble. */
export async function expectGoodPage(page, name, options) {
  for (const size of [desk, phone]) {
    await atSize(page, size, () => expectNoViolations(page, `${name} at ${size.width} px`, options));
  }
  await noHorizontalScroll(page);
  await nothingCovers(page);
  await expectGoodForms(page);
  expectNoTrouble(page);
  await shots(page, name);
}

/**
 * Saves NAME-1366.png and NAME-360.png in the folder that the variable SHOTS names, and does
 * nothing without it. SHOTS_FULL=1 takes the whole length of the page instead of the window.
 */
export async function shots(page, name) {
  const folder = process.env.SHOTS;
  if (!folder) return [];
  await mkdir(folder, { recursive: true });
  const files = [];
  for (const size of [desk, phone]) {
    const file = path.join(folder, `${name}-${size.width}.png`);
    await atSize(page, size, () => page.screenshot({ path: file, fullPage: Boolean(process.env.SHOTS_FULL) }));
    files.push(file);
  }
  return files;
}

// ---------------------------------------------------------------------------------------------
// What journeys do again and again

/** Goes to an address of the program and says so when it is not there. Returns the answer. */
export async function open(page, address, status = 200) {
  const response = await page.goto(address);
  assert.equal(response.status(), status, `${address} answered ${response.status()}`);
  return response;
}

/** The main part of the page says all of this. */
export async function sees(page, ...words) {
  const text = await page.locator('main').innerText();
  for (const each of words) assert.ok(text.includes(each), `"${each}" is not on ${page.url()}:\n${text}`);
}

/** Nothing of the page says any of this, neither on the screen nor in its source. */
export async function seesNot(page, ...words) {
  const source = await page.content();
  for (const each of words) assert.ok(!source.includes(each), `"${each}" is on ${page.url()}`);
}

/** Presses the button or link with this name and waits for the page it leads to. */
export function press(page, name, { within = 'main', role = 'button' } = {}) {
  return follow(page, () => page.locator(within).getByRole(role, { name, exact: true }).click());
}

/** Ticks or chooses the tile of this value. */
export function choose(page, name, value, within = 'main') {
  return page.locator(`${within} input[name="${name}"][value="${value}"]`).check();
}

/** Leaves the seat to somebody else at the same computer, as one does at a counter with one computer. */
export async function changeSeat(page, loginId, look = async () => {}) {
  await page.locator('.me summary').click();
  await follow(page, () => page.locator('form[action="/lock"] button').click());
  await look();
  const account = page.locator(`form[data-demo-account="${loginId}"] button`).first();
  // The list names those who have worked at this computer; everybody else is behind one more link.
  if ((await account.count()) === 0) await follow(page, () => page.locator('a[href="/sign-in"]').click());
  await follow(page, () => account.click());
}

/** A name nobody has yet, so that journeys do not meet each other's people. */
export function somebody(family) {
  const given = [...crypto.getRandomValues(new Uint8Array(5))].map((each) => 'アイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモ'[each % 35]).join('');
  return { name: `${family} ${given}`, given };
}

/** From the form of a new consultation, filled in, through the search for the same person, to its page. */
export async function receive(page) {
  await press(page, '受ける');
  if ((await page.locator('button[name=pick][value=new]').count()) === 1) {
    await follow(page, () => page.locator('button[name=pick][value=new]').click());
  }
  assert.match(new URL(page.url()).pathname, /^\/consultations\/[0-9a-f-]{36}$/, await page.locator('main').innerText());
}

// ---------------------------------------------------------------------------------------------
// The keyboard

/** What has the focus, in short: `a#home "Home"`. */
export function focused(page) {
  return page.evaluate(() => {
    const element = document.activeElement;
    if (!element || element === document.body) return 'nothing';
    const name = element.getAttribute('name');
    const words = (element.getAttribute('aria-label') ?? element.textContent).trim().replace(/\s+/g, ' ').slice(0, 30);
    return `${element.localName}${element.id && `#${element.id}`}${name ? `[name=${name}]` : ''} "${words}"`;
  });
}

/**
 * Presses Tab (or, with `back`, Shift+Tab) until the focus is on what the CSS selector names.
 * Fails after `most` times with the way that the focus took. Returns that way.
 */
export async function tabTo(page, selector, { most = 80, back = false } = {}) {
  const way = [];
  while (way.length < most) {
    await page.keyboard.press(back ? 'Shift+Tab' : 'Tab');
    way.push(await focused(page));
    if (await page.evaluate((wanted) => document.activeElement?.matches(wanted) ?? false, selector)) return way;
  }
  assert.fail(`${most} times Tab on ${page.url()} never reached ${selector}; the focus went:\n${way.join('\n')}`);
}

/** Goes to a button or link by keyboard, presses it, and waits for the page it leads to. */
export async function pressByKeyboard(page, selector, options) {
  await tabTo(page, selector, options);
  await follow(page, () => page.keyboard.press('Enter'));
}

/** Goes to a field by keyboard and types into it. */
export async function typeByKeyboard(page, selector, text, options) {
  await tabTo(page, selector, options);
  await page.keyboard.insertText(text);
}

/** Whoever does not use a mouse sees where they are: the focus is drawn, and nothing covers it. */
export async function expectVisibleFocus(page) {
  const seen = await page.evaluate(() => {
    const element = document.activeElement;
    if (!element || element === document.body) return { drawn: false, uncovered: false };
    const outlined = (each) => {
      const style = getComputedStyle(each);
      return (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0) || style.boxShadow !== 'none';
    };
    // A tile is drawn around as a whole.
    const tile = element.matches('[type=radio],[type=checkbox]') ? element.closest('label') : null;
    const box = element.getBoundingClientRect();
    const top = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
    return {
      drawn: outlined(element) || (tile !== null && outlined(tile)),
      uncovered: top !== null && (element.contains(top) || top.contains(element)),
    };
  });
  assert.deepEqual(seen, { drawn: true, uncovered: true }, `the focus on ${await focused(page)} at ${page.url()}`);
}
