import { assert, checkAccess, given, picture, withPage } from './browser.mjs';

await withPage(async (page) => {
  await page.goto('/tasks?namespace=shop');
  await page.getByRole('heading', { name: 'Sign in to Tasker' }).waitFor();
  await checkAccess(page, 'sign-in');
  await picture(page, 'sign-in-light');

  const key = page.getByLabel('API key or token');
  await key.fill('tk_00000000_wrong');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('alert').waitFor();

  await key.fill(given.reader);
  await page.getByRole('button', { name: 'Sign in' }).click();
  // The address that was asked for is shown, and what the key may not do is not offered.
  await page.getByRole('heading', { name: 'Tasks' }).waitFor();
  assert(new URL(page.url()).search === '?namespace=shop', page.url());
  await page.goto(`/tasks/${given.task}`);
  await page.getByRole('heading', { name: 'shop/echo' }).waitFor();
  assert(await page.getByRole('link', { name: 'Run again' }).count() === 0, 'a reader is offered to run a task');
  assert(!(await page.evaluate(() => document.cookie + JSON.stringify({ ...localStorage, ...sessionStorage }))).includes(given.reader.slice(-12)), 'the page keeps the key');

  await page.getByRole('button', { name: 'Sign out' }).first().click();
  await page.getByRole('heading', { name: 'Sign in to Tasker' }).waitFor();
  await page.reload();
  await page.getByRole('heading', { name: 'Sign in to Tasker' }).waitFor();
}, [401]);
