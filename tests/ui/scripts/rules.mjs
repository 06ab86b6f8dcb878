import { given, withPage } from './browser.mjs';

/** Answers the dialog of an action that takes no reason. */
const submit = (page, title) => page.getByRole('dialog').getByRole('button', { name: title, exact: true }).click();

await withPage(async (page) => {
  await page.goto('/kv');
  await page.getByRole('link', { name: 'shop/orders' }).click();
  await page.getByText('The bucket has no entries.').waitFor();
  await page.getByRole('button', { name: 'Set an entry' }).click();
  await page.getByLabel('Key', { exact: true }).fill('total');
  await page.getByLabel('Value', { exact: true }).fill('{no');
  await submit(page, 'Set an entry');
  await page.getByRole('alert').getByText('The value is no JSON').waitFor();
  await page.getByLabel('Value', { exact: true }).fill('{"count": 42}');
  await submit(page, 'Set an entry');
  const entries = page.getByRole('region', { name: 'Entries' });
  await entries.getByText('42').waitFor();
  await page.getByLabel('Key begins with').fill('other');
  await page.getByText('No key begins with this.').waitFor();
  await page.getByLabel('Key begins with').fill('to');
  await entries.getByRole('button', { name: 'Remove' }).click();
  await submit(page, 'Remove the entry');
  await page.getByText('No key begins with this.').waitFor();

  await page.goto('/signing-keys?namespace=shop');
  await page.getByRole('button', { name: 'Accept a signing key' }).click();
  await page.getByLabel('Name', { exact: true }).fill('ci');
  await page.getByLabel('Public key').fill('nonsense');
  await submit(page, 'Accept a signing key');
  await page.getByRole('alert').waitFor();
  await page.getByLabel('Public key').fill(given.publicKey);
  await submit(page, 'Accept a signing key');
  const keys = page.getByRole('region', { name: 'Signing keys' });
  await keys.getByText('ci').waitFor();
  await keys.getByRole('button', { name: 'Remove' }).click();
  await submit(page, 'Remove the signing key');
  await page.getByText('No signatures are asked for.').waitFor();

  await page.goto('/collections?days=0');
  await page.getByRole('region', { name: 'Versions' }).getByRole('link', { name: 'shop/guest@1.0.0' }).waitFor();
  await page.getByRole('button', { name: /^Collect / }).click();
  await page.getByRole('dialog').getByRole('button', { name: /^Collect / }).click();
  await page.getByRole('dialog').getByText('collected').waitFor();
  await page.getByRole('button', { name: 'Close' }).click();
  await page.getByText('There is nothing to collect.').waitFor();
}, [400, 422]);
