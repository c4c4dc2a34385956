// What every browser test starts from: a server of its own with a fresh data
// folder, an example institution and accounts, and a browser that looks at it.
// Everything listens on 127.0.0.1 and is gone when the test ends.
//
//   const house = await open(t)                  // t: the test's context
//   const page = await house.page()
//   await page.goto(house.url + '/sign-in')
//   assert.deepEqual(await house.axe(page), [])
//   assert.deepEqual(house.problems, [])

import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { chromium } from 'playwright-core';

const here = dirname(fileURLToPath(import.meta.url));
const root = resolve(here, '../..');
const program = process.env.JIKIM_BIN || join(root, 'bin/jikim');
const browserPath = process.env.CHROMIUM || '/usr/bin/chromium';
const axePath = join(root, 'web/node_modules/axe-core/axe.min.js');
const run = promisify(execFile);

const startTimeoutMs = 30_000;
const stopTimeoutMs = 15_000;

// One person of each kind of work in the example institution.
export const everyone = [
  { name: 'dock', role: 'dock', department: 'minwon' },
  { name: 'uploader', role: 'uploader', department: 'pr' },
  { name: 'reviewer', role: 'reviewer', department: 'minwon' },
  { name: 'responsible', role: 'responsible', department: 'minwon' },
  { name: 'auditor', role: 'auditor' },
  { name: 'admin', role: 'admin' },
];

// Password of every account that open makes: known to the tests only.
export const password = 'correct-horse-battery-9';

/**
 * Starts a house for the test `t` and takes it down when the test ends.
 *
 * @param {import('node:test').TestContext} t
 * @param {object} [options]
 * @param {string} [options.institution] registry to import
 * @param {{name: string, role: string, department?: string}[]} [options.accounts]
 * @param {string[]} [options.serve] further words for `jikim serve`
 */
export async function open(t, options = {}) {
  const house = new House(options);
  t.after(() => house.close());
  await house.prepare();
  await house.start();
  return house;
}

class House {
  // What went wrong in any page: uncaught errors, console errors, violations
  // of the content security policy, answers of 5xx.
  problems = [];
  #options;
  #server;
  #browser;
  #log = '';

  constructor(options) {
    this.#options = {
      institution: join(root, 'deploy/examples/hanbit.yaml'),
      accounts: everyone,
      serve: [],
      ...options,
    };
  }

  async prepare() {
    this.dir = await mkdtemp(join(tmpdir(), 'jikim-e2e-'));
    this.data = join(this.dir, 'data');
    await this.jikim('institution', 'import', this.#options.institution);
    const passwordFile = join(this.dir, 'password');
    await writeFile(passwordFile, password + '\n', { mode: 0o600 });
    for (const a of this.#options.accounts) {
      const department = a.department ? ['--department', a.department] : [];
      const secret = ['--password-file', passwordFile, '--keep-password'];
      await this.jikim('account', 'add', a.name, '--role', a.role, ...department, ...secret);
    }
    this.port = await freePort();
    this.url = `http://127.0.0.1:${this.port}`;
  }

  // Runs one command on this house's data and gives its standard output.
  async jikim(...words) {
    const { stdout } = await run(program, [...words, '--data', this.data], { cwd: this.dir });
    return stdout;
  }

  // Starts the server, also again after kill or stop, at the same address.
  async start() {
    this.#server = spawn(
      program,
      ['serve', '--data', this.data, '--addr', `127.0.0.1:${this.port}`, ...this.#options.serve],
      { cwd: this.dir, stdio: ['ignore', 'pipe', 'pipe'] },
    );
    running.add(this.#server);
    for (const stream of [this.#server.stdout, this.#server.stderr]) {
      stream.on('data', (chunk) => (this.#log += chunk));
    }
    await this.#untilItAnswers();
  }

  async #untilItAnswers() {
    const deadline = Date.now() + startTimeoutMs;
    while (Date.now() < deadline) {
      if (ended(this.#server)) break;
      const answer = await fetch(this.url + '/', { redirect: 'manual' }).catch(() => null);
      if (answer && answer.status < 500) return;
      await pause(50);
    }
    throw new Error(`the server did not answer at ${this.url}:\n${this.#log}`);
  }

  // What the server wrote so far.
  get log() {
    return this.#log;
  }

  // Ends the server as a power cut would.
  async kill() {
    await end(this.#server, 'SIGKILL');
  }

  // Ends the server as an administrator would; it must not need to be killed.
  async stop() {
    if (!(await end(this.#server, 'SIGTERM'))) {
      await this.kill();
      throw new Error(`the server did not stop within ${stopTimeoutMs} ms:\n${this.#log}`);
    }
  }

  // A page in a context of its own: no cookies, Korean, in Korea.
  async page(context = {}) {
    this.#browser ??= await chromium.launch({
      executablePath: browserPath,
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    });
    const ctx = await this.#browser.newContext({
      locale: 'ko-KR',
      timezoneId: 'Asia/Seoul',
      viewport: { width: 1280, height: 900 },
      ...context,
    });
    const page = await ctx.newPage();
    page.on('pageerror', (e) => this.problems.push(`${page.url()}: ${e.message}`));
    page.on('console', (m) => m.type() === 'error' && this.problems.push(`${page.url()}: ${m.text()}`));
    page.on('response', (r) => r.status() >= 500 && this.problems.push(`${r.url()}: ${r.status()}`));
    return page;
  }

  /**
   * What axe finds on the page against WCAG 2.2 AA, one line each. It is
   * evaluated, not added as an element, so that the page keeps its policy.
   */
  async axe(page, tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']) {
    await page.evaluate(await readFile(axePath, 'utf8'));
    const { violations } = await page.evaluate(
      (values) => globalThis.axe.run(document, { runOnly: { type: 'tag', values } }),
      tags,
    );
    return violations.flatMap((v) => v.nodes.map((n) => `${v.id}: ${n.target.join(' ')}: ${v.help}`));
  }

  // A picture of the whole page at web/e2e/screenshots/<name>.png.
  async screenshot(page, name) {
    const path = join(here, 'screenshots', `${name}.png`);
    await mkdir(dirname(path), { recursive: true });
    await page.screenshot({ path, fullPage: true, animations: 'disabled' });
    return path;
  }

  async close() {
    await this.#browser?.close();
    try {
      if (this.#server && !ended(this.#server)) await this.stop();
    } finally {
      if (this.dir) await rm(this.dir, { recursive: true, force: true });
    }
  }
}

// Servers that must not outlive this process, however it ends.
const running = new Set();
process.on('exit', () => running.forEach((server) => server.kill('SIGKILL')));

const ended = (child) => child.exitCode !== null || child.signalCode !== null;

// end reports whether the process is gone within the time given.
async function end(child, signal) {
  if (ended(child)) return true;
  const gone = once(child, 'exit');
  child.kill(signal);
  const timer = new AbortController();
  const late = pause(stopTimeoutMs, false, { signal: timer.signal }).catch(() => false);
  const done = await Promise.race([gone.then(() => true), late]);
  timer.abort();
  if (done) running.delete(child);
  return done;
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}
