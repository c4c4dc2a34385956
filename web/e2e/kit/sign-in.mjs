// Signing in by hand, with what people sign in with.

import { createHmac } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { open, password } from '../harness.mjs';

// One person is enough in many tests; each costs a run of the program.
export const reviewer = { name: 'reviewer', role: 'reviewer', department: 'minwon' };
export const admin = { name: 'admin', role: 'admin' };

// A house with a configuration of its own.
export async function openWith(t, accounts, yaml) {
  const dir = await mkdtemp(join(tmpdir(), 'jikim-e2e-config-'));
  t.after(() => rm(dir, { recursive: true, force: true }));
  const config = join(dir, 'jikim.yaml');
  await writeFile(config, yaml);
  return open(t, { accounts, serve: ['--config', config] });
}

// What an authenticator app shows for a key, `steps` half minutes from now.
export function code(key, steps = 0) {
  const bits = [...key.replaceAll(' ', '')].map((c) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(c).toString(2).padStart(5, '0'));
  const seed = Buffer.from(bits.join('').match(/.{8}/g).map((b) => parseInt(b, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000) + steps));
  const mac = createHmac('sha1', seed).update(counter).digest();
  const at = mac[19] & 15;
  return String((mac.readUInt32BE(at) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}

export async function typePassword(page, name) {
  await page.getByLabel('로그인 이름').fill(name);
  await page.getByLabel('비밀번호').fill(password);
  await page.getByRole('main').getByRole('button', { name: '로그인', exact: true }).click();
}

export const inside = (page) => page.getByRole('button', { name: '로그아웃' }).waitFor();

// A virtual security key in the page's browser.
export async function securityKey(page) {
  const session = await page.context().newCDPSession(page);
  await session.send('WebAuthn.enable');
  await session.send('WebAuthn.addVirtualAuthenticator', {
    options: { protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true, isUserVerified: true },
  });
}

// Passkeys are bound to names, never to addresses.
export const byName = (house) => house.url.replace('127.0.0.1', 'localhost');
