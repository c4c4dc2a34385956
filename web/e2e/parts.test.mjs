// What the frame and the parts do by themselves: looks, menu, dialogs, tabs;
// by keyboard, and without scripts.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { open, password } from './harness.mjs';
import { narrow, signIn } from './kit/people.mjs';
import { rehearse } from './kit/tour.mjs';

const lookOf = (page) => page.evaluate(() => document.documentElement.dataset.theme ?? '');
const groundOf = (page) => page.evaluate(() => getComputedStyle(document.body).backgroundColor);

test('the look changes at once, keeps what was typed, and stays', async (t) => {
  const house = await open(t);
  const page = await house.page();
  await page.goto(house.url + '/sign-in');
  await page.getByLabel('로그인 이름').fill('reviewer');
  await page.getByText('화면', { exact: true }).click();
  const kept = page.waitForResponse((r) => r.url().endsWith('/theme'));
  await page.getByRole('button', { name: '선명한 화면' }).click();
  assert.equal(await lookOf(page), 'contrast');
  assert.equal(await page.getByLabel('로그인 이름').inputValue(), 'reviewer');
  await kept;
  await page.goto(house.url + '/help');
  assert.equal(await lookOf(page), 'contrast');
  assert.equal(await groundOf(page), 'rgb(0, 0, 0)');
  assert.deepEqual(house.problems, []);
});

test('without scripts the look is chosen, and the menu opens on a phone', async (t) => {
  const house = await open(t);
  const page = await house.page({ ...narrow, javaScriptEnabled: false });
  await page.goto(house.url + '/sign-in?next=%2Fledger');
  await page.getByText('화면', { exact: true }).click();
  await page.getByRole('button', { name: '선명한 화면' }).click();
  assert.equal(page.url(), house.url + '/sign-in?next=%2Fledger');
  assert.equal(await page.locator('html').getAttribute('data-theme'), 'contrast');

  await page.getByLabel('로그인 이름').fill('responsible');
  await page.getByLabel('비밀번호').fill(password);
  await page.getByRole('main').getByRole('button', { name: '로그인' }).click();
  const menu = page.getByRole('navigation', { name: '주 메뉴' });
  assert.equal(await menu.isVisible(), false);
  await page.getByText('메뉴', { exact: true }).click();
  await menu.getByRole('link', { name: '영상 목록' }).click();
  await page.getByRole('heading', { name: '영상 목록' }).waitFor();
  assert.match(await page.getByRole('navigation', { name: '현재 위치' }).innerText(), /처음[\s\S]*보기[\s\S]*영상 목록/);
});

test('a system that asks for more contrast gets it, unless the person chose', async (t) => {
  const house = await open(t);
  const page = await house.page({ contrast: 'more' });
  await page.goto(house.url + '/sign-in');
  assert.equal(await groundOf(page), 'rgb(0, 0, 0)');
  await page.getByText('화면', { exact: true }).click();
  await page.getByRole('button', { name: '기본 화면' }).click();
  assert.equal(await groundOf(page), 'rgb(255, 255, 255)');
  await page.emulateMedia({ media: 'print', contrast: 'more' });
  await page.reload();
  assert.equal(await groundOf(page), 'rgb(255, 255, 255)');
});

test('a dialog is opened, kept to and left by keyboard', async (t) => {
  const house = await open(t);
  await rehearse(house);
  const page = await house.page();
  await page.goto(house.url + '/parts');
  const opener = page.getByRole('link', { name: '대화상자 열기' });
  const dialog = page.getByRole('dialog', { name: '2건의 파기를 확인합니다' });
  await opener.focus();
  await page.keyboard.press('Enter');
  await dialog.waitFor();
  for (let i = 0; i < 5; i++) {
    assert.ok(await page.evaluate(() => document.activeElement === document.body || !!document.activeElement.closest('dialog')));
    await page.keyboard.press('Tab');
  }
  assert.deepEqual(await house.axe(page), []);
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'hidden' });
  assert.ok(await opener.evaluate((e) => e === document.activeElement), 'the focus goes back');
  await opener.click();
  await dialog.getByRole('button', { name: '그만두기' }).click();
  await dialog.waitFor({ state: 'hidden' });
  assert.deepEqual(house.problems, []);
});

test('tabs are walked with the arrows, and a link leads to one', async (t) => {
  const house = await open(t);
  await rehearse(house);
  const page = await house.page();
  await page.goto(house.url + '/parts');
  await page.getByRole('tab', { name: '정보' }).focus();
  await page.keyboard.press('ArrowRight');
  assert.equal(await page.getByRole('tab', { name: '처리 이력' }).getAttribute('aria-selected'), 'true');
  assert.match(await page.getByRole('tabpanel').innerText(), /화살표로 옮깁니다/);
  await page.goto(house.url + '/help');
  await page.goto(house.url + '/parts#example-two');
  assert.match(await page.getByRole('tabpanel').innerText(), /화살표로 옮깁니다/);
});

test('a form is sent once, and a mistake has the focus', async (t) => {
  const house = await open(t);
  const page = await house.page();
  await page.goto(house.url + '/sign-in');
  let sent = 0;
  page.on('request', (r) => r.method() === 'POST' && sent++);
  await page.getByLabel('로그인 이름').fill('reviewer');
  await page.getByLabel('비밀번호').fill('틀린 비밀번호');
  await page.route('**/sign-in', async (route) => {
    await new Promise((resolve) => setTimeout(resolve, 300));
    await route.continue();
  });
  const button = page.getByRole('main').getByRole('button', { name: '로그인' });
  await button.evaluate((b) => (b.click(), b.click(), b.click()));
  await page.getByText('이름이나 비밀번호가 맞지 않거나').waitFor();
  assert.equal(sent, 1);
  assert.equal(await page.evaluate(() => document.activeElement.id), 'password');
  assert.deepEqual(house.problems.filter((p) => !p.includes('422')), []);
});

test('a small list in the header closes with Escape and by looking elsewhere', async (t) => {
  const house = await open(t);
  const page = await signIn(house, 'dock');
  const own = page.getByRole('link', { name: '비밀번호 변경' });
  await page.getByText('내 정보', { exact: true }).click();
  await own.waitFor();
  await page.keyboard.press('Escape');
  await own.waitFor({ state: 'hidden' });
  await page.getByText('내 정보', { exact: true }).click();
  await page.getByRole('main').click({ position: { x: 5, y: 5 } });
  await own.waitFor({ state: 'hidden' });
});

test('paper shows what is folded away, but no form', async (t) => {
  const house = await open(t);
  await rehearse(house);
  const page = await house.page();
  await page.goto(house.url + '/parts');
  const table = page.getByRole('table', { name: '하루 등록' });
  assert.equal(await table.isVisible(), false);
  await page.evaluate(() => dispatchEvent(new Event('beforeprint')));
  assert.equal(await table.isVisible(), true);
  await page.evaluate(() => dispatchEvent(new Event('afterprint')));
  assert.equal(await table.isVisible(), false);
});
