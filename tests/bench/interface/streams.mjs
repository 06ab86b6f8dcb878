// Follows the feed as so many pages in browsers of their own do: node streams.mjs COUNT. The code is that of the pages.
const [count, host] = [Number(process.argv[2]), process.env.TASKER_URL];
const ask = globalThis.fetch;
globalThis.fetch = (path, options) => ask(new URL(path, host), options);
// No tab passes events on to another: each reads for itself.
delete globalThis.BroadcastChannel;

let events = 0;
const feeds = await Promise.all(Array.from({ length: count }, (_, no) => import(`../../../host/ui/web/lib/feed.js?page=${no}`)));
for (const feed of feeds) {
  feed.subscribe((some) => { events += some.length; });
  feed.startFeed();
}
while (feeds.some((feed) => feed.feedState.value !== 'live')) await new Promise((resolve) => setTimeout(resolve, 50));
process.stdout.write('ready\n');
process.on('SIGTERM', () => {
  process.stdout.write(`${events}\n`, () => process.exit(0));
});
