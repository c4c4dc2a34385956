// Staying in: a session that nobody uses ends, and nothing typed is lost.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { signIn } from './kit/people.mjs';
import { admin, inside, openWith, typePassword } from './kit/sign-in.mjs';

test('an idle session warns, goes on at a press, and keeps what was typed', async (t) => {
  const house = await openWith(t, [admin], 'limits: {idle_sign_out: 12s}\naccess: {idle_warning: 5s}\n');
  const page = await signIn(house, 'admin');
  await page.goto(house.url + '/people/new');
  await page.getByLabel('로그인 이름').fill('hong.gd');
  const warning = page.getByRole('alertdialog', { name: '곧 로그인이 끝납니다' });
  await warning.waitFor({ timeout: 15_000 });
  assert.deepEqual(await house.axe(page), []);
  await page.keyboard.press('Enter'); // the button has the focus
  await warning.waitFor({ state: 'detached' });
  assert.equal(await page.getByLabel('로그인 이름').inputValue(), 'hong.gd');

  await warning.waitFor({ timeout: 15_000 });
  const over = page.getByRole('alertdialog', { name: '로그인이 끝났습니다' });
  await over.waitFor({ timeout: 30_000 });
  assert.deepEqual(await house.axe(page), []);
  await house.screenshot(page, 'session-over');
  assert.equal(await page.locator('main').isVisible(), false);
  const [again] = await Promise.all([page.context().waitForEvent('page'), over.getByRole('link', { name: '새 창에서 로그인' }).click()]);
  await typePassword(again, 'admin');
  await inside(again);
  await page.bringToFront();
  await page.evaluate(() => window.dispatchEvent(new Event('focus')));
  await over.waitFor({ state: 'detached', timeout: 15_000 });
  assert.equal(await page.getByLabel('로그인 이름').inputValue(), 'hong.gd');
});

test('without scripts a form that comes too late is offered again', async (t) => {
  const house = await openWith(t, [admin], 'limits: {idle_sign_out: 10s}\n');
  const page = await signIn(house, 'admin', { javaScriptEnabled: false });
  await page.goto(house.url + '/people/new');
  await page.getByLabel('로그인 이름').fill('hong.gd');
  await page.getByLabel('보이는 이름').fill('홍길동 <새로>');
  await page.getByLabel('도크 이용자').check();
  await page.getByLabel('부서').selectOption({ label: '민원과' });
  await pause(11_000);
  await page.getByRole('button', { name: '다음: 할 수 있는 일 확인' }).click();
  await page.getByText('입력한 내용은 그대로 두었습니다').waitFor();
  await typePassword(page, 'admin');
  await page.getByRole('heading', { name: '보내지 못한 입력' }).waitFor();
  await page.getByText('홍길동 <새로>').waitFor();
  await wellMadeWithoutScripts(page);
  await page.getByRole('button', { name: '확인하고 다시 보내기' }).click();
  await page.getByRole('heading', { name: '이 역할로 할 수 있는 일' }).waitFor();
  await page.getByText('홍길동 <새로>').waitFor();
});

// axe needs scripts; what can be said without: one heading, one main.
async function wellMadeWithoutScripts(page) {
  assert.equal(await page.locator('h1').count(), 1);
  assert.equal(await page.locator('main').count(), 1);
}
