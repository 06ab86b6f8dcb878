import { assert, checkAccess, given, open, picture, URL_OF_HOST, withBrowser } from './browser.mjs';

const BUTTON = { name: `Sign in at ${new URL(given.issuer).host}` };
const CALLBACK = '/v1/session/oidc/callback';

const signInPage = (page) => page.getByRole('heading', { name: 'Sign in to Tasker' }).waitFor();

/** A page of a new browser; the pages of the provider want a font from elsewhere, and get none. */
async function visit(browser, refused) {
  const opened = await open(browser, {}, refused);
  await opened.context.route('https://fonts.googleapis.com/**', (route) => route.fulfill({ contentType: 'text/css', body: '' }));
  return opened;
}

/** Answers the forms of the provider, as they are shown. */
async function answerProvider(page, name) {
  await page.waitForURL((url) => url.origin === given.issuer);
  await page.locator('input[name=login]').fill(name);
  await page.locator('input[name=password]').fill('any');
  await page.locator('button[type=submit]').click();
  await agree(page);
}

/** Whoever is signed in at the provider still says yes each time. */
const agree = (page) => page.getByRole('button', { name: 'Continue' }).click();

/** Where the host sends a browser to begin, with the sign-in's cookie in the browser. */
async function begun(page, change) {
  const response = await page.context().request.get(`${URL_OF_HOST}/v1/session/oidc?return_to=/tasks`, { maxRedirects: 0 });
  assert(response.status() === 303, `${response.status()}`);
  const location = new URL(response.headers().location);
  change(location.searchParams);
  return location.href;
}

const problem = (page, text) => page.getByRole('alert').getByText(text).waitFor();

/** Nobody is signed in, the page says why, and its address does not any more. */
async function isRefused(page, text) {
  await signInPage(page);
  await problem(page, text);
  await page.waitForURL((url) => !url.search.includes('sign_in_error'));
  const names = (await page.context().cookies(URL_OF_HOST)).map((cookie) => cookie.name);
  assert(!names.includes('tasker_session') && !names.includes('tasker_sign_in'), names.join());
}

async function signsInAndOut(browser) {
  const { page, context, check } = await visit(browser, [401]);
  const callbacks = [];
  page.on('request', (request) => { if (request.url().includes(CALLBACK)) callbacks.push(request.url()); });
  await page.goto('/tasks?namespace=shop');
  await signInPage(page);
  await page.getByRole('link', BUTTON).waitFor();
  await checkAccess(page, 'sign-in with a provider');
  await picture(page, 'sign-in-provider-light');
  await page.getByRole('link', BUTTON).click();
  await page.waitForURL((url) => url.origin === given.issuer);
  const [pending] = (await context.cookies(URL_OF_HOST)).filter((cookie) => cookie.name === 'tasker_sign_in');
  assert(pending.httpOnly && pending.sameSite === 'Lax', JSON.stringify(pending));
  await answerProvider(page, 'reader');

  // The page that was asked for is shown, with the rights that the token has.
  await page.getByRole('heading', { name: 'Tasks' }).waitFor();
  assert(page.url() === `${URL_OF_HOST}/tasks?namespace=shop`, page.url());
  await page.locator('.side', { hasText: 'jwt:reader' }).waitFor();
  await page.locator(`a[href="/tasks/${given.task}"]`).waitFor();
  await page.locator('.side .feed.live').waitFor();
  const [session] = (await context.cookies(URL_OF_HOST)).filter((cookie) => cookie.name === 'tasker_session');
  assert(session.httpOnly && session.sameSite === 'Strict', JSON.stringify(session));

  await page.getByRole('button', { name: 'Sign out' }).first().click();
  await signInPage(page);
  await page.reload();
  await signInPage(page);

  // The code of a sign-in that is over, by itself and with the cookie that belonged to it.
  assert(callbacks.length === 1, callbacks.join());
  await page.goto(callbacks[0]);
  await isRefused(page, 'The sign-in is not valid any more');
  await context.addCookies([pending]);
  await page.goto(callbacks[0]);
  await isRefused(page, 'The identity provider refused the host');
  check();
  await context.close();
}

async function isNotLetIn(browser) {
  const { page, context, check } = await visit(browser, [401, 400]);
  // Another state, and another nonce, than the sign-in began with.
  await page.goto(await begun(page, (query) => query.set('state', 'another')));
  await answerProvider(page, 'reader');
  await isRefused(page, 'The sign-in is not valid any more');
  await page.goto(await begun(page, (query) => query.set('nonce', 'another')));
  await agree(page);
  await isRefused(page, 'What the identity provider says is not accepted');
  await page.goto(await begun(page, (query) => query.set('code_challenge', 'a'.repeat(43))));
  await agree(page);
  await isRefused(page, 'The identity provider refused the host');
  await page.goto(await begun(page, (query) => query.set('prompt', 'none login')));
  await isRefused(page, 'The identity provider refused the host');

  for (const elsewhere of [given.issuer, '//evil.example.com', '/\\evil.example.com']) {
    const response = await page.goto(`/v1/session/oidc?return_to=${encodeURIComponent(elsewhere)}`);
    assert(response.status() === 400 && page.url().startsWith(URL_OF_HOST), page.url());
  }
  check();
  await context.close();
}

async function outageIsShown(browser) {
  const { page, context, check } = await visit(browser, [401]);
  await page.goto('/pins');
  await page.getByRole('link', BUTTON).waitFor();
  const begin = await begun(page, () => {});
  process.kill(given.provider, 'SIGSTOP');
  try {
    // It said what it is a while ago, so that browsers are sent there; what it sends back cannot be exchanged.
    const callback = new URL(CALLBACK, URL_OF_HOST);
    const state = new URL(begin).searchParams.get('state');
    callback.search = new URLSearchParams({ code: 'c0de', state, iss: given.issuer });
    await page.goto(callback.href);
    await isRefused(page, 'The identity provider does not answer as it should');
    await checkAccess(page, 'a provider that does not answer');
    await picture(page, 'sign-in-outage-light');
  } finally {
    process.kill(given.provider, 'SIGCONT');
  }
  // A key is taken all the same.
  await page.getByLabel('API key or token').fill(given.key);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('heading', { name: 'Tasks' }).waitFor();
  check();
  await context.close();
}

await withBrowser(async (browser) => {
  await signsInAndOut(browser);
  await isNotLetIn(browser);
  await outageIsShown(browser);
});
