/**
 * The service worker: shows what is pushed while no page is open, leads to where it belongs, and has a page for when the server
 * can't be reached. Its address names the language of that page.
 */
const LANGUAGE = new URL(location.href).searchParams.get("lang") ?? "en";
const KEPT = `offline-${LANGUAGE}-1`;
const OFFLINE = `/offline?lang=${LANGUAGE}`;

self.addEventListener("install", (event) => event.waitUntil(keep().then(() => self.skipWaiting())));
self.addEventListener("activate", (event) => event.waitUntil(begin()));
self.addEventListener("fetch", (event) => {
  const { method, mode, destination } = event.request;
  if (method !== "GET") return;
  if (mode === "navigate") event.respondWith(page(event));
  else if (destination === "style") event.respondWith(fetch(event.request).catch(() => kept(event.request)));
});
self.addEventListener("push", (event) => event.waitUntil(show(event.data.json())));
self.addEventListener("notificationclick", (event) => event.waitUntil(open(event)));

/** The page for when there is no network, with its styles. */
async function keep() {
  const cache = await caches.open(KEPT);
  const response = await fetch(OFFLINE, { cache: "reload" });
  if (!response.ok) throw new Error(`HTTP ${response.status}`);
  const html = await response.clone().text();
  await cache.put(OFFLINE, response);
  await cache.addAll([...html.matchAll(/href="([^"]+\.css)"/g)].map(([, address]) => address));
}

async function begin() {
  for (const name of await caches.keys()) if (name !== KEPT) await caches.delete(name);
  await self.registration.navigationPreload?.enable();
  await self.clients.claim();
}

async function page(event) {
  try {
    return (await event.preloadResponse) ?? (await fetch(event.request));
  } catch {
    return kept(OFFLINE);
  }
}

async function kept(request) {
  return (await caches.match(request)) ?? Response.error();
}

async function show({ id, title, text, page, url, draft, actions }) {
  const shown = actions.filter(({ action }) => action !== "call");
  await self.registration.showNotification(title, { body: text, tag: id, icon: "/static/app/192.png", data: { page, url, draft }, actions: shown });
}

/** A page that is open goes there, rather than one more. */
async function open({ notification, action }) {
  const { page, url, draft } = notification.data;
  notification.close();
  if (action === "thread") return self.clients.openWindow(url);
  const target = action === "task" && draft ? `/tasks#new=${encodeURIComponent(JSON.stringify(draft))}` : page;
  const address = new URL(target, location.origin);
  const [client] = (await self.clients.matchAll({ type: "window" })).filter((one) => new URL(one.url).pathname !== "/live");
  if (!client || address.origin !== location.origin) return self.clients.openWindow(address.href);
  const there = await client.navigate(address.href).catch(() => null);
  return there ? there.focus() : self.clients.openWindow(address.href);
}
