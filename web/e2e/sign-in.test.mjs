// Coming in with a second step. A telephone is played by computing its codes, a
// security key by the browser's virtual authenticator.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { open, password } from './harness.mjs';
import { wellMade } from './kit/people.mjs';
import { byName, code, inside, openWith, reviewer, securityKey, typePassword } from './kit/sign-in.mjs';

test('an authenticator app that the institution asks for', async (t) => {
  const house = await openWith(t, [reviewer], 'access: {second_factor: all}\n');
  const page = await house.page();
  await page.goto(house.url + '/clips');
  await typePassword(page, 'reviewer');
  await page.getByText('인증 앱이나 패스키를 등록하기 전에는 다른 화면을 열 수 없습니다').waitFor();
  await page.getByRole('link', { name: '인증 앱 등록' }).click();
  assert.equal(await page.locator('svg.qr path').count(), 2);
  const key = await page.locator('dl.pairs dd.mono').textContent();
  await page.getByLabel('확인 코드').fill(code(key, -1));
  await page.getByLabel('지금 비밀번호').fill(password);
  await page.getByRole('button', { name: '등록' }).click();
  await page.getByRole('heading', { name: '복구 코드' }).waitFor();
  await wellMade(house, page);
  const codes = await page.locator('ol.codes li').allTextContents();
  assert.equal(codes.length, 10);
  await page.goto(house.url + '/clips');
  await page.getByRole('heading', { name: '영상 목록' }).waitFor();
  await page.getByRole('button', { name: '로그아웃' }).click();

  await page.goto(house.url + '/clips');
  await typePassword(page, 'reviewer');
  await page.getByRole('heading', { name: '2단계 인증' }).waitFor();
  await wellMade(house, page);
  await page.getByLabel('확인 코드').fill('000000');
  await page.getByRole('main').getByRole('button', { name: '확인' }).click();
  await page.getByText('확인 코드가 맞지 않거나').waitFor();
  await page.getByLabel('확인 코드').fill(code(key));
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: '영상 목록' }).waitFor();
  await page.getByRole('button', { name: '로그아웃' }).click();

  // Without scripts, with the paper instead of the telephone.
  const plain = await house.page({ javaScriptEnabled: false });
  await plain.goto(house.url + '/sign-in');
  await typePassword(plain, 'reviewer');
  await plain.getByLabel('확인 코드').fill(codes[0].toUpperCase());
  await plain.getByRole('main').getByRole('button', { name: '확인' }).click();
  await plain.getByRole('heading', { name: '영상 목록' }).waitFor();
  await plain.goto(house.url + '/account');
  await plain.getByText('남은 복구 코드 9개').waitFor();
  assert.deepEqual(house.problems.filter((p) => !p.includes('422')), []);
});

test('a passkey as the second step, and alone', async (t) => {
  const house = await open(t, { accounts: [reviewer] });
  const page = await house.page();
  await securityKey(page);
  await page.goto(byName(house) + '/sign-in');
  await typePassword(page, 'reviewer');
  await inside(page);
  await page.goto(byName(house) + '/account/security');
  await page.locator('#key-label').fill('사무실 컴퓨터');
  await page.locator('#key-password').fill('틀린 비밀번호');
  await page.getByRole('button', { name: '패스키 등록' }).click();
  await page.getByText('지금 쓰는 비밀번호가 맞지 않습니다').waitFor();
  assert.equal(await page.locator('#key-label').inputValue(), '사무실 컴퓨터');
  await page.locator('#key-password').fill(password);
  await page.getByRole('button', { name: '패스키 등록' }).click();
  await page.getByRole('heading', { name: '복구 코드' }).waitFor();
  await page.goto(byName(house) + '/account/security');
  await page.getByRole('heading', { name: '패스키: 사무실 컴퓨터' }).waitFor();
  await wellMade(house, page);
  await page.getByRole('button', { name: '로그아웃' }).click();

  await typePassword(page, 'reviewer');
  await page.getByRole('button', { name: '패스키로 확인' }).click();
  await inside(page);
  await page.getByRole('button', { name: '로그아웃' }).click();

  await page.getByRole('button', { name: '패스키로 로그인' }).click();
  await inside(page);
  await page.goto(byName(house) + '/account/sign-ins');
  await page.getByRole('cell', { name: '비밀번호 + 패스키' }).waitFor();
  await page.getByRole('cell', { name: '패스키', exact: true }).waitFor();

  // By address there is no name to bind it to: the page says so.
  const byAddress = await house.page();
  await byAddress.goto(house.url + '/sign-in');
  assert.equal(await byAddress.getByRole('button', { name: '패스키로 로그인' }).count(), 0);
  await typePassword(byAddress, 'reviewer');
  await byAddress.getByLabel('복구 코드').waitFor();
  assert.deepEqual(house.problems.filter((p) => !p.includes('422')), []);
});
