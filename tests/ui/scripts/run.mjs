import { assert, withPage } from './browser.mjs';

await withPage(async (page) => {
  await page.goto('/run');
  await page.getByRole('link', { name: 'Run form' }).click();
  await page.getByRole('heading', { name: 'Run shop/form' }).waitFor();

  // What is wrong is said at its field.
  await page.getByLabel('name (required)').fill('A');
  await page.getByRole('button', { name: 'Run the task' }).click();
  await page.getByText('is shorter than 2 characters').first().waitFor();
  assert(await page.getByLabel('name (required)').getAttribute('aria-invalid') === 'true', 'the field is not marked');

  await page.getByLabel('name (required)').fill("Ada O'Neil");
  await page.getByLabel('count').fill('3');
  await page.getByLabel('city').fill('Turin');
  await page.getByRole('button', { name: 'Add to tags' }).click();
  await page.getByLabel('1', { exact: true }).fill('blue');
  const command = await page.getByLabel('Command').innerText();
  assert(command.startsWith('tasker task run shop/form --input '), command);
  assert(command.includes('"city":"Turin"') && command.includes("O'\\''Neil"), command);

  await page.getByRole('button', { name: 'Run the task' }).click();
  await page.getByRole('heading', { name: 'shop/form' }).waitFor();
  // The task waits a while; its end comes without anybody asking for it.
  await page.locator('.facts .state', { hasText: 'in progress' }).waitFor();
  await page.locator('.facts .state', { hasText: 'complete' }).waitFor();

  await page.getByRole('navigation', { name: 'Parts of the task' }).getByRole('link', { name: 'Steps' }).click();
  await page.getByRole('link', { name: 'slow' }).waitFor();
  await page.getByRole('navigation', { name: 'Parts of the task' }).getByRole('link', { name: 'Input and result' }).click();
  await page.locator('.json-string', { hasText: "Ada O'Neil" }).first().waitFor();
}, [422]);
