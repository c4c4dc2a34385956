// People and tokens: the pages in both looks, and a person added and changed
// with the keyboard alone.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { open } from './harness.mjs';
import { narrow, signIn, wellMade, wide } from './kit/people.mjs';

const pages = [
  ...['/people', '/people?role=x', '/people/new', '/people/dock', '/people/admin', '/people/dock/post'],
  ...['/tokens', '/tokens/new', '/grants', '/sign-ins'],
  ...['/account', '/account/security', '/account/security/app', '/account/sign-ins', '/password'],
];

test('every page about people is well made', async (t) => {
  const house = await open(t);
  for (const window of [wide, narrow]) {
    const page = await signIn(house, 'admin', window);
    if (window === narrow) {
      await page.locator('#theme').locator('xpath=ancestor::details').locator('summary').click();
      await page.getByRole('button', { name: '선명한 화면' }).click();
    }
    for (const path of pages) {
      await page.goto(house.url + path);
      await wellMade(house, page);
      const picture = path.replace(/\W+/g, '-').replace(/^-/, '');
      await house.screenshot(page, `${picture}-${window.viewport.width}`);
    }
    await page.context().close();
  }
  assert.deepEqual(house.problems.filter((p) => !p.includes('422')), []);
});

test('a person is added with the keyboard alone', async (t) => {
  const house = await open(t);
  const page = await signIn(house, 'admin');
  await page.goto(house.url + '/people/new');
  const tabTo = async (what) => {
    for (let i = 0; i < 60; i++) {
      await page.keyboard.press('Tab');
      const at = await page.evaluate(() => document.activeElement.id || document.activeElement.textContent.trim());
      if (at === what || at.includes(what)) return;
    }
    assert.fail(`no way to ${what}`);
  };
  await tabTo('name');
  await page.keyboard.type('hong.gd');
  await tabTo('display');
  await page.keyboard.type('홍길동');
  await tabTo('role-dock');
  for (const _ of ['uploader', 'reviewer']) await page.keyboard.press('ArrowDown');
  await tabTo('department');
  await page.keyboard.press('End'); // 민원과
  await tabTo('다음: 할 수 있는 일 확인');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: '이 역할로 할 수 있는 일' }).waitFor();
  await page.getByText('사유를 남기고 영상 보기').waitFor();
  await wellMade(house, page);
  await tabTo('사용자 추가');
  await page.keyboard.press('Enter');
  const given = await page.locator('#secret').textContent();
  await wellMade(house, page);
  await house.screenshot(page, 'secret-1280');

  const theirs = await house.page();
  await theirs.goto(house.url + '/sign-in');
  await theirs.getByLabel('로그인 이름').fill('hong.gd');
  await theirs.getByLabel('비밀번호').fill(given);
  await theirs.keyboard.press('Enter');
  await theirs.getByRole('heading', { name: '비밀번호 변경' }).waitFor();
  await theirs.getByLabel('새 비밀번호', { exact: false }).first().fill('짧다');
  await theirs.getByText('아직 짧습니다. 8자 더 필요합니다.').waitFor();
  await theirs.getByLabel('지금 비밀번호').fill(given);
  await theirs.locator('#new').fill('말티즈 세 마리와 산책');
  await theirs.getByText('쓸 수 있습니다.').or(theirs.getByText('안전합니다.', { exact: true })).first().waitFor();
  await theirs.locator('#again').fill('말티즈 세 마리와 산책');
  await theirs.getByRole('button', { name: '바꾸기' }).click();
  await theirs.getByText('비밀번호를 바꾸었습니다').waitFor();
  assert.deepEqual(house.problems, []);
});
